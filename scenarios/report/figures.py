"""Figures of a comparison: paths over time, effects, pairs and money.

Every function returns a matplotlib ``Figure`` and shows nothing; its caption states n, pairs and
the kind of interval, and is read back with ``style.caption_of``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
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
from plaza_lab.scenarios.report.money import spend
from plaza_lab.scenarios.report.path_figures import paths
from plaza_lab.scenarios.report.style import (
    blank,
    finish,
    legend_above,
    plain_ticks,
    policy_colours,
    styled,
)
from plaza_lab.scenarios.report.sweep_figures import sweep_dots, sweep_heatmap
from plaza_lab.scenarios.report.words import INTERVAL_NAMES, counted, listed, records, span_text
from plaza_lab.scenarios.statistics import compare, paired_runs

__all__ = ["effects", "pairs", "paths", "spend", "sweep_dots", "sweep_heatmap"]


@styled
def effects(comparison: pd.DataFrame, *, headline: bool = True, caption: bool = True) -> Figure:
    """Draw the differences with their intervals, each outcome on its own axis and unit.

    Parameters
    ----------
    comparison : pandas.DataFrame
        Table of ``statistics.compare`` or ``compare_all``.
    headline : bool
        Whether to draw the headline outcomes only (if there are any).
    caption : bool
        Whether to print the caption in the picture.

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
    return finish(figure, text, show=caption)


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
    *,
    caption: bool = True,
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
    caption : bool
        Whether to print the caption in the picture.

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
    return finish(figure, _pairs_caption(row), show=caption)


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
