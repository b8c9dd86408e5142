"""Grades: contribution and spend unlock grades; grades of those who stay away sink."""

from __future__ import annotations

from dataclasses import dataclass

from numpy import int64 as i8

from plaza_lab.agents.member import Status
from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.rewards import grade_from, merit
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim.recording import metrics as mt

SOURCE = "M40; science.md A.10 (Anderson et al. 2013; Kivetz et al. 2006; Hoernle et al. 2022)"
READS = (
    "visitors",
    "clock.n_visitors",
    "clock.n_rows",
    "clock.n_members",
    "fate.status",
    "members.posts",
    "members.answers",
    "members.buys",
    "members.last_act",
)
WRITES = ("members.level", "daily.grades_reached", "daily.graded_share")


@dataclass(frozen=True)
class Params:
    """How grades move members."""

    goal_gain: float = quantity(
        0.8,
        unit="1",
        low=0.0,
        high=5.0,
        source="science A.10 (g .2-.6 measured, .4-1.2 as claimed)",
        doc="Extra odds of a responder just before the next grade, as claimed.",
    )
    goal_power: float = quantity(
        3.0, unit="1", low=0.1, high=20.0, source="science A.10 (h 2-4)", doc="Steepness of that."
    )
    dip: float = quantity(
        0.4,
        unit="log-odds",
        low=0.0,
        high=5.0,
        source="science A.10 (a dip of 10-30 %), before calibration",
        doc="Odds a responder loses just after reaching a grade.",
    )
    dip_width: float = quantity(
        0.1,
        unit="1",
        low=0.001,
        high=1.0,
        source="science A.10 (7-14 days)",
        doc="Part of the way to the next grade over which the dip fades e-fold.",
    )
    hold: float = quantity(
        0.6,
        unit="log-hazard",
        low=0.0,
        high=5.0,
        source="assumption (M40: rights of a grade)",
        doc="By how much the highest grade holds a member, as claimed.",
    )


def is_on(policy, world):
    """Whether there are grades."""
    return bool(policy.incentive.has_levels)


@kernel()
def step(t, day):
    """Raise grades of today's visitors, and once a week look at everybody's.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    lever = t.policy[0].incentive
    if not lever.has_levels:
        return
    for k in range(t.clock[0].n_visitors):
        m = t.members[i8(t.visitors[k])]
        have = merit(m, t.policy[0])
        while m.level < lever.level_count and have >= grade_from(m.level + 1, t.policy[0]):
            m.level += 1
            t.daily[day, mt.GRADES_REACHED] += 1.0
    if day % 7 == 6:
        _look_at_grades(t, day, lever.level_idle_weeks)


@compiled()
def _look_at_grades(t, day, idle_weeks):
    """Sink idle grades by one, and count who holds a grade."""
    graded = 0
    for i in range(t.clock[0].n_rows):
        m = t.members[i]
        if m.level == 0 or t.fate[i].status == Status.LEFT:
            continue
        if idle_weeks > 0 and day - m.last_act > 7 * idle_weeks:
            m.level -= 1
        if m.level > 0:
            graded += 1
    t.daily[day, mt.GRADED_SHARE] = graded / max(1, t.clock[0].n_members)
