"""The dashboard: what a rule reads from the day book, as of last night.

Days before today are complete; today's is still being written. A reading without a base is NaN,
and no alert stands on it.
"""

from __future__ import annotations

import math

from plaza_lab.agents.koc import Programme
from plaza_lab.engine.compiled import compiled
from plaza_lab.sim.calendar import MONTH, WEEK
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import alert_rules as rules
from plaza_lab.sim.state.alerts import Reading, RuleSet
from plaza_lab.sim.state.appointments import Staff
from plaza_lab.sim.state.cases import Channel
from plaza_lab.sim.state.events import Schedule, Stage

STRICT = RuleSet.STRICT.value

ANSWER_HOURS = 24.0
"""Hours in which a serious event must be answered (F93)."""

INCUBATION_GROWTH = 0.15
"""Interaction growth asked for in the incubation (F83)."""


@compiled()
def total(t, metric, first, last):
    """Sum of a daily metric over the days from ``first`` up to ``last``."""
    summed = 0.0
    for day in range(max(0, first), last):
        summed += t.daily[day, metric]
    return summed


@compiled()
def ratio(top, bottom):
    """A ratio, NaN without a base."""
    return top / bottom if bottom > 0.0 else math.nan


@compiled()
def members_on(t, day):
    """Members at the end of a day; those of day 0 before it."""
    if day < 0:
        return float(t.run_state[0].n_founders)
    return t.daily[day, mt.MEMBERS]


@compiled()
def share(t, day, top, bottom, days):
    """Sum of one metric over that of another, in the ``days`` up to last night."""
    return ratio(total(t, top, day - days, day), total(t, bottom, day - days, day))


@compiled()
def change(t, day, days):
    """Net growth of members in the ``days`` up to last night."""
    return ratio(members_on(t, day - 1), members_on(t, day - 1 - days)) - 1.0


@compiled()
def tone(t, day):
    """Negative share of last night, sensed where it is sensed; NaN where nobody has moods."""
    if not t.params[0].mood.is_felt:
        return math.nan
    if t.policy[0].climate.senses_mood:
        return t.daily[day - 1, mt.SENSED_NEGATIVE]
    return t.daily[day - 1, mt.NEGATIVE_SHARE]


@compiled()
def runway(t, day, days):
    """Weeks the funds of last night last at the mean outflow of the ``days`` before (T58)."""
    row = t.daily[day - 1]
    held = row[mt.ENTRY_POOL_YUAN] + row[mt.DUES_POOL_YUAN] + row[mt.BRAND_POOL_YUAN]
    return ratio(held, total(t, mt.FUND_OUT_YUAN, day - days, day) * WEEK / days)


@compiled()
def read(t, day, ruleset, k):
    """Value of a rule as of last night.

    Parameters
    ----------
    ruleset : int
        Rule set.
    k : int
        Row of the rule.

    Returns
    -------
    float
        The value; NaN without a base or before the window is full.
    """
    whole = rules.WHOLE[ruleset, k]
    real = rules.REAL[ruleset, k]
    reading = whole[rules.READING]
    top = whole[rules.TOP]
    bottom = whole[rules.BOTTOM]
    days = whole[rules.DAYS]
    if day < days:
        return math.nan
    if reading == Reading.SHARE:
        return share(t, day, top, bottom, days)
    if reading == Reading.LATEST:
        return t.daily[day - 1, top]
    if reading == Reading.MEAN:
        return total(t, top, day - days, day) / days
    if reading == Reading.GROWTH or reading == Reading.PER_HEAD:
        return _growth(t, day, top, days, reading == Reading.PER_HEAD)
    if reading == Reading.CHANGE:
        return change(t, day, days)
    if reading == Reading.EITHER:
        by_top = t.daily[day - 1, top] / real[rules.LIMIT_A]
        by_bottom = t.daily[day - 1, bottom] / real[rules.LIMIT_B]
        return max(by_bottom, by_top)
    if reading == Reading.PER_MEMBER:
        return ratio(total(t, top, day - days, day), t.daily[day - 1, mt.MEMBERS])
    if reading == Reading.MEASURED:
        return t.daily[day - 1, top] if t.daily[day - 1, top] > 0.0 else math.nan
    return _special(t, day, reading, top, bottom, days, real)


