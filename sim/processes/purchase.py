"""Purchase: members buy from the brand, buy again, and are lost as customers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy import float64 as f8
from numpy import int64 as i8

from agents.compiled import compiled, kernel
from agents.quantity import quantity
from sim import decisions
from sim.randomness import agent_key, day_key, gamma, uniform
from sim.recording import metrics as mt
from sim.world import fund, people, traits

SOURCE = "science.md A.13 (BG/NBD: Fader, Hardie & Lee 2005; Gamma-Gamma); M95"
READS = ("fate.uid", "fate.buy_hazard", "clock.n_rows", "clock.seed_key")
WRITES = (
    "fate.buy_hazard",
    "members.buy_rate",
    "members.buys",
    "members.last_buy",
    "members.last_act",
    "acts",
    "journal",
    "balances",
    "clock.n_journal",
    "clock.journal_lost",
    "daily.purchases",
    "daily.sales_yuan",
)


@dataclass(frozen=True)
class Params:
    """Purchase law of members (defaults fitted to the CDNOW log)."""

    buyer_share: float = quantity(
        0.3, unit="share", low=0.0, high=1.0, source="F58", doc="Members who are customers."
    )
    rate_shape: float = quantity(
        0.252,
        unit="1",
        low=0.001,
        high=20.0,
        source="data cdnow (clv.bgnbd.r)",
        doc="Shape of the gamma law of purchase rates.",
    )
    rate_weeks: float = quantity(
        4.79,
        unit="weeks",
        low=0.01,
        high=500.0,
        source="data cdnow (clv.bgnbd.alpha)",
        doc="Inverse scale of the gamma law of purchase rates.",
    )
    dropout_a: float = quantity(
        0.723,
        unit="1",
        low=0.001,
        high=50.0,
        source="data cdnow (clv.bgnbd.a)",
        doc="First shape of the beta law of being lost after a purchase.",
    )
    dropout_b: float = quantity(
        2.16,
        unit="1",
        low=0.001,
        high=500.0,
        source="data cdnow (clv.bgnbd.b)",
        doc="Second shape of the beta law of being lost after a purchase.",
    )
    spend_shape: float = quantity(
        6.28,
        unit="1",
        low=0.01,
        high=500.0,
        source="data cdnow (science A.13: p)",
        doc="Shape of the gamma law of spend per purchase.",
    )
    spend_mix: float = quantity(
        3.62,
        unit="1",
        low=1.01,
        high=500.0,
        source="data cdnow (science A.13: q)",
        doc="Shape of the gamma law of spend rates over members.",
    )
    spend_scale_yuan: float = quantity(
        100.0,
        unit="yuan",
        low=0.01,
        high=1e7,
        source="assumption (CDNOW 15 USD at a price level of about 7 yuan)",
        doc="Scale of the gamma law of spend rates over members.",
    )
    belonging_gain: float = quantity(
        0.15,
        unit="1",
        low=0.0,
        high=5.0,
        source="science A.13 (g_c 0-.25)",
        doc="Extra purchase rate at full belonging.",
    )
    margin: float = quantity(
        0.4,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption",
        doc="Part of a sale left after the cost of goods.",
    )


@kernel()
def step(t, day):
    """Let members buy.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    clock = t.clock[0]
    key = day_key(clock.seed_key, decisions.BUY, day)
    cents = 0
    n = 0
    for i in range(clock.n_rows):
        hazard = f8(t.fate[i].buy_hazard)
        u = uniform(key, t.fate[i].uid)
        if u < hazard and u < 1.0 - math.exp(-hazard):
            cents += _buy(t, i, day)
            n += 1
    margin = t.params[0].purchase.margin
    fund.transfer(t, day, fund.SALE, fund.MEMBERS, fund.BRAND, cents, fund.NOBODY)
    goods = cents - i8(cents * margin)
    fund.transfer(t, day, fund.COST_OF_GOODS, fund.BRAND, fund.OUTSIDE, goods, fund.NOBODY)
    t.daily[day, mt.PURCHASES] += n
    t.daily[day, mt.SALES_YUAN] += cents / 100.0


@compiled()
def _buy(t, i, day):
    """One purchase of member ``i``; returns its cents."""
    p = t.params[0].purchase
    seed_key = t.clock[0].seed_key
    uid = t.fate[i].uid
    m = t.members[i]
    spend = gamma(agent_key(day_key(seed_key, decisions.SPEND, day), uid), p.spend_shape)
    cents = i8(100.0 * spend / traits.spend_rate_of(t, uid) + 0.5)
    m.buys = min(32000, m.buys + 1)
    m.last_buy = day
    people.mark_act(t, i, day)
    if uniform(day_key(seed_key, decisions.BUY_QUIT, day), uid) < traits.buy_quit_of(t, uid):
        m.buy_rate = 0.0
        t.fate[i].buy_hazard = 0.0
    return cents
