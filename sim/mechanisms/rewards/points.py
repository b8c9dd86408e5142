"""Points: earned by acts, backed by a pool, redeemed for rewards, lapsed when forgotten.

Points are granted only as far as a pool can back them, so the liability toward members is covered
at every moment.
"""

from __future__ import annotations

from dataclasses import dataclass

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.member import Stance, Status
from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.rewards import is_favoured
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim import decisions
from plaza_lab.sim.randomness import day_key, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund, rewards

SOURCE = "M39, M49; science.md A.10 (goal gradient); F79, F80"
READS = (
    "visitors",
    "clock.n_visitors",
    "clock.n_rows",
    "fate.uid",
    "fate.status",
    "members.posts_today",
    "members.replies_today",
    "members.answers_today",
    "members.last_visit",
    "members.level",
    "members.belonging",
    "members.buys",
    "members.stance",
)
WRITES = (
    "members.points",
    "members.satisfaction",
    "clock.points_held",
    "clock.points_today",
    "clock.points_paid",
    "journal",
    "balances",
    "clock.n_journal",
    "clock.journal_lost",
    "daily.points_issued",
    "daily.points_redeemed",
    "daily.points_expired",
    "daily.points_outstanding",
    "daily.points_liability_yuan",
    "daily.rewards_yuan",
    "daily.farmed_yuan",
    "daily.policy_stops",
    "daily.fund_out_yuan",
)


@dataclass(frozen=True)
class Params:
    """How points move responders, and how they are spent."""

    act_pull: float = quantity(
        0.25,
        unit="log-odds",
        low=0.0,
        high=5.0,
        source="F80 (+25 % items; a fifth of members respond)",
        doc="Effect of earning points on a responder's posting and answering, as claimed; what the "
        "points are worth is added as money.",
    )
    visit_pull: float = quantity(
        1.7,
        unit="log-hazard",
        low=0.0,
        high=5.0,
        source="F79 (+30 % daily active; a fifth of members respond)",
        doc="Effect of earning points on a responder's visits, as claimed.",
    )
    goal_gain: float = quantity(
        0.4,
        unit="1",
        low=0.0,
        high=5.0,
        source="science A.10 (g .2-.6)",
        doc="Extra odds just before the next points reward.",
    )
    goal_power: float = quantity(
        3.0,
        unit="1",
        low=0.1,
        high=20.0,
        source="science A.10 (h 2-4)",
        doc="Steepness of the goal gradient.",
    )
    redeem: float = quantity(
        0.3,
        unit="1/visit",
        low=0.0,
        high=1.0,
        source="assumption",
        doc="Chance of redeeming a full reward on a visit.",
    )
    redeem_satisfaction: float = quantity(
        0.02,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption",
        doc="Satisfaction a redeemed reward adds.",
    )


def is_on(policy, world):
    """Whether points are granted."""
    return bool(policy.incentive.has_points)


@kernel()
def step(t, day):
    """Lapse, grant and redeem points.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    lever = t.policy[0].incentive
    if not lever.has_points:
        return
    if lever.points_expiry_weeks > 0 and day % 7 == 6:
        _lapse(t, day, day - 7 * lever.points_expiry_weeks)
    _grant_points(t, day)
    _redeem_points(t, day, t.params[0].points)
    held = t.clock[0].points_held
    t.daily[day, mt.POINTS_OUTSTANDING] = held
    t.daily[day, mt.POINTS_LIABILITY_YUAN] = held * lever.point_value_cents / 100.0


@compiled()
def _lapse(t, day, since):
    """Points of members who have not come since a day are void."""
    lapsed = 0
    for i in range(t.clock[0].n_rows):
        m = t.members[i]
        if m.points > 0 and m.last_visit < since:
            lapsed += m.points
            m.points = 0
    t.clock[0].points_held -= lapsed
    t.daily[day, mt.POINTS_EXPIRED] += lapsed


@compiled()
def _grant_points(t, day):
    """Grant today's points as far as a pool backs them."""
    clock = t.clock[0]
    lever = t.policy[0].incentive
    pool = fund.richest_pool(t)
    value = lever.point_value_cents
    # what backed points that are void is free again
    forfeited = t.balances[fund.POINTS_RESERVE] - clock.points_held * value
    fund.transfer(t, day, fund.POINTS_BACKING, fund.POINTS_RESERVE, pool, forfeited, fund.NOBODY)
    affordable = 1 << 60
    if value > 0:
        affordable = fund.available(t, pool, fund.POINTS_BACKING) // value
    wanted = 0
    granted = 0
    for k in range(clock.n_visitors):
        i = i8(t.visitors[k])
        m = t.members[i]
        earned = _tariff(m, lever)
        if lever.tier_bonus > 0.0 and is_favoured(m, t.policy[0], t.params[0]):
            earned = i8(earned * (1.0 + lever.tier_bonus))
        if m.stance & Stance.CAUGHT or t.fate[i].status == Status.LEFT:
            earned = 0
        wanted += earned
        earned = min(earned, affordable - granted)
        m.points += earned
        granted += earned
        # where points buy nothing, they are counted as cents all the same
        rewards.note_reward(t, day, i, earned * max(1, value) / 100.0)
    clock.points_held += granted
    clock.points_today = granted
    if wanted > 0:
        clock.points_paid = granted / wanted
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
def _redeem_points(t, day, p):
    clock = t.clock[0]
    lever = t.policy[0].incentive
    key = day_key(clock.seed_key, decisions.REDEEM, day)
    redeemed = 0
    for k in range(clock.n_visitors):
        i = i8(t.visitors[k])
        m = t.members[i]
        if m.points >= lever.points_reward and uniform(key, t.fate[i].uid) < p.redeem:
            m.points -= lever.points_reward
            redeemed += lever.points_reward
            m.satisfaction = f8(m.satisfaction) + p.redeem_satisfaction * (1.0 - f8(m.satisfaction))
    clock.points_held -= redeemed
    t.daily[day, mt.POINTS_REDEEMED] += redeemed
    cents = redeemed * lever.point_value_cents
    fund.transfer(
        t, day, fund.POINTS_REDEMPTION, fund.POINTS_RESERVE, fund.MEMBERS, cents, fund.NOBODY
    )
