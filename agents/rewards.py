"""Rewards: how money, points, grades, standing and prospects move a member's choices.

Each rule returns one term on the log-odds or log-hazard scale, 0 while its instrument is not in
use. Uplifts that the sources claim are scaled by the calibration.
"""

from __future__ import annotations

import math

from numpy import float64 as f8

from plaza_lab.agents.member import Stance, Tier
from plaza_lab.agents.packed import part
from plaza_lab.engine.compiled import compiled


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
    amount = min(expected / p.cash_unit_yuan, p.cash_ceiling)
    # the first-coin term comes in smoothly: a chance of a few cents is no reward
    first = p.first_coin * (1.0 - math.exp(-expected / p.first_coin_yuan))
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
    return world.calibration.scale * math.log(1.0 + p.goal_gain * progress**p.goal_power)


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
    felt = 1.0 - math.exp(-expected / world.incentives.first_coin_yuan)
    return felt * (1.0 - policy.incentive.symbolic_share)


@compiled()
def points_visit(m, clock, policy, world):
    """Log-hazard of visiting that earning points adds for a responder (M39, F79)."""
    if not policy.incentive.has_points or not m.stance & Stance.RESPONDER:
        return 0.0
    return world.calibration.scale * world.points.visit_pull * clock.points_paid


@compiled()
def points_pull(points, clock, policy, world):
    """Log-odds of an act from the points it earns a responder, and from what they are worth.

    Parameters
    ----------
    points : int
        Points for the act.
    clock, policy, world : records
        Share of earned points that a pool could back, levers, weights.

    Returns
    -------
    float
        Log-odds: what a points system does as such (M39, F80), and what money of that worth does.
    """
    earned = f8(points) * clock.points_paid
    worth = earned * policy.incentive.point_value_cents / 100.0
    pull = world.calibration.scale * world.points.act_pull * clock.points_paid
    return pull + money_pull(worth, policy, world)


@compiled()
def points_answer(m, clock, policy, world):
    """Log-odds of answering that earning points adds for a responder (M39, F80)."""
    if not policy.incentive.has_points or not m.stance & Stance.RESPONDER:
        return 0.0
    return points_pull(policy.incentive.points_answer, clock, policy, world)


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
    return policy.incentive.level_first * policy.incentive.level_factor ** (level - 1.0)


@compiled()
def grade_pull(m, policy, world):
    """Log-odds of contributing from the next grade: rising toward it, a dip just after one.

    Parameters
    ----------
    m, policy, world : records
        Member, levers, weights.

    Returns
    -------
    float
        Log-odds, 0 for those who do not respond. Source: M40; science.md A.10 (Anderson et al.
        2013; Kivetz et al. 2006; a dip of 10-30 % after the award).
    """
    lever = policy.incentive
    if not lever.has_levels or not m.stance & Stance.RESPONDER:
        return 0.0
    p = world.levels
    low = grade_from(m.level, policy)
    progress = 1.0
    pull = 0.0
    if m.level < lever.level_count:
        progress = (merit(m, policy) - low) / (grade_from(m.level + 1, policy) - low)
        progress = min(1.0, max(0.0, progress))
        pull = math.log(1.0 + p.goal_gain * progress**p.goal_power)
    if m.level > 0:
        pull -= p.dip * math.exp(-progress / p.dip_width)
    return world.calibration.scale * pull


@compiled()
def grade_hold(m, policy, world):
    """Log-hazard of leaving that a grade takes away: its rights would be lost (M40)."""
    lever = policy.incentive
    if not lever.has_levels:
        return 0.0
    return -world.calibration.scale * world.levels.hold * f8(m.level) / lever.level_count


@compiled()
def standing(m, world):
    """How much a member's reputation counts in her own eyes and others', 0 to 1 (M42)."""
    points = f8(m.reputation)
    return points / (points + world.reputation.half)


