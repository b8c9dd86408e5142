"""Sweeps: one row per design point, and which points cannot be told from the best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scenarios.outcomes import Outcome, outcomes_in
from scenarios.statistics.intervals import holm, mean_interval
from scenarios.statistics.pairing import BadRuns

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
        Intervals are those of :func:`mean_interval`, of levels and not of differences.

    Raises
    ------
    BadRuns
        If a column is missing.
    """
    chosen = _checked(runs, by, outcomes)
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
    return pd.DataFrame(rows)


def tied_with_best(
    runs: pd.DataFrame, by: Sequence[str], outcome: str | Outcome = "retention", level: float = 0.95
) -> pd.DataFrame:
    """Compare every design point with the best one, paired by seed.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run with ``seed``.
    by : sequence of str
        Columns that make a design point.
    outcome : str or Outcome
        What is ranked; the best is the highest unless lower is better.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    pandas.DataFrame
        One row per design point: the `by` columns, ``mean``, ``pairs``, ``difference`` from the
        best with ``low`` and ``high``, ``p_holm``, ``is_best`` and ``is_tied`` (not clearly
        different from the best after Holm's adjustment).

    Raises
    ------
    BadRuns
        If a column is missing or the points do not share their seeds.

    Notes
    -----
    The best of many is picked after looking, so its own mean is a little too good.
    """
    declared = _checked(runs, [*by, "seed"], [outcome])[0]
    wide = runs.pivot_table(
        index="seed", columns=list(by), values=declared.name, sort=False, observed=True
    )
    wide = wide.dropna()
    if wide.empty:
        raise BadRuns("the design points share no seed: run the same seeds at every point")
    means = wide.mean()
    best = means.idxmin() if declared.better == "lower" else means.idxmax()
    rows = []
    for point in wide.columns:
        size = float(np.abs(wide.to_numpy()).max())
        d = mean_interval((wide[point] - wide[best]).to_numpy(), level, scale=size)
        names = dict(zip(by, point if isinstance(point, tuple) else (point,), strict=True))
        numbers = {"difference": d.mean, "low": d.low, "high": d.high}
        head = {"mean": float(means[point]), "pairs": d.n, "is_best": point == best}
        rows.append(names | head | numbers | {"p": np.nan if point == best else d.p})
    table = pd.DataFrame(rows)
    table["p_holm"] = holm(table.pop("p").to_list())
    table["is_tied"] = ~(table["p_holm"] <= 1 - level)
    return table


def _checked(
    runs: pd.DataFrame, by: Sequence[str], outcomes: Iterable[str | Outcome]
) -> list[Outcome]:
    lacking = [column for column in by if column not in runs.columns]
    if lacking:
        raise BadRuns(f"the runs table has no column {lacking[0]!r}")
    try:
        return outcomes_in(runs.columns, outcomes)
    except KeyError as missing:
        raise BadRuns(f"the runs table has no outcome {missing}") from None
