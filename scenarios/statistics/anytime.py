"""Intervals of a mean that stay valid however often one looks, and whenever one stops.

A Student's t interval covers its mean in 95 of 100 studies whose number of pairs was fixed before
the first run. Who looks again and again, and stops when the answer pleases, gets far fewer. The
intervals here hold at every number of pairs at once: the chance that any of them, at any look,
leaves out the true mean is at most one minus the level.

For normal values this is exact, with the spread unknown: the likelihood ratio of the t statistic
under a normal mixture of effects is a martingale (Robbins 1970, Lai 1976, Wang & Ramdas 2025), and
Ville's inequality bounds how often it ever exceeds ``1 / alpha``. For skewed values it is not
exact, so the bound on the side of the longer tail is moved out by the second-order term of the t
statistic's distribution (Johnson 1978, Hall 1992) and never in; and there is no interval at all
before there are enough pairs to see the skewness.
"""

from __future__ import annotations

import math

import numpy as np
import scipy  # its parts are loaded when they are used

from plaza_lab.scenarios.statistics.intervals import MeanInterval

FIRST_LOOK = 20  # fewest pairs with an interval: skewness cannot be seen in fewer; assumption
# No interval while n < 10 skewness^2. Measured, looking at every n from 20 to 2,000: exponential
# values that are zero four times out of five miss 11 % of the time without it and 4 % with it.
WAIT = 10.0
# With 60 equal values, something that happens in one pair of twenty has been missed with a chance
# below 5 %; before that, "the same in every pair" is no finding.
FEWEST_EQUAL = 60
TIGHTEST = 200


def anytime_interval(
    values: np.ndarray,
    level: float = 0.95,
    *,
    tightest: int = TIGHTEST,
    scale: float | None = None,
) -> MeanInterval:
    """Interval of the mean of independent values, valid at every look together.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(n,)``, finite, in the order in which they came.
    level : float
        Coverage of all looks together, in (0, 1).
    tightest : int
        Number of values at which the interval is meant to be narrowest; chosen before the first
        value and kept for all looks. It moves the width, never the validity.
    scale : float, optional
        As in :func:`plaza_lab.scenarios.statistics.intervals.mean_interval`.

    Returns
    -------
    MeanInterval
        ``kind`` is ``"anytime"``; ``"exact"`` with 60 values and more that are all equal;
        ``"none"`` where there are too few values yet, for which ``why`` gives the reason. ``p`` is
        valid at every look too.
    """
    values = np.asarray(values, dtype=float)
    n, nan = values.size, math.nan
    mean = float(values.mean()) if n else nan
    sd = float(values.std(ddof=1)) if n > 1 else nan
    size = scale if scale is not None else float(np.abs(values).max()) if n else 0.0
    if n > 1 and sd <= 1e-12 * size:
        return _equal(n, 0.0 if abs(mean) <= 1e-12 * size else mean)
    if n < FIRST_LOOK:
        return MeanInterval(n, mean, sd, nan, nan, "none", f"fewer than {FIRST_LOOK} values", nan)
    skewness = sample_skewness(values)
    if n < WAIT * skewness**2:
        why = f"too skewed for so few (skewness {skewness:+.1f}, n {n})"
        return MeanInterval(n, mean, sd, nan, nan, "none", why, nan)
    low, high = anytime_bounds(n, mean, sd, skewness, level, tightest)
    p = _p(n, mean, sd, skewness, float(mixture(level, tightest)))
    why = f"valid at every look (skewness {skewness:+.1f}, n {n})"
    return MeanInterval(n, mean, sd, float(low), float(high), "anytime", why, p)


