"""Mood: visits lift or spoil it, it passes along ties, and the operator may sense and answer it."""

from __future__ import annotations

import math

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.agents.decisions.posting import POST, VIOLATE
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.engine.elementary import erfc, exp
from plaza_lab.engine.prefetch import AHEAD, NEAR, prefetch
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, U64, day_key, normal, uniform
from plaza_lab.sim.state import fetching
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt, part

SOURCE = "M66, M101; F66, F67; T47"
METRICS = (
    Metric("judged_messages", "messages", "messages whose sentiment counts", "T47"),
    Metric("negative_messages", "messages", "expected messages of sentiment below -0.2", "T47"),
    Metric("negative_share", "share", "negative messages / messages of 7 days, true", "T47", True),
    Metric("sensed_negative", "share", "the same, as sensed", "T47", True),
)
STATE: tuple[Var, ...] = (
    Var("negative_share", "f8", "share", "negative messages of the last 7 days, true", "T47"),
    Var("response_effort", "f8", "1", "effort put into the climate, 0 to 1", "M66"),
)


@levers("climate")
class Levers:
    """Sensing the mood, and steering it."""

    senses_mood: bool = quantity(False, "flag", source="M66")
    """The sentiment of messages is estimated and answered."""
    mood_accuracy: float = quantity(0.85, "share", (0.55, 1.0), "assumption (M66)")
    """Messages whose sentiment is judged rightly."""
    mood_target: float = quantity(0.05, "share", (0.0, 1.0), "F66")
    """Share of negative messages aimed at."""
    mood_gain: float = quantity(1.0, "1", (0.0, 10.0), "assumption (M66)")
    """Effort for a negative share of twice the target."""


ROOT_HALF = 0.7071067811865476
NEGATIVE = -0.2
"""Sentiment below which a message is negative (T47)."""


@params()
class Params:
    """What moves moods, how they spread, and what they do."""

    is_felt: bool = quantity(True, "flag", source="M101")
    """Members have moods."""
    usual_tone: float = quantity(
        0.45, "1", (-1.0, 1.0), "F67 (12 % negative without an answer), with the spread below"
    )
    """Mean sentiment of messages in the usual mood."""
    tone_spread: float = quantity(0.35, "1", (0.01, 2.0), "assumption")
    """Spread of their sentiment."""
    calming: float = quantity(0.15, "1/day", (0.0, 5.0), "assumption (M101)")
    """Share of a mood that passes in a day."""
    surprise: float = quantity(0.1, "1", (0.0, 5.0), "assumption (science A.9)")
    """Mood gained per unit of worth above what was expected."""
    loss_factor: float = quantity(2.0, "1", (1.0, 10.0), "science A.9 (Kahneman & Tversky 1979)")
    """How much more a disappointment weighs."""
    harm: float = quantity(0.5, "1", (0.0, 5.0), "assumption (science A.11)")
    """Mood lost to harm seen."""
    contagion: float = quantity(0.06, "1/visit", (0.0, 1.0), "assumption (M101)")
    """Part of a contact's better mood that is caught on a visit."""
    negative_contagion: float = quantity(
        0.15, "1/visit", (0.0, 1.0), "assumption (M101: asymmetric)"
    )
    """Part of a contact's worse mood that is caught on a visit."""
    damping: float = quantity(
        0.6, "share", (0.0, 1.0), "assumption (M101: visible response dampens)"
    )
    """Part of that which a full response of the operator prevents."""
    response: float = quantity(0.3, "1/visit", (0.0, 1.0), "F66, scaled by calibration")
    """Mood that a full response (topics, tone, staff) lifts on a visit."""
    sensed_messages: float = quantity(200.0, "messages", (1.0, 1e7), "assumption (M66)")
    """Messages of a week that are judged."""
    visit_weight: float = quantity(
        0.4, "log-hazard", (0.0, 10.0), "assumption (mechanisms.md 2.0 item 1)"
    )
    """Per unit of mood, on visiting."""
    post_weight: float = quantity(
        0.4, "log-odds", (0.0, 10.0), "assumption (mechanisms.md 2.0 item 1)"
    )
    """Per unit of mood, on posting."""
    exit_weight: float = quantity(
        0.8, "log-hazard", (0.0, 10.0), "assumption (M65: quarrels remove bystanders)"
    )
    """Per unit of mood, on staying."""
    violation_weight: float = quantity(
        1.0,
        "log-odds",
        (0.0, 10.0),
        "assumption (science A.11: Cheng et al. 2017, anyone can troll)",
    )
    """Per unit of mood, on keeping the rules."""


@VISIT.term("mood", source="M66")
def mood_draws(m, world):
    """Log-hazard of visiting in a good mood."""
    return world.mood.visit_weight * f8(m.mood)


