"""Posting: members, KOCs and volunteers write items."""

from __future__ import annotations

import math

from plaza_lab.agents.choices import shift_probability
from plaza_lab.agents.decisions.posting import POST, VIOLATE
from plaza_lab.agents.member import Flag, Kind, Stance
from plaza_lab.agents.moderator import Duty
from plaza_lab.engine.elementary import exp, log
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.declaring import Metric, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, lineage, normal, poisson, uniform
from plaza_lab.sim.state import fetching, groups, items, people, rewards, traits, trial
from plaza_lab.sim.state.items import Review
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt, part

SOURCE = "science.md A.4, A.10, A.11; M31, M121"
METRICS = (
    Metric("posts", "items", "items written by members", "T13"),
    Metric("filler_items", "items", "filler written for liveliness", "T35"),
    Metric("violations", "items", "violating items written", "T49"),
)


@levers("content")
class Levers:
    """Prompts that invite members to post."""

    prompts_week: float = quantity(0.0, "prompts/week", (0.0, 70.0), "M31")
    """Calls on members to write something."""


@levers("moderation")
class HintLevers:
    """What a writer is told before she posts."""

    has_draft_hints: bool = quantity(
        False, "flag", source="science A.11 (Horta Ribeiro et al. 2024)"
    )
    """Drafts that seem to break a rule are pointed out before they are posted."""


USUAL_RATE = 0.05
"""Posting days a day of somebody whose messages on such a day are as usual; assumption."""


@params()
class Params:
    """Weights of posting, quality and risk."""

    motive_weight: float = quantity(1.5, "log-odds", (0.0, 10.0), "assumption (science A.10)")
    """Per unit of motive above the native one."""
    belonging_weight: float = quantity(1.0, "log-odds", (0.0, 10.0), "assumption (M15)")
    """Per unit of belonging."""
    first_day: float = quantity(
        0.8, "1", (0.0, 1.0), "assumption (BG/NBD counts from the first act)"
    )
    """Chance that somebody who is no lurker posts on the day of joining."""
    prompt_weight: float = quantity(0.15, "log-odds", (0.0, 5.0), "assumption (M31)")
    """Per log of one more call to write a week, ln(1 + prompts)."""
    load_weight: float = quantity(0.3, "log-odds", (0.0, 10.0), "assumption (M120)")
    """Per unit of overload at the last visit."""
    prize_on_posts: float = quantity(
        0.3, "1", (0.0, 1.0), "assumption (M43 ranks shares and answers)"
    )
    """Part of the prize's pull that reaches ordinary posts."""
    most_posts: int = quantity(40, "items/day", (1, 120), "assumption")
    """Most messages in a day."""
    quality_base: float = quantity(0.2, "1", (0.0, 1.0), "assumption")
    """Mean quality of what somebody without skill writes, a post or a proposal."""
    quality_skill: float = quantity(0.6, "1", (0.0, 1.0), "assumption")
    """What full skill adds to it."""
    violation_quality: float = quantity(0.3, "1", (0.0, 1.0), "assumption")
    """Quality that a post lacks which breaks the rules."""
    member_risk: float = quantity(0.25, "1", (0.0, 1.0), "assumption")
    """Most risk that a filter sees in a post that breaks no rule."""
    violation_risk: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """Risk it sees besides in one that does."""
    own_topic: float = quantity(0.7, "share", (0.0, 1.0), "assumption")
    """Posts on one's main interest; the others are on any topic."""
    quality_noise: float = quantity(0.15, "1", (0.0, 1.0), "assumption")
    """Spread of post quality."""
    points_quality_loss: float = quantity(
        0.08, "1", (0.0, 1.0), "assumption (M39: low-effort posting)"
    )
    """Quality a responder's post loses while posts earn points."""
    koc_quality: float = quantity(0.1, "1", (0.0, 1.0), "M51")
    """Quality a KOC's training adds."""
    heavy_share: float = quantity(0.02, "share", (0.0, 1.0), "science A.11 (1-3 %)")
    """Members inclined to break rules."""
    violation_heavy: float = quantity(0.25, "1", (0.0, 1.0), "assumption")
    """Chance that their post breaks the rules."""
    violation_base: float = quantity(0.02, "1", (0.0, 1.0), "science A.11 (3 % removed)")
    """Chance that anybody else's post does."""
    rules_effect: float = quantity(
        0.32, "log-odds", (0.0, 5.0), "science A.11 (Matias 2019: 52 -> 60 %)"
    )
    """Log-odds by which shown rules lower a newcomer's violations."""
    rules_pull: float = quantity(
        0.2, "log-odds", (-2.0, 2.0), "Matias 2019 (newcomers +70 %; other threads -65 to +59 %)"
    )
    """Log-odds of posting that shown rules add for a newcomer, who knows what is wanted."""
    hints_effect: float = quantity(
        0.3, "log-odds", (0.0, 5.0), "Horta Ribeiro et al. 2024 (-.1 to -.5; posting unchanged)"
    )
    """Log-odds by which draft hints lower violations."""
    removal_lesson: float = quantity(
        0.1, "log-odds", (0.0, 5.0), "Horta Ribeiro et al. 2023 (removal: 0-.2)"
    )
    """Log-odds of breaking the rules that a removal takes from its author."""
    explained_lesson: float = quantity(
        0.1, "log-odds", (0.0, 5.0), "Jhaver, Bruckman & Gilbert 2019 (0-.2)"
    )
    """The same, added where removals are explained."""
    filler_week: float = quantity(6.0, "items/week", (0.0, 200.0), "assumption (M121)")
    """Filler a fully drifted volunteer writes."""
    rules_posts: int = quantity(5, "posts", (0, 1000), "assumption")
    """First posts on which shown rules have their effect."""


