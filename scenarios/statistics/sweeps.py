"""Sweeps: one row per design point, and which points differ from the first one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from plaza_lab.scenarios.outcomes import Outcome, outcomes_in
from plaza_lab.scenarios.statistics.intervals import mean_interval
from plaza_lab.scenarios.statistics.multiplicity import benjamini_hochberg
from plaza_lab.scenarios.statistics.pairing import BadRuns

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
    chosen = checked_outcomes(runs, by, outcomes)
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
    by : sequence of str
        Columns that make a design point.
    outcomes : iterable of str or Outcome
        Default: growth, retention, fund spend.
    level : float
        Coverage of the intervals, in (0, 1).

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
    chosen = checked_outcomes(runs, [*by, "seed"], outcomes)
    rows: list[dict[str, Any]] = []
    for outcome in chosen:
        wide = by_seed(runs, by, outcome.name)
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


def by_seed(runs: pd.DataFrame, by: Sequence[str], outcome: str) -> pd.DataFrame:
    """Spread one outcome out: a row for each seed, a column for each design point.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run.
    by : sequence of str
        Columns that make a design point.
    outcome : str
        Column; runs of one seed at one point are averaged.

    Returns
    -------
    pandas.DataFrame
        NaN where a point lacks a seed or the outcome is undefined; points in order of appearance.
    """
    finite = runs.assign(**{outcome: runs[outcome].astype(float)})
    finite.loc[~np.isfinite(finite[outcome]), outcome] = np.nan
    groups = finite.groupby([*by, "seed"], sort=False, dropna=False, observed=True)[outcome]
    return groups.mean().unstack("seed", sort=False).T


def checked_outcomes(
    runs: pd.DataFrame, by: Sequence[str], outcomes: Iterable[str | Outcome]
) -> list[Outcome]:
    """Return the outcomes asked for, or refuse a table that lacks a column.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run.
    by : sequence of str
        Columns that must be there.
    outcomes : iterable of str or Outcome
        Outcomes that must be there.

    Returns
    -------
    list of Outcome
        Declarations.

    Raises
    ------
    BadRuns
        With the first column that is missing.
    """
    lacking = [column for column in by if column not in runs.columns]
    if lacking:
        raise BadRuns(f"the runs table has no column {lacking[0]!r}")
    try:
        return outcomes_in(runs.columns, outcomes)
    except KeyError as missing:
        raise BadRuns(f"the runs table has no outcome {missing}") from None
