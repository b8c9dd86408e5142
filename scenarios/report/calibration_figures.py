"""Figures of a calibration: parameters before and after, targets against runs, what goes together.

Grey is what was thought before, blue what the data left, and orange what was seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plaza_lab.scenarios.outcomes import display_scale, outcome_unit, show_value
from plaza_lab.scenarios.report.style import COLOURS, blank, finish, plain_ticks, scale_axis, styled
from plaza_lab.scenarios.report.words import counted, records

if TYPE_CHECKING:
    from plaza_lab.scenarios.calibrate.answer import Posterior
    from plaza_lab.scenarios.calibrate.targets import Target
    from plaza_lab.scenarios.experiments.axes import Axis

BEFORE, AFTER, SEEN = "#9a9a9a", COLOURS[0], COLOURS[1]
ACROSS = 3  # panels in a row
POINTS = 200  # of a density curve
MOST_PAIRS = 6


@styled
def parameters(answer: Posterior) -> Figure:
    """Draw for each parameter how likely its values are after the data, compared with before.

    A panel each; the grey line at 1 is the prior.
    """
    figure, grid = _panels(len(answer.axes), 2.1)
    for axes, axis, own, row in zip(
        grid, answer.axes, answer.shares.T, records(answer.frame()), strict=False
    ):
        _density(axes, axis, own, answer.ensemble.weights, row)
    for axes in grid[:: min(ACROSS, len(answer.axes))]:
        axes.set_ylabel("times as likely\nas before")
    text = (
        f"Posterior of each parameter, {answer.effective_draws:.0f} effective draws, against its "
        "prior (grey line, even over the range). Shaded: 90 % interval, whose width is compared "
        "with that of the prior's."
    )
    return finish(figure, text)


def _density(
    axes: Axes, axis: Axis, shares: np.ndarray, weights: np.ndarray, row: dict[str, Any]
) -> None:
    grid = np.linspace(0, 1, POINTS)
    heights = _kernel(shares, weights, grid)
    places = _between(axis, grid)
    axes.axvspan(row["low"], row["high"], color=AFTER, alpha=0.12, lw=0)
    axes.plot(places, heights, color=AFTER, lw=1.8)
    axes.axhline(1, color=BEFORE, lw=1.2)
    scale_axis(axes, "x", axis)
    axes.set(xlim=(places[0], places[-1]), ylim=(0, max(1.3, heights.max() * 1.1)))
    unit = "" if axis.unit in ("", "1") else f" ({axis.unit})"
    width = f"interval {row['width_ratio'] * 100:.0f} % as wide"
    axes.set_title(f"{_short(axis.key)}{unit}\n{width}", fontsize=8.5)
    axes.tick_params(labelsize=8)


@styled
def targets(answer: Posterior) -> Figure:
    """Draw what was seen against what runs lead to, before and after the calibration.

    A row for each target, each on its own axis and unit.
    """
    rows = records(answer.check)
    figure = blank(6.4, 0.8 + 0.82 * len(rows))
    grid = figure.subplots(len(rows), 1, squeeze=False)[:, 0]
    for axes, row, target in zip(grid, rows, answer.targets, strict=True):
        _against(axes, row, target)
    prior = int((answer.draws["generation"] == -1).sum())
    text = (
        "Orange: what was seen, with one and two standard errors. Grey: 90 % of "
        f"{counted(prior, 'run')} before, from the whole ranges. Blue: 90 % of "
        f"{counted(len(answer.predicted), 'run')} after, each with its own luck, and their median."
    )
    return finish(figure, text)


def _against(axes: Axes, row: dict[str, Any], target: Target) -> None:
    outcome = target.outcome
    scale = display_scale(outcome)
    value, sd = row["value"] * scale, row["sd"] * scale
    for widths, alpha in ((2, 0.15), (1, 0.25)):
        axes.axvspan(value - widths * sd, value + widths * sd, color=SEEN, alpha=alpha, lw=0)
    axes.axvline(value, color=SEEN, lw=1.6)
    axes.plot([row["prior_low"] * scale, row["prior_high"] * scale], [1, 1], color=BEFORE, lw=4,
              solid_capstyle="butt")  # fmt: skip
    axes.plot([row["low"] * scale, row["high"] * scale], [0, 0], color=AFTER, lw=4,
              solid_capstyle="butt")  # fmt: skip
    axes.plot([row["median"] * scale], [0], "o", ms=6, color=AFTER, mec="white")
    ends = [show_value(outcome, row[end], unit=False) for end in ("low", "high")]
    mark = "" if row["verdict"] == "reproduced" else "\nmissed"
    axes.annotate(f"{' to '.join(ends)}{mark}", (1.015, 0), xycoords=("axes fraction", "data"),
                  va="center", fontsize=8)  # fmt: skip
    unit = outcome_unit(outcome)
    shown = f" ({unit})" if unit else ""
    axes.set_title(f"{row['label']}{shown}", fontsize=9)
    axes.set(ylim=(-0.6, 1.6))
    axes.set_yticks([1, 0], ["before", "after"])
    axes.tick_params(axis="y", length=0, labelsize=8)
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.06)
    plain_ticks(axes.xaxis)


@styled
def together(answer: Posterior) -> Figure:
    """Draw pairs of parameters that are known only together, of which there is at least one.

    A panel for each pair over the whole ranges, the strongest pairs first.
    """
    rows = records(answer.together)[:MOST_PAIRS]
    figure, grid = _panels(len(rows), 2.6)
    order = [axis.key for axis in answer.axes]
    weights = answer.ensemble.weights / answer.ensemble.weights.max()
    for axes, row in zip(grid, rows, strict=False):
        own = [answer.axes[order.index(row[side])] for side in ("a", "b")]
        places = [answer.shares[:, order.index(row[side])] for side in ("a", "b")]
        spots = [_between(axis, shares) for axis, shares in zip(own, places, strict=True)]
        axes.scatter(spots[0], spots[1], s=4 + 22 * weights, color=AFTER, alpha=0.5, lw=0)
        axes.set(xlim=(own[0].low, own[0].high), ylim=(own[1].low, own[1].high))
        scale_axis(axes, "x", own[0])
        scale_axis(axes, "y", own[1])
        axes.set_xlabel(_short(own[0].key), fontsize=8)
        axes.set_ylabel(_short(own[1].key), fontsize=8)
        axes.set_title(f"correlation {row['correlation']:+.2f}", fontsize=8.5)
        axes.tick_params(labelsize=8)
    text = (
        f"Posterior draws, larger where they weigh more ({answer.effective_draws:.0f} effective "
        "ones), over the whole ranges. Before the data, all of each panel was evenly likely."
    )
    return finish(figure, text)


def _panels(number: int, height: float) -> tuple[Figure, list[Axes]]:
    across = min(ACROSS, number)
    down = -(-number // across)
    figure = blank(max(4.2, 2.6 * across), 0.7 + height * down)
    grid = list(figure.subplots(down, across, squeeze=False).ravel())
    for axes in grid[number:]:
        axes.set_visible(False)
    return figure, grid


def _between(axis: Axis, shares: np.ndarray) -> np.ndarray:
    """Values at shares, whole numbers not rounded, so that draws do not lie on each other."""
    if axis.is_log:
        ends = np.log([axis.low, axis.high])
        return np.asarray(np.exp(ends[0] + shares * (ends[1] - ends[0])))
    return np.asarray(axis.low + shares * (axis.high - axis.low))


def _kernel(shares: np.ndarray, weights: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Density over the range by a normal kernel, mirrored at the ends, where the prior stops."""
    middle = weights @ shares
    spread = np.sqrt(weights @ (shares - middle) ** 2)
    wide = max(0.9 * spread * (weights**2).sum() ** 0.2, 0.01)  # Silverman (1986)
    height = np.zeros_like(grid)
    for mirrored in (shares, -shares, 2 - shares):
        gaps = (grid[:, None] - mirrored[None, :]) / wide
        height += np.exp(-0.5 * gaps**2) @ weights
    return height / (wide * np.sqrt(2 * np.pi))


def _short(key: str) -> str:
    return key.removeprefix("world.").removeprefix("population.")
