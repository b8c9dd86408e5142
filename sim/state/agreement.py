"""Agreement: other departments of the brand have a say in what the operator decides.

A decision waits for everyone whose field it touches, and now and then is never made (M139).
"""

from __future__ import annotations

import enum

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import power
from plaza_lab.sim import draw_ids
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.recording import metrics as mt


class Area(enum.IntEnum):
    """Whose field a lever is: the team's own, or that of a department beside it."""

    COMMUNITY = 0
    MARKETING = 1
    FINANCE = 2
    TECHNOLOGY = 3
    SERVICE = 4
    CONTENT = 5
    PARTNERS = 6


GROUPS_OF: dict[Area, tuple[str, ...]] = {
    Area.MARKETING: ("acquisition", "selling", "koc", "monetisation"),
    Area.FINANCE: ("fund", "incentive"),
    Area.TECHNOLOGY: ("crm", "data_policy", "hosting"),
    Area.SERVICE: ("service", "feedback"),
    Area.CONTENT: ("content", "distribution"),
    Area.PARTNERS: ("partnership",),
}
"""Groups of levers by field; what is in none is the community team's own. Source: assumption."""

ALL = sum(1 << area for area in GROUPS_OF)
"""What touches every field."""


def area_of(group: str) -> Area:
    """Field of a group of levers."""
    return next((area for area, groups in GROUPS_OF.items() if group in groups), Area.COMMUNITY)


def areas_of(*groups: str) -> int:
    """Fields that some groups of levers touch, one bit each."""
    found = 0
    for group in groups:
        found |= 1 << area_of(group)
    return found


@compiled()
def others(t, areas):
    """Departments beside the team that have a say, at least 0; a coordinator takes part of each.

    Parameters
    ----------
    areas : int
        Fields that the decision touches, see :func:`areas_of`.
    """
    n = 0
    for area in range(1, i8(t.policy[0].steering.departments) + 1):
        n += areas >> area & 1
    if n == 0:
        return 0.0
    relief = t.params[0].departments.relief * t.departments_state[0].is_coordinated
    return n * (1.0 - relief)


@compiled()
def _draws(t, asked, number):
    return agent_key(day_key(t.run_state[0].seed_key, draw_ids.DECISION_LOST, asked), U64(number))


@compiled()
def wait_of(t, areas, asked, number):
    """Whole days that a decision waits for other departments; part of a day is one by chance.

    0 where nobody else has a say.

    Parameters
    ----------
    areas : int
        Fields that it touches, see :func:`areas_of`.
    asked : int
        Day on which it is put to them.
    number : int
        Tells decisions of one day apart.
    """
    wait = t.params[0].departments.days * others(t, areas)
    return i8(wait + uniform(_draws(t, asked, number), U64(1))) if wait > 0.0 else 0


@compiled()
def is_lost(t, areas, asked, number):
    """Whether a decision that was put to other departments is never made; see :func:`wait_of`."""
    say = others(t, areas)
    if say <= 0.0:
        return False
    return uniform(_draws(t, asked, number), U64(0)) >= power(t.params[0].departments.agrees, say)


@compiled()
def is_held_up(t, day, areas, wanted, number):
    """Whether a decision wanted since a day is not made today; what is lost is asked again monthly.

    Parameters
    ----------
    day, wanted : int
        Today, and the day from which on it is wanted.
    areas, number : int
        As for :func:`wait_of`.
    """
    if others(t, areas) <= 0.0:
        return False
    waited = (day - wanted) % MONTH
    asked = day - waited
    wait = wait_of(t, areas, asked, number)
    if waited < wait:
        t.daily[day, mt.DECISIONS_WAITING] += 1.0
        return True
    if not is_lost(t, areas, asked, number):
        return False
    t.daily[day, mt.DECISIONS_LOST] += 1.0 if waited == wait else 0.0
    return True


@compiled()
def host_departments(t):
    """Departments of the host that have a say in a deal, by which its cost and delay go."""
    return max(f8(t.params[0].contract.host_departments), 1.0 + others(t, ALL))
