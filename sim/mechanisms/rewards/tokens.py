"""Tokens: contributions earn tokens on a ledger; their price follows health, supply and chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.member import Stance
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim import decisions
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.randomness import U64, day_key, normal, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund

SOURCE = "M48"
READS = (
    "visitors",
    "clock.n_visitors",
    "fate.uid",
    "members.posts_today",
    "members.answers_today",
    "members.stance",
    "daily.active_28d",
)
WRITES = (
    "members.tokens",
    "members.trust",
    "clock.token_price_cents",
    "clock.token_return",
    "clock.tokens_held",
    "clock.tokens_outside",
    "clock.tokens_week",
    "journal",
    "balances",
    "clock.n_journal",
    "clock.journal_lost",
    "daily.tokens_minted",
    "daily.tokens_sold",
    "daily.tokens_outstanding",
    "daily.token_price_yuan",
)
LARGEST_PRICE = 1e6


@dataclass(frozen=True)
class Params:
    """What moves the price, and what the price moves."""

    health: float = quantity(
        0.5,
        unit="1",
        low=0.0,
        high=10.0,
        source="assumption (M48: appreciates with the community's health)",
        doc="Log price change of a week per log change of active members over four weeks.",
    )
    dilution: float = quantity(
        0.5,
        unit="1",
        low=0.0,
        high=10.0,
        source="assumption (M48: supply rule)",
        doc="Log price lost when a week's minting equals all tokens there are.",
    )
    first_issue: float = quantity(
        20_000.0,
        unit="tokens",
        low=1.0,
        high=1e12,
        source="assumption",
        doc="Tokens that others hold before day 0; what is minted dilutes them too.",
    )
    sale: float = quantity(
        0.03,
        unit="1/visit",
        low=0.0,
        high=1.0,
        source="assumption",
        doc="Chance that a holder sells her tokens on a visit.",
    )
    ledger_trust: float = quantity(
        0.004,
        unit="1/visit",
        low=0.0,
        high=1.0,
        source="assumption (M48: records cannot be altered)",
        doc="Trust that the ledger adds on a visit.",
    )
    speculation: float = quantity(
        0.5,
        unit="log-hazard",
        low=0.0,
        high=10.0,
        source="assumption (M48)",
        doc="Effect of last week's log price change on the visits of holders.",
    )
    complexity: float = quantity(
        0.15,
        unit="log-odds",
        low=0.0,
        high=5.0,
        source="assumption (M48)",
        doc="Odds of a first contribution lost to wallets and rules.",
    )


def is_on(policy, world):
    """Whether there is a token."""
    return bool(policy.incentive.has_token)


@kernel()
def step(t, day):
    """Mint and sell tokens, and set the week's price.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    lever = t.policy[0].incentive
    if not lever.has_token:
        return
    clock = t.clock[0]
    p = t.params[0].tokens
    if day == 0:
        clock.token_price_cents = lever.token_price_cents
    minted = _mint(t, lever, p)
    sold = _sell(t, day, p)
    t.daily[day, mt.TOKENS_MINTED] = minted
    t.daily[day, mt.TOKENS_SOLD] = sold
    if day % 7 == 6:
        _set_price(t, day, lever, p)
    t.daily[day, mt.TOKENS_OUTSTANDING] = clock.tokens_held + clock.tokens_outside
    t.daily[day, mt.TOKEN_PRICE_YUAN] = clock.token_price_cents / 100.0


@compiled()
def _mint(t, lever, p):
    """Give tokens for today's acts, up to the week's supply, and trust in the ledger."""
    clock = t.clock[0]
    left = 1 << 60
    if lever.token_week_supply > 0:
        left = max(0, lever.token_week_supply - clock.tokens_week)
    minted = 0
    for k in range(clock.n_visitors):
        m = t.members[i8(t.visitors[k])]
        m.trust = f8(m.trust) + p.ledger_trust * (1.0 - f8(m.trust))
        earned = i8(m.posts_today) * lever.token_post + i8(m.answers_today) * lever.token_answer
        if m.stance & Stance.CAUGHT:
            earned = 0
        earned = min(earned, left - minted)
        m.tokens += earned
        minted += earned
    clock.tokens_held += minted
    clock.tokens_week += minted
    return minted


@compiled()
def _sell(t, day, p):
    """Holders sell to outsiders at the day's price, all they have."""
    clock = t.clock[0]
    key = day_key(clock.seed_key, decisions.TOKEN_SALE, day)
    sold = 0
    for k in range(clock.n_visitors):
        i = i8(t.visitors[k])
        m = t.members[i]
        if m.tokens > 0 and uniform(key, t.fate[i].uid) < p.sale:
            sold += m.tokens
            m.tokens = 0
    clock.tokens_held -= sold
    clock.tokens_outside += sold
    cents = i8(sold * clock.token_price_cents)
    fund.transfer(t, day, fund.TOKEN_SALE, fund.OUTSIDE, fund.MEMBERS, cents, fund.NOBODY)
    return sold


@compiled()
def _set_price(t, day, lever, p):
    """The price follows health and chance, and falls as tokens are minted."""
    clock = t.clock[0]
    growth = 0.0
    if day > MONTH:
        before = max(1.0, t.daily[day - MONTH, mt.ACTIVE_28D])
        growth = math.log(max(1.0, t.daily[day - 1, mt.ACTIVE_28D]) / before)
    key = day_key(clock.seed_key, decisions.TOKEN_PRICE, day)
    change = p.health * growth + lever.token_volatility * normal(uniform(key, U64(0)))
    there = p.first_issue + clock.tokens_held + clock.tokens_outside
    change -= p.dilution * clock.tokens_week / there
    price = clock.token_price_cents * math.exp(change)
    clock.token_price_cents = min(LARGEST_PRICE, max(0.001, price))
    clock.token_return = change
    clock.tokens_week = 0
