"""Review: moderators work through the queue within their hours, and err."""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.posting import POST
from plaza_lab.agents.moderator import Duty, items_per_day, reviews
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, day_key, normal, uniform
from plaza_lab.sim.state import items, trial
from plaza_lab.sim.state.appointments import part_given
from plaza_lab.sim.state.items import Review
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "science.md A.11; M59, M64"
METRICS = (
    Metric("removed", "items", "items removed by review", "T49"),
    Metric("false_removed", "items", "harmless items removed", "T50"),
    Metric("review_backlog", "items", "items waiting for review", "T50"),
    Metric("reviewed", "items", "items looked at by review", "T50"),
    Metric("review_wait_days", "days", "waiting time of those items, summed", "T50"),
)
STATE: tuple[Var, ...] = (
    Var("review_next", "i8", "item", "next item to review", "M59"),
    Var("review_credit", "f8", "items", "review capacity carried over", "M59"),
)


@levers("moderation")
class Levers:
    """When posts are reviewed, by whom and how strictly."""

    review: Review = quantity(Review.POST, "mode", source="M59")
    """none, after or before publishing, with a filter, or assisted by one."""
    strictness: float = quantity(0.5, "1", (0.0, 1.0), "M64")
    """0 removes nothing, 1 removes everything that looks at all doubtful."""
    explains_removals: bool = quantity(True, "flag", source="science A.11 (Jhaver 2019)")
    """Removals are explained."""
    owner_exempt: bool = quantity(False, "flag", source="M69")
    """The owner's promotion is not reviewed."""
    levels: int = quantity(1, "levels", (1, 4), "M59")
    """Levels of review; each looks again at what the one before found hard."""
    capacity_day: float = quantity(0.0, "items/day", (0.0, 1e6), "mechanisms.md 6.1 (P19)")
    """Items reviewed a day, as bought from outside; 0 for what those on duty can do."""


@params()
class Params:
    """Pace, errors and consequences of review."""

    items_per_hour: float = quantity(
        25.0, "items/hour", (0.0, 10_000.0), "science A.11 (30-150 a day)"
    )
    """Items a moderator looks through in an hour."""
    review_time_share: float = quantity(0.5, "share", (0.0, 1.0), "assumption")
    """Part of duty hours spent on review."""
    judgement_noise: float = quantity(0.2, "1", (0.0, 2.0), "assumption")
    """Spread of the judged risk for an unskilled moderator."""
    fatigue_effect: float = quantity(0.5, "share", (0.0, 1.0), "assumption (M127)")
    """Pace lost at full fatigue."""
    fatigue_gain: float = quantity(0.04, "1/day", (0.0, 1.0), "assumption (M127)")
    """Fatigue a day of full queues adds."""
    fatigue_rest: float = quantity(0.02, "1/day", (0.0, 1.0), "assumption")
    """Share of fatigue lost a day."""
    removal_trust: float = quantity(0.06, "1", (0.0, 1.0), "assumption (science A.11)")
    """Trust an author loses when a post is removed."""
    wrong_factor: float = quantity(2.5, "1", (1.0, 10.0), "assumption")
    """How much worse a wrong removal is."""
    explained_factor: float = quantity(0.5, "1", (0.0, 1.0), "science A.11 (Jhaver 2019)")
    """What an explanation leaves of the damage."""
    hard_margin: float = quantity(
        0.15, "1", (0.0, 1.0), "assumption (M59: levels route hard cases upward)"
    )
    """Distance from the limit within which a case is hard."""
    senior_noise: float = quantity(0.4, "1", (0.0, 1.0), "assumption (M59)")
    """Part of the noise of judgement left at the next level."""
    is_felt: bool = quantity(False, "flag", source="M59, M64")
    """Removals and delays act on fairness and satisfaction, not on trust and motive alone."""
    removal_fairness: float = quantity(0.15, "1", (0.0, 1.0), "assumption (M64)")
    """Fairness an author loses when a harmless post is removed without reason."""
    removal_satisfaction: float = quantity(
        0.04, "1", (0.0, 0.1), "assumption (science A.11: removal lowers S of the author)"
    )
    """Satisfaction an author loses when a post is removed."""
    delay_satisfaction: float = quantity(0.05, "1/day", (0.0, 1.0), "assumption (M59)")
    """Satisfaction an author loses for each day a post waits unseen."""
    queue_cost: float = quantity(
        0.4,
        "log-odds",
        (0.0, 5.0),
        "Horta Ribeiro et al. 2022 (posts lr -.2: effects.md 4), at a chance of one in two",
    )
    """Posting lost where every post waits for review before it is seen."""
    removal_motive: float = quantity(0.05, "1", (0.0, 1.0), "assumption (M64)")
    """Motive an author loses when a post is removed."""


@POST.term("review", source="Horta Ribeiro et al. 2022")
def waiting_discourages(policy, world):
    """Who must wait until a post is let through posts less."""
    return -world.review.queue_cost if policy.moderation.review == Review.PRE else 0.0


