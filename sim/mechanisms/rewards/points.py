"""Points: earned by acts, backed by a pool, redeemed for rewards, lapsed when forgotten.

Points are granted only as far as a pool can back them, so the liability toward members is covered
at every moment.
"""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.answering import ANSWER
from plaza_lab.agents.decisions.posting import POST
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.agents.member import Stance, Status
from plaza_lab.agents.rewards import goal_pull, is_favoured, money_pull
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import day_key, uniform
from plaza_lab.sim.state import fetching, fund, rewards, trial
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M39, M49; science.md A.10 (goal gradient); F79, F80"
METRICS = (
    Metric("points_issued", "points", "points issued", "T56"),
    Metric("points_redeemed", "points", "points redeemed", "T56"),
    Metric("points_outstanding", "points", "points held by members", "T56"),
    Metric("points_expired", "points", "points lapsed, confiscated or left behind", "T56"),
    Metric("points_liability_yuan", "yuan", "points held at their value", "T56"),
)
STATE: tuple[Var, ...] = (
    Var("points_held", "i8", "points", "points held by members", "T56"),
    Var("points_paid", "f8", "share", "points last earned that a pool could back", "M39, M56", 1.0),
)


@levers("incentive")
class Levers:
    """Points: what earns them, what they are worth, when they lapse."""

    has_points: bool = quantity(False, "flag", source="M39")
    """Acts earn points."""
    points_post: int = quantity(10, "points", (0, 1000), "assumption")
    """Points for a post."""
    points_reply: int = quantity(2, "points", (0, 1000), "assumption")
    """Points for a reply."""
    points_answer: int = quantity(20, "points", (0, 1000), "assumption")
    """Points for an answer."""
    points_cap_day: int = quantity(60, "points/day", (0, 100_000), "assumption")
    """Daily cap a member."""
    point_value_cents: int = quantity(1, "cents/point", (0, 1000), "assumption")
    """Value when redeemed."""
    points_reward: int = quantity(500, "points", (1, 1_000_000), "assumption")
    """Points that buy one reward; the next reward is the goal in sight."""
    points_expiry_weeks: int = quantity(0, "weeks", (0, 520), "M39")
    """Weeks without a visit after which a member's points lapse; 0 for never."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.has_points and self.point_value_cents > 0 and not policy.fund.has_any_money,
            "points worth money need a fund that redeems them; choose a fund, "
            "or incentive.point_value_cents=0",
        )


@params()
class Params:
    """How points move responders, and how they are spent."""

    act_pull: float = quantity(
        0.25, "log-odds", (0.0, 5.0), "F80 (+25 % items; a fifth of members respond)"
    )
    """Effect of earning points on a responder's posting and answering, as claimed; what the points
    are worth is added as money."""
    visit_pull: float = quantity(
        1.7, "log-hazard", (0.0, 5.0), "F79 (+30 % daily active; a fifth of members respond)"
    )
    """Effect of earning points on a responder's visits, as claimed."""
    goal_gain: float = quantity(0.4, "1", (0.0, 5.0), "science A.10 (g .2-.6)")
    """Extra odds just before the next points reward."""
    goal_power: float = quantity(3.0, "1", (0.1, 20.0), "science A.10 (h 2-4)")
    """Steepness of the goal gradient."""
    redeem: float = quantity(0.3, "1/visit", (0.0, 1.0), "assumption")
    """Chance of redeeming a full reward on a visit."""
    redeem_satisfaction: float = quantity(0.02, "1", (0.0, 1.0), "assumption")
    """Satisfaction a redeemed reward adds."""


@compiled()
def points_pull(points, t, policy, world):
    """Log-odds of an act from the points it earns a responder, and from what they are worth.

    Parameters
    ----------
    points : int
        Points for the act.
    t : Tables
        The community's tables.
    policy, world : records
        Levers, weights.

    Returns
    -------
    float
        Log-odds: what a points system does as such (M39, F80), and what money of that worth does.
    """
    earned = f8(points) * t.points_state[0].points_paid
    worth = earned * policy.incentive.point_value_cents / 100.0
    pull = world.calibration.scale * world.points.act_pull * t.points_state[0].points_paid
    return pull + money_pull(worth, policy, world)


@VISIT.term("points", source="M39, F79")
def points_visit(m, t, policy, world):
    """Log-hazard of visiting that earning points adds for a responder (M39, F79)."""
    if not policy.incentive.has_points or not m.stance & Stance.RESPONDER:
        return 0.0
    return world.calibration.scale * world.points.visit_pull * t.points_state[0].points_paid


@ANSWER.term("points", source="M39, F80")
def points_answer(m, t, policy, world):
    """Log-odds of answering that earning points adds for a responder (M39, F80)."""
    if not policy.incentive.has_points or not m.stance & Stance.RESPONDER:
        return 0.0
    return points_pull(policy.incentive.points_answer, t, policy, world)


