"""Privileges and tiers: rights of members, service for the favoured, envy of the others."""

from __future__ import annotations

from dataclasses import dataclass

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.member import Status, Tier
from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.rewards import is_favoured, is_holder
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund

SOURCE = "M46, M49"
READS = (
    "visitors",
    "clock.n_visitors",
    "clock.n_rows",
    "fate.status",
    "members.level",
    "members.buys",
    "members.last_act",
)
WRITES = (
    "members.belonging",
    "members.trust",
    "clock.privilege_paid",
    "clock.care_paid",
    "journal",
    "balances",
    "clock.n_journal",
    "clock.journal_lost",
    "daily.privilege_holders",
    "daily.favoured",
    "daily.policy_stops",
    "daily.fund_out_yuan",
)


@dataclass(frozen=True)
class Params:
    """What rights and service do."""

    hold: float = quantity(
        0.6,
        unit="log-hazard",
        low=0.0,
        high=5.0,
        source="assumption (M46: retention)",
        doc="By how much privileges hold a member, as claimed.",
    )
    belonging: float = quantity(
        0.004,
        unit="1/visit",
        low=0.0,
        high=1.0,
        source="assumption (M46)",
        doc="Belonging that privileges add on a visit, as claimed.",
    )
    repurchase: float = quantity(
        0.2,
        unit="log-hazard",
        low=0.0,
        high=5.0,
        source="assumption (M46: repurchase)",
        doc="Effect of privileges on buying again, as claimed.",
    )
    care_hold: float = quantity(
        0.8,
        unit="log-hazard",
        low=0.0,
        high=5.0,
        source="assumption (M49: personal service)",
        doc="By how much personal service holds a favoured member, as claimed.",
    )
    at_risk: float = quantity(
        0.2,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M49)",
        doc="Belonging below which a member counts as likely to leave.",
    )
    high_value: int = quantity(
        2,
        unit="purchases",
        low=1,
        high=1000,
        source="assumption (M49)",
        doc="Purchases from which a member counts as of high value.",
    )
    envy: float = quantity(
        0.01,
        unit="1/visit",
        low=0.0,
        high=1.0,
        source="assumption (M49: felt unfairness)",
        doc="Trust a member loses on a visit when she knows that others are favoured.",
    )


def is_on(policy, world):
    """Whether some enjoy privileges or a tier."""
    return bool(policy.incentive.has_privileges or policy.incentive.tier != Tier.NOBODY)


@kernel()
def step(t, day):
    """Pay for the week's rights and service; let visitors enjoy them, or mind them.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    lever = t.policy[0].incentive
    has_tiers = lever.tier != Tier.NOBODY
    if not lever.has_privileges and not has_tiers:
        return
    if day % 7 == 0:
        _pay_for_week(t, day, lever)
    p = t.params[0].privileges
    gain = t.params[0].calibration.scale * p.belonging * t.clock[0].privilege_paid
    is_minded = has_tiers and lever.is_tier_open
    is_minded = is_minded and (lever.tier_bonus > 0.0 or lever.care_cents_week > 0)
    for k in range(t.clock[0].n_visitors):
        m = t.members[i8(t.visitors[k])]
        if is_holder(m, t.policy[0]):
            m.belonging = f8(m.belonging) + gain * (1.0 - f8(m.belonging))
        if is_minded and not is_favoured(m, t.policy[0], t.params[0]):
            m.trust = f8(m.trust) * (1.0 - p.envy)


@compiled()
def _pay_for_week(t, day, lever):
    """Count active holders and favoured members, and pay for them as far as money reaches."""
    clock = t.clock[0]
    holders = 0
    favoured = 0
    for i in range(clock.n_rows):
        m = t.members[i]
        if t.fate[i].status == Status.LEFT:
            continue
        if m.last_act > day - MONTH and is_holder(m, t.policy[0]):
            holders += 1
        if is_favoured(m, t.policy[0], t.params[0]):
            favoured += 1
    cents = holders * lever.privilege_cents_week if lever.has_privileges else fund.NOTHING
    clock.privilege_paid = _pay(t, day, fund.PRIVILEGES, cents)
    clock.care_paid = _pay(t, day, fund.SERVICE, favoured * lever.care_cents_week)
    t.daily[day, mt.PRIVILEGE_HOLDERS] = holders
    t.daily[day, mt.FAVOURED] = favoured


@compiled()
def _pay(t, day, purpose, cents):
    """Pay from the fullest pool; returns the share that was paid."""
    if cents <= 0:
        return 1.0
    pool = fund.richest_pool(t)
    return fund.pay(t, day, purpose, pool, fund.OUTSIDE, cents, fund.NOBODY) / cents