@EXIT.term("mood", source="M66")
def mood_holds(m, world):
    """Log-hazard of leaving that a good mood takes away."""
    return -world.mood.exit_weight * f8(m.mood)


@POST.term("mood", source="M66")
def mood_posts(m, world):
    """Log-odds of posting in a good mood."""
    return world.mood.post_weight * f8(m.mood)


@VIOLATE.term("mood", source="M66")
def mood_keeps_rules(m, world):
    """Log-odds of breaking the rules that a good mood takes away."""
    return -world.mood.violation_weight * f8(m.mood)


def is_on(policy, world):
    """Whether mood is felt."""
    return bool(world.mood.is_felt)


@kernel()
def step(t, day):
    """Let visitors' moods move, and count what tone they wrote in."""
    p = t.params[0].mood
    if not p.is_felt:
        return
    people_state = t.people_state[0]
    state = t.mood_state[0]
    key = day_key(t.run_state[0].seed_key, draw_ids.MOOD_TIE, day)
    relief = p.response * t.params[0].calibration.scale * state.response_effort
    worse = p.negative_contagion * (1.0 - p.damping * state.response_effort)
    judged = 0.0
    negative = 0.0
    for k in range(people_state.n_visitors):
        if k + AHEAD < people_state.n_visitors:
            coming = i8(t.visitors[k + AHEAD])
            fetching.front(t, coming)
            prefetch(t.ties, coming)
        if k + NEAR < people_state.n_visitors:
            coming = i8(t.visitors[k + NEAR])
            prefetch(t.members.mood, max(0, _contact(t, coming, uniform(key, t.fate[coming].uid))))
        i = i8(t.visitors[k])
        mood = _move(t, i, day, uniform(key, t.fate[i].uid), worse, p)
        mood = min(1.0, max(-1.0, mood + relief * max(0.0, 1.0 - mood) * 0.5))
        m = t.members[i]
        feelings.set_mood(m, mood)
        written = f8(m.posts_today) + f8(m.replies_today)
        if written > 0.0:
            z = (NEGATIVE - p.usual_tone - mood) / p.tone_spread
            judged += written
            negative += written * 0.5 * erfc(-z * ROOT_HALF)
    t.daily[day, mt.JUDGED_MESSAGES] = judged
    t.daily[day, mt.NEGATIVE_MESSAGES] = negative
    _take_the_temperature(t, day, p)


@compiled()
def _move(t, i, day, u, worse, p):
    """A visitor's mood after calming down, what she met, and whom she talked to."""
    m = t.members[i]
    mood = f8(m.mood) * exp(-p.calming * max(0, day - m.touched))
    gap = part(m.worth) - f8(m.expectation)
    mood += p.surprise * (gap if gap > 0.0 else p.loss_factor * gap)
    mood -= p.harm * part(m.harm)
    other = _contact(t, i, u)
    if other >= 0:
        gap = f8(t.members[other].mood) - mood
        mood += (worse if gap < 0.0 else p.contagion) * gap
    return mood


@compiled()
def _contact(t, i, u):
    """Whom of her contacts a visitor talks to, by a lot; -1 for nobody."""
    n = i8(t.members[i].n_ties)
    return i8(t.ties[i, i8(n * u)].other) if n > 0 else i8(-1)


@compiled()
def _take_the_temperature(t, day, p):
    """The week's negative share: as it is, and as the operator senses and answers it."""
    state = t.mood_state[0]
    judged = 0.0
    negative = 0.0
    for back in range(min(7, day + 1)):
        judged += t.daily[day - back, mt.JUDGED_MESSAGES]
        negative += t.daily[day - back, mt.NEGATIVE_MESSAGES]
    state.negative_share = negative / judged if judged > 0.0 else 0.0
    t.daily[day, mt.NEGATIVE_SHARE] = state.negative_share
    climate = t.policy[0].climate
    if not climate.senses_mood or judged <= 0.0:
        return
    right = climate.mood_accuracy
    seen = right * state.negative_share + (1.0 - right) * (1.0 - state.negative_share)
    n = min(judged, p.sensed_messages)
    z = normal(uniform(day_key(t.run_state[0].seed_key, draw_ids.SENSE_MOOD, ALWAYS), U64(day)))
    seen += math.sqrt(seen * (1.0 - seen) / n) * z
    # the known error of the judge is taken out again; its noise stays
    sensed = min(1.0, max(0.0, (seen - (1.0 - right)) / (2.0 * right - 1.0)))
    t.daily[day, mt.SENSED_NEGATIVE] = sensed
    over = (sensed - climate.mood_target) / max(0.01, climate.mood_target)
    state.response_effort = min(1.0, max(0.0, climate.mood_gain * over))