@compiled()
def standing_pull(m, policy, world):
    """Log-odds of contributing from a name to keep up, where reputation is shown (M42)."""
    if not policy.incentive.has_reputation:
        return 0.0
    return world.calibration.scale * world.reputation.pull * standing(m, world)


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
def privilege_hold(m, clock, policy, world):
    """Log-hazard of leaving that paid-for privileges and personal service take away (M46, M49)."""
    p = world.privileges
    hold = 0.0
    if is_holder(m, policy):
        hold += p.hold * clock.privilege_paid
    if policy.incentive.care_cents_week > 0 and is_favoured(m, policy, world):
        hold += p.care_hold * clock.care_paid
    return -world.calibration.scale * hold


@compiled()
def talent_hope(m, clock, policy, world):
    """Log-odds of answering from hope of being matched, for those on the record (M47)."""
    lever = policy.incentive
    if not lever.has_talent:
        return 0.0
    p = world.talent
    record = min(1.0, f8(m.answers) / p.record)
    return world.calibration.scale * p.hope_pull * clock.talent_hope * record


@compiled()
def talent_hold(m, clock, policy, world):
    """Log-hazard of leaving that openings found, or in sight, take away (M47)."""
    lever = policy.incentive
    if not lever.has_talent:
        return 0.0
    p = world.talent
    found = f8(m.matches) / (1.0 + f8(m.matches))
    record = min(1.0, f8(m.answers) / p.record)
    hold = p.match_hold * found + p.hope_hold * clock.talent_hope * record
    return -world.calibration.scale * hold


@compiled()
def token_visit(m, clock, policy, world):
    """Log-hazard of visiting of those who hold tokens, after the price (M48: speculation)."""
    if not policy.incentive.has_token or m.tokens <= 0:
        return 0.0
    return world.tokens.speculation * min(1.0, max(-1.0, clock.token_return))


@compiled()
def token_burden(m, policy, world):
    """Log-odds that a newcomer's first contribution loses to wallets and rules (M48)."""
    if not policy.incentive.has_token or m.posts > 0 or m.answers > 0:
        return 0.0
    return -world.tokens.complexity


@compiled()
def buying_gain(m, clock, policy, world):
    """Log-hazard of buying again that standing and privileges add (M42, M46)."""
    gain = 0.0
    if m.buys > 0:
        if policy.incentive.has_reputation:
            gain += world.reputation.repurchase * standing(m, world)
        if is_holder(m, policy):
            gain += world.privileges.repurchase * clock.privilege_paid
    return world.calibration.scale * gain


LOOPS = ("star", "sharer", "asker", "observer", "steward")
"""Roles whose loops of value are kept, in the order of ``clock.loop`` (M52)."""
STAR, SHARER, ASKER, OBSERVER, STEWARD = range(len(LOOPS))


@compiled()
def loop_of(m, clock):
    """How far the loop of a member's role is fed: she is what she does.

    Who has answered is a sharer, who has only asked an asker, everybody else an observer (M52).
    """
    if m.answers > 0:
        return clock.loop[SHARER]
    if m.solved > 0:
        return clock.loop[ASKER]
    return clock.loop[OBSERVER]


@compiled()
def role_act(clock, world, role):
    """Log-odds of playing a role that an open loop takes away, 0 while it is fed (M52)."""
    return -world.roles.act * (1.0 - clock.loop[role])


@compiled()
def role_visit(m, clock, world):
    """Log-hazard of visiting that a role's open loop takes away (M52)."""
    return -world.roles.visit * (1.0 - loop_of(m, clock))


@compiled()
def role_exit(m, clock, world):
    """Log-hazard of leaving that a role's open loop adds (M52)."""
    return world.roles.exit * (1.0 - loop_of(m, clock))


@compiled()
def game_pull(m, policy, world):
    """Log-odds that check-ins, tasks and lotteries add, fading as one gets used to them.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    policy, world : records
        Levers and weights.

    Returns
    -------
    float
        Log-odds, or log-hazard of visiting; 0 without games. Source: M19.
    """
    lever = policy.game
    if not lever.has_checkins:
        return 0.0
    pull = world.calibration.scale * world.games.pull
    if lever.lottery_odds > 0.0:
        pull += reward_log_odds(lever.lottery_odds * lever.lottery_cents / 100.0, world)
    return pull * (1.0 - part(m.habit))
