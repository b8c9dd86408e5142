"""Purchase: members buy from the brand, buy again, and are lost as customers."""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import shift_probability
from plaza_lab.agents.decisions.buying import BUY
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Metric, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, gamma, uniform
from plaza_lab.sim.state import buyers, daily_draw, fund
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "science.md A.13 (BG/NBD: Fader, Hardie & Lee 2005; Gamma-Gamma); M95"
METRICS = (
    Metric("purchases", "purchases", "purchases of members", "T40"),
    Metric("sales_yuan", "yuan", "sales to members", "T42"),
    Metric("day0_sales_yuan", "yuan", "sales to day-0 members", "T42"),
    Metric("cross_sales", "purchases", "second products sold with a purchase", "M95"),
)


@levers("monetisation")
class Levers:
    """Cross-sales, prices that follow demand, and orders in advance."""

    cross_sell: float = quantity(0.0, "1", (0.0, 1.0), "M95")
    """How hard buyers are offered a second product."""
    dynamic_price: float = quantity(0.0, "share", (0.0, 0.9), "M95")
    """Widest deviation of a personal price from the list price."""
    has_preorder: bool = quantity(False, "flag", source="M95")
    """Members order before the goods are made."""


BUYING = daily_draw.PLACE[draw_ids.BUY]


@params()
class Params:
    """Purchase law of members (defaults fitted to the CDNOW log)."""

    buyer_share: float = quantity(0.3, "share", (0.0, 1.0), "F58")
    """Members who are customers."""
    rate_shape: float = quantity(0.252, "1", (0.001, 20.0), "data cdnow (clv.bgnbd.r)")
    """Shape of the gamma law of purchase rates."""
    rate_weeks: float = quantity(4.79, "weeks", (0.01, 500.0), "data cdnow (clv.bgnbd.alpha)")
    """Inverse scale of the gamma law of purchase rates."""
    dropout_a: float = quantity(0.723, "1", (0.001, 50.0), "data cdnow (clv.bgnbd.a)")
    """First shape of the beta law of being lost after a purchase."""
    dropout_b: float = quantity(2.16, "1", (0.001, 500.0), "data cdnow (clv.bgnbd.b)")
    """Second shape of the beta law of being lost after a purchase."""
    spend_shape: float = quantity(6.28, "1", (0.01, 500.0), "data cdnow (science A.13: p)")
    """Shape of the gamma law of spend per purchase."""
    spend_mix: float = quantity(3.62, "1", (1.01, 500.0), "data cdnow (science A.13: q)")
    """Shape of the gamma law of spend rates over members."""
    spend_scale_yuan: float = quantity(
        100.0, "yuan", (0.01, 1e7), "assumption (CDNOW 15 USD at a price level of about 7 yuan)"
    )
    """Scale of the gamma law of spend rates over members."""
    belonging_gain: float = quantity(
        1.0,
        "1",
        (0.0, 5.0),
        "science A.13 (joiners spend 5 to 20 % more), effects.md 2 (lr .08, -.05 to .2): at the "
        "mean belonging of .09",
    )
    """Extra purchase rate at full belonging."""
    social_strength: float = quantity(
        0.0, "1", (0.0, 5.0), "assumption (switch of M95's social causes; 1 in world=full)"
    )
    """How strongly trust, reputation and peers move purchases; 0 leaves them out."""
    stage_weight: float = quantity(
        0.15, "log-hazard/stage", (0.0, 5.0), "assumption (M95: odds rise with stage)"
    )
    """Per stage of the customer's life, from purchase on; only where stages are tracked."""
    trust_weight: float = quantity(0.6, "log-hazard", (0.0, 10.0), "assumption (M95)")
    """Per unit of trust."""
    reputation_weight: float = quantity(
        0.3, "log-hazard", (0.0, 10.0), "assumption (M95: repurchase rises with reputation)"
    )
    """At full standing."""
    reputation_half: float = quantity(5.0, "points", (0.01, 1e4), "assumption")
    """Reputation that counts for half of it."""
    peer_weight: float = quantity(
        0.05,
        "log-hazard/tie",
        (0.0, 5.0),
        "science A.13 (Manchanda et al. 2011: more for the well connected)",
    )
    """Per strong tie: recommendation of peers."""
    peer_cap: float = quantity(4.0, "ties", (0.0, 100.0), "assumption")
    """Strong ties that count."""
    offer_pull: float = quantity(
        0.69,
        "log-hazard",
        (0.0, 5.0),
        "science A.15 (Hillstrom: conversion x1.5 to x2.2)",
    )
    """In the week after an offer."""
    price_elasticity: float = quantity(
        1.2, "log-hazard per log-price", (0.0, 20.0), "assumption (M95)"
    )
    """Response to a price by a person of middling tolerance."""
    price_notice: float = quantity(0.5, "1", (0.0, 1.0), "assumption (M95: fairness cost)")
    """Trust lost per unit of price above the list price."""
    cross_base: float = quantity(0.1, "1/purchase", (0.0, 1.0), "assumption (M95)")
    """Chance that a neutral offer of a second product is taken."""
    cross_fit: float = quantity(
        3.0, "log-odds", (0.0, 20.0), "science A.15 (Hillstrom: 6.6 times the lift where it fits)"
    )
    """Between an offer that does not fit and one that does."""
    cross_part: float = quantity(0.5, "share", (0.0, 5.0), "assumption")
    """Value of the second product relative to the first."""
    cross_push: float = quantity(0.02, "1", (0.0, 1.0), "assumption (M58: commercial load)")
    """Trust lost to an offer that does not fit."""
    stock_share: float = quantity(0.0, "share", (0.0, 1.0), "assumption (M95; 0.08 in world=full)")
    """Cost of goods made and not sold, relative to sales; 0 leaves it out."""
    preorder_cover: float = quantity(
        0.8, "share", (0.0, 1.0), "assumption (M95: visible demand steers supply)"
    )
    """Part of that cost which orders in advance save when every member is active."""
    margin: float = quantity(0.4, "share", (0.0, 1.0), "assumption")
    """Part of a sale left after the cost of goods."""
    usual_stage: float = quantity(4.0, "stage", (0.0, 10.0), "assumption (the purchase)")
    """Stage of the funnel at which it does not move buying."""


