"""One-off rewards: cash or gifts for taking part while an activity lasts, and for the survey."""

from __future__ import annotations

from dataclasses import dataclass

from numpy import int64 as i8

from plaza_lab.agents.member import Stance
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund, rewards

SOURCE = "M45; science.md A.10"
READS = (
    "visitors",
    "clock.n_visitors",
    "members.posts_today",
    "members.answers_today",
    "members.stance",
    "operator.survey_answers",
)
WRITES = (
    "journal",
    "balances",
    "clock.n_journal",
    "clock.journal_lost",
    "daily.oneoff_yuan",
    "daily.rewards_yuan",
    "daily.farmed_yuan",
    "daily.policy_stops",
    "daily.fund_out_yuan",
)


@dataclass(frozen=True)
class Params:
    """What a gift means."""

    unrelated_loss: float = quantity(
        0.5, "1", (0.0, 1.0), "assumption (M45: related to the experience)"
    )
    """Worth that a gift loses which has nothing to do with the experience."""
    quality_gain: float = quantity(0.1, "1", (0.0, 1.0), "assumption (M45: response quality)")
    """Quality that answers gain under a wholly related gift, as claimed."""
    survey_pull_yuan: float = quantity(10.0, "yuan", (0.01, 1e5), "assumption (M45)")
    """Survey reward at which most of its effect on taking part is there."""
    survey_gain: float = quantity(1.0, "1", (0.0, 10.0), "assumption (M45)")
    """Extra answers to the survey under a large reward, as claimed."""


@kernel()
def step(t, day):
    """Pay who took part today, and once a week who answered the survey.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    lever = t.policy[0].incentive
    if lever.survey_reward_cents > 0 and day % 7 == 0 and day > 0:
        cents = t.operator[0].survey_answers * lever.survey_reward_cents
        fund.pay(t, day, fund.SURVEY_REWARD, fund.BRAND_POOL, fund.MEMBERS, cents, fund.NOBODY)
    cents = rewards.pay_today(t, day)
    if cents > 0:
        _pay_contributors(t, day, cents)


@compiled()
def _pay_contributors(t, day, cents):
    """Pay as many as the pool can pay in full, in the order they came."""
    pool = fund.richest_pool(t)
    affordable = t.balances[pool] // cents
    wanted = 0
    paid = 0
    for k in range(t.clock[0].n_visitors):
        i = i8(t.visitors[k])
        m = t.members[i]
        if (m.posts_today == 0 and m.answers_today == 0) or m.stance & Stance.CAUGHT:
            continue
        wanted += 1
        if paid < affordable:
            paid += 1
            rewards.note_reward(t, day, i, cents / 100.0)
    fund.transfer(t, day, fund.ONE_OFF, pool, fund.MEMBERS, paid * cents, fund.NOBODY)
    if paid < wanted:
        fund.stop(t, day, pool, fund.MEMBERS, (wanted - paid) * cents, fund.NOBODY)
    t.daily[day, mt.ONEOFF_YUAN] = paid * cents / 100.0