@VIOLATE.term("shown rules", source="science.md A.11 (Matias 2019)")
def shown_rules_are_kept(m, policy, world):
    """Log-odds of breaking the rules that showing them takes from newcomers."""
    is_shown = policy.onboarding.shows_rules and m.posts < world.posting.rules_posts
    return -world.posting.rules_effect if is_shown else 0.0


@VIOLATE.term("hints", source="Horta Ribeiro et al. 2024")
def hints_are_taken(policy, world):
    """Log-odds of breaking the rules that hints on a draft take away."""
    return -world.posting.hints_effect if policy.moderation.has_draft_hints else 0.0


@VIOLATE.term("removal", source="Horta Ribeiro et al. 2023; Jhaver et al. 2019")
def removal_teaches(m, policy, world):
    """Log-odds of breaking the rules that removals have taken from an author, explained more."""
    if m.violations <= 0:
        return 0.0
    lesson = world.posting.removal_lesson
    if policy.moderation.explains_removals:
        lesson += world.posting.explained_lesson
    return -lesson


@POST.term("shown rules", source="Matias 2019")
def shown_rules_invite(m, policy, world):
    """Log-odds of posting that shown rules add for somebody who has hardly posted yet."""
    is_shown = policy.onboarding.shows_rules and m.posts < world.posting.rules_posts
    return world.posting.rules_pull if is_shown else 0.0


@POST.term("calls", source="M31")
def calls_for_posts(policy, world):
    """Log-odds of posting that calls for posts add."""
    return world.posting.prompt_weight * log(1.0 + policy.content.prompts_week)


@kernel()
def step(t, day):
    """Write today's items."""
    is_queued = i8(t.policy[0].moderation.review == Review.PRE)
    _volunteers_fill(t, day)
    _members_post(t, day, is_queued)


@compiled()
def _members_post(t, day, is_queued):
    p = t.params[0].posting
    people_state = t.people_state[0]
    key = day_key(t.run_state[0].seed_key, draw_ids.POST, day)
    pull = rewards.posts_pull(t, day, t.policy[0])
    pull_in_arm = rewards.posts_pull(t, day, t.policy[trial.last(t)])
    for k in range(people_state.n_visitors):
        fetching.whole_visitor(t, k)
        i = i8(t.visitors[k])
        m = t.members[i]
        is_responder = m.stance & Stance.RESPONDER != 0
        arm = trial.arm(t, i)
        drawn = pull_in_arm if arm > 0 else pull
        shift = POST(m, drawn, is_responder, t, t.policy[arm], t.params[0])
        chance = shift_probability(f8(m.post_rate), shift)
        if m.joined == day and t.fate[i].kind != Kind.LURKER:
            chance = max(chance, p.first_day)
        if uniform(key, t.fate[i].uid) < chance:
            _write_posts(t, i, day, is_queued)


