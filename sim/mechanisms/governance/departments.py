"""Departments: what the operator decides needs others of the brand, and a coordinator helps.

Who must agree, how long it takes and what is lost on the way: :mod:`plaza_lab.sim.state.agreement`.
It is asked by alerts before an intervention, by the review of goals, and by talks with partners.
"""

from __future__ import annotations

from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.state import fund
from plaza_lab.sim.stepping import i8, kernel

SOURCE = "M139, M131"
METRICS = (
    Metric("decisions_waiting", "decisions", "decisions that wait for other departments", "M139"),
    Metric("decisions_lost", "decisions", "decisions that other departments did not agree to",
           "M139"),
)  # fmt: skip
STATE: tuple[Var, ...] = (
    Var("is_coordinated", "i8", "flag", "a coordinator is paid this week", "M139"),
)


@levers("steering")
class Levers:
    """Who else has a say."""

    departments: int = quantity(0, "departments", (0, 6), "M139, M131")
    """Departments beside the team that have a say in what touches their field: marketing, finance,
    technology, service, content, partners, in this order; 0 where the team decides alone."""
    has_coordinator: bool = quantity(False, "flag", source="000_3343c0fd968a34dd.txt (协作机制)")
    """Somebody is paid to bring departments together."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.has_coordinator and self.departments > 0 and not policy.fund.has_brand_money,
            "a coordinator is paid from the brand's budget; choose fund=brand_funded or "
            "steering.has_coordinator=false",
        )


@params()
class Params:
    """What agreement takes."""

    days: float = quantity(0.9, "days", (0.0, 7.0), "assumption (partners.md 1: 3 x .3)")
    """Days that each department more takes to agree."""
    agrees: float = quantity(0.97, "share", (0.0, 1.0), "assumption (partners.md 1)")
    """Chance that a department agrees in the end."""
    relief: float = quantity(0.5, "share", (0.0, 1.0), "assumption (partners.md 1: gov)")
    """Part of both that a coordinator takes away."""
    coordinator_cents: int = quantity(
        100_000, "cents/week", (0, 10_000_000), "assumption (half of stewarding.wage_week_cents)"
    )
    """Pay of the coordinator."""


def is_on(policy, world):
    """Whether anybody else has a say."""
    return bool(policy.steering.departments > 0)


@kernel()
def step(t, day):
    """Pay the coordinator for the week; who is not paid does not coordinate."""
    lever = t.policy[0].steering
    if day % WEEK != 0 or lever.departments <= 0:
        return
    is_paid = i8(0)
    if lever.has_coordinator:
        wage = i8(t.params[0].departments.coordinator_cents)
        paid = fund.pay(t, day, fund.WAGE, fund.BRAND_POOL, fund.OUTSIDE, wage, fund.NOBODY)
        is_paid = i8(paid >= wage)
    t.departments_state[0].is_coordinated = is_paid