def anytime_bounds(
    n: np.ndarray | int,
    mean: np.ndarray | float,
    sd: np.ndarray | float,
    skewness: np.ndarray | float,
    level: float = 0.95,
    tightest: np.ndarray | int = TIGHTEST,
) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the interval from the moments of the values; arrays are taken element by element.

    Parameters
    ----------
    n : int or numpy.ndarray
        Number of values, at least 2.
    mean, sd, skewness : float or numpy.ndarray
        Of those values; the spread with ``n - 1`` in its denominator.
    level : float
        Coverage of all looks together, in (0, 1).
    tightest : int or numpy.ndarray
        As in :func:`anytime_interval`.

    Returns
    -------
    tuple of numpy.ndarray
        Lower and upper bounds.
    """
    t = critical(n, level, tightest)
    half = t * sd / np.sqrt(n)
    further = sd * np.asarray(skewness) * (2 * t**2 + 1) / (6 * np.asarray(n))
    return mean - half + np.minimum(further, 0), mean + half + np.maximum(further, 0)


def critical(
    n: np.ndarray | int, level: float = 0.95, tightest: np.ndarray | int = TIGHTEST
) -> np.ndarray:
    """How many standard errors the interval of symmetric values reaches to each side.

    It takes the place of the quantile of Student's t; infinite where `n` values, 2 and more, bound
    nothing. `level` and `tightest` are those of :func:`anytime_interval`.
    """
    n = np.asarray(n, dtype=float)
    spread = 1 + n * mixture(level, tightest)
    ratio = np.exp((np.log(spread) / 2 - math.log(1 - level)) * 2 / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = (n - 1) * (ratio - 1) / (1 - ratio / spread)
    return np.sqrt(np.where(ratio < spread, inside, np.inf))


def mixture(level: float, tightest: np.ndarray | int) -> np.ndarray:
    """Variance of the mixture of effects, in squared standard deviations.

    It minimises the width at `tightest` values (Waudby-Smith et al. 2024, for known spread), for a
    coverage `level` in (0, 1).
    """
    alpha = 1 - level
    return (-scipy.special.lambertw(-(alpha**2) / math.e, -1).real - 1) / np.asarray(
        tightest, dtype=float
    )


def half_width(
    n: np.ndarray | int,
    sd: float,
    skewness: float,
    level: float,
    tightest: np.ndarray | int = TIGHTEST,
) -> np.ndarray:
    """Half the width, in the unit of `sd`, of values of this spread and skewness at `n`.

    Infinite while the interval still waits; parameters as for :func:`anytime_bounds`.
    """
    low, high = anytime_bounds(n, 0.0, sd, skewness, level, tightest)
    waits = np.asarray(n) < max(FIRST_LOOK, WAIT * skewness**2)
    return np.where(waits, np.inf, (high - low) / 2)


def sample_skewness(values: np.ndarray) -> float:
    """Skewness of 3 values or more, not all equal, with the usual correction for few."""
    n, centred = values.size, values - values.mean()
    raw = float((centred**3).mean() / (centred**2).mean() ** 1.5)
    return raw * math.sqrt(n * (n - 1)) / (n - 2)


def _equal(n: int, mean: float) -> MeanInterval:
    if n < FEWEST_EQUAL:
        why = f"the same in every pair so far, of fewer than {FEWEST_EQUAL}"
        return MeanInterval(n, mean, 0.0, math.nan, math.nan, "none", why, math.nan)
    why = "the same in every pair"
    return MeanInterval(n, mean, 0.0, mean, mean, "exact", why, float(mean == 0))


def _p(n: int, mean: float, sd: float, skewness: float, variance: float) -> float:
    """Level at which the interval would touch zero."""
    # the bound towards zero lies t/sqrt(n) + bend (t^2 + 1/2) spreads from the mean
    bend = abs(skewness) / (3 * n) if mean * skewness < 0 else 0.0
    reach, slope = abs(mean) / sd - bend / 2, 1 / math.sqrt(n)
    if reach <= 0:
        return 1.0
    t = 2 * reach / (slope + math.sqrt(slope**2 + 4 * bend * reach))
    u, spread = t * t / (n - 1), 1 + n * variance
    log_ratio = n / 2 * (math.log1p(u) - math.log1p(u / spread)) - math.log(spread) / 2
    return min(1.0, math.exp(-log_ratio))
