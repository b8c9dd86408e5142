"""Fatigue: work beyond the hours there are wears the operation out."""

from __future__ import annotations

from dataclasses import dataclass

from numpy import float64 as f8

from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import items
from plaza_lab.sim.state.appointments import hours_on_duty

SOURCE = "M127; T61; A32"
READS = (
    "moderators",
    "clock.n_moderators",
    "clock.n_complaints",
    "clock.response_effort",
    "board_size",
    "daily.posts",
    "daily.review_backlog",
)
WRITES = (
    "operator.staff_load",
    "operator.staff_fatigue",
    "daily.staff_load",
    "daily.staff_fatigue",
)


@dataclass(frozen=True)
class Params:
    """What work takes, how it tires, and what tired staff do worse."""

    is_felt: bool = quantity(False, unit="flag", source="M127", doc="The operation tires.")
    request_hours: float = quantity(
        0.1,
        unit="hours/request",
        low=0.0,
        high=10.0,
        source="assumption (M127)",
        doc="Hours a day that an open request takes.",
    )
    complaint_hours: float = quantity(
        0.2,
        unit="hours/complaint",
        low=0.0,
        high=10.0,
        source="assumption (M127)",
        doc="Hours a day that a complaint on the list takes.",
    )
    climate_hours: float = quantity(
        1.0,
        unit="hours/day",
        low=0.0,
        high=100.0,
        source="assumption (M66)",
        doc="Hours a day of a full response to a bad climate.",
    )
    gain: float = quantity(
        0.03,
        unit="1/day",
        low=0.0,
        high=1.0,
        source="assumption (M127)",
        doc="Fatigue gained in a day, per unit of load above capacity.",
    )
    recovery: float = quantity(
        0.02,
        unit="1/day",
        low=0.0,
        high=1.0,
        source="assumption (M127)",
        doc="Share of fatigue lost in a day.",
    )
    content_effect: float = quantity(
        0.4,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption (M127)",
        doc="Quality that brand items lose at full fatigue.",
    )
    answer_effect: float = quantity(
        0.4,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption (M127)",
        doc="Answers of founder and staff lost at full fatigue.",
    )


def is_on(policy, world):
    """Whether staff tires."""
    return bool(world.fatigue.is_felt)


@kernel()
def step(t, day):
    """Compare the day's work with the hours there are.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    p = t.params[0].fatigue
    if not p.is_felt:
        return
    operator = t.operator[0]
    needed = _hours_needed(t, day, p) * (1.0 + t.policy[0].stewarding.kpi_pressure)
    operator.staff_load = min(20.0, needed / max(0.1, hours_on_duty(t)))
    fatigue = operator.staff_fatigue * (1.0 - p.recovery)
    over = min(2.0, max(0.0, operator.staff_load - 1.0))
    operator.staff_fatigue = fatigue + p.gain * over * (1.0 - fatigue)
    t.daily[day, mt.STAFF_LOAD] = operator.staff_load
    t.daily[day, mt.STAFF_FATIGUE] = operator.staff_fatigue


@compiled()
def _hours_needed(t, day, p):
    """Hours that review, requests, complaints and the climate ask for today."""
    clock = t.clock[0]
    queue = t.daily[day, mt.POSTS] + t.daily[day, mt.REVIEW_BACKLOG]
    hours = queue / max(1.0, t.params[0].review.items_per_hour)
    waiting = 0.0
    for topic in range(items.TOPICS):
        waiting += f8(t.board_size[topic])
    hours += p.request_hours * waiting + p.complaint_hours * clock.n_complaints
    return hours + p.climate_hours * clock.response_effort
