"""Funnel: prospects and members move through the seven stages of a customer, both ways."""

from __future__ import annotations

from plaza_lab.agents.choices import advocacy, sigmoid
from plaza_lab.agents.decisions.buying import BUY
from plaza_lab.agents.decisions.joining import RISE
from plaza_lab.agents.member import Lifecycle, Route, Status
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.calendar import MONTH, WEEK
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, day_key, uniform
from plaza_lab.sim.state import fetching, prospects, weekly
from plaza_lab.sim.stepping import compiled, draw_ids, f8, kernel, mt

SOURCE = "M92; E03"
METRICS = (
    Metric("stage_awareness", "members", "members in the stage of awareness", "T29", True),
    Metric("stage_interest", "members", "members in the stage of interest", "T29", True),
    Metric("stage_consideration", "members", "members in consideration", "T29", True),
    Metric("stage_purchase", "members", "members who have just bought", "T29", True),
    Metric("stage_use", "members", "members who use what they bought", "T29", True),
    Metric("stage_loyalty", "members", "members who buy again", "T29", True),
    Metric("stage_recommendation", "members", "members who recommend", "T29", True),
    Metric("stage_ups", "moves", "moves a stage up", "T29"),
    Metric("stage_downs", "moves", "moves a stage down", "T29"),
    Metric("prospects_aware", "persons", "people outside who have heard of the brand", "T29", True),
    Metric("prospects_interested", "persons", "people outside who are interested", "T29", True),
    Metric("prospects_considering", "persons", "people outside who consider joining", "T29", True),
)
STATE: tuple[Var, ...] = (
    Var("prospects", "(3,)f8", "persons", "prospects aware, interested, considering", "M92"),
)


@levers("crm")
class Levers:
    """Messages by stage."""

    has_stage_messages: bool = quantity(False, "flag", source="M92")
    """Messages fit the member's stage."""


N_STAGES = 7


@params()
class Params:
    """How easily people move up and down."""

    is_tracked: bool = quantity(True, "flag", source="assumption (switch)")
    """Stages are followed and act, also where no message is fitted to them."""
    up_base: float = quantity(-2.2, "log-odds", (-20.0, 20.0), "assumption (M92: base rates)")
    """A week's move up of a member of neutral mood."""
    down_base: float = quantity(-4.0, "log-odds", (-20.0, 20.0), "assumption (M92: base rates)")
    """A week's move down of a member of neutral mood."""
    trust_weight: float = quantity(1.5, "log-odds", (0.0, 10.0), "assumption (M92)")
    """Per unit of trust."""
    service_weight: float = quantity(1.0, "log-odds", (0.0, 10.0), "assumption (M92: service)")
    """Per unit of satisfaction."""
    proof_weight: float = quantity(0.6, "log-odds", (0.0, 10.0), "assumption (M92: peer proof)")
    """When every request of last week was solved."""
    tie_weight: float = quantity(0.1, "log-odds/tie", (0.0, 5.0), "assumption (M92: peer proof)")
    """Per strong tie, up to four."""
    message_pull: float = quantity(
        0.36, "log-odds", (0.0, 5.0), "F50 (odds x 1.20, twice that before calibration's half)"
    )
    """Messages that fit the stage, for members who came by this week."""
    idle_weight: float = quantity(1.5, "log-odds", (0.0, 10.0), "assumption (M92: exposure)")
    """Pull downward on who has not come for 28 days."""
    advocate_gain: float = quantity(0.5, "1", (0.0, 10.0), "assumption (M92, M02)")
    """Extra invitations of members in the last stage, recommendation."""
    first_aware: float = quantity(0.05, "share", (0.0, 0.5), "assumption")
    """People outside who have heard of the brand on day 0; half as many are interested, a quarter
    consider joining."""
    aware_day: float = quantity(
        2e-4, "1/day", (0.0, 1.0), "assumption (science A.1: p_external with a funnel of three)"
    )
    """Hazard that somebody outside hears of the brand."""
    word_day: float = quantity(
        0.01, "1/day", (0.0, 1.0), "assumption (science A.1: q_imitation with a funnel of three)"
    )
    """The same by word of mouth, if all the market were active members."""
    warm_day: float = quantity(0.02, "1/day", (0.0, 1.0), "assumption (M92)")
    """Hazard that a prospect moves a stage up, before peer proof."""
    cool_day: float = quantity(0.01, "1/day", (0.0, 1.0), "assumption (M92)")
    """Hazard that a prospect moves a stage down or forgets."""
    tie_cap: float = quantity(4.0, "ties", (0.0, 100.0), "assumption")
    """Strong ties beyond which more do not warm."""


