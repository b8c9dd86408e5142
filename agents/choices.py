"""Choices: how a member decides, each as a sum of named terms.

A rule is a small function of records and nothing else, so that it reads like the equation it
stands for. The terms of visiting and leaving come as tuples beside their names: a mechanism that
moves one of them adds one term and one name, and ``plaza explain`` shows them all.
"""

from __future__ import annotations

import math

from numpy import float64 as f8

from agents.compiled import compiled
from agents.member import Route

VISIT_TERMS = ("belonging", "satisfaction", "load", "star")
"""Names of the terms of :func:`visit_terms`, in their order."""


@compiled()
def visit_terms(m, clock, policy, world):
    """Terms on the log-hazard of visiting.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    clock : record of CLOCK
        The community's counters and climate.
    policy : record of Policy
        Levers.
    world : record of World
        Weights, by process.

    Returns
    -------
    tuple of float
        One log-hazard for each of :data:`VISIT_TERMS`. Source: causal skeleton of mechanisms.md
        2.0, M15.
    """
    p = world.visiting
    return (
        p.belonging_weight * (f8(m.belonging) - 0.3),
        p.satisfaction_weight * (f8(m.satisfaction) - 0.5),
        -p.load_weight * f8(m.load),
        world.star.visit_weight * clock.star_cohesion,
    )


@compiled()
def visit_hazard(m, clock, policy, world):
    """Hazard of visiting per day, before weekday rhythm: base rate times the exponential of terms.

    Parameters
    ----------
    m, clock, policy, world : records
        As :func:`visit_terms`.

    Returns
    -------
    float
        Hazard per day.
    """
    return f8(m.visit_rate) * math.exp(total(visit_terms(m, clock, policy, world)))


EXIT_TERMS = (
    "newcomer", "belonging", "satisfaction", "trust", "strong ties", "load", "dues", "silent",
    "star",
)  # fmt: skip
"""Names of the terms of :func:`exit_terms`, in their order."""


@compiled()
def exit_terms(m, day, is_silent, clock, policy, world):
    """Terms on the log-hazard of leaving the membership.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    day : int
        Today.
    is_silent : bool
        Whether the member has fallen silent.
    clock, policy, world : records
        As :func:`visit_terms`.

    Returns
    -------
    tuple of float
        One log-hazard for each of :data:`EXIT_TERMS`. Source: science.md A.14; mechanisms.md 2.0
        item 2.
    """
    p = world.churn
    is_new = day - m.joined < p.newcomer_days
    return (
        math.log(p.newcomer_factor) if is_new else 0.0,
        -p.belonging_weight * (f8(m.belonging) - 0.3),
        -p.satisfaction_weight * (f8(m.satisfaction) - 0.5),
        -p.trust_weight * (f8(m.trust) - 0.5),
        -p.strong_tie_weight * min(f8(m.n_strong), p.strong_tie_cap),
        p.load_weight * f8(m.load),
        p.dues_weight * clock.dues_share * (1.0 - f8(m.belonging)),
        p.silent_weight if is_silent else 0.0,
        world.star.follower_loss * clock.star_gone - clock.star_cohesion
        if m.route == Route.STAR
        else -clock.star_cohesion,
    )


@compiled()
def exit_hazard(m, day, is_silent, clock, policy, world):
    """Hazard of leaving the membership per day: frailty times base times the exponential of terms.

    Parameters
    ----------
    m, day, is_silent, clock, policy, world : records and numbers
        As :func:`exit_terms`.

    Returns
    -------
    float
        Hazard per day.
    """
    base = f8(m.frailty) * world.churn.established_hazard
    return base * math.exp(total(exit_terms(m, day, is_silent, clock, policy, world)))


@compiled()
def total(terms):
    """Sum of a tuple of terms, in their order."""
    log_scale = 0.0
    for term in terms:
        log_scale += term
    return log_scale


