"""Paths over the weeks, and under them what the policies differ by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import scipy  # its parts are loaded when they are used
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plaza_lab.scenarios.report.style import (
    blank,
    finish,
    legend_above,
    plain_ticks,
    policy_colours,
    policy_dashes,
    styled,
)
from plaza_lab.scenarios.report.words import counted
from plaza_lab.scenarios.statistics import BadRuns

METRICS = {
    "members": ("Members", "members"),
    "active_28d": ("Active members, 28 days", "members"),
    "fund_balance_yuan": ("Fund balance", "yuan"),
}


@styled
def paths(
    days: pd.DataFrame,
    baseline: str,
    alternatives: Sequence[str] | None = None,
    metrics: Mapping[str, tuple[str, str]] | None = None,
    level: float = 0.95,
    *,
    caption: bool = True,
) -> Figure:
    """Draw each metric over the weeks, and under it the paired difference.

    Parameters
    ----------
    days : pandas.DataFrame
        One row per run and day: ``policy, seed, day`` and metric columns.
    baseline : str
        The policy the others are compared with.
    alternatives : sequence of str, optional
        Default: every other policy of `days`; none leaves the lower row out.
    metrics : mapping, optional
        Column to (label, unit); default members, active members and fund balance.
    level : float
        Coverage of the band of the mean difference, day by day.
    caption : bool
        Whether to print the caption in the picture.

    Returns
    -------
    matplotlib.figure.Figure
        Median with 10-90 % band over seeds above, mean paired difference with band below.

    Raises
    ------
    BadRuns
        If the table holds no metric or not the baseline.
    """
    days = _with_balance(days)
    wanted = {k: v for k, v in (metrics or METRICS).items() if k in days.columns}
    present = days["policy"].unique().tolist()
    if not wanted or baseline not in present:
        raise BadRuns(f"no days of {baseline!r} with one of {', '.join(metrics or METRICS)}")
    others = [p for p in present if p != baseline] if alternatives is None else list(alternatives)
    policies = [baseline, *others]
    rows = 2 if others else 1
    figure = blank(3.4 * len(wanted), 0.9 + 2.3 * rows)
    grid = figure.subplots(rows, len(wanted), squeeze=False, sharex=True)
    for column, (metric, (label, unit)) in enumerate(wanted.items()):
        tables = {policy: _weekly(days, policy, metric) for policy in policies}
        _draw_levels(grid[0, column], tables)
        grid[0, column].set(title=label, ylabel=unit)
        if others:
            _draw_differences(grid[1, column], tables, baseline, level)
            grid[1, column].set(title="Difference, paired", ylabel=unit)
        grid[-1, column].set_xlabel("week")
    if others:
        legend_above(figure, grid[0, 0])
    return finish(figure, _paths_caption(days, policies, level), show=caption)


def _with_balance(days: pd.DataFrame) -> pd.DataFrame:
    """Add the fund balance as the sum of the pools, if only the pools are there."""
    pools = [name for name in days.columns if str(name).endswith("_pool_yuan")]
    if "fund_balance_yuan" in days or not pools:
        return days
    return days.assign(fund_balance_yuan=days[pools].sum(axis=1))


def _weekly(days: pd.DataFrame, policy: str, metric: str) -> pd.DataFrame:
    chosen = days[days["policy"] == policy]
    if chosen.duplicated(["day", "seed"]).any():
        raise BadRuns(f"days hold more than one row for a day and seed of policy {policy!r}")
    table = chosen.pivot(index="day", columns="seed", values=metric).astype(float)
    if len(table) > 21:  # weekly values are read more easily and always hold the last day
        table = table[(table.index.max() - table.index) % 7 == 0]
    return table.set_index(table.index / 7)


def _draw_levels(axes: Axes, tables: dict[str, pd.DataFrame]) -> None:
    colours, dashes = policy_colours(tables), policy_dashes(tables)
    for policy, table in tables.items():
        low, middle, high = (table.quantile(q, axis=1) for q in (0.1, 0.5, 0.9))
        if table.shape[1] > 1:
            axes.fill_between(table.index, low, high, color=colours[policy], alpha=0.18, lw=0)
        axes.plot(middle, color=colours[policy], ls=dashes[policy], lw=1.6, label=policy)
    plain_ticks(axes.yaxis)


def _draw_differences(
    axes: Axes, tables: dict[str, pd.DataFrame], baseline: str, level: float
) -> None:
    colours, dashes = policy_colours(tables), policy_dashes(tables)
    axes.axhline(0, color="#000000", lw=0.8)
    for policy, table in tables.items():
        if policy == baseline:
            continue
        gap = (table - tables[baseline]).dropna(axis=1, how="all")
        mean, n = gap.mean(axis=1), gap.count(axis=1).to_numpy()
        axes.plot(mean, color=colours[policy], ls=dashes[policy], lw=1.6)
        if gap.shape[1] > 1:
            quantile = scipy.special.stdtrit(np.maximum(n - 1, 1), (1 + level) / 2)
            half = gap.std(axis=1) * quantile / np.sqrt(np.maximum(n, 1))
            axes.fill_between(mean.index, mean - half, mean + half, color=colours[policy],
                              alpha=0.22, lw=0)  # fmt: skip
    plain_ticks(axes.yaxis)


def _paths_caption(days: pd.DataFrame, policies: list[str], level: float) -> str:
    n = int(days[days["policy"] == policies[0]]["seed"].nunique())
    if len(policies) == 1:
        return f"{policies[0]}, {counted(n, 'run')}" + (
            ": median, band 10-90 % of runs." if n > 1 else "."
        )
    if n == 1:
        return f"One run of each policy; below, the difference from {policies[0]} (1 pair)."
    return (
        f"Above: median over {counted(n, 'run')} of each policy, band 10-90 % of runs. Below: mean "
        f"difference from {policies[0]} over pairs of the same seed ({counted(n, 'pair')}), band "
        f"{level * 100:g} % Student's t interval of the mean, week by week."
    )
