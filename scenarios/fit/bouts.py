"""Bouts: after each active day the next one belongs to the same bout, or to a later one.

Gaps between active days are a mixture of two exponential laws, short within a bout and long between
bouts, whose mean is that of the member's own rate. The law of active days is fitted without them,
as it needs only counts; share and pace of the bouts are then what makes the gaps most likely, given
that law.
"""

from __future__ import annotations

import itertools

import numpy as np

from plaza_lab.scenarios.fit.estimate import Estimate, maximise

NAMES = ("bout_share", "bout_pace")
FEWEST_GAPS = 3  # a member with fewer says nothing of how gaps differ
FEWEST_MEMBERS = 20
MOST_MEMBERS = 500
RATES = np.exp(np.linspace(np.log(1e-4), np.log(5.0), 60))  # active days a day
STARTS = [np.array([0.0, 2.0]), np.array([1.0, 3.0])]
BOUNDS = [(-4.0, 4.0), (0.0, 5.0)]
MOST_PACE = 50.0
WRITTEN = 1 / 1.5  # visits that are posting days: visits_per_post_day of the default world
TINY = 1e-300


def fit_bouts(
    member: np.ndarray, day: np.ndarray, end: int, natural: np.ndarray, seed: int = 0
) -> dict[str, Estimate]:
    """Fit share and pace of bouts.

    Parameters
    ----------
    member, day : numpy.ndarray
        int64[n], active days, sorted by member and day.
    end : int
        Last day observed.
    natural : numpy.ndarray
        float64[4 or 7], the law of active days, of which the first four are used.
    seed : int
        For the sample taken of more members than 500.

    Returns
    -------
    dict of str to Estimate
        ``bout_share`` and ``bout_pace``; 0 and 1 where gaps do not differ, or too few are seen.
    """
    gaps, start, idle = gaps_of(member, day, end, seed)
    if len(idle) < FEWEST_MEMBERS:
        return _none("too few members with four active days to look for bouts")

    def value(position: np.ndarray) -> float:
        share, pace = natural_scale(position)
        return log_likelihood(share, pace, gaps, start, idle, natural)

    found = maximise(value, STARTS, BOUNDS, NAMES, len(idle))
    gain = found.log_likelihood - log_likelihood(0.0, 1.0, gaps, start, idle, natural)
    if gain <= np.log(len(idle)):  # two parameters, by BIC
        return _none("no bouts: BIC does not want them")
    return found.estimates(natural_scale)


def _none(why: str) -> dict[str, Estimate]:
    return {"bout_share": Estimate(0.0, note=why), "bout_pace": Estimate(1.0, note=why)}


def natural_scale(position: np.ndarray) -> np.ndarray:
    """From the search scale (logit of the share, log of the pace) to share and pace."""
    return np.array([1 / (1 + np.exp(-position[0])), np.exp(position[1])])


def gaps_of(
    member: np.ndarray, day: np.ndarray, end: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gaps in days of members with enough of them, where each begins, and days since the last."""
    edges = np.append(np.flatnonzero(np.diff(member, prepend=-1)), len(member))
    first, stop = edges[:-1], edges[1:]
    chosen = np.flatnonzero(stop - first > FEWEST_GAPS)
    if len(chosen) > MOST_MEMBERS:
        chosen = np.sort(np.random.default_rng(seed).choice(chosen, MOST_MEMBERS, replace=False))
    own = [np.diff(day[first[k] : stop[k]]) for k in chosen]
    start = np.cumsum([0, *(len(one) for one in own)])[:-1]
    gaps = np.concatenate(own) if own else np.zeros(0, np.int64)
    return gaps, start, end - day[stop[chosen] - 1]


def log_likelihood(
    share: float,
    pace: float,
    gaps: np.ndarray,
    start: np.ndarray,
    idle: np.ndarray,
    natural: np.ndarray,
) -> float:
    """Log-likelihood of the gaps of members, over rates that the law of active days allows.

    Parameters
    ----------
    share, pace : float
        Of bouts.
    gaps, start, idle : numpy.ndarray
        As from :func:`gaps_of`.
    natural : numpy.ndarray
        The law of active days.

    Returns
    -------
    float
        Up to a constant.
    """
    from scipy.special import betaln, gammaln

    r, alpha, a, b = natural[:4]
    within, between = hazards(RATES, share, pace)
    known, place = np.unique(gaps, return_inverse=True)
    wait = known[:, None] - 1.0
    density = share * -np.expm1(-within) * np.exp(-wait * within)
    density += (1 - share) * -np.expm1(-between) * np.exp(-wait * between)
    by_member = np.add.reduceat(np.log(density + TINY)[place], start, axis=0)
    waiting = share * np.exp(-idle[:, None] * within)
    waiting += (1 - share) * np.exp(-idle[:, None] * between)
    n = np.diff(np.append(start, len(gaps)))
    stayed = np.exp(betaln(a, b + n + 1) - betaln(a, b))[:, None]
    left = np.exp(betaln(a + 1, b + n) - betaln(a, b))[:, None]
    weekly = 7 * RATES
    prior = np.exp(r * np.log(alpha * weekly) - gammaln(r) - alpha * weekly)
    top = by_member.max(axis=1)
    inside = np.exp(by_member - top[:, None]) * (stayed * waiting + left)
    return float((top + np.log(inside @ prior + TINY)).sum())


def share_of_visits(share: float) -> float:
    """Share of visits after which the bout goes on, from that of posting days.

    A bout of posting days is one of visits of which only some are posting days: with a chance
    ``w`` of writing on a visit, ``share = w s / (1 - (1 - w) s)`` for a share ``s`` of visits.
    """
    return share / (WRITTEN + (1 - WRITTEN) * share)


def hazards(rate: np.ndarray, share: float, pace: float) -> tuple[np.ndarray, np.ndarray]:
    """Hazards within and between bouts whose mean gap is that of the rate without bouts."""
    between = rate * (share / pace + 1 - share)
    return np.minimum(between * pace, MOST_PACE), between


def burstiness(member: np.ndarray, day: np.ndarray, fewest: int = 10) -> float:
    """Median of ``(sd - mean) / (sd + mean)`` of the gaps of members with at least ten of them.

    -1 for a clock, 0 for chance in continuous time, towards 1 for rare bursts (Goh & Barabasi
    2008); NaN where nobody has enough gaps.
    """
    edges = np.append(np.flatnonzero(np.diff(member, prepend=-1)), len(member))
    values = []
    for first, stop in itertools.pairwise(edges):
        if stop - first > fewest:
            gaps = np.diff(day[first:stop])
            values.append((gaps.std() - gaps.mean()) / (gaps.std() + gaps.mean()))
    return float(np.median(values)) if values else float("nan")
