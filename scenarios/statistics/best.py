"""Which of many could be the best: Hsu's intervals, valid when all share their seeds.

A policy that looks best may owe it to luck, and the best of many owes more to it than each alone.
Hsu's comparison with the best gives every policy an interval for its distance from the best of
the others, all of them right together. The classical critical values ask for independent samples
of equal variance; common random numbers make neither true. What holds under any dependence is
Bonferroni's bound over the k - 1 one-sided paired t statements that the argument needs.

References: Hsu (1984) for the constrained intervals; Clark & Yang (1986) and Nelson & Matejcik
(1995) for the Bonferroni form under common random numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy  # its parts are loaded when they are used

from plaza_lab.scenarios.outcomes import Outcome
from plaza_lab.scenarios.statistics.pairing import BadRuns
from plaza_lab.scenarios.statistics.sweeps import by_seed, checked_outcomes


def hsu(
    runs: pd.DataFrame,
    by: Sequence[str] = ("policy",),
    outcome: str | Outcome = "retention",
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare every policy or design point with the best of the others, paired by seed.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run with ``seed``; pairs in which the outcome is undefined somewhere are left
        out everywhere.
    by : sequence of str
        Columns that make a policy or a design point.
    outcome : str or Outcome
        What is compared; the best is the highest unless lower is better.
    level : float
        Coverage of all intervals together, in (0, 1).

    Returns
    -------
    pandas.DataFrame
        One row per point in order of appearance: the `by` columns, ``mean``, ``pairs``,
        ``difference`` from the best of the others with ``low`` and ``high`` (both NaN with one
        pair), ``is_best`` (best mean), ``may_be_best`` and ``is_surely_best``.

    Raises
    ------
    BadRuns
        If a column is missing, there is one point only, or the points share no seed.

    Notes
    -----
    The intervals are constrained: they end at zero unless the data rule zero out on that side, so
    a point whose interval ends at zero on its worse side cannot be the best.
    """
    declared = checked_outcomes(runs, [*by, "seed"], [outcome])[0]
    wide = by_seed(runs, by, declared.name).dropna()
    if wide.empty:
        raise BadRuns("the design points share no seed: run the same seeds at every point")
    if wide.shape[1] < 2:
        raise BadRuns("there is one point only: the best is found among two and more")
    sign = -1.0 if declared.better == "lower" else 1.0
    values = sign * wide.to_numpy(dtype=float)
    difference, low, high = hsu_intervals(values, level)
    points = [point if isinstance(point, tuple) else (point,) for point in wide.columns]
    table = pd.DataFrame(points, columns=list(by))
    table["mean"], table["pairs"] = sign * values.mean(axis=0), len(values)
    table["difference"] = sign * difference
    table["low"], table["high"] = (low, high) if sign > 0 else (-high, -low)
    table["is_best"] = np.arange(len(points)) == values.mean(axis=0).argmax()
    # one pair rules nothing out, its bounds are NaN; points that are always equal end at zero twice
    table["may_be_best"] = ~(high <= 0) | (low >= 0)
    table["is_surely_best"] = table["may_be_best"] & (table["may_be_best"].sum() == 1)
    return table


def hsu_intervals(
    values: np.ndarray, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Constrained intervals for each mean minus the best of the other means, higher is better.

    Columns that are equal in every pair are no rivals of each other.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(pairs, k)``, finite, k at least 2; a row shares its seed.
    level : float
        Coverage of all intervals together, in (0, 1).

    Returns
    -------
    tuple of numpy.ndarray
        Differences, lower and upper bounds, each of shape ``(k,)``; bounds are NaN with one pair.
    """
    n, k = values.shape
    means = values.mean(axis=0)
    apart = means[:, None] - means[None, :]
    np.fill_diagonal(apart, np.inf)
    difference = apart.min(axis=1)
    if n < 2:
        return difference, np.full(k, np.nan), np.full(k, np.nan)
    centred = values - means
    covariance = centred.T @ centred / (n - 1)
    own = covariance.diagonal()
    spread = np.sqrt(np.maximum(own[:, None] + own[None, :] - 2 * covariance, 0.0) / n)
    reach = float(scipy.special.stdtrit(n - 1, 1 - (1 - level) / (k - 1))) * spread
    size = 1e-12 * float(np.abs(values).max())
    is_twin = (np.abs(apart) <= size) & (spread <= size)
    if (is_twin | np.eye(k, dtype=bool)).all():
        return np.zeros(k), np.zeros(k), np.zeros(k)
    apart = np.where(is_twin, np.inf, apart)  # what is equal in every pair is no rival
    difference = apart.min(axis=1)
    upper = (apart + reach).min(axis=1)
    rivals = upper > 0
    if not rivals.any():  # two and more are equal in every pair, and ahead of the rest
        rivals = upper >= 0
    below = np.where(rivals[None, :], apart - reach, np.inf).min(axis=1)
    low = np.where(rivals & (rivals.sum() == 1), 0.0, np.minimum(below, 0.0))
    return difference, low, np.where(rivals, np.maximum(upper, 0.0), 0.0)


def tied_with_best(
    runs: pd.DataFrame, by: Sequence[str], outcome: str | Outcome = "retention", level: float = 0.95
) -> pd.DataFrame:
    """Mark the best design point and those that cannot be told from it.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run with ``seed``.
    by : sequence of str
        Columns that make a design point.
    outcome : str or Outcome
        What is ranked; the best is the highest unless lower is better.
    level : float
        Coverage of all intervals together, in (0, 1).

    Returns
    -------
    pandas.DataFrame
        Table of :func:`hsu` with ``is_tied``: the point may be the best as well.

    Raises
    ------
    BadRuns
        As :func:`hsu`.

    Notes
    -----
    The best of many is picked after looking, so its own mean is a little too good; that it was
    picked is allowed for in the intervals.
    """
    table = hsu(runs, by, outcome, level)
    return table.assign(is_tied=table["may_be_best"] | table["is_best"])
