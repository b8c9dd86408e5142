"""Figures of a sweep: every design point with its interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from plaza_lab.scenarios.outcomes import display_scale, outcome_named, outcome_title, show_value
from plaza_lab.scenarios.report.style import (
    COLOURS,
    blank,
    finish,
    legend_above,
    plain_ticks,
    policy_colours,
    styled,
)
from plaza_lab.scenarios.statistics.pairing import BadRuns
from plaza_lab.scenarios.statistics.sweeps import SWEEP_OUTCOMES


@styled
def sweep_dots(
    table: pd.DataFrame,
    rows: str,
    series: str | None = None,
    outcomes: Sequence[str] = SWEEP_OUTCOMES,
) -> Figure:
    """Draw one dot with interval for each design point, one panel an outcome.

    Parameters
    ----------
    table : pandas.DataFrame
        Table of ``statistics.summarise``.
    rows : str
        Factor down the page.
    series : str, optional
        Factor shown by colour.
    outcomes : sequence of str
        Panels; those the table lacks are left out.

    Returns
    -------
    matplotlib.figure.Figure
        Panels side by side, each in its own unit.
    """
    shown = [outcome_named(name) for name in outcomes if name in table]
    places = {level: place for place, level in enumerate(dict.fromkeys(table[rows]))}
    groups = list(dict.fromkeys(table[series])) if series else [""]
    colours = policy_colours([str(group) for group in groups])
    figure = blank(3.3 * len(shown), 1.4 + len(places) * (0.2 + 0.18 * len(groups)))
    grid = figure.subplots(1, len(shown), squeeze=False, sharey=True)[0]
    for axes, outcome in zip(grid, shown, strict=True):
        for turn, group in enumerate(groups):
            part = table[table[series] == group] if series else table
            shift = (turn - (len(groups) - 1) / 2) * 0.8 / max(len(groups), 2)
            y = part[rows].map(places).to_numpy(dtype=float) + shift
            middle, low, high = (
                part[f"{outcome.name}{end}"].to_numpy(dtype=float) * display_scale(outcome)
                for end in ("", "_low", "_high")
            )
            colour = colours[str(group)] if series else COLOURS[0]
            axes.hlines(y, low, high, color=colour, lw=2)
            axes.plot(middle, y, "o", ms=5, color=colour, label=f"{series} = {group}")
        axes.set_title(outcome_title(outcome))
        axes.margins(x=0.08)
        plain_ticks(axes.xaxis)
    grid[0].set_yticks(list(places.values()), [str(level) for level in places])
    grid[0].set(ylim=(len(places) - 0.45, -0.55), ylabel=rows)
    if series:
        legend_above(figure, grid[0])
    return finish(figure, _caption(table))


@styled
def sweep_heatmap(
    table: pd.DataFrame,
    rows: str,
    columns: str,
    outcome: str = "retention",
) -> Figure:
    """Draw one outcome over two factors; each cell says its mean and interval.

    Parameters
    ----------
    table : pandas.DataFrame
        Table of ``statistics.summarise``; points that share both levels are averaged.
    rows, columns : str
        Factors.
    outcome : str
        What the cells show.

    Returns
    -------
    matplotlib.figure.Figure
        Cells without a run stay white.

    Raises
    ------
    BadRuns
        If no design point has a value.
    """
    declared = outcome_named(outcome)
    downs, acrosses = (list(dict.fromkeys(table[factor])) for factor in (rows, columns))
    middle, low, high = (
        table.pivot_table(
            index=rows, columns=columns, values=f"{outcome}{end}", sort=False, observed=True
        )
        .reindex(index=downs, columns=acrosses)
        .to_numpy(dtype=float)
        for end in ("", "_low", "_high")
    )
    if not np.isfinite(middle).any():
        raise BadRuns(f"no design point has a value of {outcome!r} to draw")
    figure = blank(max(4.2, 1.6 + 1.45 * len(acrosses)), 1.7 + 0.62 * len(downs))
    axes = figure.subplots()
    scaled = np.ma.masked_invalid(middle * display_scale(declared))
    axes.imshow(scaled, cmap="cividis", aspect="auto")
    darkest = np.nanmin(middle)
    span = (np.nanmax(middle) - darkest) or 1.0
    for i, j in np.argwhere(np.isfinite(middle)):
        text = show_value(declared, middle[i, j], unit=False)
        if np.isfinite(low[i, j]):
            ends = [show_value(declared, v[i, j], unit=False) for v in (low, high)]
            text += f"\n{ends[0]} to {ends[1]}"
        shade = (middle[i, j] - darkest) / span
        axes.text(j, i, text, ha="center", va="center", fontsize=8, linespacing=1.25,
                  color="black" if shade > 0.55 else "white")  # fmt: skip
    axes.set_xticks(range(len(acrosses)), [str(level) for level in acrosses])
    axes.set_yticks(range(len(downs)), [str(level) for level in downs])
    axes.set(xlabel=columns, ylabel=rows, title=outcome_title(declared))
    axes.grid(False)
    return finish(figure, _caption(table))


def _caption(table: pd.DataFrame) -> str:
    low, high = int(table["runs"].min()), int(table["runs"].max())
    runs = str(low) if low == high else f"{low} to {high}"
    return (
        f"Mean of each design point over its runs ({runs} each) with its interval (default 95 %; "
        "Student's t, or BCa bootstrap where skewed). Points share their seeds, so two of them "
        "may differ clearly although their intervals overlap."
    )