@compiled()
def _write_posts(t, i, day, is_queued):
    p = t.params[0].posting
    law = t.params[0].activity
    m = t.members[i]
    fate = t.fate[i]
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.POST_COUNT, day), fate.uid)
    z = math.sqrt(1.0 - law.posts_person) * normal(uniform(key, U64(0)))
    if law.posts_person > 0.0:
        z += math.sqrt(law.posts_person) * traits.wordiness_of(t, fate.uid)
    often = log(max(f8(m.visit_rate) * f8(m.post_rate), 1e-4) / USUAL_RATE)
    ln_messages = law.posts_ln_mean + law.posts_activity * often + law.posts_ln_sd * z
    ln_messages += t.params[0].badges.honour_acts * part(m.honour)
    messages = min(p.most_posts, i8(math.ceil(exp(ln_messages))))
    n = 0
    p_violation = _violation_probability(t, i)
    is_koc = fate.circles & Flag.KOC
    quality = p.quality_base + p.quality_skill * f8(m.skill)
    quality += p.koc_quality if is_koc else 0.0
    quality += t.amplification_state[0].koc_norm
    if t.policy[trial.arm(t, i)].incentive.has_points and m.stance & Stance.RESPONDER:
        quality -= p.points_quality_loss
    if i >= t.run_state[0].n_founders and day - m.joined < MONTH:
        quality -= t.params[0].crowding.quality_loss * t.crowding_state[0].dilution
    source = items.Source.KOC.value if is_koc else items.Source.MEMBER.value
    m.to_say = 0
    for k in range(messages):
        draws = agent_key(key, U64(k + 1))
        is_reply = uniform(draws, U64(5)) >= law.start_share
        # where threads are opened at all, who finds nothing to answer opens one
        is_stuck = n == 0 and k + 1 == messages and law.start_share > 0.0
        if is_reply and not (is_stuck and not _has_somebody_to_answer(t, i)):
            m.to_say += 1
            continue
        n += 1
        q = quality + p.quality_noise * normal(uniform(draws, U64(0)))
        is_violation = i8(uniform(draws, U64(1)) < p_violation)
        risk = p.member_risk * uniform(draws, U64(2))
        risk += p.violation_risk if is_violation else 0.0
        topic = i8(m.topic)
        if uniform(draws, U64(3)) > p.own_topic:
            topic = i8(items.TOPICS * uniform(draws, U64(4)))
        q = min(1.0, max(0.02, q - (p.violation_quality if is_violation else 0.0)))
        number = items.add(
            t, day, draws, i, topic, source, q, risk, is_violation, items.NO, is_queued
        )
        m.last_item = number
        if is_violation:
            t.daily[day, mt.VIOLATIONS] += 1.0
    m.posts = min(32000, m.posts + n)
    m.posts_today = n
    if n > 0:
        people.mark_act(t, i, day)
    t.daily[day, mt.POSTS] += n
    if is_koc:
        t.daily[day, mt.KOC_ITEMS] += n


@compiled()
def _has_somebody_to_answer(t, i):
    """Whether other members have written what ``i`` is shown and has not seen yet."""
    items_state = t.items_state[0]
    oldest = max(t.members[i].seen_to + 1, items_state.item_tail)
    group = groups.stream_of(t, i)
    first = groups.place_in_stream(t, group, oldest)
    place = groups.place_in_stream(t, group, i8(items_state.item_head)) - 1
    while place >= first:
        item = t.items[groups.item_at(t, group, place) & (t.items.shape[0] - 1)]
        is_members = item.author >= 0 and item.author != i
        if is_members and item.shown == items.Shown.PUBLISHED:
            return True
        place -= 1
    return False


@compiled()
def own_violations(t, i):
    """Share of the posts of ``i`` that break the rules by her nature, known from lineage alone."""
    p = t.params[0].posting
    key = day_key(t.run_state[0].seed_key, draw_ids.TRAITS, 3)
    is_heavy = uniform(key, t.fate[i].uid) < p.heavy_share
    return p.violation_heavy if is_heavy else p.violation_base


@compiled()
def _violation_probability(t, i):
    """Chance that a post of ``i`` breaks the rules; shown rules lower it for newcomers."""
    base = own_violations(t, i)
    shift = VIOLATE(t.members[i], base, t, t.policy[trial.arm(t, i)], t.params[0])
    return base if shift == 0.0 else shift_probability(base, shift)


@compiled()
def _volunteers_fill(t, day):
    """Volunteers who drift toward liveliness write filler (M121)."""
    p = t.params[0].posting
    key = day_key(t.run_state[0].seed_key, draw_ids.FILLER, day)
    for k in range(t.team_state[0].n_moderators):
        moderator = t.moderators[k]
        if moderator.duty != Duty.VOLUNTEER:
            continue
        i = i8(moderator.member)
        uid = t.fate[i].uid
        mean = p.filler_week / 7.0 * f8(moderator.drift)
        n = poisson(uniform(key, uid), mean)
        for j in range(n):
            draws = lineage(uid, day * 100 + j)
            topic, source = i8(t.members[i].topic), items.Source.FILLER.value
            items.add(t, day, draws, i, topic, source, 0.1, 0.0, items.NO, items.NO, items.NO)
            t.daily[day, mt.FILLER_ITEMS] += 1.0
