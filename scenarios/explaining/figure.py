"""The terms of a member's decisions over time, stacked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.scenarios.explaining.replay import OWN, shown_decisions
from plaza_lab.scenarios.report.style import COLOURS, blank, finish, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MORE_COLOURS = (
    "#999999", "#8C564B", "#7F3C8D", "#B5B35C", "#80BA5A", "#CF1C90", "#4B4B8F", "#A5AA99",
    "#F2B701", "#2F8AC4", "#F97B72", "#66C5CC", "#9D755D", "#54278F",
)  # fmt: skip
"""After the house's colours but black, which is the sum's."""


@styled
def stacked(frames: Sequence[tuple[str, pd.DataFrame]], title: str) -> Figure:
    """Draw the terms of every decision, stacked above and below zero, week by week.

    Parameters
    ----------
    frames : sequence of tuple
        Name of a policy and the frame of the diary lived under it; one or two.
    title : str
        Whose days they are.

    Returns
    -------
    matplotlib.figure.Figure
        One row a decision, one column a policy; the line is the sum. Her own rate, the same on
        all days, is left out.
    """
    shown = [one for one in shown_decisions() if any(_moves(frame, one) for _, frame in frames)]
    figure = blank(4.4 * len(frames) + 2.2, 0.8 + 2.1 * len(shown))
    grid = figure.subplots(len(shown), len(frames), squeeze=False, sharex=True, sharey="row")
    colours = _colours(frames)
    for line, decision in enumerate(shown):
        terms = [term for term in decision.names
                 if any(_size(frame, decision, term) > 0 for _, frame in frames)]  # fmt: skip
        for column, (_, frame) in enumerate(frames):
            axes = grid[line, column]
            _stack(axes, frame, decision, terms, colours)
            if column == 0:
                axes.set(title=f"{decision.name}: terms", ylabel=decision.unit)
            if line == 0:
                axes.set_title(frames[column][0], loc="right", fontsize=8)
        last = grid[line, -1]
        handles, labels = last.get_legend_handles_labels()
        last.legend(handles, labels, loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=7.5)
    for axes in grid[-1]:
        axes.set_xlabel("week")
    caption = (
        f"{title}: terms of her decisions as they stand in the evening, weekly means, stacked "
        f"above and below zero; black: their sum. Left out: her {OWN}, the same on all days."
    )
    return finish(figure, caption, show=True)


def _colours(frames: Sequence[tuple[str, pd.DataFrame]]) -> dict[str, str]:
    """Give each term that moves a colour, the same in every decision."""
    names = [
        term for one in shown_decisions() for term in one.names
        if any(_size(frame, one, term) > 0 for _, frame in frames)
    ]  # fmt: skip
    palette = (*COLOURS[:-1], *MORE_COLOURS)
    unique = list(dict.fromkeys(names))
    return {name: palette[place % len(palette)] for place, name in enumerate(unique)}


def _size(frame: pd.DataFrame, decision: Decision, term: str) -> float:
    column = f"{decision.name}: {term}"
    return float(frame[column].abs().max()) if column in frame else 0.0


def _moves(frame: pd.DataFrame, decision: Decision) -> bool:
    return any(_size(frame, decision, term) > 0 for term in decision.names)


def _stack(
    axes: Axes, frame: pd.DataFrame, decision: Decision, terms: list[str], colours: dict[str, str]
) -> None:
    columns = [f"{decision.name}: {term}" for term in terms]
    weekly = frame.groupby(frame["day"] // 7)[columns].mean().fillna(0.0)
    weeks = weekly.index.to_numpy() + 0.5
    above, below = np.zeros(len(weeks)), np.zeros(len(weeks))
    for term, column in zip(terms, columns, strict=True):
        values = weekly[column].to_numpy()
        up, down = np.maximum(values, 0.0), np.minimum(values, 0.0)
        colour = colours[term]
        axes.fill_between(weeks, above, above + up, color=colour, lw=0, alpha=0.85, label=term)
        axes.fill_between(weeks, below, below + down, color=colour, lw=0, alpha=0.85)
        above, below = above + up, below + down
    axes.plot(weeks, weekly.sum(axis=1), color="#000000", lw=1.4, label="sum")
    axes.axhline(0, color="#000000", lw=0.6)
