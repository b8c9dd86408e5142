"""The picture of what a trial taught: each effect over worlds, before it and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from plaza_lab.scenarios.fit.figures import DATA, GREY, MODEL


@dataclass(frozen=True)
class Row:
    """One effect.

    Attributes
    ----------
    label : str
        For people.
    values : numpy.ndarray
        float64[worlds].
    before, after : tuple of (float, float, float)
        Mean, 5 % and 95 % points over worlds.
    trial : tuple of (float, float) or None
        Estimate and standard error, where the trial measured this.
    """

    label: str
    values: np.ndarray
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    trial: tuple[float, float] | None = None


def learned_page(title: str, rows: Sequence[Row], weights: np.ndarray) -> bytes:
    """Draw worlds as points as large as their weight, and their 90 % ranges before and after.

    Parameters
    ----------
    title : str
        Above all.
    rows : sequence of Row
        Each has an axis of its own, since their units differ.
    weights : numpy.ndarray
        float64[worlds], after the trial.

    Returns
    -------
    bytes
        A PNG.
    """
    from matplotlib.figure import Figure

    from plaza_lab.scenarios.report.style import spoken_png

    figure = Figure(figsize=(7.2, 1.15 * len(rows) + 1.2), layout="constrained")
    size = 12.0 + 160.0 * weights / weights.max()
    for place, row in enumerate(rows, 1):
        axes = figure.add_subplot(len(rows), 1, place)
        _spans(axes, row)
        axes.scatter(row.values, np.full(len(row.values), 1.0), s=14, color=GREY, alpha=0.6, lw=0)
        axes.scatter(row.values, np.zeros(len(row.values)), s=size, color=MODEL, alpha=0.35, lw=0)
        if row.trial is not None:
            estimate, error = row.trial
            axes.axvspan(estimate - 1.96 * error, estimate + 1.96 * error, color=DATA, alpha=0.12)
            axes.axvline(estimate, color=DATA, lw=1.5, ls="--")
            axes.set_title("dashed: the trial, with its 95 % interval", fontsize=9, loc="right")
        axes.axvline(0.0, color="black", lw=0.6)
        axes.set_yticks([1.0, 0.0], ["before", "after"])
        axes.set_ylim(-0.6, 1.6)
        axes.set_title(row.label, fontsize=10, loc="left")
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
    figure.suptitle(title, fontsize=11)
    return spoken_png(figure)


def _spans(axes: Any, row: Row) -> None:
    for height, (mean, low, high), colour in ((1.0, row.before, GREY), (0.0, row.after, MODEL)):
        axes.plot([low, high], [height, height], color=colour, lw=4, alpha=0.45, zorder=1)
        axes.plot([mean], [height], marker="|", ms=16, mew=2.5, color=colour)