@RISE.term("proof", source="assumption (M92: peer proof)")
def proof_warms(t, world):
    """Log-odds of moving up where requests are answered."""
    return world.funnel.proof_weight * t.settlement_state[0].answered_share


@RISE.term("ties", source="assumption (M92: peer proof)")
def friends_warm(m, world):
    """Log-odds of moving up with friends, up to a number."""
    return world.funnel.tie_weight * min(f8(m.n_strong), world.funnel.tie_cap)


@RISE.term("messages", source="F50")
def messages_warm(m, day, policy, world):
    """Log-odds of moving up that messages by stage add, scaled by the calibration."""
    is_met = policy.crm.has_stage_messages and m.last_visit > day - WEEK
    return world.calibration.scale * world.funnel.message_pull if is_met else 0.0


@BUY.term("stage", source="M95")
def stage_buys(m, world):
    """Log-hazard of buying by the stage of the funnel she is in."""
    p = world.purchase
    return p.stage_weight * (f8(m.stage) - p.usual_stage) if m.stage > 0 else 0.0


def is_on(policy, world):
    """Whether stages are tracked or written to."""
    return bool(world.funnel.is_tracked or policy.crm.has_stage_messages)


@kernel()
def step(t, day):
    """Place newcomers, look at a seventh of the members, move the prospects outside."""
    p = t.params[0].funnel
    if not p.is_tracked and not t.policy[0].crm.has_stage_messages:
        return
    _move_prospects(t, day, p)
    first = 0 if day == 0 else t.first_row[day]
    for i in range(first, t.people_state[0].n_rows):
        _place(t, i)
    key = day_key(t.run_state[0].seed_key, draw_ids.LIFECYCLE, day)
    for number in range(weekly.spans(t, day)):
        start, stop = weekly.span(t, number, day)
        for i in range(start, stop):
            fetching.looked_at(t, i)
            if t.fate[i].status != Status.LEFT:
                _move(t, i, day, uniform(key, t.fate[i].uid), p)
    if day == 0 or day % WEEK == WEEK - 1:
        _count(t, day)


@compiled()
def _place(t, i):
    """First stage: friends of members come considering, others as far as prospects have got."""
    m = t.members[i]
    state = t.funnel_state[0]
    warm = state.prospects[1] + state.prospects[2]
    ripe = state.prospects[2] / warm if warm > 0.0 else 0.5
    u = uniform(day_key(t.run_state[0].seed_key, draw_ids.PLACE, ALWAYS), t.fate[i].uid)
    is_friend = m.route == Route.REFERRAL or m.route == Route.WORD_OF_MOUTH
    m.stage = Lifecycle.CONSIDERATION if is_friend or u < ripe else Lifecycle.INTEREST


@compiled()
def _move(t, i, day, u, p):
    """A week's move of one member: up, down or none."""
    m = t.members[i]
    stage = m.stage
    if m.last_buy > day - WEEK and stage < Lifecycle.PURCHASE:
        _up(t, i, day, Lifecycle.PURCHASE.value)
        return
    warmth = RISE(m, day, t, t.policy[0], t.params[0])
    rise = sigmoid(p.up_base + warmth) * _may_rise(t, i)
    if u < rise:
        _up(t, i, day, stage + 1)
        return
    idle = p.idle_weight if m.last_visit <= day - MONTH else 0.0
    if u >= 1.0 - (1.0 - rise) * sigmoid(p.down_base - warmth + idle):
        lower = stage - 1
        if stage == Lifecycle.PURCHASE or stage == Lifecycle.USE:
            lower = Lifecycle.CONSIDERATION.value
        if lower >= Lifecycle.AWARENESS:
            m.stage = lower
            t.daily[day, mt.STAGE_DOWNS] += 1.0


