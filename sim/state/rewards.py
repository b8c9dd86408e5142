"""Rewards in sight: what a contribution may bring today, who got what by which means, and tips."""

from __future__ import annotations

import enum

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents import feelings
from plaza_lab.agents.member import Stance
from plaza_lab.agents.rewards import money_pull
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp, log
from plaza_lab.sim import draw_ids
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric
from plaza_lab.sim.state import fund, returns, trial

METRICS = (
    Metric("rewards_yuan", "yuan", "points, prizes and pay given, at their value", "T69"),
    Metric("farmed_yuan", "yuan", "of these, what farmers got", "T69"),
)


class Judge(enum.IntEnum):
    """Who ranks the week's best (M43)."""

    STEWARD = 0
    VOTE = 1
    MIXED = 2


@compiled()
def is_cash_on(t, day):
    """Whether prizes and pay run on ``day``, or have been withdrawn for good (M53)."""
    last = t.policy[0].incentive.cash_last_week
    return last == 0 or day < 7 * last


@compiled()
def prize_row(t):
    """Row of the levers that has the weekly prize, in a trial that of the arm; -1 for none."""
    for row in range(t.policy.shape[0]):
        if t.policy[row].incentive.has_prize:
            return row
    return -1


@compiled()
def may_compete(t, i):
    """Whether a member counts among those who answer for a prize: not where only others may win."""
    return prize_row(t) < 0 or t.policy[trial.arm(t, i)].incentive.has_prize != 0


@compiled()
def prize_expected(t):
    """Expected prize of one more answerer, yuan: the week's pool over last week's answerers."""
    return t.budget_state[0].prize_cents / 100.0 / (1.0 + t.settlement_state[0].last_answerers)


@compiled()
def pay_today(t, day):
    """Cents paid for a day on which one contributes; 0 when a pool cannot pay it (M45)."""
    lever = t.policy[0].incentive
    week = day // 7 - lever.oneoff_first_week
    if lever.oneoff_cents <= 0 or week < 0 or week >= lever.oneoff_weeks or not is_cash_on(t, day):
        return fund.NOTHING
    if t.balances[fund.richest_pool(t)] < lever.oneoff_cents:
        return fund.NOTHING
    return lever.oneoff_cents


@compiled()
def pay_expected(t, day, policy, tokens):
    """Yuan that a contribution surely brings: pay, as far as it means something, and tokens.

    Parameters
    ----------
    policy : record of Policy
        Levers of who contributes.
    tokens : int
        Tokens the contribution earns.
    """
    lever = t.policy[0].incentive
    loss = t.params[0].oneoff.unrelated_loss * (1.0 - lever.oneoff_related)
    yuan = pay_today(t, day) / 100.0 * (1.0 - loss)
    if policy.incentive.has_token:
        yuan += tokens * t.tokens_state[0].token_price_cents / 100.0
    return yuan


@compiled()
def tip_expected(t, policy):
    """Yuan in tips that an answer of middling quality may hope for (M44)."""
    lever = policy.incentive
    if not lever.has_tips:
        return 0.0
    return 0.5 * t.tips_state[0].tip_norm * lever.tip_mean_cents / 100.0


@compiled()
def posts_pull(t, day, policy):
    """Log-odds that the rewards in sight add to writing a post; of two, the larger draws."""
    lever = policy.incentive
    pull = 0.0
    if lever.has_prize:
        share = t.params[0].posting.prize_on_posts
        pull = share * money_pull(prize_expected(t), policy, t.params[0])
    pay = pay_expected(t, day, policy, lever.token_post)
    if pay > 0.0:
        pull = max(pull, money_pull(pay, policy, t.params[0]))
    return pull


@compiled()
def answer_stakes(t, day, policy):
    """Yuan that an answer of middling skill may win today, and yuan that it surely brings."""
    prize = prize_expected(t) if prize_row(t) >= 0 else 0.0
    sure = pay_expected(t, day, policy, policy.incentive.token_answer) + tip_expected(t, policy)
    return prize, sure


@compiled()
def answers_pull(t, i, prize, sure):
    """Log-odds that the rewards in sight add to a member's answering."""
    m = t.members[i]
    policy = t.policy[trial.arm(t, i)]
    # those who believe they can win: the prize goes to the best, so skill scales what one expects
    expected = prize * 4.0 * f8(m.skill) * f8(m.skill) if policy.incentive.has_prize else 0.0
    if m.wins == 0:
        expected *= (
            1.0 - t.params[0].incentives.repeat_discount * t.settlement_state[0].repeat_share
        )
    return money_pull(expected + sure, policy, t.params[0])


@compiled()
def feel_reward(t, member, yuan):
    """Let a member feel what money she was paid; points move her by terms of their own."""
    world = t.params[0]
    felt = 1.0 - exp(-yuan / world.incentives.first_coin_yuan)
    returns.receive(t.members[member], world.returns.reward * felt, world.returns)


@compiled()
def note_reward(t, day, member, yuan):
    """Count a reward, and whether a farmer got it (T69)."""
    t.daily[day, mt.REWARDS_YUAN] += yuan
    if t.members[member].stance & Stance.FARMER:
        t.daily[day, mt.FARMED_YUAN] += yuan


@compiled()
def may_tip(t, answerer, request, quality, day):
    """Let the asker tip an answer, with a chance of norm times quality.

    Parameters
    ----------
    answerer : int
        Row of who answered.
    request : record of REQUEST
        What was asked.
    quality : float
        Quality of the answer, 0 to 1.
    """
    tips_state = t.tips_state[0]
    lever = t.policy[trial.arm(t, answerer)].incentive
    tips_state.tippable_today += 1
    key = day_key(t.run_state[0].seed_key, draw_ids.TIP, day)
    key = agent_key(agent_key(key, request.uid), t.fate[answerer].uid)
    if uniform(key, U64(0)) >= tips_state.tip_norm * quality:
        return
    # small tips are many and large ones rare: exponential around the mean
    size = -log(1.0 - uniform(key, U64(1)))
    tips_state.tips_today += 1
    cents = max(1, i8(lever.tip_mean_cents * size))
    tips_state.tip_cents_today += cents
    feel_reward(t, answerer, cents / 100.0)
    feelings.raise_motive(t.members[answerer], t.params[0].tips.gratitude)
