"""Weekly looks: the health index (T71), and how active the most skilled are."""

from __future__ import annotations

import math

from numpy import float64 as f8
from numpy import int64 as i8

from agents.compiled import compiled
from agents.member import Status
from sim.calendar import MONTH, WEEK
from sim.recording import metrics as mt

ACTIVE_GOAL = 0.40
"""Active share that counts as full health (F102)."""
GROWTH_REACH = 0.05
"""Net growth of 28 days, up or down, from none to full health (F89)."""
QUALITY_GOAL = 0.60
"""Quality interaction that counts as full health (F86)."""
NEGATIVE_LIMIT = 0.30
"""Negative share that counts as no health (F85)."""
RUNWAY_WEEKS = 52.0
"""Runway that counts as full health: a year (F04)."""

BINS = 100
BEST = 0.20


@compiled()
def take(t, day):
    """Write the health index: a weighted mean of what can be measured, 0 to 100.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today; its other metrics are complete.
    """
    row = t.daily[day]
    weights = t.policy[0].alerts.health_weights
    first = max(0, day + 1 - MONTH)
    parts = (
        row[mt.ACTIVE_SHARE] / ACTIVE_GOAL,
        _growth(t, day),
        _ratio(_sum(t, mt.THREADS_GOOD, first, day), _sum(t, mt.THREADS_CLOSED, first, day))
        / QUALITY_GOAL,
        1.0 - _tone(t, day) / NEGATIVE_LIMIT,
        row[mt.SENSED_SATISFACTION],
        _runway(t, day, first) / RUNWAY_WEEKS,
    )
    summed = 0.0
    weight = 0.0
    for k in range(len(parts)):
        if not math.isnan(parts[k]):
            summed += weights[k] * min(1.0, max(0.0, parts[k]))
            weight += weights[k]
    row[mt.HEALTH] = 100.0 * summed / weight if weight > 0.0 else math.nan


@compiled()
def _tone(t, day):
    """Negative share, as sensed where it is sensed; no part of the index where nobody has moods."""
    if not t.params[0].mood.is_felt:
        return math.nan
    if t.policy[0].climate.senses_mood:
        return t.daily[day, mt.SENSED_NEGATIVE]
    return t.daily[day, mt.NEGATIVE_SHARE]


@compiled()
def _growth(t, day):
    """Net growth of 28 days, from 0 at -5 % to 1 at +5 %."""
    if day < MONTH:
        return math.nan
    then = t.daily[day - MONTH, mt.MEMBERS]
    growth = _ratio(t.daily[day, mt.MEMBERS], then) - 1.0
    return 0.5 + 0.5 * growth / GROWTH_REACH


@compiled()
def _runway(t, day, first):
    """Weeks the funds last at the mean weekly outflow of the last four weeks (T58)."""
    row = t.daily[day]
    held = row[mt.ENTRY_POOL_YUAN] + row[mt.DUES_POOL_YUAN] + row[mt.BRAND_POOL_YUAN]
    return _ratio(held, _sum(t, mt.FUND_OUT_YUAN, first, day) * WEEK / (day + 1 - first))


@compiled()
def _sum(t, metric, first, last):
    summed = 0.0
    for day in range(first, last + 1):
        summed += t.daily[day, metric]
    return summed


@compiled()
def _ratio(top, bottom):
    return top / bottom if bottom > 0.0 else math.nan


@compiled()
def experts(t, day):
    """Write the 28-day active share of the fifth of members with most skill.

    Skill is counted in hundredths; of the hundredth in which the fifth ends, its part counts.
    """
    heads = t.by_rank[0]
    active = t.by_rank[1]
    heads[:BINS] = 0.0
    active[:BINS] = 0.0
    for i in range(t.clock[0].n_rows):
        if t.fate[i].status == Status.LEFT:
            continue
        m = t.members[i]
        place = min(BINS - 1, max(0, i8(BINS * f8(m.skill))))
        heads[place] += 1.0
        if m.last_act > day - MONTH:
            active[place] += 1.0
    wanted = BEST * t.clock[0].n_members
    taken = 0.0
    found = 0.0
    for place in range(BINS - 1, -1, -1):
        if heads[place] <= 0.0:
            continue
        use = min(1.0, (wanted - taken) / heads[place])
        if use <= 0.0:
            break
        taken += use * heads[place]
        found += use * active[place]
    t.daily[day, mt.EXPERT_ACTIVE_SHARE] = found / taken if taken > 0.0 else math.nan