@kernel()
def step(t, day):
    """Review waiting items, oldest first."""
    state = t.review_state[0]
    items_state = t.items_state[0]
    lever = t.policy[0].moderation
    state.review_next = max(state.review_next, items_state.item_tail)
    if lever.review == Review.NONE:
        state.review_next = items_state.item_head
        return
    p = t.params[0].review
    pace, skill = _pace(t, p)
    if lever.capacity_day > 0.0:
        pace = lever.capacity_day
    state.review_credit = min(state.review_credit + pace, pace + 1.0)
    while state.review_credit >= 1.0 and state.review_next < items_state.item_head:
        slot = state.review_next & (t.items.shape[0] - 1)
        if _is_for_people(t.items[slot].shown, lever.review):
            _review_one(t, day, slot, skill, p)
            state.review_credit -= 1.0
        state.review_next += 1
    backlog = items_state.item_head - state.review_next
    t.daily[day, mt.REVIEW_BACKLOG] = backlog
    _tire(t, backlog > pace, p)


@compiled()
def _pace(t, p):
    """Items all moderators on duty can review today, and their mean accuracy."""
    pace = 0.0
    skill = 0.0
    for k in range(t.team_state[0].n_moderators):
        moderator = t.moderators[k]
        if not reviews(moderator.duty):
            continue
        share = items_per_day(moderator, p) * p.review_time_share
        share *= part_given(t, moderator.duty)
        pace += share
        skill += share * f8(moderator.skill)
    if pace > 0.0:
        skill /= pace
    return pace, skill


@compiled()
def _is_for_people(shown, mode):
    """Whether an item waits for people: all of them, or with a filter what it left to them."""
    if mode == Review.ASSISTED:
        return shown == items.Shown.QUEUED
    return shown != items.Shown.REMOVED


@compiled()
def _review_one(t, day, slot, skill, p):
    item = t.items[slot]
    if item.shown == items.Shown.SUPPRESSED:
        return
    lever = t.policy[0].moderation
    _note_wait(t, day, item, p)
    if item.author < 0 and (lever.owner_exempt or not item.is_violation):
        item.shown = items.Shown.PUBLISHED
        return
    key = day_key(t.run_state[0].seed_key, draw_ids.REVIEW, ALWAYS)
    noise = p.judgement_noise * (1.0 - skill)
    judged = f8(item.risk) + noise * normal(uniform(key, item.uid))
    limit = 1.0 - lever.strictness
    for level in range(1, lever.levels):
        if abs(judged - limit) >= p.hard_margin:
            break
        # a hard case goes up: it takes more of the day, and is judged more surely
        t.review_state[0].review_credit -= 1.0
        noise *= p.senior_noise
        senior = day_key(t.run_state[0].seed_key, draw_ids.SENIOR_REVIEW, level)
        judged = f8(item.risk) + noise * normal(uniform(senior, item.uid))
    if judged > limit:
        item.shown = items.Shown.REMOVED
        t.daily[day, mt.REMOVED] += 1.0
        if not item.is_violation:
            t.daily[day, mt.FALSE_REMOVED] += 1.0
        if item.author >= 0:
            _disappoint(t, i8(item.author), not item.is_violation, p)
    else:
        item.shown = items.Shown.PUBLISHED


@compiled()
def _disappoint(t, author, is_wrong, p):
    """An author whose post is removed loses trust and motive, less when told why."""
    m = t.members[author]
    damage = p.wrong_factor if is_wrong else 1.0
    if t.policy[trial.arm(t, author)].moderation.explains_removals:
        damage *= p.explained_factor
    feelings.fade_trust(m, exp(-p.removal_trust * damage))
    feelings.fade_motive(m, exp(-p.removal_motive * damage))
    m.violations = min(120, m.violations + 1)
    if p.is_felt:
        feelings.lower_fairness(m, p.removal_fairness * min(1.0, damage / p.wrong_factor))
        feelings.lower_satisfaction(m, p.removal_satisfaction * damage)


@compiled()
def _note_wait(t, day, item, p):
    """Count how long the item has waited; an author kept waiting unseen is less satisfied."""
    waited = day - item.day
    t.daily[day, mt.REVIEWED] += 1.0
    t.daily[day, mt.REVIEW_WAIT_DAYS] += waited
    if p.is_felt and waited > 0 and item.author >= 0 and item.shown == items.Shown.QUEUED:
        m = t.members[item.author]
        feelings.fade_satisfaction(m, exp(-p.delay_satisfaction * waited), 0.0)


@compiled()
def _tire(t, is_full, p):
    for k in range(t.team_state[0].n_moderators):
        moderator = t.moderators[k]
        if moderator.duty == Duty.OFF:
            continue
        fatigue = f8(moderator.fatigue) * (1.0 - p.fatigue_rest)
        if is_full:
            fatigue += p.fatigue_gain * (1.0 - fatigue)
        moderator.fatigue = fatigue