@compiled()
def _special(t, day, reading, top, bottom, days, real):
    """Readings that only one rule has."""
    if reading == Reading.SWING:
        return _swing(t, day, top)
    if reading == Reading.TONE:
        return tone(t, day)
    if reading == Reading.PATH:
        start = min(t.daily[MONTH - 1, top], real[rules.LIMIT_A])
        way = min(1.0, day / real[rules.LIMIT_B])
        return t.daily[day - 1, top] - start - way * (real[rules.LIMIT_A] - start)
    if reading == Reading.RUNWAY:
        return runway(t, day, days)
    if reading == Reading.MENTIONS:
        return _mentions(t, day, top, bottom, days, real[rules.LIMIT_A])
    if reading == Reading.OVERLOAD:
        unread = share(t, day, top, bottom, days)
        if day < MONTH + days or not t.daily[day - 1 - MONTH, mt.EXPERT_ACTIVE_SHARE] > 0.0:
            return unread
        then = t.daily[day - 1 - MONTH, mt.EXPERT_ACTIVE_SHARE]
        fall = (1.0 - t.daily[day - 1, mt.EXPERT_ACTIVE_SHARE] / then) / real[rules.LIMIT_A]
        return max(fall, unread)
    if reading == Reading.OFF_TARGET:
        found = t.daily[day - 1, top]
        is_aimed = t.policy[0].steering.items_week > 0.0 or t.policy[0].steering.is_steered
        aim = t.policy[0].steering.central_weight
        return abs(found - aim) if is_aimed and found > 0.0 else math.nan
    return _planned(t, day, reading, top, days)


@compiled()
def _planned(t, day, reading, top, days):
    """Readings of what the policy has set out to do."""
    policy = t.policy[0]
    if reading == Reading.UNANSWERED:
        hours = policy.feedback.response_hours * max(1.0, t.daily[day - 1, mt.STAFF_LOAD])
        if policy.feedback.channel != Channel.NONE and hours <= ANSWER_HOURS:
            return 0.0
        return total(t, top, day - days, day)
    if reading == Reading.INCUBATION:
        programme_state = t.programme_state[0]
        lived = day - programme_state.stage_since
        is_over = lived >= WEEK * (policy.programme.incubation_weeks - 1)
        if policy.programme.schedule == Schedule.FIXED or programme_state.stage != Stage.INCUBATION:
            return math.nan
        return t.daily[day - 1, top] if is_over else math.nan
    if reading == Reading.KOC_PLAN:
        weeks = day / WEEK
        if policy.koc.programme == Programme.DISABLED or weeks > policy.koc.target_weeks:
            return math.nan
        return ratio(t.daily[day - 1, top], policy.koc.target * weeks / policy.koc.target_weeks)
    # a vacancy: only a paid rota promises somebody
    if policy.stewarding.staff != Staff.PAID_ROTATION:
        return math.nan
    return total(t, top, day - days, day) / days


@compiled()
def _growth(t, day, top, days, is_per_head):
    if day < 2 * days:
        return math.nan
    now = total(t, top, day - days, day)
    before = total(t, top, day - 2 * days, day - days)
    if is_per_head:
        staged = t.policy[0].programme.schedule != Schedule.FIXED
        if staged and t.programme_state[0].stage == Stage.INCUBATION:
            return ratio(now, before) - 1.0 - INCUBATION_GROWTH
        now /= max(1.0, total(t, mt.MEMBERS, day - days, day))
        before /= max(1.0, total(t, mt.MEMBERS, day - 2 * days, day - days))
    return ratio(now, before) - 1.0


@compiled()
def _swing(t, day, top):
    """Weekly active share against the mean of the four weeks before (T09)."""
    lever = t.policy[0].alerts
    is_small = t.daily[day - 1, mt.MEMBERS] < lever.min_n and lever.ruleset != STRICT
    if day < 5 * WEEK or is_small:
        return math.nan
    usual = 0.0
    for back in range(1, 5):
        then = day - 1 - WEEK * back
        usual += t.daily[then, top] / max(1.0, t.daily[then, mt.MEMBERS]) / 4.0
    now = t.daily[day - 1, top] / max(1.0, t.daily[day - 1, mt.MEMBERS])
    return abs(ratio(now, usual) - 1.0)


@compiled()
def _mentions(t, day, top, bottom, days, bad_tone):
    """Mentions a purchase against those of the first four weeks, when the tone is bad (T48).

    There is no second brand in the model; the community's own start stands in for it.
    """
    if day < 2 * days:
        return math.nan
    usual = share(t, days, top, bottom, days)
    now = share(t, day, top, bottom, days)
    return now / usual if usual > 0.0 and tone(t, day) > bad_tone else math.nan