@compiled()
def _may_rise(t, i):
    """What the next stage asks for: a purchase, using it, buying again, being an advocate."""
    m = t.members[i]
    if m.stage < Lifecycle.CONSIDERATION:
        return 1.0
    if m.stage == Lifecycle.CONSIDERATION or m.stage == Lifecycle.RECOMMENDATION:
        return 0.0
    if m.stage == Lifecycle.PURCHASE:
        return 1.0 if m.last_visit > m.last_buy else 0.0
    if m.stage == Lifecycle.USE:
        return 1.0 if m.buys >= 2 else 0.0
    return advocacy(m)


@compiled()
def _up(t, i, day, stage):
    t.members[i].stage = stage
    t.daily[day, mt.STAGE_UPS] += 1.0


@compiled()
def _count(t, day):
    """Members by stage; they sum to the members there are."""
    row = t.daily[day]
    for k in range(N_STAGES):
        row[_stage(k)] = 0.0
    for i in range(t.people_state[0].n_rows):
        if t.fate[i].status != Status.LEFT:
            row[_stage(t.members[i].stage - 1)] += 1.0


@compiled()
def _move_prospects(t, day, p):
    """Expected numbers outside, by stage; who joins leaves from the warmest stage.

    Prospects are no rows: the market is large, and only its members act.
    """
    stock = t.funnel_state[0].prospects
    market = max(1.0, prospects.market(t, day))
    left = prospects.left(t, day)
    proof = exp(p.proof_weight * t.settlement_state[0].answered_share)
    active = t.daily[day - 1, mt.ACTIVE_28D] if day > 0 else f8(t.people_state[0].n_members)
    if day == 0:
        stock[0] = p.first_aware * left
        stock[1] = 0.5 * stock[0]
        stock[2] = 0.5 * stock[1]
    unaware = max(0.0, left - stock[0] - stock[1] - stock[2])
    heard = unaware * min(1.0, p.aware_day + p.word_day * active / market)
    warm = min(1.0, p.warm_day * proof)
    rise = stock[0] * warm
    ripen = stock[1] * warm
    cool = min(1.0 - warm, p.cool_day)
    fall0, fall1, fall2 = stock[0] * cool, stock[1] * cool, stock[2] * cool
    stock[0] += heard - rise - fall0 + fall1
    stock[1] += rise - ripen - fall1 + fall2
    stock[2] += ripen - fall2
    joined = t.daily[day, mt.JOINS_ORGANIC] + t.daily[day, mt.JOINS_WORD_OF_MOUTH]
    joined += t.daily[day, mt.JOINS_PAID]
    for k in range(2, -1, -1):
        out = min(stock[k], joined)
        stock[k] -= out
        joined -= out
    excess = stock[0] + stock[1] + stock[2] - left
    if excess > 0.0:
        shrink = left / (left + excess)
        for k in range(3):
            stock[k] *= shrink
    t.daily[day, mt.PROSPECTS_AWARE] = stock[0]
    t.daily[day, mt.PROSPECTS_INTERESTED] = stock[1]
    t.daily[day, mt.PROSPECTS_CONSIDERING] = stock[2]


@compiled()
def _stage(k):
    """Column of a stage, counted from 0."""
    return (
        mt.STAGE_AWARENESS, mt.STAGE_INTEREST, mt.STAGE_CONSIDERATION, mt.STAGE_PURCHASE,
        mt.STAGE_USE, mt.STAGE_LOYALTY, mt.STAGE_RECOMMENDATION,
    )[k]  # fmt: skip
