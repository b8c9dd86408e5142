"""Intervals of a mean: Student's t, or a BCa bootstrap where the values are skewed.

References: Cochran (1977, *Sampling Techniques*, 2.15) for the sample size at which the mean of
skewed values is near normal; Efron (1987) for BCa.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded when they are used

COCHRAN = 25.0  # t serves when n >= 25 skewness^2 (Cochran 1977)
FEWEST_FOR_BOOTSTRAP = 20  # measured: with fewer, t covers a skewed mean at least as well
RESAMPLES = 9_999
BOOTSTRAP_SEED = 20_260_101  # fixed, so that the same runs always give the same interval


@dataclass(frozen=True)
class MeanInterval:
    """A mean, its interval, and why this kind of interval.

    ``kind`` is ``"t"``, ``"bca"``, ``"anytime"`` (``anytime.py``), ``"exact"``
    (all values equal) or ``"none"`` (too few values); ``p`` is two-sided against a mean of zero;
    both bounds are NaN for ``"none"``.
    """

    n: int
    mean: float
    sd: float
    low: float
    high: float
    kind: str
    why: str
    p: float


def mean_interval(
    values: np.ndarray, level: float = 0.95, *, scale: float | None = None, bootstrap: bool = True
) -> MeanInterval:
    """Interval of the mean of independent values.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(n,)``, finite.
    level : float
        Coverage, in (0, 1).
    scale : float, optional
        Size of the numbers the values were computed from; spreads below 1e-12 of it are rounding,
        not variation. Default: the largest absolute value.
    bootstrap : bool
        False keeps Student's t for skewed values too.

    Returns
    -------
    MeanInterval
        Student's t interval when n is at least 25 times the squared skewness or n is below 20, BCa
        bootstrap otherwise.
    """
    values = np.asarray(values, dtype=float)
    n, nan = values.size, math.nan
    if n == 0:
        return MeanInterval(0, nan, nan, nan, nan, "none", "no value", nan)
    mean = float(values.mean())
    if n == 1:
        return MeanInterval(1, mean, nan, nan, nan, "none", "one value has no spread", nan)
    size = float(np.abs(values).max()) if scale is None else scale
    sd = float(values.std(ddof=1))
    if sd <= 1e-12 * size:
        mean = 0.0 if abs(mean) <= 1e-12 * size else mean
        why = "the same in every pair" if scale is not None else "the same in every run"
        return MeanInterval(n, mean, 0.0, mean, mean, "exact", why, float(mean == 0))
    skewness = float((((values - mean) / sd) ** 3).mean())
    few = n < COCHRAN * skewness**2
    if bootstrap and few and n >= FEWEST_FOR_BOOTSTRAP:
        low, high, p = bca(values, level)
        why = f"skewed (skewness {skewness:+.1f}, n {n})"
        return MeanInterval(n, mean, sd, low, high, "bca", why, p)
    half = float(scipy.special.stdtrit(n - 1, (1 + level) / 2)) * sd / math.sqrt(n)
    p = float(2 * scipy.special.stdtr(n - 1, -abs(mean) * math.sqrt(n) / sd))
    why = "near symmetric"
    if few:
        why = "skewed, but too few for a bootstrap" if bootstrap else "skewed"
    why = f"{why} (skewness {skewness:+.1f}, n {n})"
    return MeanInterval(n, mean, sd, mean - half, mean + half, "t", why, p)


def fewest_same(level: float) -> int:
    """Fewest pairs that tell a difference which is the same in each of them: 6 at a level of 0.95.

    With fewer, that all are of one sign may be luck (two-sided sign test).
    """
    return math.ceil(1 - math.log2(1 - level))


def bca(
    values: np.ndarray, level: float = 0.95, resamples: int = RESAMPLES
) -> tuple[float, float, float]:
    """Bias-corrected and accelerated bootstrap interval of a mean.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(n,)``, not all equal.
    level : float
        Coverage, in (0, 1).
    resamples : int
        Bootstrap samples.

    Returns
    -------
    tuple of float
        Lower bound, upper bound, and the two-sided p at which the interval would touch zero
        (never below ``1 / (resamples + 1)``).
    """
    n, rng = values.size, np.random.default_rng(BOOTSTRAP_SEED)
    block = max(1, 2_000_000 // n)
    means = np.concatenate([
        values[rng.integers(0, n, (min(block, resamples - start), n))].mean(axis=1)
        for start in range(0, resamples, block)
    ])  # fmt: skip
    centred = values - values.mean()
    acceleration = float((centred**3).sum() / (6 * (centred**2).sum() ** 1.5))
    bias = float(scipy.special.ndtri(_rank(means, float(values.mean()))))
    z = bias + scipy.special.ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    low, high = np.quantile(means, scipy.special.ndtr(bias + z / (1 - acceleration * z)))
    gap = float(scipy.special.ndtri(_rank(means, 0.0))) - bias
    tail = float(scipy.special.ndtr(gap / (1 + acceleration * gap) - bias))
    return float(low), float(high), max(2 * min(tail, 1 - tail), 1 / (resamples + 1))


def _rank(means: np.ndarray, value: float) -> float:
    """Share of bootstrap means below `value`, ties half, kept off 0 and 1."""
    share = float((means < value).mean() + 0.5 * (means == value).mean())
    edge = 0.5 / (means.size + 1)
    return min(max(share, edge), 1 - edge)
