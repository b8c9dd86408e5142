"""Sweeps: one row per design point, which differ from the first, and which may be the best.

A policy that looks best may owe it to luck, and the best of many owes more to it than each alone.
Hsu's comparison with the best gives every policy an interval for its distance from the best of
the others, all of them right together. The classical critical values ask for independent samples
of equal variance; common random numbers make neither true. What holds under any dependence is
Bonferroni's bound over the k - 1 one-sided paired t statements that the argument needs.

References: Hsu (1984) for the constrained intervals; Clark & Yang (1986) and Nelson & Matejcik
(1995) for the Bonferroni form under common random numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy  # its parts are loaded when they are used

from plaza_lab.scenarios.outcomes import Outcome, outcomes_in
from plaza_lab.scenarios.statistics.intervals import mean_interval
from plaza_lab.scenarios.statistics.multiplicity import benjamini_hochberg
from plaza_lab.scenarios.statistics.pairing import BadRuns, check_columns

SWEEP_OUTCOMES = ("growth", "retention", "fund_spend_yuan")


def summarise(
    runs: pd.DataFrame,
    by: Sequence[str],
    outcomes: Iterable[str | Outcome] = SWEEP_OUTCOMES,
    level: float = 0.95,
) -> pd.DataFrame:
    """Mean and interval of each outcome at each design point.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run.
    by : sequence of str
        Columns that make a design point, such as ``["incentive", "fund"]``.
    outcomes : iterable of str or Outcome
        Default: growth, retention, fund spend.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    pandas.DataFrame
        One row per design point in order of appearance: the `by` columns, ``runs``, and for each
        outcome ``name``, ``name_low``, ``name_high`` and ``name_n`` (runs in which it is defined).
        Intervals are those of :func:`mean_interval`, of levels and not of differences. Where runs
        have a seed, also ``name_difference`` from the first point, paired by seed, and
        ``name_p_bh``, as :func:`against_first` gives them.

    Raises
    ------
    BadRuns
        If a column is missing.
    """
    chosen = _checked_outcomes(runs, by, outcomes)
    rows = []
    for point, group in runs.groupby(list(by), sort=False, dropna=False, observed=True):
        row: dict[str, Any] = dict(zip(by, point, strict=True)) | {"runs": len(group)}
        for outcome in chosen:
            values = group[outcome.name].to_numpy(dtype=float)
            cell = mean_interval(values[np.isfinite(values)], level)
            row[outcome.name] = cell.mean
            row[f"{outcome.name}_low"], row[f"{outcome.name}_high"] = cell.low, cell.high
            row[f"{outcome.name}_n"] = cell.n
        rows.append(row)
    table = pd.DataFrame(rows)
    if "seed" not in runs:
        return table
    tested = against_first(runs, by, chosen, level)
    for outcome in chosen:
        own = tested[tested["outcome"] == outcome.name]
        table[f"{outcome.name}_difference"] = own["difference"].to_numpy()
        table[f"{outcome.name}_p_bh"] = own["p_bh"].to_numpy()
    return table


def against_first(
    runs: pd.DataFrame,
    by: Sequence[str],
    outcomes: Iterable[str | Outcome] = SWEEP_OUTCOMES,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare every design point with the first one, paired by seed.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run with ``seed``; the first row belongs to the point others are compared with.
    by, outcomes, level
        As for :func:`summarise`.

    Returns
    -------
    pandas.DataFrame
        One row per outcome and design point, the first included: ``outcome``, the `by` columns,
        ``pairs`` (seeds both points have), ``difference`` with ``low`` and ``high``, ``p``, and
        ``p_bh``, adjusted by Benjamini-Hochberg over all points and outcomes of the table. The
        first point has zero differences and NaN for p.

    Raises
    ------
    BadRuns
        If a column is missing.

    Notes
    -----
    Differences are tested with Student's t also where skewed: in a grid of hundreds of cells the
    smallest p values decide, and those of a bootstrap end at its number of resamples.
    """
    chosen = _checked_outcomes(runs, [*by, "seed"], outcomes)
    rows: list[dict[str, Any]] = []
    for outcome in chosen:
        wide = _by_seed(runs, by, outcome.name)
        values = wide.to_numpy(dtype=float)
        size = float(np.nanmax(np.abs(values))) if np.isfinite(values).any() else 0.0
        for place, point in enumerate(wide.columns):
            d = values[:, place] - values[:, 0]
            cell = mean_interval(d[np.isfinite(d)], level, scale=size, bootstrap=False)
            names = dict(zip(by, point if isinstance(point, tuple) else (point,), strict=True))
            numbers = {"pairs": cell.n, "difference": cell.mean, "low": cell.low, "high": cell.high}
            p = cell.p if place else np.nan
            rows.append({"outcome": outcome.name} | names | numbers | {"p": p})
    table = pd.DataFrame(rows)
    table["p_bh"] = benjamini_hochberg(table["p"].to_numpy())
    return table


def _by_seed(runs: pd.DataFrame, by: Sequence[str], outcome: str) -> pd.DataFrame:
    """Spread one outcome out: a row for each seed, a column for each design point."""
    finite = runs.assign(**{outcome: runs[outcome].astype(float)})
    finite.loc[~np.isfinite(finite[outcome]), outcome] = np.nan
    groups = finite.groupby([*by, "seed"], sort=False, dropna=False, observed=True)[outcome]
    return groups.mean().unstack("seed", sort=False).T


def _checked_outcomes(
    runs: pd.DataFrame, by: Sequence[str], outcomes: Iterable[str | Outcome]
) -> list[Outcome]:
    """Return the outcomes asked for, or refuse a table that lacks a column."""
    check_columns(runs, by)
    try:
        return outcomes_in(runs.columns, outcomes)
    except KeyError as missing:
        raise BadRuns(f"the runs table has no outcome {missing}") from None


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
    declared = _checked_outcomes(runs, [*by, "seed"], [outcome])[0]
    wide = _by_seed(runs, by, declared.name).dropna()
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
    runs, by, outcome, level
        As for :func:`hsu`.

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
