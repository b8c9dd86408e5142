"""Monetising: what is sold inside the community, who gets the income, what it costs in trust."""

from __future__ import annotations

from dataclasses import dataclass

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.choices import shift_probability
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim import decisions
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.policy.monetisation import Intensity
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund, people

SOURCE = "M58, M130; T39"
READS = (
    "fate.status",
    "visitors",
    "clock.n_visitors",
    "clock.n_members",
    "fate.uid",
    "members.belonging",
    "daily.trust",
)
WRITES = (
    "members.trust",
    "members.motive",
    "members.spent",
    "members.last_act",
    "acts",
    "journal",
    "balances",
    "clock.n_journal",
    "clock.journal_lost",
    "daily.page_views",
    "daily.orders",
    "daily.subscriptions",
    "daily.income_yuan",
    "daily.fund_in_yuan",
)


@dataclass(frozen=True)
class Params:
    """What sells, and what selling costs."""

    low_exposure: float = quantity(
        0.1,
        unit="1/visit",
        low=0.0,
        high=1.0,
        source="assumption (P28: low)",
        doc="Chance that a visitor is offered something, at low intensity.",
    )
    high_exposure: float = quantity(
        0.4,
        unit="1/visit",
        low=0.0,
        high=1.0,
        source="assumption (P28: high)",
        doc="The same at high intensity.",
    )
    content_base: float = quantity(
        0.01,
        unit="1/view",
        low=0.0,
        high=1.0,
        source="assumption (M58)",
        doc="Chance that paid content shown to a neutral member is bought.",
    )
    content_cents: int = quantity(
        3_000,
        unit="cents/order",
        low=0,
        high=10_000_000,
        source="assumption (M58)",
        doc="Price of paid content.",
    )
    order_base: float = quantity(
        0.006,
        unit="1/view",
        low=0.0,
        high=1.0,
        source="science A.13 (e-mail to 64,000: .57 % conversion)",
        doc="Chance that goods shown to a neutral member are ordered.",
    )
    order_cents: int = quantity(
        8_000,
        unit="cents/order",
        low=0,
        high=10_000_000,
        source="assumption (M58)",
        doc="Mean order in the group.",
    )
    trust_pull: float = quantity(
        2.0,
        unit="log-odds",
        low=0.0,
        high=20.0,
        source="assumption (M95: odds rise with trust)",
        doc="Per unit of trust.",
    )
    belonging_pull: float = quantity(
        1.0,
        unit="log-odds",
        low=0.0,
        high=20.0,
        source="assumption (M95: repurchase rises with belonging)",
        doc="Per unit of belonging.",
    )
    licence_cents: float = quantity(
        20.0,
        unit="cents/member/week",
        low=0.0,
        high=1e6,
        source="assumption (M58)",
        doc="Licence income at full trust in the brand.",
    )
    margin: float = quantity(
        0.4,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption",
        doc="Part of an order left after the cost of goods.",
    )
    trust_cost: float = quantity(
        0.01,
        unit="1/view",
        low=0.0,
        high=1.0,
        source="assumption (M58: commercial load on trust)",
        doc="Trust lost to being sold to.",
    )
    motive_cost: float = quantity(
        0.02,
        unit="1/view",
        low=0.0,
        high=1.0,
        source="assumption (M130: slow erosion of the will to contribute)",
        doc="Motive lost to being sold to for the owner's profit alone.",
    )


def is_on(policy, world):
    """Whether anything is sold but goods."""
    return bool(
        policy.monetisation.has_paid_content
        or policy.monetisation.has_ecommerce
        or policy.monetisation.has_licensing
    )


@kernel()
def step(t, day):
    """Sell to visitors, and share the income out.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    lever = t.policy[0].monetisation
    p = t.params[0].monetising
    income = 0
    if lever.has_paid_content or lever.has_ecommerce:
        income += _sell(t, day, lever, p)
    if lever.has_licensing and day % WEEK == WEEK - 1:
        trust = t.daily[day, mt.TRUST]
        licences = i8(t.clock[0].n_members * p.licence_cents * trust)
        fund.transfer(t, day, fund.LICENSING, fund.OUTSIDE, fund.BRAND, licences, fund.NOBODY)
        income += licences
    if income > 0:
        t.daily[day, mt.INCOME_YUAN] += income / 100.0
        part = i8(income * lever.share_to_fund)
        fund.transfer(t, day, fund.INCOME_SHARE, fund.BRAND, fund.BRAND_POOL, part, fund.NOBODY)


@compiled()
def _sell(t, day, lever, p):
    """Offers to today's visitors; returns the cents earned after the cost of goods."""
    clock = t.clock[0]
    exposure = p.high_exposure if lever.intensity == Intensity.HIGH else p.low_exposure
    key = day_key(clock.seed_key, decisions.ORDER, day)
    content_key = day_key(clock.seed_key, decisions.PAID_CONTENT, day)
    content = 0
    goods = 0
    for k in range(clock.n_visitors):
        i = i8(t.visitors[k])
        uid = t.fate[i].uid
        m = t.members[i]
        pull = p.trust_pull * (f8(m.trust) - 0.5) + p.belonging_pull * (f8(m.belonging) - 0.3)
        draws = agent_key(content_key, uid)
        if lever.has_paid_content and uniform(draws, U64(0)) < exposure:
            if uniform(draws, U64(1)) < shift_probability(p.content_base, pull):
                content += p.content_cents
                _bought(t, i, day, p.content_cents)
                t.daily[day, mt.SUBSCRIPTIONS] += 1.0
            _wear(m, lever, p)
        draws = agent_key(key, uid)
        if lever.has_ecommerce and uniform(draws, U64(0)) < exposure:
            t.daily[day, mt.PAGE_VIEWS] += 1.0
            if uniform(draws, U64(1)) < shift_probability(p.order_base, pull):
                goods += p.order_cents
                _bought(t, i, day, p.order_cents)
                t.daily[day, mt.ORDERS] += 1.0
            _wear(m, lever, p)
    fund.transfer(t, day, fund.PAID_CONTENT, fund.MEMBERS, fund.BRAND, content, fund.NOBODY)
    fund.transfer(t, day, fund.ORDER, fund.MEMBERS, fund.BRAND, goods, fund.NOBODY)
    cost = goods - i8(goods * p.margin)
    fund.transfer(t, day, fund.COST_OF_GOODS, fund.BRAND, fund.OUTSIDE, cost, fund.NOBODY)
    return content + goods - cost


@compiled()
def _bought(t, i, day, cents):
    m = t.members[i]
    m.spent = f8(m.spent) + cents / 100.0
    people.mark_act(t, i, day)


@compiled()
def _wear(m, lever, p):
    """Being sold to costs trust; being sold to for the owner alone costs the will to give."""
    m.trust = f8(m.trust) * (1.0 - p.trust_cost)
    m.motive = f8(m.motive) * (1.0 - p.motive_cost * (1.0 - lever.share_to_fund))
