"""Budget: the brand pays a week's money in on the first day of the week."""

from __future__ import annotations

from plaza_lab.engine.compiled import kernel
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.state import fund

SOURCE = "M57"
METRICS = ()


def is_on(policy, world):
    """Whether the brand pays anything in week by week."""
    return bool(policy.fund.brand_week_cents > 0)


@kernel()
def step(t, day):
    """Pay in the week's budget, once for every week that is lived.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    cents = t.policy[0].fund.brand_week_cents
    if day % WEEK == 0 and cents > 0:
        fund.transfer(t, day, fund.BRAND_SUBSIDY, fund.BRAND, fund.BRAND_POOL, cents, fund.NOBODY)
