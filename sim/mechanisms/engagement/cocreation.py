"""Co-creation: a real product problem, proposals, a vote, and prototypes of the best."""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.decisions.attending import REGISTER
from plaza_lab.agents.member import Status
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, normal, uniform
from plaza_lab.sim.state import events as book
from plaza_lab.sim.state import fund, items, people, ranking
from plaza_lab.sim.state.events import Kind, Stage
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M25, M71"
METRICS = (
    Metric("proposals", "proposals", "proposals handed in to contests", "M25"),
    Metric("prototypes", "prototypes", "proposals taken to a prototype", "M25"),
)
STATE: tuple[Var, ...] = (
    Var("contest", "i8", "row", "event row of the open contest, -1 for none", "M25", -1),
    Var("product", "f8", "1", "product quality gained from co-creation, 0 to 1", "M25"),
)


@levers("events")
class Levers:
    """Co-creation with members."""

    cocreation_year: float = quantity(0.0, "contests/364 days", (0.0, 13.0), "M25")
    """Co-creation contests on a real product problem."""
    finalists: int = quantity(4, "proposals", (1, 16), "F23")
    """Proposals of a contest that are taken to a prototype."""
    support_cost_cents: int = quantity(
        300_000, "cents/proposal", (0, 1_000_000_000), "assumption (M25)"
    )
    """Expert support of a finalist."""


@params()
class Params:
    """Contests and what comes of them."""

    contest_days: int = quantity(21, "days", (2, 182), "assumption (M25)")
    """Days from the call to the vote."""
    vote_pull: float = quantity(-1.5, "log-odds", (-20.0, 20.0), "assumption (M25)")
    """Willingness to vote, for middling fit."""
    submit_pull: float = quantity(-3.5, "log-odds", (-20.0, 20.0), "assumption (M25)")
    """Willingness to hand in a proposal, for middling fit and skill."""
    skill_weight: float = quantity(3.0, "log-odds", (0.0, 20.0), "assumption (M25)")
    """Per unit of skill, on handing in."""
    hours: float = quantity(40.0, "hours/contest", (0.0, 1000.0), "assumption (M25)")
    """Staff hours of a contest."""
    vote_noise: float = quantity(0.15, "1", (0.0, 1.0), "assumption")
    """Error of the vote."""
    product_gain: float = quantity(0.05, "1/prototype", (0.0, 1.0), "assumption (M25)")
    """Product quality a prototype of full quality brings."""
    product_pull: float = quantity(0.5, "log-hazard", (0.0, 10.0), "assumption (M25)")
    """Pull of a product made perfect by co-creation on buying."""
    finalist_gain: float = quantity(0.2, "1", (0.0, 1.0), "assumption (M25: core fans)")
    """Belonging and trust a finalist gains."""
    proposer_gain: float = quantity(0.05, "1", (0.0, 1.0), "assumption (M25: recognition)")
    """Belonging every proposer gains."""
    recognition: float = quantity(0.5, "points", (0.0, 100.0), "assumption (M25)")
    """Reputation every proposer gains; a finalist four times that."""


def is_on(policy, world):
    """Whether members are called to create."""
    return bool(policy.events.cocreation_year > 0.0)


@kernel()
def step(t, day):
    """Call for proposals, and close the contest that is due."""
    lever = t.policy[0].events
    if lever.cocreation_year <= 0.0:
        return
    state = t.cocreation_state[0]
    p = t.params[0].cocreation
    if state.contest >= 0:
        if day - t.events[state.contest].day >= p.contest_days:
            _close(t, day, t.events[state.contest], p)
            state.contest = -1
        return
    is_due = book.is_due(day, lever.cocreation_year / 13.0, 0.5)
    if is_due and book.is_open(t, Stage.GROWTH.value):
        _call(t, day, p)


