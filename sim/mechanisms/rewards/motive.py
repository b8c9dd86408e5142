"""Motive: fed by feedback and thanks, worn by controlling rewards and by unfair awards.

Its return to the native level is part of the fading in ``belonging``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.decisions.answering import ANSWER
from plaza_lab.agents.decisions.posting import POST
from plaza_lab.agents.member import Flag, Stance
from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.rewards import control_of
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.engine.prefetch import AHEAD, prefetch
from plaza_lab.sim.state import rewards

SOURCE = "science.md A.10 (Deci 1999; Frey & Jegen 2001; Thornton 2008); M43, M53, M129"
READS = (
    "visitors",
    "balances",
    "clock.n_visitors",
    "clock.prize_cents",
    "clock.last_answerers",
    "clock.token_price_cents",
    "clock.unfair_share",
    "fate.circles",
    "members.answers_today",
    "members.unread_replies",
    "members.unread_reactions",
    "members.answers",
    "members.stance",
)
WRITES = ("members.motive",)


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
    honour_discount: float = quantity(
        0.3,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M53)",
        doc="Pull that money loses when it is presented wholly as recognition.",
    )
    repeat_discount: float = quantity(
        0.0,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M43; 0.6 where at work)",
        doc="Expected prize that those who never won lose when only earlier winners win.",
    )
    unfair_loss: float = quantity(
        0.05,
        unit="1/visit",
        low=0.0,
        high=1.0,
        source="assumption (M129)",
        doc="Motive an honest member loses on a visit when every reward goes to farmers.",
    )
    usual_motive: float = quantity(
        0.5,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (middle of the scale)",
        doc="Motive from within at which it does not move answering.",
    )


@ANSWER.term("reward", source="science.md A.10 (Thornton 2008)")
def reward_answers(reward):
    """Log-odds that the rewards in sight add to answering."""
    return reward


@POST.term("prize", source="science.md A.10 (Thornton 2008)")
def prize_posts(prize):
    """Log-odds that the rewards in sight add to posting."""
    return prize


@kernel()
def step(t, day):
    """Move the motives of today's visitors.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    clock = t.clock[0]
    policy = t.policy[0]
    world = t.params[0]
    control = 0.0
    if policy.incentive.has_prize:
        control = control_of(rewards.prize_expected(t), policy, world)
    pay = rewards.pay_expected(t, day, policy.incentive.token_answer)
    if pay > 0.0:
        control = max(control, control_of(pay, policy, world))
    for k in range(clock.n_visitors):
        if k + AHEAD < clock.n_visitors:
            prefetch(t.members, i8(t.visitors[k + AHEAD]))
        _move_motive(t, i8(t.visitors[k]), control, world.incentives)


@compiled()
def _move_motive(t, i, control, p):
    lever = t.policy[0].incentive
    m = t.members[i]
    motive = f8(m.motive)
    if lever.has_points and lever.point_value_cents > 0 and t.fate[i].circles & Flag.RESPONDER:
        control = max(control, p.points_control * (1.0 - lever.symbolic_share))
    motive *= 1.0 - p.crowding * control
    if not m.stance & Stance.FARMER:
        motive *= 1.0 - p.unfair_loss * t.clock[0].unfair_share
    heard = 1.0 - math.exp(-(f8(m.unread_replies) + 0.3 * f8(m.unread_reactions)) / 2.0)
    gain = p.feedback * heard
    if lever.has_thanks and m.answers_today > 0:
        gain += p.thanks * 0.5 ** (f8(m.answers) / p.thanks_half)
    m.motive = min(1.0, max(0.0, motive + gain * (1.0 - motive)))
