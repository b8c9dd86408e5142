"""Incentives: thanks, points and what money does to motive.

Intrinsic motive is fed by feedback and thanks and worn by controlling rewards; its return to the
native level is part of the fading in ``belonging``. Points are granted only as far as a pool can
back them, so the liability toward members is covered at every moment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy import float64 as f8
from numpy import int64 as i8

from agents.compiled import compiled, kernel
from agents.member import Flag
from agents.quantity import quantity
from sim import decisions
from sim.prefetch import AHEAD, prefetch
from sim.randomness import day_key, uniform
from sim.recording import metrics as mt
from sim.world import fund

SOURCE = "science.md A.10 (Deci 1999; Frey & Jegen 2001; Thornton 2008); M39, M43, M53"
READS = (
    "visitors",
    "clock.n_visitors",
    "clock.prize_cents",
    "clock.last_answerers",
    "fate",
    "members.posts_today",
    "members.replies_today",
    "members.answers_today",
    "members.unread_replies",
    "members.unread_reactions",
    "members.answers",
    "members.skill",
)
WRITES = (
    "members.motive",
    "members.points",
    "members.satisfaction",
    "clock.points_held",
    "clock.points_today",
    "journal",
    "balances",
    "clock.n_journal",
    "clock.journal_lost",
    "daily.points_issued",
    "daily.points_redeemed",
    "daily.points_outstanding",
    "daily.policy_stops",
    "daily.fund_in_yuan",
    "daily.fund_out_yuan",
)


@dataclass(frozen=True)
class Params:
    """How rewards move people."""

    first_coin: float = quantity(
        1.37,
        unit="log-odds",
        low=0.0,
        high=10.0,
        source="science A.10 (Thornton: b0)",
        doc="Effect of any sure reward.",
    )
    first_coin_yuan: float = quantity(
        20.0,
        unit="yuan",
        low=0.01,
        high=1e6,
        source="assumption",
        doc="Expected reward at which most of the first-coin effect is there.",
    )
    cash_slope: float = quantity(
        0.54,
        unit="log-odds",
        low=0.0,
        high=10.0,
        source="science A.10 (Thornton: b per USD)",
        doc="Effect of each further unit of reward.",
    )
    cash_unit_yuan: float = quantity(
        200.0,
        unit="yuan",
        low=0.01,
        high=1e6,
        source="assumption (a day's wage, as 1 USD was in Thornton's setting)",
        doc="Unit of reward.",
    )
    cash_ceiling: float = quantity(
        3.0,
        unit="units",
        low=0.0,
        high=100.0,
        source="science A.10 (range of the doses)",
        doc="Units beyond which nothing is added.",
    )
    points_pull: float = quantity(
        0.5,
        unit="log-odds",
        low=0.0,
        high=5.0,
        source="F79 F80 (+25-30 %), discounted",
        doc="Effect of earning points on a responder.",
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
    crowding: float = quantity(
        0.015,
        unit="1/visit",
        low=0.0,
        high=1.0,
        source="science A.10 (k_x)",
        doc="Motive lost on a visit under a fully controlling reward.",
    )
    points_control: float = quantity(
        0.4,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption",
        doc="How controlling points worth money are for a responder.",
    )
    recovery: float = quantity(
        0.012,
        unit="1/day",
        low=0.0,
        high=1.0,
        source="science A.10 (half-life 30-120 d)",
        doc="Return of motive to its native level.",
    )
    feedback: float = quantity(
        0.02,
        unit="1/visit",
        low=0.0,
        high=1.0,
        source="science A.10 (k_f; Deci d=.33)",
        doc="Motive gained from feedback.",
    )
    thanks: float = quantity(
        0.06,
        unit="1/answer",
        low=0.0,
        high=1.0,
        source="assumption (M53)",
        doc="Motive gained from being thanked for the first answer.",
    )
    thanks_half: float = quantity(
        6.0,
        unit="answers",
        low=0.1,
        high=1000.0,
        source="assumption (M53: thanks wear off)",
        doc="Answers after which thanks move half as much.",
    )


@kernel()
def step(t, day):
    """Move motives, grant and redeem points.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    clock = t.clock[0]
    p = t.params[0].incentives
    lever = t.policy[0].incentive
    prize = 0.0
    if lever.has_prize:
        expected = clock.prize_cents / 100.0 / (1.0 + clock.last_answerers)
        prize = 1.0 - math.exp(-expected / p.first_coin_yuan)
    for k in range(clock.n_visitors):
        if k + AHEAD < clock.n_visitors:
            prefetch(t.members, i8(t.visitors[k + AHEAD]))
        _move_motive(t, i8(t.visitors[k]), day, prize, p)
    if lever.has_points:
        _grant_points(t, day)
        _redeem_points(t, day, p)
    t.daily[day, mt.POINTS_OUTSTANDING] = clock.points_held


@compiled()
def _move_motive(t, i, day, prize, p):
    lever = t.policy[0].incentive
    m = t.members[i]
    motive = f8(m.motive)
    control = prize
    if lever.has_points and lever.point_value_cents > 0 and t.fate[i].circles & Flag.RESPONDER:
        control = max(control, p.points_control)
    motive *= 1.0 - p.crowding * control
    heard = 1.0 - math.exp(-(f8(m.unread_replies) + 0.3 * f8(m.unread_reactions)) / 2.0)
    gain = p.feedback * heard
    if lever.has_thanks and m.answers_today > 0:
        gain += p.thanks * 0.5 ** (f8(m.answers) / p.thanks_half)
    m.motive = min(1.0, max(0.0, motive + gain * (1.0 - motive)))


@compiled()
def _grant_points(t, day):
    """Grant today's points as far as a pool backs them."""
    clock = t.clock[0]
    lever = t.policy[0].incentive
    pool = fund.richest_pool(t)
    value = lever.point_value_cents
    # what backed the points of members who have left is free again
    forfeited = t.balances[fund.POINTS_RESERVE] - clock.points_held * value
    fund.transfer(t, day, fund.POINTS_BACKING, fund.POINTS_RESERVE, pool, forfeited, fund.NOBODY)
    affordable = 1 << 60
    if value > 0:
        affordable = fund.available(t, pool, fund.POINTS_BACKING) // value
    wanted = 0
    granted = 0
    for k in range(clock.n_visitors):
        m = t.members[t.visitors[k]]
        earned = i8(m.posts_today) * lever.points_post
        earned += i8(m.replies_today) * lever.points_reply
        earned += i8(m.answers_today) * lever.points_answer
        earned = min(earned, lever.points_cap_day)
        wanted += earned
        earned = min(earned, affordable - granted)
        m.points += earned
        granted += earned
    clock.points_held += granted
    clock.points_today = granted
    t.daily[day, mt.POINTS_ISSUED] += granted
    fund.pay(t, day, fund.POINTS_BACKING, pool, fund.POINTS_RESERVE, granted * value, fund.NOBODY)
    if wanted > granted:
        short = (wanted - granted) * value
        fund.stop(t, day, pool, fund.POINTS_RESERVE, short, fund.NOBODY)


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
