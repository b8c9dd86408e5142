"""Privileges and tiers: rights of members, service for the favoured, envy of the others."""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.agents.member import Status, Tier
from plaza_lab.agents.rewards import is_favoured, is_holder
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.state import fetching, fund, trial
from plaza_lab.sim.stepping import compiled, i8, kernel, mt

SOURCE = "M46, M49"
METRICS = (
    Metric("privilege_holders", "members", "active members with privileges", "M46", True),
    Metric("favoured", "members", "members whom the tiers favour", "M49", True),
)
STATE: tuple[Var, ...] = (
    Var("privilege_paid", "f8", "share", "privileges of the week that money covers", "M46"),
    Var("care_paid", "f8", "share", "personal service of the week that money covers", "M49"),
)


@levers("incentive")
class Levers:
    """Privileges, and whom points and service favour."""

    has_privileges: bool = quantity(False, "flag", source="M46")
    """Members have priority, discounts, early access."""
    privilege_level: int = quantity(0, "grade", (0, 20), "M46")
    """Lowest grade with privileges; 0 for every member."""
    privilege_cents_week: int = quantity(50, "cents/member/week", (0, 100_000), "assumption (M46)")
    """Cost of privileges for each active holder."""
    tier: Tier = quantity(Tier.NOBODY, "choice", source="M49")
    """Whom points and service favour: nobody, a grade, those likely to leave, good buyers."""
    tier_level: int = quantity(2, "grade", (1, 20), "assumption (M49)")
    """Lowest favoured grade."""
    tier_bonus: float = quantity(0.0, "1", (0.0, 10.0), "M49")
    """Extra points of the favoured, relative to the tariff."""
    care_cents_week: int = quantity(0, "cents/member/week", (0, 100_000), "M49")
    """Cost of personal service for each favoured member; 0 for no such service."""
    is_tier_open: bool = quantity(True, "flag", source="M49")
    """Members know whom the tiers favour."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.has_privileges and self.privilege_cents_week > 0 and not policy.fund.has_any_money,
            "privileges cost money; choose a fund, or incentive.privilege_cents_week=0",
        )
        yield (
            self.has_privileges and self.privilege_level > 0 and not policy.incentive.has_levels,
            "privileges of a grade need grades; choose incentive.has_levels=true, or "
            "incentive.privilege_level=0",
        )
        yield (
            self.tier == Tier.GRADE and not policy.incentive.has_levels,
            "favouring a grade needs grades; choose incentive.has_levels=true, or another "
            "incentive.tier",
        )
        yield (
            self.care_cents_week > 0 and not policy.fund.has_any_money,
            "personal service costs money; choose a fund, or incentive.care_cents_week=0",
        )
        yield (
            self.care_cents_week > 0 and self.tier == Tier.NOBODY,
            "personal service needs to know for whom; choose incentive.tier=at_risk, "
            "high_value or grade",
        )


@params()
class Params:
    """What rights and service do."""

    hold: float = quantity(0.6, "log-hazard", (0.0, 5.0), "assumption (M46: retention)")
    """By how much privileges hold a member, as claimed."""
    belonging: float = quantity(0.004, "1/visit", (0.0, 1.0), "assumption (M46)")
    """Belonging that privileges add on a visit, as claimed."""
    repurchase: float = quantity(0.2, "log-hazard", (0.0, 5.0), "assumption (M46: repurchase)")
    """Effect of privileges on buying again, as claimed."""
    care_hold: float = quantity(0.8, "log-hazard", (0.0, 5.0), "assumption (M49: personal service)")
    """By how much personal service holds a favoured member, as claimed."""
    at_risk: float = quantity(0.2, "1", (0.0, 1.0), "assumption (M49)")
    """Belonging below which a member counts as likely to leave."""
    high_value: int = quantity(2, "purchases", (1, 1000), "assumption (M49)")
    """Purchases from which a member counts as of high value."""
    envy: float = quantity(0.01, "1/visit", (0.0, 1.0), "assumption (M49: felt unfairness)")
    """Trust a member loses on a visit when she knows that others are favoured."""


@EXIT.term("privileges", source="M46, M49")
def privilege_hold(m, t, policy, world):
    """Log-hazard of leaving that paid-for privileges and personal service take away (M46, M49)."""
    p = world.privileges
    hold = 0.0
    if is_holder(m, policy):
        hold += p.hold * t.privileges_state[0].privilege_paid
    if policy.incentive.care_cents_week > 0 and is_favoured(m, policy, world):
        hold += p.care_hold * t.privileges_state[0].care_paid
    return -world.calibration.scale * hold


def is_on(policy, world):
    """Whether some enjoy privileges or a tier."""
    return bool(policy.incentive.has_privileges or policy.incentive.tier != Tier.NOBODY)


@kernel()
def step(t, day):
    """Pay for the week's rights and service; let visitors enjoy them, or mind them."""
    row = i8(0) if t.policy[0].incentive.has_privileges else trial.last(t)
    lever = t.policy[row].incentive
    has_tiers = lever.tier != Tier.NOBODY
    if not lever.has_privileges and not has_tiers:
        return
    if day % 7 == 0:
        _pay_for_week(t, day, lever)
    p = t.params[0].privileges
    gain = t.params[0].calibration.scale * p.belonging * t.privileges_state[0].privilege_paid
    is_minded = has_tiers and lever.is_tier_open
    is_minded = is_minded and (lever.tier_bonus > 0.0 or lever.care_cents_week > 0)
    for k in range(t.people_state[0].n_visitors):
        fetching.visitor(t, k)
        i = i8(t.visitors[k])
        m = t.members[i]
        if is_holder(m, t.policy[trial.arm(t, i)]):
            feelings.raise_belonging(m, gain)
        if is_minded and not is_favoured(m, t.policy[0], t.params[0]):
            feelings.lower_trust(m, p.envy)


@compiled()
def _pay_for_week(t, day, lever):
    """Count active holders and favoured members, and pay for them as far as money reaches."""
    state = t.privileges_state[0]
    holders = 0
    favoured = 0
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        if t.fate[i].status == Status.LEFT:
            continue
        if m.last_act > day - MONTH and is_holder(m, t.policy[trial.arm(t, i)]):
            holders += 1
        if is_favoured(m, t.policy[0], t.params[0]):
            favoured += 1
    cents = holders * lever.privilege_cents_week if lever.has_privileges else fund.NOTHING
    state.privilege_paid = _pay(t, day, fund.PRIVILEGES, cents)
    state.care_paid = _pay(t, day, fund.SERVICE, favoured * lever.care_cents_week)
    t.daily[day, mt.PRIVILEGE_HOLDERS] = holders
    t.daily[day, mt.FAVOURED] = favoured


@compiled()
def _pay(t, day, purpose, cents):
    """Pay from the fullest pool; returns the share that was paid."""
    if cents <= 0:
        return 1.0
    pool = fund.richest_pool(t)
    return fund.pay(t, day, purpose, pool, fund.OUTSIDE, cents, fund.NOBODY) / cents
