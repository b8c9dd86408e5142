"""Figures of a comparison: paths over time, effects, pairs and money.

Every function returns a matplotlib ``Figure`` and shows nothing; its caption states n, pairs and
the kind of interval, and is read back with ``style.caption_of``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import scipy  # its parts are loaded when they are used
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plaza_lab.scenarios.advising.writing import unit_of
from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.outcomes import (
    display_scale,
    outcome_named,
    outcome_unit,
    show_difference,
)
from plaza_lab.scenarios.output.output_folder import slug
from plaza_lab.scenarios.report.money import spend
from plaza_lab.scenarios.report.style import (
    Picture,
    blank,
    finish,
    legend_above,
    plain_ticks,
    policy_colours,
    policy_dashes,
    styled,
)
from plaza_lab.scenarios.report.sweep_figures import sweep_dots, sweep_heatmap
from plaza_lab.scenarios.report.words import INTERVAL_NAMES, counted, listed, records, span_text
from plaza_lab.scenarios.statistics import BadRuns, compare, paired_runs
from plaza_lab.scenarios.statistics.sweeps import SWEEP_OUTCOMES

METRICS = {
    "members": ("Members", "members"),
    "active_28d": ("Active members, 28 days", "members"),
    "fund_balance_yuan": ("Fund balance", "yuan"),
}


def of_comparison(
    comparison: pd.DataFrame,
    runs: pd.DataFrame | None = None,
    days: pd.DataFrame | None = None,
    journal: pd.DataFrame | None = None,
    funds: Collection[str] | None = None,
) -> dict[str, Picture]:
    """Return the pictures of a comparison by file name; what is not given is left out.

    Parameters
    ----------
    comparison : pandas.DataFrame
        Table of ``statistics.compare`` or ``compare_all``.
    runs, days, journal : pandas.DataFrame, optional
        One row per run; per run and day; per transfer of money.
    funds : collection of str, optional
        Journal accounts that belong to the community.
    """
    baseline, others = str(comparison["baseline"].iloc[0]), [*comparison["alternative"].unique()]
    drawn = {"differences": Picture("Headline differences", partial(effects, comparison))}
    if days is not None:
        drawn["paths"] = Picture("Over the weeks", partial(paths, days, baseline, others))
    if journal is not None and len(journal):
        counts = None if runs is None else Counter(map(str, runs["policy"]))
        draw = partial(spend, journal, [baseline, *others], funds, counts)
        drawn["money"] = Picture("Where the money came from and went", draw)
    if runs is not None and "retention" in runs:
        for other in others:
            draw = partial(pairs, runs, baseline, other)
            drawn[f"pairs-{slug(other)}"] = Picture(f"Retention, pair by pair: {other}", draw)
    return drawn


def of_policy(
    policy: str,
    days: pd.DataFrame,
    journal: pd.DataFrame,
    funds: Collection[str] | None = None,
    runs: int | None = None,
) -> dict[str, Picture]:
    """Return the pictures of one policy: paths, and the money of its `runs` where any moved."""
    drawn = {"paths": Picture("Over the weeks", partial(paths, days, policy, []))}
    if len(journal):
        counts = None if runs is None else {policy: runs}
        drawn["money"] = Picture("Money", partial(spend, journal, [policy], funds, counts))
    return drawn


def of_sweep(
    table: pd.DataFrame, by: Sequence[str], outcomes: Sequence[str] = SWEEP_OUTCOMES
) -> dict[str, Picture]:
    """Return the means of ``statistics.summarise``, and a map of the first two factors."""
    first, second = by[0], by[1] if len(by) > 1 else None
    drawn = {"sweep": Picture("Means", partial(sweep_dots, table, first, second, outcomes))}
    if second is not None:
        title = f"{outcome_named('retention').label} over {first} and {second}"
        drawn["map"] = Picture(title, partial(sweep_heatmap, table, first, second))
    return drawn


@styled
def effects(comparison: pd.DataFrame, *, headline: bool = True) -> Figure:
    """Draw the differences with their intervals, each outcome on its own axis and unit.

    Parameters
    ----------
    comparison : pandas.DataFrame
        Table of ``statistics.compare`` or ``compare_all``.
    headline : bool
        Whether to draw the headline outcomes only (if there are any).

    Returns
    -------
    matplotlib.figure.Figure
        Filled marks are clear differences, hollow ones are not.
    """
    chosen = comparison[comparison["headline"]] if headline else comparison
    chosen = chosen if len(chosen) else comparison
    policies = [str(chosen["baseline"].iloc[0]), *dict.fromkeys(chosen["alternative"])]
    names = list(dict.fromkeys(chosen["outcome"]))
    figure = blank(6.4, 0.7 + len(names) * (0.66 + 0.26 * (len(policies) - 1)))
    grid = figure.subplots(len(names), 1, squeeze=False)[:, 0]
    for axes, name in zip(grid, names, strict=True):
        _draw_effect(axes, records(chosen[chosen["outcome"] == name]), policy_colours(policies))
    if len(policies) > 2:
        legend_above(figure, grid[0], policies)
    rows = records(chosen)
    kinds = listed(dict.fromkeys(INTERVAL_NAMES[row["interval"]] for row in rows))
    worlds = max(row.get("worlds", 1) for row in rows)
    over = f" in {counted(worlds, 'world')}" if worlds > 1 else ""
    text = (
        f"Mean difference from {policies[0]} over {counted(max(r['pairs'] for r in rows), 'pair')} "
        f"of the same seed{over}, {rows[0]['level'] * 100:g} % intervals ({kinds}). Filled: clear "
        f"difference{', after Holm' if headline else ''}; hollow: not clearly unlike zero"
        f"{', or too few pairs for an interval' if 'none' in set(chosen['interval']) else ''}."
    )
    return finish(figure, text)


def _draw_effect(axes: Axes, rows: list[dict[str, Any]], colours: dict[str, str]) -> None:
    outcome = outcome_named(rows[0]["outcome"])
    scale = display_scale(outcome)
    axes.axvline(0, color="#000000", lw=0.9)
    for place, row in enumerate(reversed(rows)):
        colour, clear = colours[row["alternative"]], row["verdict"] in ("higher", "lower")
        middle, low, high = (row[key] * scale for key in ("difference", "low", "high"))
        axes.plot([low, high], [place, place], color=colour, lw=2, solid_capstyle="butt",
                  label=row["alternative"])  # fmt: skip
        axes.plot([middle], [place], "o", ms=6, color=colour, mfc=colour if clear else "white")
        text = show_difference(outcome, row["difference"], unit=False)
        axes.annotate(
            f"{text}\n{span_text(row)}", (1.015, place), xycoords=("axes fraction", "data"),
            va="center", fontsize=8, linespacing=1.1,
        )  # fmt: skip
    unit = unit_of(outcome, Language(), is_difference=True)
    wish = "" if outcome.better == "neither" else f", {outcome.better} is better"
    axes.set_title(f"{outcome.label} ({unit}{wish})".replace("(, ", "("), fontsize=9)
    axes.set(ylim=(-0.7, len(rows) - 0.3), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.08)
    plain_ticks(axes.xaxis)


@styled
def pairs(
    runs: pd.DataFrame,
    baseline: str,
    alternative: str,
    outcome: str = "retention",
) -> Figure:
    """Draw one dot a seed: the outcome under both policies, with the line of no difference.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run.
    baseline, alternative : str
        Policies.
    outcome : str
        Column of `runs`.

    Returns
    -------
    matplotlib.figure.Figure
        A cloud along the diagonal shows what pairing removes.
    """
    declared = outcome_named(outcome)
    row = records(compare(runs, baseline, alternative, [declared]))[0]
    scale, unit = display_scale(declared), outcome_unit(declared)
    a, b = (s[outcome].to_numpy(float) * scale for s in paired_runs(runs, baseline, alternative))
    figure = blank(4.6, 4.4)
    axes = figure.subplots()
    every = np.concatenate([a, b])
    every = every[np.isfinite(every)]
    low, high = (every.min(), every.max()) if every.size else (0.0, 1.0)
    pad = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    axes.plot([low - pad, high + pad], [low - pad, high + pad], color="#000000", lw=0.8)
    colour = policy_colours([baseline, alternative])[alternative]
    axes.plot(a, b, "o", ms=5, color=colour, alpha=0.65, mec="white", mew=0.4)
    axes.set(xlim=(low - pad, high + pad), ylim=(low - pad, high + pad), aspect="equal",
             xlabel=f"{baseline}", ylabel=f"{alternative}",
             title=f"{declared.label} ({unit or 'value'}), one dot a seed")  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis):
        plain_ticks(axis)
    return finish(figure, _pairs_caption(row))


def _pairs_caption(row: Mapping[str, Any]) -> str:
    text = f"{counted(row['pairs'], 'pair')} of the same seed; on the line both policies are equal."
    if np.isfinite(row["superiority"]):
        text += f" Above the line: {row['superiority'] * 100:.0f} % of pairs (ties half)."
    if np.isfinite(row["correlation"]) and np.isfinite(row["pairing_gain"]):
        text += (
            f" Correlation of the pairs {row['correlation']:.2f}; unpaired runs would have to be "
            f"{row['pairing_gain']:.1f} times as many."
        )
    return text


@styled
def paths(
    days: pd.DataFrame,
    baseline: str,
    alternatives: Sequence[str] | None = None,
    metrics: Mapping[str, tuple[str, str]] | None = None,
    level: float = 0.95,
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
    return finish(figure, _paths_caption(days, policies, level))


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
