"""Members: what one remembers, and how one decides.

A member's row holds her traits, drawn once at arrival from her lineage, and her state, changed by
the processes of the day. A rule is a small function of one record, the parameters of its family
and nothing else, so that it reads like the equation it stands for.
"""

from __future__ import annotations

import enum
import math

from numpy import float64 as f8

from agents.compiled import compiled
from agents.record import Var


class Status(enum.IntEnum):
    """Where a member stands."""

    LEFT = 0
    ENGAGED = 1
    SILENT = 2


class Kind(enum.IntEnum):
    """Class of activity (science.md part A.4: lurkers, posters, core)."""

    LURKER = 0
    POSTER = 1
    CORE = 2


class Route(enum.IntEnum):
    """How a member came (T02)."""

    FOUNDING = 0
    ORGANIC = 1
    WORD_OF_MOUTH = 2
    REFERRAL = 3
    PARTNER = 4
    PAID = 5


class Flag(enum.IntEnum):
    """Bits of ``circles``: memberships in smaller circles."""

    RESPONDER = 1
    PROFILE = 2
    WELCOMED = 4
    KOC = 8
    MODERATOR = 16
    BUYER = 32


FATE: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by lineage; the address of every draw", "design 5"),
    Var("visit_hazard", "f4", "1/day", "hazard of visiting, before weekday rhythm", "M15"),
    Var("exit_hazard", "f4", "1/day", "hazard of leaving the membership", "science A.14"),
    Var("buy_hazard", "f4", "1/day", "hazard of a purchase while still a customer", "science A.13"),
    Var("status", "i1", "Status", "left, engaged or silent", "science A.14"),
    Var("kind", "i1", "Kind", "lurker, poster or core", "science A.4"),
    Var("circles", "i1", "Flag", "circles the member belongs to", "assumption"),
    Var("review_day", "i1", "weekday", "day on which standing is reviewed", "assumption"),
)
"""Hot screening fields, scanned for every member every day."""

MEMBER: tuple[Var, ...] = (
    Var("inviter", "i4", "row", "who invited, -1 for nobody", "M03", -1),
    Var("joined", "i2", "day", "day of joining; negative for tenure before the run", "T02"),
    Var("left", "i2", "day", "day of leaving, 32767 while a member", "T23", 32767),
    Var("touched", "i2", "day", "day up to which decay has been applied", "assumption"),
    Var("last_visit", "i2", "day", "day of the last visit", "T10", -32000),
    Var("last_act", "i2", "day", "day of the last active act", "T06", -32000),
    Var("last_buy", "i2", "day", "day of the last purchase", "T43", -32000),
    Var("last_win", "i2", "day", "day of the last prize", "M43", -32000),
    Var("invited", "i2", "invitations", "invitations sent so far; ordinal of the next", "M03"),
    Var("route", "i1", "Route", "how the member came", "T02"),
    Var("topic", "i1", "topic", "main interest", "M28"),
    Var("skill_topic", "i1", "topic", "field of expertise", "M21"),
    Var("wins", "i1", "prizes", "prizes won", "T57"),
    # traits
    Var("visit_rate", "f4", "1/day", "base hazard of visiting", "science A.4"),
    Var("post_rate", "f4", "1/visit", "base odds of posting on a visit", "science A.4"),
    Var("quit", "f4", "1", "chance of falling silent after an active day", "science A.4"),
    Var("frailty", "f4", "1", "multiplies the exit hazard, mean 1", "science A.14", 1),
    Var("skill", "f4", "1", "quality of answers and posts, 0 to 1", "M21"),
    Var("attention", "f4", "items/visit", "reading budget of a visit", "science A.5"),
    Var("native_motive", "f4", "1", "intrinsic motive one returns to, 0 to 1", "science A.10"),
    Var("buy_rate", "f4", "1/day", "base hazard of a purchase", "science A.13"),
    # state
    Var("belonging", "f4", "1", "identity with and bonds in the community, 0 to 1", "M15"),
    Var("satisfaction", "f4", "1", "experience against expectation, 0 to 1", "science A.9", 0.5),
    Var("expectation", "f4", "1", "expected value of a visit", "science A.9", 0.4),
    Var("trust", "f4", "1", "trust in brand and management, 0 to 1", "science A.16", 0.5),
    Var("motive", "f4", "1", "intrinsic motive now, 0 to 1", "science A.10"),
    Var("worth", "f4", "1", "value of the last visit, 0 to 1", "M52"),
    Var("load", "f4", "1", "overload of the last visit, 0 to 1", "science A.5"),
    Var("reputation", "f4", "points", "standing from answers and posts, decaying", "M42"),
    Var("week_score", "f4", "1", "best answer or post of this week in the ranking", "M43"),
    Var("points", "i4", "points", "points held", "M39"),
    Var(
        "exposures",
        "i4",
        "views",
        "views of own items that have left the feed, since the last count",
        "T51",
    ),
    Var("seen_to", "i4", "item", "newest item known at the last visit", "T20", -1),
    Var("last_item", "i4", "item", "newest own item", "science A.5", -1),
    Var("posts", "i2", "items", "items written", "T13"),
    Var("answers", "i2", "answers", "answers given", "T60"),
    Var("unread_replies", "i2", "replies", "replies received since the last visit", "M15"),
    Var("unread_reactions", "i2", "reactions", "reactions received since the last visit", "M15"),
    Var("solved", "i2", "requests", "own requests solved", "T17"),
    Var("buys", "i2", "purchases", "purchases made", "T40"),
    Var("violations", "i1", "items", "own items removed", "T49"),
    Var("posts_today", "i1", "items", "items written at the last visit", "T13"),
    Var("replies_today", "i1", "replies", "replies written at the last visit", "T11"),
    Var("answers_today", "i1", "answers", "answers given at the last visit", "T11"),
    Var("helped_today", "i1", "requests", "own requests solved since the last visit", "T17"),
    Var("harm", "f4", "1", "harm seen at the last visit (violations, promotion)", "science A.11"),
    Var("n_ties", "i1", "ties", "ties in use", "science A.8"),
    Var("n_strong", "i1", "ties", "strong ties at the last count", "M100"),
)
"""What only those touched today need."""


