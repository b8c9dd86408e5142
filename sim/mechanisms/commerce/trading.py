"""Trading: members sell each other used things and services, and some trades end in a dispute.

Some sellers promise more than they deliver; whoever buys finds out. A third party that certifies
finds part of it before the trade, so that what is promised is put right. A dispute costs both sides
belonging and trust, and is talked of: everybody buys less where many trades end so. A mediator can
mend most of it. A good trade makes a tie, and is worth something to both.
"""

from __future__ import annotations

import math

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.member import Status
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, normal, uniform
from plaza_lab.sim.state import fund, people, returns, ties
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M137, M42; F73"
METRICS = (
    Metric("trade_offers", "offers", "offers of members to members", "M137"),
    Metric("trades_made", "trades", "of these: taken by a member", "M137"),
    Metric("trades_yuan", "yuan", "what members paid each other", "M137"),
    Metric("trades_certified", "trades", "trades that a third party certified", "M137"),
    Metric("trades_disputed", "trades", "trades that ended in a dispute", "F73"),
    Metric("trades_mended", "trades", "of these: mended by mediation", "M137"),
)
STATE: tuple[Var, ...] = (
    Var("feared", "f8", "share", "trades that are believed to end in a dispute", "M137"),
    Var("n_offers", "i8", "offers", "offers of today", "M137"),
    Var("trade_cents", "i8", "cents", "what members paid each other today", "M137"),
    Var("n_certified", "i8", "trades", "certified today", "M137"),
    Var("n_heard", "i8", "disputes", "heard by the mediator today", "M137"),
    Var("n_unheard", "i8", "disputes", "of today: that nobody could be paid to hear", "M137"),
    Var("n_unsealed", "i8", "offers", "of today: that nobody could be paid to certify", "M137"),
    Var("left_cents", "i8", "cents", "what is left today to pay for both", "M137"),
)


@levers("trading")
class Levers:
    """A place for trades between members, and what makes them safe."""

    is_open: bool = quantity(False, "flag", source="M137")
    """Members may offer each other used things and services."""
    certifies: bool = quantity(False, "flag", source="M137; F73")
    """A third party looks at what is offered, before it is sold."""
    certify_cents: int = quantity(800, "cents/trade", (0, 1_000_000), "assumption (M137)")
    """Its fee for a trade, from the brand's pool."""
    mediates: bool = quantity(False, "flag", source="M137")
    """Somebody hears both sides of a dispute."""
    mediation_cents: int = quantity(
        5_000, "cents/dispute", (0, 10_000_000), "assumption (an hour's work)"
    )
    """Cost of a hearing, from the brand's pool."""
    fee_share: float = quantity(0.0, "share", (0.0, 0.5), "assumption (M137)")
    """Part of the price that goes into the brand's pool."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        costs = self.certifies * self.certify_cents + self.mediates * self.mediation_cents
        is_paid = policy.fund.has_brand_money or self.fee_share > 0.0
        yield (
            self.is_open and costs > 0 and not is_paid,
            "certification and mediation are paid from the brand's pool; choose "
            "fund=brand_funded, or set trading.fee_share above 0",
        )


@params()
class Params:
    """How often members trade with each other, and how it goes."""

    offer_week: float = quantity(0.05, "1/week", (0.0, 7.0), "assumption (M137)")
    """Offers that a member makes a week of visits."""
    shown_to: int = quantity(8, "members", (1, 64), "assumption")
    """Visitors of the day who see an offer, at most."""
    price_cents: float = quantity(10_000.0, "cents", (1.0, 1e8), "assumption (used goods)")
    """Median price."""
    price_ln_sd: float = quantity(1.0, "1", (0.0, 3.0), "assumption")
    """Spread of the log price."""
    accept_base: float = quantity(-2.0, "log-odds", (-20.0, 20.0), "assumption")
    """Willingness of who sees an offer to take it."""
    accept_trust: float = quantity(2.0, "log-odds", (0.0, 20.0), "assumption (science A.2: b3)")
    """Per unit of trust."""
    accept_tie: float = quantity(1.0, "log-odds", (0.0, 20.0), "assumption")
    """When one knows who offers."""
    other_topic: float = quantity(1.0, "log-odds", (0.0, 20.0), "assumption")
    """Lost when one's main interest is another."""
    fee_weight: float = quantity(4.0, "log-odds", (0.0, 50.0), "assumption (price elasticity -4)")
    """Lost per share of the price that is a fee."""
    fear_weight: float = quantity(8.0, "log-odds", (0.0, 100.0), "assumption (Akerlof 1970)")
    """Lost per share of trades that are believed to go wrong, beyond the usual."""
    usual_disputes: float = quantity(0.07, "share", (0.0, 1.0), "as expected of the rates below")
    """Share at which fear moves nothing, and with which belief begins."""
    talk: float = quantity(0.05, "1/trade", (0.0, 1.0), "assumption")
    """Speed at which belief follows what becomes of trades."""
    dispute_base: float = quantity(
        -3.5, "log-odds", (-20.0, 20.0), "assumption (Resnick & Zeckhauser 2002: 1 % complain)"
    )
    """A dispute over what was described as it is."""
    oversell_weight: float = quantity(
        1.5, "log-odds", (0.0, 20.0),
        "assumption (Dellarocas & Wood 2008: 14-21 % are not quite satisfied; most do not say so)",
    )  # fmt: skip
    """Per unit by which an offer promises too much; half of the sellers promise too much, by half
    a normal variate."""
    habit_share: float = quantity(0.5, "share", (0.0, 1.0), "assumption")
    """Part of the variance of overselling that is between sellers; the rest is between trades."""
    tie_relief: float = quantity(0.7, "log-odds", (0.0, 20.0), "assumption")
    """Among those who know each other, who settle it themselves."""
    certified_sees: float = quantity(0.7, "share", (0.0, 1.0), "assumption (.5-.9)")
    """Chance that a third party notices a promise that is too large, and has it put right."""
    lost_trust: float = quantity(0.1, "share", (0.0, 1.0), "assumption (M137)")
    """Trust that a dispute costs either side."""
    lost_belonging: float = quantity(0.1, "share", (0.0, 1.0), "assumption (M137)")
    """Belonging that it costs either side."""
    mediated: float = quantity(0.6, "share", (0.0, 1.0), "assumption (as climate.mediation, at .5)")
    """Chance that a hearing mends a dispute."""
    mended: float = quantity(0.7, "share", (0.0, 1.0), "assumption")
    """Of both losses, the part that is then spared."""
    gain: float = quantity(0.1, "value", (0.0, 1.0), "assumption (two fifths of being answered)")
    """What a good trade is worth to either side; a disputed one costs as much."""
    contact: float = quantity(2.0, "contacts", (0.0, 100.0), "assumption (as a help tie)")
    """Tie that a good trade makes."""


