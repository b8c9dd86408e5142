"""Fatigue: work beyond the hours there are wears the operation out."""

from __future__ import annotations

from plaza_lab.sim.declaring import Metric, levers, params, quantity
from plaza_lab.sim.state import items
from plaza_lab.sim.state.appointments import hours_on_duty
from plaza_lab.sim.stepping import compiled, f8, kernel, mt

SOURCE = "M127; T61; A32"
METRICS = (
    Metric("staff_load", "1", "hours needed / hours available", "T61"),
    Metric("staff_fatigue", "1", "fatigue of the operation", "T61"),
)


@levers("stewarding")
class Levers:
    """Targets put on staff."""

    kpi_pressure: float = quantity(0.0, "1", (0.0, 2.0), "assumption (M127)")
    """Extra work that targets put on staff, relative to the work there is."""


@params()
class Params:
    """What work takes, how it tires, and what tired staff do worse."""

    is_felt: bool = quantity(False, "flag", source="M127")
    """The operation tires."""
    request_hours: float = quantity(0.1, "hours/request", (0.0, 10.0), "assumption (M127)")
    """Hours a day that an open request takes."""
    complaint_hours: float = quantity(0.2, "hours/complaint", (0.0, 10.0), "assumption (M127)")
    """Hours a day that a complaint on the list takes."""
    climate_hours: float = quantity(1.0, "hours/day", (0.0, 100.0), "assumption (M66)")
    """Hours a day of a full response to a bad climate."""
    gain: float = quantity(0.03, "1/day", (0.0, 1.0), "assumption (M127)")
    """Fatigue gained in a day, per unit of load above capacity."""
    recovery: float = quantity(0.02, "1/day", (0.0, 1.0), "assumption (M127)")
    """Share of fatigue lost in a day."""
    content_effect: float = quantity(0.4, "share", (0.0, 1.0), "assumption (M127)")
    """Quality that brand items lose at full fatigue."""
    answer_effect: float = quantity(0.4, "share", (0.0, 1.0), "assumption (M127)")
    """Answers of founder and staff lost at full fatigue."""


def is_on(policy, world):
    """Whether staff tires."""
    return bool(world.fatigue.is_felt)


@kernel()
def step(t, day):
    """Compare the day's work with the hours there are."""
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
    queue = t.daily[day, mt.POSTS] + t.daily[day, mt.REVIEW_BACKLOG]
    hours = queue / max(1.0, t.params[0].review.items_per_hour)
    waiting = 0.0
    for topic in range(items.TOPICS):
        waiting += f8(t.board_size[topic])
    hours += p.request_hours * waiting + p.complaint_hours * t.feedback_state[0].n_complaints
    return hours + p.climate_hours * t.mood_state[0].response_effort