@BUY.term("trust", source="M92")
def trust_is_bought_on(m, world):
    """Log-hazard of buying of those who trust."""
    p = world.purchase
    return p.social_strength * p.trust_weight * (f8(m.trust) - world.belonging.usual_trust)


@BUY.term("reputation", source="M92")
def name_buys(m, world):
    """Log-hazard of buying of those with a name in the community."""
    p = world.purchase
    reputation = f8(m.reputation)
    return p.social_strength * p.reputation_weight * reputation / (reputation + p.reputation_half)


@BUY.term("peers", source="science.md A.13 (Manchanda et al. 2011)")
def peers_buy(m, world):
    """Log-hazard of buying that friends add, up to a number."""
    p = world.purchase
    return p.social_strength * p.peer_weight * min(f8(m.n_strong), p.peer_cap)


@kernel()
def step(t, day):
    """Let members buy."""
    people_state = t.people_state[0]
    cents = 0
    n = 0
    i = daily_draw.next_marked(t.buying, 0, people_state.n_rows)
    while i < people_state.n_rows:
        hazard = f8(t.fate[i].buy_hazard)
        u = daily_draw.draw(t, day, draw_ids.BUY, BUYING, t.fate[i].uid)
        if u < hazard and u < 1.0 - exp(-hazard):
            cents += _buy(t, i, day)
            n += 1
        i = daily_draw.next_marked(t.buying, i + 1, people_state.n_rows)
    margin = t.params[0].purchase.margin
    fund.transfer(t, day, fund.SALE, fund.MEMBERS, fund.BRAND, cents, fund.NOBODY)
    goods = cents - i8(cents * margin)
    fund.transfer(t, day, fund.COST_OF_GOODS, fund.BRAND, fund.OUTSIDE, goods, fund.NOBODY)
    _pay_for_stock(t, day, cents)
    t.daily[day, mt.PURCHASES] += n
    t.daily[day, mt.SALES_YUAN] += cents / 100.0


@compiled()
def _pay_for_stock(t, day, cents):
    """Goods that were made and not sold; orders in advance show what is wanted (M95)."""
    p = t.params[0].purchase
    if p.stock_share <= 0.0:
        return
    cover = 0.0
    if t.policy[0].monetisation.has_preorder and day > 0:
        cover = p.preorder_cover * t.daily[day - 1, mt.ACTIVE_SHARE]
    unsold = i8(cents * p.stock_share * (1.0 - cover))
    fund.transfer(t, day, fund.STOCK, fund.BRAND, fund.OUTSIDE, unsold, fund.NOBODY)


@compiled()
def _buy(t, i, day):
    """One purchase of member ``i``; returns its cents."""
    p = t.params[0].purchase
    seed_key = t.run_state[0].seed_key
    uid = t.fate[i].uid
    m = t.members[i]
    spend = gamma(agent_key(day_key(seed_key, draw_ids.SPEND, day), uid), p.spend_shape)
    spend /= buyers.spend_rate_of(t, uid)
    lever = t.policy[0].monetisation
    if lever.dynamic_price > 0.0:
        price = buyers.price_of(t, uid)
        spend *= price
        if price > 1.0:
            feelings.lower_trust(m, min(1.0, p.price_notice * (price - 1.0)))
    if lever.cross_sell > 0.0:
        spend += _offer_second(t, i, day, spend, lever.cross_sell, p)
    cents = i8(100.0 * spend + 0.5)
    if i < t.run_state[0].n_founders:
        t.daily[day, mt.DAY0_SALES_YUAN] += cents / 100.0
    m.spent = f8(m.spent) + cents / 100.0
    m.buys = min(32000, m.buys + 1)
    m.last_buy = day
    # no act of the community's: whoever buys in a shop has not come by
    if uniform(day_key(seed_key, draw_ids.BUY_QUIT, day), uid) < buyers.buy_quit_of(t, uid):
        m.buy_rate = 0.0
        t.fate[i].buy_hazard = 0.0
    return cents


@compiled()
def _offer_second(t, i, day, spend, push, p):
    """Yuan of a second product; pushing what does not fit costs trust (M95)."""
    m = t.members[i]
    draws = agent_key(day_key(t.run_state[0].seed_key, draw_ids.CROSS_SELL, day), t.fate[i].uid)
    fit = uniform(draws, U64(0))
    if uniform(draws, U64(1)) < push * shift_probability(p.cross_base, p.cross_fit * (fit - 0.5)):
        t.daily[day, mt.CROSS_SALES] += 1.0
        return spend * p.cross_part
    feelings.lower_trust(m, p.cross_push * push * (1.0 - fit))
    return 0.0
