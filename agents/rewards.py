"""Rewards: how money, points, grades, standing and prospects move a member's choices.

Each rule returns one term on the log-odds or log-hazard scale, 0 while its instrument is not in
use. Uplifts that the sources claim are scaled by the calibration.
"""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.member import Tier
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp, log, power


@compiled()
def doses(units, tried):
    """Units of reward as they are felt: one by one as far as tried out, each doubling alike beyond.

    Parameters
    ----------
    units : float
        Reward, in units.
    tried : float
        Largest reward that the slope was measured with, in units.

    Returns
    -------
    float
        Units felt; slope and value are continuous.
    """
    if units <= tried or tried <= 0.0:
        return max(0.0, min(units, tried))
    return tried * (1.0 + log(units / tried))


@compiled()
def reward_log_odds(expected, world):
    """Log-odds a tangible reward adds: most of it from the first coin, then slowly more.

    Parameters
    ----------
    expected : float
        Expected reward, yuan.
    world : record of World
        Weights, the yuan that stand for one unit of reward, and the calibration's scale.

    Returns
    -------
    float
        Log-odds, 0 without a reward. Source: science.md A.10, ``b0 1[r > 0] + b1 r`` (Thornton
        2008), scaled by the calibration factor.
    """
    if expected <= 0.0:
        return 0.0
    p = world.incentives
    amount = doses(expected / p.cash_unit_yuan, p.cash_range)
    # the first-coin term comes in smoothly: a chance of a few cents is no reward
    first = p.first_coin * (1.0 - exp(-expected / p.first_coin_yuan))
    return world.calibration.scale * (first + p.cash_slope * amount)


@compiled()
def goal_pull(points, goal, world):
    """Log-odds that the next points reward adds, rising as it comes near (goal gradient).

    Parameters
    ----------
    points : int
        Points held.
    goal : int
        Points that buy the reward.
    world : record of World
        Gain and steepness, and the calibration's scale.

    Returns
    -------
    float
        Log-odds. Source: science.md A.10 (Anderson et al. 2013; Kivetz et al. 2006).
    """
    p = world.points
    progress = f8(points % goal) / f8(goal)
    return world.calibration.scale * log(1.0 + p.goal_gain * power(progress, p.goal_power))


@compiled()
def money_pull(expected, policy, world):
    """Log-odds of a tangible reward as it is presented: an honour draws those after money less.

    Parameters
    ----------
    expected : float
        Expected reward, yuan.
    policy, world : records
        Share of the reward that is presented as recognition, and what that costs in pull.

    Returns
    -------
    float
        Log-odds. Source: M53 (tangible against symbolic reward).
    """
    if expected <= 0.0:
        return 0.0
    honour = world.incentives.honour_discount * policy.incentive.symbolic_share
    return reward_log_odds(expected, world) * (1.0 - honour)


@compiled()
def control_of(expected, policy, world):
    """How controlling an expected payment feels, 0 to 1; recognition controls less than pay.

    Source: science.md A.10 (Deci, Koestner & Ryan 1999: informational against controlling).
    """
    felt = 1.0 - exp(-expected / world.incentives.first_coin_yuan)
    return felt * (1.0 - policy.incentive.symbolic_share)


@compiled()
def merit(m, policy):
    """What grades are reckoned by: everything contributed and bought so far (M40)."""
    lever = policy.incentive
    merit = f8(m.posts) * lever.points_post + f8(m.answers) * lever.points_answer
    return merit + f8(m.buys) * lever.level_buy


@compiled()
def grade_from(level, policy):
    """Merit from which a grade is held: geometric steps; 0 for no grade."""
    if level <= 0:
        return 0.0
    return policy.incentive.level_first * power(policy.incentive.level_factor, level - 1.0)


@compiled()
def standing(m, world):
    """How much a member's reputation counts in her own eyes and others', 0 to 1 (M42)."""
    points = f8(m.reputation)
    return points / (points + world.reputation.half)


@compiled()
def is_holder(m, policy):
    """Whether a member has the privileges of her grade (M46)."""
    return policy.incentive.has_privileges and m.level >= policy.incentive.privilege_level


@compiled()
def is_favoured(m, policy, world):
    """Whether the tier policy favours a member (M49)."""
    tier = policy.incentive.tier
    if tier == Tier.GRADE:
        return m.level >= policy.incentive.tier_level
    if tier == Tier.AT_RISK:
        return f8(m.belonging) < world.privileges.at_risk
    if tier == Tier.HIGH_VALUE:
        return m.buys >= world.privileges.high_value
    return False


@compiled()
def buying_gain(m, t, policy, world):
    """Log-hazard of buying again that standing and privileges add (M42, M46)."""
    gain = 0.0
    if m.buys > 0:
        if policy.incentive.has_reputation:
            gain += world.reputation.repurchase * standing(m, world)
        if is_holder(m, policy):
            gain += world.privileges.repurchase * t.privileges_state[0].privilege_paid
    return world.calibration.scale * gain


LOOPS = ("star", "sharer", "asker", "observer", "steward")
"""Roles whose loops of value are kept, in the order of ``roles_state.loop`` (M52)."""
STAR, SHARER, ASKER, OBSERVER, STEWARD = range(len(LOOPS))


@compiled()
def role_of(m):
    """Role of a member: she is what she does.

    Who has answered is a sharer, who has only asked an asker, everybody else an observer (M52).
    """
    if m.answers > 0:
        return SHARER
    if m.solved + m.unsolved > 0:
        return ASKER
    return OBSERVER


@compiled()
def loop_of(m, t):
    """How far the loop of a member's role is fed (M52)."""
    return t.roles_state[0].loop[role_of(m)]


@compiled()
def role_act(t, world, role):
    """Log-odds of playing a role that an open loop takes away, 0 while it is fed (M52)."""
    return -world.roles.act * (1.0 - t.roles_state[0].loop[role])
