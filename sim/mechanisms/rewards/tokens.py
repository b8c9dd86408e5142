"""Tokens: contributions earn tokens on a ledger; their price follows health, supply and chance."""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.posting import POST
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.agents.member import Stance
from plaza_lab.engine.elementary import exp, log
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, day_key, normal, uniform
from plaza_lab.sim.state import fetching, fund, trial
from plaza_lab.sim.stepping import compiled, draw_ids, i8, kernel, mt

SOURCE = "M48"
METRICS = (
    Metric("tokens_minted", "tokens", "tokens minted", "M48"),
    Metric("tokens_sold", "tokens", "tokens sold to outsiders", "M48"),
    Metric("tokens_outstanding", "tokens", "tokens there are", "M48"),
    Metric("token_price_yuan", "yuan", "price of a token", "M48"),
)
STATE: tuple[Var, ...] = (
    Var("token_price_cents", "f8", "cents", "price of a token", "M48"),
    Var("token_return", "f8", "1", "log change of that price in the last week", "M48"),
    Var("tokens_held", "i8", "tokens", "tokens held by members", "M48"),
    Var("tokens_outside", "i8", "tokens", "tokens sold to outsiders", "M48"),
    Var("tokens_week", "i8", "tokens", "tokens minted this week", "M48"),
)


@levers("incentive")
class Levers:
    """Tokens on a ledger."""

    has_token: bool = quantity(False, "flag", source="M48")
    """Contributions earn tokens on a ledger."""
    token_post: int = quantity(5, "tokens", (0, 10_000), "assumption")
    """Tokens for a post."""
    token_answer: int = quantity(10, "tokens", (0, 10_000), "assumption")
    """Tokens for an answer."""
    token_week_supply: int = quantity(0, "tokens/week", (0, 1_000_000_000), "M48 (supply rule)")
    """Most tokens minted in a week; 0 for no bound."""
    token_price_cents: float = quantity(10.0, "cents/token", (0.01, 1e6), "assumption")
    """Price of a token on day 0."""
    token_volatility: float = quantity(0.1, "1/week", (0.0, 1.0), "assumption (M48)")
    """Spread of the log price change of a week."""


LARGEST_PRICE = 1e6


@params()
class Params:
    """What moves the price, and what the price moves."""

    health: float = quantity(
        0.5, "1", (0.0, 10.0), "assumption (M48: appreciates with the community's health)"
    )
    """Log price change of a week per log change of active members over four weeks."""
    dilution: float = quantity(0.5, "1", (0.0, 10.0), "assumption (M48: supply rule)")
    """Log price lost when a week's minting equals all tokens there are."""
    first_issue: float = quantity(20_000.0, "tokens", (1.0, 1e12), "assumption")
    """Tokens that others hold before day 0; what is minted dilutes them too."""
    sale: float = quantity(0.03, "1/visit", (0.0, 1.0), "assumption")
    """Chance that a holder sells her tokens on a visit."""
    ledger_trust: float = quantity(
        0.004, "1/visit", (0.0, 1.0), "assumption (M48: records cannot be altered)"
    )
    """Trust that the ledger adds on a visit."""
    speculation: float = quantity(0.5, "log-hazard", (0.0, 10.0), "assumption (M48)")
    """Effect of last week's log price change on the visits of holders."""
    complexity: float = quantity(0.15, "log-odds", (0.0, 5.0), "assumption (M48)")
    """Odds of a first contribution lost to wallets and rules."""


@VISIT.term("token", source="M48")
def token_visit(m, t, policy, world):
    """Log-hazard of visiting of those who hold tokens, after the price (M48: speculation)."""
    if not policy.incentive.has_token or m.tokens <= 0:
        return 0.0
    return world.tokens.speculation * min(1.0, max(-1.0, t.tokens_state[0].token_return))


@POST.term("token", source="M48")
def token_burden(m, policy, world):
    """Log-odds that a newcomer's first contribution loses to wallets and rules (M48)."""
    if not policy.incentive.has_token or m.posts > 0 or m.answers > 0:
        return 0.0
    return -world.tokens.complexity


def is_on(policy, world):
    """Whether there is a token."""
    return bool(policy.incentive.has_token)


@kernel()
def step(t, day):
    """Mint and sell tokens, and set the week's price."""
    lever = t.policy[i8(0) if t.policy[0].incentive.has_token else trial.last(t)].incentive
    if not lever.has_token:
        return
    state = t.tokens_state[0]
    p = t.params[0].tokens
    if state.token_price_cents == 0.0:
        state.token_price_cents = lever.token_price_cents
    minted = _mint(t, lever, p)
    sold = _sell(t, day, p)
    t.daily[day, mt.TOKENS_MINTED] = minted
    t.daily[day, mt.TOKENS_SOLD] = sold
    if day % 7 == 6:
        _set_price(t, day, lever, p)
    t.daily[day, mt.TOKENS_OUTSTANDING] = state.tokens_held + state.tokens_outside
    t.daily[day, mt.TOKEN_PRICE_YUAN] = state.token_price_cents / 100.0


@compiled()
def _mint(t, lever, p):
    """Give tokens for today's acts, up to the week's supply, and trust in the ledger."""
    state = t.tokens_state[0]
    left = 1 << 60
    if lever.token_week_supply > 0:
        left = max(0, lever.token_week_supply - state.tokens_week)
    minted = 0
    for k in range(t.people_state[0].n_visitors):
        fetching.whole_visitor(t, k)
        i = i8(t.visitors[k])
        if not t.policy[trial.arm(t, i)].incentive.has_token:
            continue
        m = t.members[i]
        feelings.raise_trust(m, p.ledger_trust)
        earned = i8(m.posts_today) * lever.token_post + i8(m.answers_today) * lever.token_answer
        if m.stance & Stance.CAUGHT:
            earned = 0
        earned = min(earned, left - minted)
        m.tokens += earned
        minted += earned
    state.tokens_held += minted
    state.tokens_week += minted
    return minted


@compiled()
def _sell(t, day, p):
    """Holders sell to outsiders at the day's price, all they have."""
    state = t.tokens_state[0]
    key = day_key(t.run_state[0].seed_key, draw_ids.TOKEN_SALE, day)
    sold = 0
    for k in range(t.people_state[0].n_visitors):
        i = i8(t.visitors[k])
        m = t.members[i]
        if m.tokens > 0 and uniform(key, t.fate[i].uid) < p.sale:
            sold += m.tokens
            m.tokens = 0
    state.tokens_held -= sold
    state.tokens_outside += sold
    cents = i8(sold * state.token_price_cents)
    fund.transfer(t, day, fund.TOKEN_SALE, fund.OUTSIDE, fund.MEMBERS, cents, fund.NOBODY)
    return sold


@compiled()
def _set_price(t, day, lever, p):
    """The price follows health and chance, and falls as tokens are minted."""
    state = t.tokens_state[0]
    growth = 0.0
    if day > MONTH:
        before = max(1.0, t.daily[day - MONTH, mt.ACTIVE_28D])
        growth = log(max(1.0, t.daily[day - 1, mt.ACTIVE_28D]) / before)
    key = day_key(t.run_state[0].seed_key, draw_ids.TOKEN_PRICE, day)
    change = p.health * growth + lever.token_volatility * normal(uniform(key, U64(0)))
    there = p.first_issue + state.tokens_held + state.tokens_outside
    change -= p.dilution * state.tokens_week / there
    price = state.token_price_cents * exp(change)
    state.token_price_cents = min(LARGEST_PRICE, max(0.001, price))
    state.token_return = change
    state.tokens_week = 0
