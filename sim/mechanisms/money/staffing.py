"""Staffing: the brand's people are paid by the week, and without them the brand does nothing."""

from __future__ import annotations

from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.state import fund
from plaza_lab.sim.stepping import i8, kernel, mt

SOURCE = "M57"
METRICS = (Metric("staff_hours", "hours", "staff hours paid this week", "M57", True),)
STATE: tuple[Var, ...] = (
    Var("staff_hours", "f8", "hours", "paid staff hours left this week", "M57"),
)


@levers("fund")
class Levers:
    """Staff hours that are paid for."""

    needs_staff: bool = quantity(False, "flag", source="M57")
    """Brand items, offers and contacts take paid staff hours; without hours there are none."""
    staff_hours_week: float = quantity(0.0, "hours/week", (0.0, 100_000.0), "M57")
    """Staff hours paid for."""
    wage_hour_cents: int = quantity(
        7_700, "cents/hour", (0, 1_000_000), "W05 (what a steward's hour earns)"
    )
    """Wage of staff."""


@params()
class Params:
    """Hours that brand activities take."""

    item_hours: float = quantity(2.0, "hours/item", (0.0, 1000.0), "assumption (M57)")
    """Staff time of a brand item."""
    contact_hours: float = quantity(0.05, "hours/contact", (0.0, 100.0), "assumption (M57)")
    """Staff time of an offer or a contact."""


def is_on(policy, world):
    """Whether hours of the fund must be paid for."""
    return bool(policy.fund.needs_staff)


@kernel()
def step(t, day):
    """Pay the week's hours in advance, as many as the budget reaches."""
    lever = t.policy[0].fund
    if not lever.needs_staff or day % WEEK != 0:
        return
    wanted = i8(lever.staff_hours_week * lever.wage_hour_cents)
    paid = fund.pay(t, day, fund.WAGE, fund.BRAND_POOL, fund.OUTSIDE, wanted, fund.NOBODY)
    hours = lever.staff_hours_week
    if paid < wanted:
        hours = paid / lever.wage_hour_cents
    # unpaid staff would be volunteers: no budget, no hours
    if lever.wage_hour_cents == 0 and fund.available(t, fund.BRAND_POOL, fund.WAGE) == 0:
        hours = 0.0
    t.staffing_state[0].staff_hours = hours
    t.daily[day, mt.STAFF_HOURS] = hours