@compiled()
def visit_hazard(m, p):
    """Hazard of visiting per day: base rate times the exponential of named terms.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    p : record of ``sim.processes.visiting.Params``
        Weights.

    Returns
    -------
    float
        Hazard per day, before weekday rhythm. Source: causal skeleton of mechanisms.md 2.0, M15.
    """
    log_odds = p.belonging_weight * (f8(m.belonging) - 0.3)
    log_odds += p.satisfaction_weight * (f8(m.satisfaction) - 0.5)
    log_odds -= p.load_weight * f8(m.load)
    return f8(m.visit_rate) * math.exp(log_odds)


@compiled()
def exit_hazard(m, day, is_silent, dues_share, p):
    """Hazard of leaving the membership per day.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    day : int
        Today.
    is_silent : bool
        Whether the member has fallen silent.
    dues_share : float
        Monthly dues relative to the dues a median member finds fair, 0 without dues.
    p : record of ``sim.processes.churn.Params``
        Weights.

    Returns
    -------
    float
        Hazard per day. Source: science.md A.14; mechanisms.md 2.0 item 2.
    """
    base = p.established_hazard
    if day - m.joined < p.newcomer_days:
        base *= p.newcomer_factor
    log_h = -p.belonging_weight * (f8(m.belonging) - 0.3)
    log_h -= p.satisfaction_weight * (f8(m.satisfaction) - 0.5)
    log_h -= p.trust_weight * (f8(m.trust) - 0.5)
    log_h -= p.strong_tie_weight * min(f8(m.n_strong), p.strong_tie_cap)
    log_h += p.load_weight * f8(m.load)
    log_h += p.dues_weight * dues_share * (1.0 - f8(m.belonging))
    if is_silent:
        log_h += p.silent_weight
    return f8(m.frailty) * base * math.exp(log_h)


@compiled()
def quit_probability(m, p):
    """Chance of falling silent after an active day: BG/NBD dropout moved on the logit scale.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    p : record of ``sim.processes.churn.Params``
        Weights.

    Returns
    -------
    float
        Probability. Source: science.md A.4 (BG/NBD) with the terms of A.14.
    """
    base = min(max(f8(m.quit), 1e-6), 1.0 - 1e-6)
    logit = math.log(base / (1.0 - base))
    logit -= p.belonging_weight * (f8(m.belonging) - 0.3)
    logit -= p.satisfaction_weight * (f8(m.satisfaction) - 0.5)
    return sigmoid(logit)


@compiled()
def answer_probability(m, reward_term, effort, p):
    """Chance that a capable member answers a request she sees.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    reward_term : float
        Log-odds of the expected tangible reward, from ``incentives``.
    effort : float
        Log-odds cost of the protocol's answer form.
    p : record of ``sim.processes.help.Params``
        Weights.

    Returns
    -------
    float
        Probability. Source: science.md A.10, ``u = m_i + e_i I_t - cost``.
    """
    logit = p.answer_base + p.motive_weight * (f8(m.motive) - 0.5)
    logit += p.belonging_weight * (f8(m.belonging) - 0.3)
    logit += reward_term - effort
    return sigmoid(logit)


@compiled()
def post_log_odds(m, p):
    """Log-odds shift of posting on a visit: motive, belonging and the reward of recognition.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    p : record of ``sim.processes.posting.Params``
        Weights.

    Returns
    -------
    float
        Log-odds. Source: M31, mechanisms.md 2.0 item 1.
    """
    shift = p.motive_weight * (f8(m.motive) - f8(m.native_motive))
    shift += p.belonging_weight * (f8(m.belonging) - 0.3)
    return shift - p.load_weight * f8(m.load)


@compiled()
def reward_log_odds(expected, p):
    """Log-odds a tangible reward adds: most of it from the first coin, then slowly more.

    Parameters
    ----------
    expected : float
        Expected reward, yuan.
    p : record of ``sim.processes.incentives.Params``
        Weights and the yuan that stand for one unit of reward.

    Returns
    -------
    float
        Log-odds, 0 without a reward. Source: science.md A.10, ``b0 1[r > 0] + b1 r`` (Thornton
        2008), scaled by the calibration factor.
    """
    if expected <= 0.0:
        return 0.0
    amount = min(expected / p.cash_unit_yuan, p.cash_ceiling)
    # the first-coin term comes in smoothly: a chance of a few cents is no reward
    first = p.first_coin * (1.0 - math.exp(-expected / p.first_coin_yuan))
    return p.calibration * (first + p.cash_slope * amount)


@compiled()
def goal_pull(points, goal, p):
    """Log-odds that the next points reward adds, rising as it comes near (goal gradient).

    Parameters
    ----------
    points : int
        Points held.
    goal : int
        Points that buy the reward.
    p : record of ``sim.processes.incentives.Params``
        Gain and steepness.

    Returns
    -------
    float
        Log-odds. Source: science.md A.10 (Anderson et al. 2013; Kivetz et al. 2006).
    """
    progress = f8(points % goal) / f8(goal)
    return p.calibration * math.log(1.0 + p.goal_gain * progress**p.goal_power)


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