@POST.term("points", source="M39, F80; science.md A.10 (goal gradient)")
def points_post(m, is_responder, t, policy, world):
    """Log-odds of posting that earning points adds for a responder, and the next reward's pull."""
    points = 0.0
    if policy.incentive.has_points and is_responder:
        points = points_pull(policy.incentive.points_post, t, policy, world)
        points += goal_pull(m.points, policy.incentive.points_reward, world)
    return points


def is_on(policy, world):
    """Whether points are granted."""
    return bool(policy.incentive.has_points)


@kernel()
def step(t, day):
    """Lapse, grant and redeem points."""
    row = _row_with_points(t)
    if row < 0:
        return
    lever = t.policy[row].incentive
    if lever.points_expiry_weeks > 0 and day % 7 == 6:
        _lapse(t, day, day - 7 * lever.points_expiry_weeks)
    _grant_points(t, day, lever)
    _redeem_points(t, day, lever, t.params[0].points)
    held = t.points_state[0].points_held
    t.daily[day, mt.POINTS_OUTSTANDING] = held
    t.daily[day, mt.POINTS_LIABILITY_YUAN] = held * lever.point_value_cents / 100.0


@compiled()
def _row_with_points(t):
    """Row of the levers that has points, in a trial perhaps that of the arm alone; -1 for none."""
    for row in range(t.policy.shape[0]):
        if t.policy[row].incentive.has_points:
            return row
    return -1


@compiled()
def _lapse(t, day, since):
    """Points of members who have not come since a day are void."""
    lapsed = 0
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        if m.points > 0 and m.last_visit < since:
            lapsed += m.points
            m.points = 0
    t.points_state[0].points_held -= lapsed
    t.daily[day, mt.POINTS_EXPIRED] += lapsed


@compiled()
def _grant_points(t, day, lever):
    """Grant today's points as far as a pool backs them."""
    state = t.points_state[0]
    pool = fund.richest_pool(t)
    value = lever.point_value_cents
    # what backed points that are void is free again
    forfeited = t.balances[fund.POINTS_RESERVE] - state.points_held * value
    fund.transfer(t, day, fund.POINTS_BACKING, fund.POINTS_RESERVE, pool, forfeited, fund.NOBODY)
    affordable = 1 << 60
    if value > 0:
        affordable = fund.available(t, pool, fund.POINTS_BACKING) // value
    wanted = 0
    granted = 0
    for k in range(t.people_state[0].n_visitors):
        fetching.whole_visitor(t, k)
        i = i8(t.visitors[k])
        m = t.members[i]
        policy = t.policy[trial.arm(t, i)]
        own = policy.incentive
        earned = _tariff(m, own) if own.has_points else i8(0)
        if own.tier_bonus > 0.0 and is_favoured(m, policy, t.params[0]):
            earned = i8(earned * (1.0 + own.tier_bonus))
        if m.stance & Stance.CAUGHT or t.fate[i].status == Status.LEFT:
            earned = 0
        wanted += earned
        earned = min(earned, affordable - granted)
        m.points += earned
        granted += earned
        # where points buy nothing, they are counted as cents all the same
        rewards.note_reward(t, day, i, earned * max(1, value) / 100.0)
    state.points_held += granted
    if wanted > 0:
        state.points_paid = granted / wanted
    t.daily[day, mt.POINTS_ISSUED] += granted
    fund.pay(t, day, fund.POINTS_BACKING, pool, fund.POINTS_RESERVE, granted * value, fund.NOBODY)
    if wanted > granted:
        short = (wanted - granted) * value
        fund.stop(t, day, pool, fund.POINTS_RESERVE, short, fund.NOBODY)


@compiled()
def _tariff(m, lever):
    """Points of today's acts, up to the daily cap."""
    earned = i8(m.posts_today) * lever.points_post
    earned += i8(m.replies_today) * lever.points_reply
    earned += i8(m.answers_today) * lever.points_answer
    return min(earned, lever.points_cap_day)


@compiled()
def _redeem_points(t, day, lever, p):
    key = day_key(t.run_state[0].seed_key, draw_ids.REDEEM, day)
    redeemed = 0
    for k in range(t.people_state[0].n_visitors):
        fetching.whole_visitor(t, k)
        i = i8(t.visitors[k])
        m = t.members[i]
        price = t.policy[trial.arm(t, i)].incentive.points_reward
        if m.points >= price and uniform(key, t.fate[i].uid) < p.redeem:
            m.points -= price
            redeemed += price
            feelings.raise_satisfaction(m, p.redeem_satisfaction)
    t.points_state[0].points_held -= redeemed
    t.daily[day, mt.POINTS_REDEEMED] += redeemed
    cents = redeemed * lever.point_value_cents
    fund.transfer(
        t, day, fund.POINTS_REDEMPTION, fund.POINTS_RESERVE, fund.MEMBERS, cents, fund.NOBODY
    )