@compiled()
def _call(t, day, p):
    """Publish the problem, if the hours can be paid."""
    pool = fund.richest_pool(t)
    cost = i8(p.hours * t.policy[0].events.hour_cents)
    if t.balances[pool] < cost:
        fund.stop(t, day, pool, fund.OUTSIDE, cost, fund.NOBODY)
        return
    key = day_key(t.run_state[0].seed_key, draw_ids.EVENT_THEME, day)
    topic = i8(t.members[i8(t.people_state[0].n_rows * uniform(key, U64(100)))].topic)
    number = book.add(t, Kind.COCREATION.value, topic, day)
    if number < 0:
        return
    t.cocreation_state[0].contest = number
    event = t.events[number]
    event.cost_cents = fund.pay(t, day, fund.EVENT, pool, fund.OUTSIDE, cost, fund.NOBODY)
    event.hours = p.hours
    t.daily[day, mt.EVENT_HOURS] += p.hours
    t.daily[day, mt.EVENT_YUAN] += event.cost_cents / 100.0


@compiled()
def _quality_of(t, m):
    """Mean quality of what a member proposes: as of what she posts."""
    p = t.params[0].posting
    return p.quality_base + p.quality_skill * f8(m.skill)


@compiled()
def _close(t, day, event, p):
    """Collect proposals and votes of all who saw the call; build prototypes of the best."""
    key = day_key(t.run_state[0].seed_key, draw_ids.SUBMIT, day)
    early = book.too_early(t, Stage.GROWTH.value)
    n, most = i8(0), i8(t.policy[0].events.finalists)
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        if t.fate[i].status == Status.LEFT or m.last_visit < event.day:
            continue
        event.reachable += 1
        draws = agent_key(key, t.fate[i].uid)
        fit = items.fit(event.topic, m.topic)
        taste = book.taste_of(t, t.fate[i].uid)
        wish = REGISTER(m, p.vote_pull, fit, taste, 0.0, early, t.params[0])
        is_voter = uniform(draws, U64(0)) < sigmoid(wish)
        shift = p.submit_pull - p.vote_pull + p.skill_weight * (f8(m.skill) - 0.5)
        is_proposer = uniform(draws, U64(1)) < sigmoid(wish + shift)
        if not is_voter and not is_proposer:
            continue
        event.registered += 1
        event.attended += 1
        event.contacts += i8(is_voter)
        m.last_event = day
        people.mark_act(t, i, day)
        if is_proposer:
            t.daily[day, mt.PROPOSALS] += 1.0
            m.reputation = f8(m.reputation) + p.recognition
            feelings.raise_belonging(m, p.proposer_gain)
            score = _quality_of(t, m) + p.vote_noise * normal(uniform(draws, U64(2)))
            n = ranking.put(t.finalists, t.final_scores, n, most, i8(i), score)
    _build(t, day, event, n, p)
    t.daily[day, mt.EVENTS_HELD] += 1.0
    t.daily[day, mt.EVENT_GUESTS] += event.attended
    t.daily[day, mt.EVENT_CONTACTS] += event.contacts


@compiled()
def _build(t, day, event, n, p):
    """Support finalists as far as the money reaches; a better product and core fans come of it."""
    state = t.cocreation_state[0]
    cost = t.policy[0].events.support_cost_cents
    for k in range(n):
        pool = fund.richest_pool(t)
        if t.balances[pool] < cost:
            fund.stop(t, day, pool, fund.OUTSIDE, cost, fund.NOBODY)
            return
        i = t.finalists[k]
        event.cost_cents += fund.pay(t, day, fund.EVENT, pool, fund.OUTSIDE, cost, fund.NOBODY)
        t.daily[day, mt.EVENT_YUAN] += cost / 100.0
        t.daily[day, mt.PROTOTYPES] += 1.0
        m = t.members[i]
        state.product += p.product_gain * _quality_of(t, m) * (1.0 - state.product)
        m.reputation = f8(m.reputation) + 3.0 * p.recognition
        feelings.raise_belonging(m, p.finalist_gain)
        feelings.raise_trust(m, p.finalist_gain)