def is_on(policy, world):
    """Whether members may trade with each other."""
    return bool(policy.trading.is_open)


@compiled()
def accept_log_odds(trust, knows, is_alike, fee, fear, p, usual_trust):
    """Log-odds of taking an offer.

    Parameters
    ----------
    trust : float
        Of who sees it, 0 to 1.
    knows, is_alike : bool
        Whether she knows who offers; whether it is of her main interest.
    fee, fear : float
        Shares: of the price that is a fee; of trades that are believed to go wrong.
    p : record of Params
        Weights.
    usual_trust : float
        Trust that moves nothing.

    Returns
    -------
    float
        Log-odds. Source: assumption; fear: Akerlof 1970.
    """
    wish = p.accept_base + p.accept_trust * (trust - usual_trust)
    wish += p.accept_tie * knows - p.other_topic * (1.0 - is_alike)
    return wish - p.fee_weight * fee - p.fear_weight * (fear - p.usual_disputes)


@compiled()
def dispute_chance(oversold, knows, p):
    """Chance that a trade ends in a dispute.

    Parameters
    ----------
    oversold : float
        By how much the offer promised too much, at least 0.
    knows : bool
        Whether the two know each other.
    p : record of Params
        Base and weights.

    Returns
    -------
    float
        Probability. Source: M137.
    """
    return sigmoid(p.dispute_base + p.oversell_weight * oversold - p.tie_relief * knows)


@kernel()
def step(t, day):
    """Let visitors offer, trade and quarrel; then post what was paid."""
    lever = t.policy[0].trading
    if not lever.is_open:
        return
    p = t.params[0].trading
    state = t.trading_state[0]
    if day == 0:
        state.feared = p.usual_disputes
    state.trade_cents = 0
    state.n_offers = 0
    state.n_certified = 0
    state.n_heard = 0
    state.n_unheard = 0
    state.n_unsealed = 0
    state.left_cents = fund.available(t, fund.BRAND_POOL, fund.CERTIFICATION)
    key = day_key(t.run_state[0].seed_key, draw_ids.OFFERS, day)
    for k in range(t.people_state[0].n_visitors):
        i = i8(t.visitors[k])
        # a chance per visit that makes up the offers of a week
        chance = p.offer_week / WEEK / max(0.02, f8(t.fate[i].visit_hazard))
        if t.fate[i].status != Status.LEFT and uniform(key, t.fate[i].uid) < min(1.0, chance):
            _offer(t, i, day, lever, p)
    _post(t, day, lever)


@compiled()
def _oversold(t, i, draws, p):
    """By how much a seller promises too much: her habit, and what tempts her this time."""
    own = day_key(t.run_state[0].seed_key, draw_ids.CANDOUR, ALWAYS)
    habit = math.sqrt(p.habit_share) * normal(uniform(own, t.fate[i].uid))
    return max(0.0, habit + math.sqrt(1.0 - p.habit_share) * normal(uniform(draws, U64(1))))


