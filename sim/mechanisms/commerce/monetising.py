"""Monetising: what is sold inside the community, who gets the income, what it costs in trust."""

from __future__ import annotations

import enum

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import shift_probability
from plaza_lab.agents.decisions.buying import BUY, ORDER
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Metric, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.state import fetching, fund, people
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M58, M130; T39"
METRICS = (
    Metric("page_views", "views", "members who looked at goods in the group", "T39"),
    Metric("orders", "orders", "orders in the group", "T39"),
    Metric("subscriptions", "orders", "paid content sold", "T39"),
    Metric("income_yuan", "yuan", "income from the community, before it is shared", "M58"),
)


class Intensity(enum.IntEnum):
    """How hard members are sold to."""

    LOW = 0
    HIGH = 1


@levers("monetisation")
class Levers:
    """What is sold in the group, how hard, and what of it goes back."""

    has_paid_content: bool = quantity(False, "flag", source="M58")
    """Courses and paid content are sold to members."""
    has_ecommerce: bool = quantity(False, "flag", source="M58")
    """Goods are sold inside the group."""
    has_licensing: bool = quantity(False, "flag", source="M58")
    """The brand is licensed to makers of other goods."""
    intensity: Intensity = quantity(Intensity.LOW, "intensity", source="M130")
    """How hard members are sold to."""
    share_to_fund: float = quantity(0.0, "share", (0.0, 1.0), "M58")
    """Part of the income that goes to the community's fund; the owner keeps the rest."""

    @property
    def sells_in_the_group(self) -> bool:
        """Whether anything is sold to members inside the group."""
        return self.has_paid_content or self.has_ecommerce

    @property
    def feeds_the_fund(self) -> bool:
        """Whether income reaches the community's fund."""
        return self.share_to_fund > 0 and (self.sells_in_the_group or self.has_licensing)


@params()
class Params:
    """What sells, and what selling costs."""

    low_exposure: float = quantity(0.1, "1/visit", (0.0, 1.0), "assumption (P28: low)")
    """Chance that a visitor is offered something, at low intensity."""
    high_exposure: float = quantity(0.4, "1/visit", (0.0, 1.0), "assumption (P28: high)")
    """The same at high intensity."""
    content_base: float = quantity(0.01, "1/view", (0.0, 1.0), "assumption (M58)")
    """Chance that paid content shown to a neutral member is bought."""
    content_cents: int = quantity(3_000, "cents/order", (0, 10_000_000), "assumption (M58)")
    """Price of paid content."""
    order_base: float = quantity(
        0.006, "1/view", (0.0, 1.0), "science A.13 (e-mail to 64,000: .57 % conversion)"
    )
    """Chance that goods shown to a neutral member are ordered."""
    order_cents: int = quantity(8_000, "cents/order", (0, 10_000_000), "assumption (M58)")
    """Mean order in the group."""
    trust_pull: float = quantity(
        2.0, "log-odds", (0.0, 20.0), "assumption (M95: odds rise with trust)"
    )
    """Per unit of trust."""
    belonging_pull: float = quantity(
        1.0, "log-odds", (0.0, 20.0), "assumption (M95: repurchase rises with belonging)"
    )
    """Per unit of belonging."""
    licence_cents: float = quantity(20.0, "cents/member/week", (0.0, 1e6), "assumption (M58)")
    """Licence income at full trust in the brand."""
    margin: float = quantity(0.4, "share", (0.0, 1.0), "assumption")
    """Part of an order left after the cost of goods."""
    trust_cost: float = quantity(
        0.01, "1/view", (0.0, 1.0), "assumption (M58: commercial load on trust)"
    )
    """Trust lost to being sold to."""
    motive_cost: float = quantity(
        0.02, "1/view", (0.0, 1.0), "assumption (M130: slow erosion of the will to contribute)"
    )
    """Motive lost to being sold to for the owner's profit alone."""


@BUY.term("price", source="M95")
def price_holds_back(price):
    """Log-hazard of buying at her personal price."""
    return price


def is_on(policy, world):
    """Whether anything is sold but goods."""
    return bool(
        policy.monetisation.has_paid_content
        or policy.monetisation.has_ecommerce
        or policy.monetisation.has_licensing
    )


@kernel()
def step(t, day):
    """Sell to visitors, and share the income out."""
    lever = t.policy[0].monetisation
    p = t.params[0].monetising
    income = 0
    if lever.has_paid_content or lever.has_ecommerce:
        income += _sell(t, day, lever, p)
    if lever.has_licensing and day % WEEK == WEEK - 1:
        trust = t.daily[day, mt.TRUST]
        licences = i8(t.people_state[0].n_members * p.licence_cents * trust)
        fund.transfer(t, day, fund.LICENSING, fund.OUTSIDE, fund.BRAND, licences, fund.NOBODY)
        income += licences
    if income > 0:
        t.daily[day, mt.INCOME_YUAN] += income / 100.0
        part = i8(income * lever.share_to_fund)
        fund.transfer(t, day, fund.INCOME_SHARE, fund.BRAND, fund.BRAND_POOL, part, fund.NOBODY)


@compiled()
def _sell(t, day, lever, p):
    """Offers to today's visitors; returns the cents earned after the cost of goods."""
    run_state = t.run_state[0]
    world = t.params[0]
    exposure = p.high_exposure if lever.intensity == Intensity.HIGH else p.low_exposure
    key = day_key(run_state.seed_key, draw_ids.ORDER, day)
    content_key = day_key(run_state.seed_key, draw_ids.PAID_CONTENT, day)
    content = 0
    goods = 0
    for k in range(t.people_state[0].n_visitors):
        fetching.visitor(t, k)
        i = i8(t.visitors[k])
        uid = t.fate[i].uid
        m = t.members[i]
        draws = agent_key(content_key, uid)
        if lever.has_paid_content and uniform(draws, U64(0)) < exposure:
            if uniform(draws, U64(1)) < shift_probability(
                p.content_base, ORDER(m, p.content_base, world)
            ):
                content += p.content_cents
                _bought(t, i, day, p.content_cents)
                t.daily[day, mt.SUBSCRIPTIONS] += 1.0
            _wear(m, lever, p)
        draws = agent_key(key, uid)
        if lever.has_ecommerce and uniform(draws, U64(0)) < exposure:
            t.daily[day, mt.PAGE_VIEWS] += 1.0
            if uniform(draws, U64(1)) < shift_probability(
                p.order_base, ORDER(m, p.order_base, world)
            ):
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
    feelings.lower_trust(m, p.trust_cost)
    feelings.lower_motive(m, p.motive_cost * (1.0 - lever.share_to_fund))
