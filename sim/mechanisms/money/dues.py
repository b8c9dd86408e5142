"""Dues that lapse: on a due date some do not pay; after the grace they lapse or leave."""

from __future__ import annotations

from dataclasses import dataclass

from plaza_lab.agents.buying import lapse_probability
from plaza_lab.agents.member import Contact, Status
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim import decisions
from plaza_lab.sim.calendar import is_dues_day
from plaza_lab.sim.policy.fund import LapseRule
from plaza_lab.sim.randomness import day_key, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund, people

SOURCE = "M55; W03, W04"
READS = (
    "clock.n_rows",
    "clock.dues_share",
    "fate.uid",
    "members.belonging",
    "members.satisfaction",
    "members.last_act",
)
WRITES = (
    *people.LEAVING,
    "journal",
    "balances",
    "clock.n_journal",
    "clock.journal_lost",
    "daily.arrears",
    "daily.fund_in_yuan",
)


@dataclass(frozen=True)
class Params:
    """Who does not pay."""

    unpaid_base: float = quantity(
        -5.0,
        unit="log-odds",
        low=-30.0,
        high=20.0,
        source="assumption (M55; 1.8 % a month at fair dues)",
        doc="Not paying on a due date, in a neutral mood, if the dues were nothing.",
    )
    level_weight: float = quantity(
        1.0,
        unit="log-odds",
        low=0.0,
        high=20.0,
        source="assumption (M55)",
        doc="Per multiple of the dues a median member finds fair.",
    )
    belonging_weight: float = quantity(
        2.0,
        unit="log-odds",
        low=0.0,
        high=20.0,
        source="assumption (M55)",
        doc="Per unit of belonging, toward paying.",
    )
    satisfaction_weight: float = quantity(
        2.0,
        unit="log-odds",
        low=0.0,
        high=20.0,
        source="assumption (M55)",
        doc="Per unit of satisfaction, toward paying.",
    )


def is_on(policy, world):
    """Whether dues may lapse."""
    return bool(policy.fund.lapse_rule != LapseRule.NONE and policy.fund.dues_month_cents != 0)


@kernel()
def step(t, day):
    """Collect on due dates; some days later settle with those who did not pay.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    lever = t.policy[0].fund
    if lever.lapse_rule == LapseRule.NONE or lever.dues_month_cents == 0:
        return
    if is_dues_day(day):
        _collect(t, day, day, lever)
    due = day - lever.grace_days
    if due >= 0 and is_dues_day(due):
        _collect(t, day, due, lever)
        if lever.lapse_rule == LapseRule.LEAVE:
            _dismiss(t, day)
    t.daily[day, mt.ARREARS] = t.clock[0].n_arrears


@compiled()
def _collect(t, day, due, lever):
    """Ask everybody on the due date, and once more, after the grace, those who owe.

    The draw belongs to the due date, so a member pays late only if her mind has changed.
    """
    clock = t.clock[0]
    key = day_key(clock.seed_key, decisions.PAY_DUES, due)
    payers = 0
    for i in range(clock.n_rows):
        m = t.members[i]
        owes = m.contact & Contact.ARREARS
        if t.fate[i].status == Status.LEFT or (day > due and not owes):
            continue
        if uniform(key, t.fate[i].uid) >= lapse_probability(m, clock, t.params[0]):
            payers += 1
            if owes:
                m.contact &= 127 - Contact.ARREARS
                clock.n_arrears -= 1
        elif not owes:
            m.contact |= Contact.ARREARS
            clock.n_arrears += 1
    cents = payers * lever.dues_month_cents
    fund.transfer(t, day, fund.DUES, fund.MEMBERS, fund.DUES_POOL, cents, fund.NOBODY)


@compiled()
def _dismiss(t, day):
    for i in range(t.clock[0].n_rows):
        if t.fate[i].status != Status.LEFT and t.members[i].contact & Contact.ARREARS:
            people.leave(t, i, day)