@compiled()
def _offer(t, i, day, lever, p):
    """Show an offer to some visitors, one after the other, until one takes it."""
    state = t.trading_state[0]
    draws = agent_key(day_key(t.run_state[0].seed_key, draw_ids.BARGAIN, day), t.fate[i].uid)
    state.n_offers += 1
    usual = t.params[0].belonging.usual_trust
    for look in range(p.shown_to):
        j = i8(t.visitors[i8(t.people_state[0].n_visitors * uniform(draws, U64(10 + 2 * look)))])
        if j == i or t.fate[j].status == Status.LEFT:
            continue
        m = t.members[j]
        knows = f8(ties.holds(t, j, i))
        is_alike = f8(m.topic == t.members[i].topic)
        fear = state.feared
        wish = accept_log_odds(f8(m.trust), knows, is_alike, lever.fee_share, fear, p, usual)
        if uniform(draws, U64(11 + 2 * look)) < sigmoid(wish):
            _trade(t, i, j, day, draws, knows, lever, p)
            return


@compiled()
def _certified(t, oversold, draws, lever, p):
    """What is left of a promise that is too large, once a third party has looked, if it is paid."""
    state = t.trading_state[0]
    if not lever.certifies:
        return oversold
    if state.left_cents < lever.certify_cents:
        state.n_unsealed += 1
        return oversold
    state.left_cents -= lever.certify_cents
    state.n_certified += 1
    return 0.0 if uniform(draws, U64(2)) < p.certified_sees else oversold


@compiled()
def _trade(t, i, j, day, draws, knows, lever, p):
    """One trade, from the price to what both sides feel about it."""
    state = t.trading_state[0]
    price = p.price_cents * exp(p.price_ln_sd * normal(uniform(draws, U64(0))))
    state.trade_cents += max(1, i8(price))
    t.daily[day, mt.TRADES_MADE] += 1.0
    people.mark_act(t, i, day)
    people.mark_act(t, j, day)
    oversold = _certified(t, _oversold(t, i, draws, p), draws, lever, p)
    is_bad = uniform(draws, U64(3)) < dispute_chance(oversold, knows, p)
    state.feared += p.talk * (f8(is_bad) - state.feared)
    worth = -p.gain if is_bad else p.gain
    returns.receive(t.members[i], worth, t.params[0].returns)
    returns.receive(t.members[j], worth, t.params[0].returns)
    if not is_bad:
        origin = ties.Origin.HELP.value
        ties.strengthen_from(t, i, j, p.contact, day, origin)
        ties.strengthen_from(t, j, i, p.contact, day, origin)
        return
    t.daily[day, mt.TRADES_DISPUTED] += 1.0
    spared = _mediated(t, day, draws, lever, p)
    _hurt(t, i, spared, p)
    _hurt(t, j, spared, p)


@compiled()
def _mediated(t, day, draws, lever, p):
    """Part of both losses that a hearing spares, if there is one, it is paid, and it succeeds."""
    state = t.trading_state[0]
    if not lever.mediates:
        return 0.0
    if state.left_cents < lever.mediation_cents:
        state.n_unheard += 1
        return 0.0
    state.left_cents -= lever.mediation_cents
    state.n_heard += 1
    if uniform(draws, U64(4)) >= p.mediated:
        return 0.0
    t.daily[day, mt.TRADES_MENDED] += 1.0
    return p.mended


@compiled()
def _hurt(t, i, spared, p):
    """What a dispute costs one of its sides."""
    m = t.members[i]
    feelings.lower_trust(m, p.lost_trust * (1.0 - spared))
    feelings.lower_belonging(m, p.lost_belonging * (1.0 - spared))


@compiled()
def _post(t, day, lever):
    """Post the day's money: prices, the fee on them, and what made trades safe."""
    state = t.trading_state[0]
    fee = i8(state.trade_cents * lever.fee_share)
    whole = i8(state.trade_cents)
    pool = fund.BRAND_POOL
    fund.transfer(t, day, fund.TRADE, fund.MEMBERS, fund.MEMBERS, whole - fee, fund.NOBODY)
    certified = i8(state.n_certified * lever.certify_cents)
    heard = i8(state.n_heard * lever.mediation_cents)
    fund.transfer(t, day, fund.CERTIFICATION, pool, fund.OUTSIDE, certified, fund.NOBODY)
    fund.transfer(t, day, fund.MEDIATION, pool, fund.OUTSIDE, heard, fund.NOBODY)
    short = i8(state.n_unsealed * lever.certify_cents + state.n_unheard * lever.mediation_cents)
    if short > 0:
        fund.stop(t, day, pool, fund.OUTSIDE, short, fund.NOBODY)
    # the fee of today pays for tomorrow
    fund.transfer(t, day, fund.TRADE_FEE, fund.MEMBERS, pool, fee, fund.NOBODY)
    row = t.daily[day]
    row[mt.TRADE_OFFERS] = state.n_offers
    row[mt.TRADES_YUAN] = state.trade_cents / 100.0
    row[mt.TRADES_CERTIFIED] = state.n_certified
