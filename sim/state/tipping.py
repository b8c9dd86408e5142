"""Tipping: a reader pays the writer of an answer, member to member (M44)."""

from __future__ import annotations

from numpy import int64 as i8

from plaza_lab.agents import feelings
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import log
from plaza_lab.sim import decisions
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.state import rewards, trial


@compiled()
def may_tip(t, answerer, request, quality, day):
    """Let the asker tip an answer, with a chance of norm times quality.

    Parameters
    ----------
    t : Tables
        The community's tables.
    answerer : int
        Row of who answered.
    request : record of REQUEST
        What was asked.
    quality : float
        Quality of the answer, 0 to 1.
    day : int
        Today.
    """
    tips_state = t.tips_state[0]
    lever = t.policy[trial.arm(t, answerer)].incentive
    tips_state.tippable_today += 1
    key = day_key(t.run_state[0].seed_key, decisions.TIP, day)
    key = agent_key(agent_key(key, request.uid), t.fate[answerer].uid)
    if uniform(key, U64(0)) >= tips_state.tip_norm * quality:
        return
    # small tips are many and large ones rare: exponential around the mean
    size = -log(1.0 - uniform(key, U64(1)))
    tips_state.tips_today += 1
    cents = max(1, i8(lever.tip_mean_cents * size))
    tips_state.tip_cents_today += cents
    rewards.feel_reward(t, answerer, cents / 100.0)
    feelings.raise_motive(t.members[answerer], t.params[0].tips.gratitude)
