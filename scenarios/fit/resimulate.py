"""Active days and posts drawn from the fitted law, for the same arrivals as in the log."""

from __future__ import annotations

import numpy as np

from plaza_lab.scenarios.fit.activity import ActiveDays
from plaza_lab.scenarios.fit.bouts import hazards

AT_ONCE = 16  # gaps drawn for each member in a round


def draw_active_days(
    first: np.ndarray,
    end: int,
    natural: np.ndarray,
    rng: np.random.Generator,
    bouts: tuple[float, float] = (0.0, 1.0),
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the active days of members whose first active day is known.

    Parameters
    ----------
    first : numpy.ndarray
        int64[n], day of the first act.
    end : int
        Last day.
    natural : numpy.ndarray
        float64[4 or 7], the law of :mod:`plaza_lab.scenarios.fit.active_days`.
    rng : numpy.random.Generator
        Source of all draws.
    bouts : tuple of float
        Share and pace of :mod:`plaza_lab.scenarios.fit.bouts`.

    Returns
    -------
    member, day : numpy.ndarray
        int64[m], sorted by member and day; the first day is always among them.
    """
    daily, dropout = _traits(len(first), natural, rng)
    members, days = [np.arange(len(first))], [first]
    alive = np.flatnonzero(rng.random(len(first)) >= dropout)
    now = first[alive]
    while alive.size:
        shape = (alive.size, AT_ONCE)
        hazard = daily[alive, None]
        if bouts[0] > 0:
            within, between = hazards(hazard, *bouts)
            hazard = np.where(rng.random(shape) < bouts[0], within, between)
        gaps = np.ceil(rng.standard_exponential(shape) / hazard)
        reached = now[:, None] + np.cumsum(np.minimum(gaps, end + 1.0), axis=1)
        left = rng.random(shape) < dropout[alive, None]
        left_before = np.cumsum(left, axis=1) - left > 0
        happens = ~left_before & (reached <= end)
        members.append(np.repeat(alive, happens.sum(axis=1)))
        days.append(reached[happens].astype(np.int64))
        going = happens[:, -1] & ~left[:, -1]
        alive, now = alive[going], reached[going, -1].astype(np.int64)
    member, day = np.concatenate(members), np.concatenate(days)
    order = np.lexsort((day, member))
    return member[order], day[order]


def _traits(n: int, natural: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rate a day and dropout after an active day, for each of n members."""
    r, alpha, a, b = natural[:4]
    rate = rng.gamma(r, 1 / alpha, n)
    dropout = rng.beta(a, b, n)
    if len(natural) == 7:
        core = rng.random(n) < natural[4]
        rate[core] = np.maximum(rate[core], r / alpha) * natural[5]
        dropout[core] = natural[6]
    return np.maximum(rate / 7, 1e-12), dropout


def draw_posts(
    n: int,
    ln_mean: float,
    ln_sd: float,
    rng: np.random.Generator,
    member: np.ndarray | None = None,
    person_share: float = 0.0,
) -> np.ndarray:
    """Draw the posts of each of n active days: a lognormal rounded up; int64[n], at least 1.

    ``person_share`` of the variance belongs to the ``member`` whose day it is.
    """
    if member is None or person_share <= 0:
        logs = rng.normal(ln_mean, ln_sd, n)
    else:
        own = rng.normal(0.0, ln_sd * np.sqrt(person_share), int(member.max(initial=0)) + 1)
        logs = ln_mean + own[member] + rng.normal(0.0, ln_sd * np.sqrt(1 - person_share), n)
    return np.ceil(np.exp(np.minimum(logs, 30.0))).astype(np.int64)


def draw_log(
    first: np.ndarray,
    end: int,
    natural: np.ndarray,
    posts: tuple[float, float],
    rng: np.random.Generator,
    bouts: tuple[float, float] = (0.0, 1.0),
    person_share: float = 0.0,
) -> ActiveDays:
    """Draw one history of the whole community.

    Parameters
    ----------
    first : numpy.ndarray
        int64[n_members], day of every member's first act, as in the data.
    end : int
        Last day.
    natural : numpy.ndarray
        Parameters of active days.
    posts : tuple of float
        ln-mean and ln-sd of posts on an active day.
    rng : numpy.random.Generator
        Source of all draws.
    bouts : tuple of float
        Share and pace of bouts.
    person_share : float
        Part of the variance of log posts that lies between members.

    Returns
    -------
    ActiveDays
        In the same shape as the data.
    """
    member, day = draw_active_days(first, end, natural, rng, bouts)
    return ActiveDays(member, day, draw_posts(len(day), *posts, rng, member, person_share))
