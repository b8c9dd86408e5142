"""Topics: prompts for talk, and how good the threads were that close today.

A prompt on a theme that members care about draws posts from those whom it fits. One that misses
them is only one item more to read past.
"""

from __future__ import annotations

import math

from plaza_lab.agents.decisions.posting import POST
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, normal, uniform
from plaza_lab.sim.state import items
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M16; T14, T15, T16"
METRICS = (
    Metric("prompts", "prompts", "topic prompts published", "M16"),
    Metric("threads_closed", "threads", "members' items that left the feed today", "T14"),
    Metric("thread_quality", "score", "sum of the scores of these threads", "T14"),
    Metric("threads_good", "threads", "of these, with a score of at least 0.6", "T15"),
    Metric("off_topic", "items", "of these, off the theme of the charter", "T16"),
)
STATE: tuple[Var, ...] = (
    Var("prompt", "(8,)f8", "1", "part of a topic prompt's life still ahead, by topic", "M16"),
)


@levers("events")
class Levers:
    """Prompts for talk."""

    topics_week: float = quantity(0.0, "prompts/week", (0.0, 21.0), "M16")
    """Topic prompts and challenges."""
    topic_fit: float = quantity(0.8, "share", (0.0, 1.0), "assumption (M16)")
    """Prompts and events whose theme is one of the members' own interests."""


@params()
class Params:
    """Prompts and threads."""

    pull: float = quantity(0.4, "log-odds", (0.0, 10.0), "assumption (M16)")
    """Pull of a prompt on one's own interest on posting, before calibration."""
    prompt_days: int = quantity(3, "days", (1, 28), "assumption (M16)")
    """Days a prompt lives."""
    fitting_quality: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """Quality of a fitting prompt."""
    missing_quality: float = quantity(0.1, "1", (0.0, 1.0), "assumption (M16: load without value)")
    """Quality of a prompt that misses the members."""
    charter_topics: int = quantity(6, "topics", (1, 8), "assumption (T16)")
    """Most common topics, on which talk counts as on the charter's theme."""
    reply_ln_hours: float = quantity(-0.24, "ln hours", (-10.0, 10.0), "science A.5 (median .79 h)")
    """Mean log hours to a first reply on the day of the post."""
    reply_ln_sd: float = quantity(1.9, "ln hours", (0.0, 10.0), "science A.5 (90 % within 9.5 h)")
    """Spread of these log hours."""
    good_score: float = quantity(0.6, "1", (0.0, 1.0), "T15")
    """Score from which a thread counts as quality interaction."""


@POST.term("prompt", source="M16")
def topic_prompts(m, t, world):
    """Log-odds of posting that a prompt in one's topic adds."""
    return (
        world.calibration.scale * world.topics.pull
        if t.topics_state[0].prompt[m.topic] > 0.0
        else 0.0
    )


@kernel()
def step(t, day):
    """Score the threads that close, and prompt the talk of today."""
    p = t.params[0].topics
    _score_threads(t, day, p)
    lever = t.policy[0].events
    if lever.topics_week <= 0.0:
        return
    state = t.topics_state[0]
    for topic in range(items.TOPICS):
        state.prompt[topic] = max(0.0, state.prompt[topic] - 1.0 / p.prompt_days)
    wanted = math.floor((day + 1) * lever.topics_week / 7.0 + 0.5)
    wanted -= math.floor(day * lever.topics_week / 7.0 + 0.5)
    key = day_key(t.run_state[0].seed_key, draw_ids.PROMPT, day)
    for k in range(i8(wanted)):
        _prompt(t, day, agent_key(key, U64(k)), p)


@compiled()
def _prompt(t, day, draws, p):
    """Publish one prompt: on an interest of a member of today, or past everybody's."""
    topic = i8(items.TOPICS * uniform(draws, U64(2)))
    quality = p.missing_quality
    if uniform(draws, U64(0)) < t.policy[0].events.topic_fit:
        topic = i8(t.members[i8(t.people_state[0].n_rows * uniform(draws, U64(1)))].topic)
        quality = p.fitting_quality
        t.topics_state[0].prompt[topic] = 1.0
    author, source = items.BRAND_AUTHOR, items.Source.BRAND.value
    items.add(t, day, draws, author, topic, source, quality, 0.0, items.NO, items.NO, items.NO)
    t.daily[day, mt.PROMPTS] += 1.0
    t.daily[day, mt.BRAND_ITEMS] += 1.0


@compiled()
def _score_threads(t, day, p):
    """Score members' items that leave the feed today, by T14, and count those off the theme."""
    items_state = t.items_state[0]
    key = day_key(t.run_state[0].seed_key, draw_ids.THREAD, day)
    number = i8(items_state.item_tail)
    while number < items_state.item_head:
        item = t.items[number & (t.items.shape[0] - 1)]
        if item.day > day - items.WINDOW:
            break
        number += 1
        if item.author < 0 or item.shown != items.Shown.PUBLISHED:
            continue
        score = 0.0
        if item.replies > 0:
            hours = 24.0 * (f8(item.first_reply) - 1.0)
            lag = p.reply_ln_hours + p.reply_ln_sd * normal(uniform(key, item.uid))
            hours += min(24.0, exp(lag)) if item.first_reply <= 1 else 12.0
            score = thread_score(hours, f8(item.replies))
        t.daily[day, mt.THREADS_CLOSED] += 1.0
        t.daily[day, mt.THREAD_QUALITY] += score
        if score >= p.good_score:
            t.daily[day, mt.THREADS_GOOD] += 1.0
        if item.topic >= p.charter_topics:
            t.daily[day, mt.OFF_TOPIC] += 1.0


@compiled()
def thread_score(hours, replies):
    """Quality of a thread (T14): timeliness, depth and breadth.

    Parameters
    ----------
    hours : float
        Hours to the first reply.
    replies : float
        Replies; each is by somebody else, because nobody reads an item twice.

    Returns
    -------
    float
        0.3 timeliness (1 up to 4 h, linear to 0 at 48 h) + 0.4 depth (6 replies) + 0.3 breadth
        (5 participants, the author among them).
    """
    if replies <= 0.0:
        return 0.0
    timeliness = min(1.0, max(0.0, (48.0 - hours) / 44.0))
    return 0.3 * timeliness + 0.4 * min(1.0, replies / 6.0) + 0.3 * min(1.0, (replies + 1.0) / 5.0)