@compiled()
def quit_probability(m, clock, policy, world):
    """Chance of falling silent after an active day: BG/NBD dropout moved on the logit scale.

    Parameters
    ----------
    m, clock, policy, world : records
        As :func:`visit_terms`.

    Returns
    -------
    float
        Probability. Source: science.md A.4 (BG/NBD) with the terms of A.14.
    """
    p = world.churn
    base = min(max(f8(m.quit), 1e-6), 1.0 - 1e-6)
    logit = math.log(base / (1.0 - base))
    logit -= p.belonging_weight * (f8(m.belonging) - 0.3)
    logit -= p.satisfaction_weight * (f8(m.satisfaction) - 0.5)
    return sigmoid(logit)


ANSWER_TERMS = ("habit", "motive", "belonging", "reward", "effort")
"""Names of the terms of :func:`answer_terms`, in their order."""


@compiled()
def answer_terms(m, reward, effort, clock, policy, world):
    """Terms on the log-odds that a capable member answers a request she sees.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    reward : float
        Log-odds of the expected tangible reward, from ``incentives``.
    effort : float
        Log-odds cost of the protocol's answer form.
    clock, policy, world : records
        As :func:`visit_terms`.

    Returns
    -------
    tuple of float
        Log-odds, one for each of :data:`ANSWER_TERMS`. Source: science.md A.10,
        ``u = m_i + e_i I_t - cost``.
    """
    p = world.help
    return (
        p.answer_base,
        p.motive_weight * (f8(m.motive) - 0.5),
        p.belonging_weight * (f8(m.belonging) - 0.3),
        reward,
        -effort,
    )


@compiled()
def answer_probability(m, reward, effort, clock, policy, world):
    """Chance that a capable member answers a request she sees.

    Parameters
    ----------
    m, reward, effort, clock, policy, world : records and numbers
        As :func:`answer_terms`.

    Returns
    -------
    float
        Probability.
    """
    return sigmoid(total(answer_terms(m, reward, effort, clock, policy, world)))


POST_TERMS = ("motive", "belonging", "load", "prize", "points")
"""Names of the terms of :func:`post_terms`, in their order."""


@compiled()
def post_terms(m, prize, is_responder, clock, policy, world):
    """Terms on the log-odds of posting on a visit.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    prize : float
        Log-odds of the expected prize.
    is_responder : bool
        Whether points and goals move her.
    clock, policy, world : records
        As :func:`visit_terms`.

    Returns
    -------
    tuple of float
        Log-odds, one for each of :data:`POST_TERMS`. Source: M31, mechanisms.md 2.0 item 1.
    """
    p = world.posting
    points = 0.0
    if policy.incentive.has_points and is_responder:
        points = world.incentives.points_pull
        points += goal_pull(m.points, policy.incentive.points_reward, world)
    return (
        p.motive_weight * (f8(m.motive) - f8(m.native_motive)),
        p.belonging_weight * (f8(m.belonging) - 0.3),
        -p.load_weight * f8(m.load),
        prize,
        points,
    )


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
    p = world.incentives
    progress = f8(points % goal) / f8(goal)
    return world.calibration.scale * math.log(1.0 + p.goal_gain * progress**p.goal_power)


@compiled()
def advocacy(m):
    """Willingness to recommend, 0 to 1: satisfied, trusting members who belong.

    Source: M02; F36 asks for a majority of active members who intend to recommend.
    """
    return (f8(m.satisfaction) + f8(m.trust) + f8(m.belonging)) / 3.0


@compiled()
def sigmoid(x):
    """Logistic function, safe for large arguments."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    z = math.exp(x)
    return z / (1.0 + z)


@compiled()
def shift_probability(probability, log_odds):
    """Move a probability on the log-odds scale, where every claimed uplift acts (W19).

    Parameters
    ----------
    probability : float
        In [0, 1].
    log_odds : float
        Shift.

    Returns
    -------
    float
        In [0, 1].
    """
    if probability <= 0.0:
        return 0.0
    if probability >= 1.0:
        return 1.0
    odds = probability / (1.0 - probability) * math.exp(log_odds)
    return odds / (1.0 + odds)
