"""Figures of fronts: what no other policy, or no other form of partnership, beats.

Of a search, every policy at its mean objectives, marked by how sure its place is; of partners, yuan
to the host across and yuan to the partners upward.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator

from plaza_lab.scenarios.optimise.constraints import described
from plaza_lab.scenarios.outcomes import display_scale, outcome_title
from plaza_lab.scenarios.report.style import COLOURS, blank, finish, plain_ticks, styled
from plaza_lab.scenarios.report.words import counted

if TYPE_CHECKING:
    from plaza_lab.scenarios.policies.frontier import Point

Goal = tuple[str, bool]
Panel = tuple[Axes, Goal, Goal]
# told apart by shape and filling as well as by colour
LOOKS: dict[str, dict[str, Any]] = {
    "surely not": {"marker": "x", "color": "#999999", "ms": 4.5, "zorder": 2},
    "beaten if": {"marker": "s", "color": "#777777", "mfc": "white", "ms": 4, "zorder": 2.5},
    "possibly": {"marker": "D", "color": COLOURS[1], "mfc": "white", "ms": 5.5, "zorder": 3},
    "surely": {"marker": "o", "color": COLOURS[0], "ms": 7.5, "zorder": 4},
}
NAMES = {
    "surely": "surely on the front",
    "possibly": "possibly",
    "beaten if": "possibly, by an open constraint only",
    "surely not": "surely not",
}
WITH_LINES = ("surely", "possibly")
MOST_NUMBERS = 15
PANEL = 3.7
LONGEST_NAME = 44
MARKS = "osD^vP"
MORE_COLOURS = ("#999999", "#8C564B", "#7F3C8D")
EVEN = 1000.0
"""Yuan up to which the axes are even; beyond they are logarithmic."""

TICKS = [sign * 10.0**power for sign in (-1, 1) for power in range(3, 10)] + [0.0]


@styled
def front(
    table: pd.DataFrame, goals: Sequence[Goal], level: float = 0.95, *, caption: bool = True
) -> Figure:
    """Draw the front: one panel for each two objectives, or a row a policy for a single one.

    Parameters
    ----------
    table : pandas.DataFrame
        Table of ``plaza_lab.scenarios.optimise.front.front_table``.
    goals : sequence of tuple of (str, bool)
        Outcome and whether more is better.
    level : float
        Confidence of all labels together.
    caption : bool
        Whether to print the caption in the picture.

    Returns
    -------
    matplotlib.figure.Figure
        Filled circles are surely on the front, hollow diamonds possibly, crosses surely not, hollow
        squares possibly but only if an open constraint fails another policy; numbers are those of
        the table.
    """
    numbers = table[[name for name, _ in goals]].to_numpy(dtype=float)
    drawn = table.loc[np.isfinite(numbers).all(axis=1)]
    is_beaten_if = (drawn["label"] == "possibly") & (drawn["if_met"] == "surely not")
    drawn = drawn.assign(look=drawn["label"].mask(is_beaten_if, "beaten if"))
    panels: list[Panel] = []
    if len(goals) == 1:
        figure, first = _one_goal(drawn, goals[0])
    else:
        figure, panels = _panels(drawn, goals)
        first = panels[0][0]
    _legend(figure, first, drawn)
    finish(figure, _caption(table, drawn, level), show=caption)
    for panel in panels:  # last, when nothing moves the marks any more
        _write_numbers(drawn, *panel)
    return figure


def _legend(figure: Figure, axes: Axes, drawn: pd.DataFrame) -> None:
    handles, texts = axes.get_legend_handles_labels()
    found = dict(zip(texts, handles, strict=True))
    order = [text for name in NAMES if (text := _words(drawn, name)) in found]
    columns = 4 if figure.get_figwidth() > 7 else 2
    shown = [found[text] for text in order]
    if shown:
        figure.legend(shown, order, loc="outside upper left", ncols=min(columns, len(order)))


def _panels(drawn: pd.DataFrame, goals: Sequence[Goal]) -> tuple[Figure, list[Panel]]:
    """Every two of three objectives; of more, the first against each other one."""
    pairs = list(combinations(goals, 2)) if len(goals) <= 3 else [(goals[0], g) for g in goals[1:]]
    columns = min(len(pairs), 3)
    rows = -(-len(pairs) // columns)
    width = PANEL * columns if columns > 1 else 1.6 * PANEL
    figure = blank(width, (PANEL if columns > 1 else 1.15 * PANEL) * rows + 0.5)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    panels = [(axes, *pair) for axes, pair in zip(grid, pairs, strict=False)]
    for axes, first, second in panels:
        _draw_pair(axes, drawn, first, second)
    for spare in grid[len(pairs) :]:
        spare.set_axis_off()
    return figure, panels


def _draw_pair(axes: Axes, drawn: pd.DataFrame, first: Goal, second: Goal) -> None:
    for name, look in LOOKS.items():
        part = drawn.loc[drawn["look"] == name]
        if not len(part):
            continue
        x, y = (_numbers(part, goal[0]) for goal in (first, second))
        if name in WITH_LINES:
            for place in range(len(part)):
                axes.plot(x[1:, place], [y[0, place]] * 2, color=look["color"], lw=0.9, zorder=1.5)
                axes.plot([x[0, place]] * 2, y[1:, place], color=look["color"], lw=0.9, zorder=1.5)
        axes.plot(x[0], y[0], ls="", label=_words(drawn, name), **look)
    axes.set_xlabel(_title(first))
    axes.set_ylabel(_title(second))
    axes.margins(0.08)
    for axis in (axes.xaxis, axes.yaxis):
        plain_ticks(axis)


def _write_numbers(drawn: pd.DataFrame, axes: Axes, first: Goal, second: Goal) -> None:
    """Write the numbers beside the marks; marks that lie on each other share one text."""
    rows = drawn.loc[drawn["look"].isin(WITH_LINES)].head(MOST_NUMBERS)
    if not len(rows):
        return
    x, y = (_numbers(rows, goal[0])[0] for goal in (first, second))
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()  # the layout decides how near marks are on the page
    inches = axes.transData.transform(np.column_stack([x, y])) / figure.get_dpi()
    taken: list[tuple[int, list[str]]] = []
    for at, no in enumerate(rows["no"]):
        near = [
            numbers for other, numbers in taken
            if (abs(inches[other] - inches[at]) < 0.1).all()
        ]  # fmt: skip
        if near:
            near[0].append(str(no))
        else:
            taken.append((at, [str(no)]))
    boxes: list[np.ndarray] = []
    for at, numbers in taken:
        text = ", ".join(numbers[:4]) + ("..." if len(numbers) > 4 else "")
        offset = _free_place(72.0 * inches[at], 4.3 * len(text), boxes)
        axes.annotate(
            text, (x[at], y[at]), xytext=tuple(offset), textcoords="offset points", fontsize=7.5,
            zorder=5,
        )  # fmt: skip


def _free_place(mark: np.ndarray, width: float, boxes: list[np.ndarray]) -> np.ndarray:
    """Find where a text beside a mark covers no other; ``boxes`` of those written grows by it.

    All in points: the mark's place on the page, the text's width, and boxes as left, bottom,
    right, top.
    """
    height = 9.0
    places = [(side, up) for up in (4.0, -12.0, 14.0, -22.0, 24.0) for side in (5.0, -5.0 - width)]
    for offset in map(np.array, places):
        low = mark + offset
        box = np.array([low[0], low[1], low[0] + width, low[1] + height])
        if not any((box[:2] < other[2:]).all() and (other[:2] < box[2:]).all() for other in boxes):
            break
    boxes.append(box)
    return offset


def _one_goal(drawn: pd.DataFrame, goal: Goal) -> tuple[Figure, Axes]:
    shown = drawn.head(25)
    figure = blank(8.2, 1.5 + 0.24 * len(shown))
    axes = figure.subplots()
    for name, look in LOOKS.items():
        places = np.flatnonzero((shown["look"] == name).to_numpy())
        if not places.size:
            continue
        x = _numbers(shown.iloc[places], goal[0])
        axes.hlines(places, x[1], x[2], color=look["color"], lw=1.2)
        axes.plot(x[0], places, ls="", label=_words(drawn, name), **look)
    axes.set_yticks(
        range(len(shown)),
        [f"{_cut(name)}  {no}" for no, name in zip(shown["no"], shown["policy"], strict=True)],
    )
    axes.set(ylim=(len(shown) - 0.4, -0.6), xlabel=_title(goal))
    plain_ticks(axes.xaxis)
    return figure, axes


def _cut(policy: str) -> str:
    """Name a policy by the values of its levers alone."""
    values = ", ".join(word.partition("=")[2] or word for word in policy.split())
    return values if len(values) <= LONGEST_NAME else f"{values[: LONGEST_NAME - 3]}..."


def _numbers(rows: pd.DataFrame, name: str) -> np.ndarray:
    """Mean, low and high as shown, at the luck of the same seeds, shape ``(3, policies)``."""
    scale, shift = display_scale(described(name)), rows[f"{name}_shift"].to_numpy(float)
    ends = [rows[f"{name}{end}"].to_numpy(float) for end in ("", "_low", "_high")]
    return np.array([(end + shift) * scale for end in ends])


def _title(goal: Goal) -> str:
    outcome = described(goal[0])
    arrow = "higher is better" if goal[1] else "lower is better"
    return f"{outcome_title(outcome)}, {arrow}"


def _words(drawn: pd.DataFrame, look: str) -> str:
    return f"{NAMES[look]} ({int((drawn['look'] == look).sum())})"


def _caption(table: pd.DataFrame, drawn: pd.DataFrame, level: float) -> str:
    low, high = (int(drawn["pairs"].min()), int(drawn["pairs"].max())) if len(drawn) else (0, 0)
    pairs = counted(low, "pair") if low == high else f"{low} to {high} pairs"
    hidden = len(table) - len(drawn)
    text = (
        f"Mean of each of {len(drawn)} policies over {pairs} of the same seeds, which the search "
        f"did not use; lines are 95 % intervals of the mean, each by itself. Labels rest on paired "
        f"differences, and all together are right with {level * 100:g} % confidence, so two "
        "policies may be told apart although their lines overlap. Numbers as in the table."
    )
    if (drawn["look"] == "beaten if").any():
        text += " Squares are beaten by another policy if that one meets its open constraints."
    if low < high:
        text += " Policies with fewer pairs are shifted to the luck of all seeds."
    return text + (f" {hidden} more could not be run." if hidden else "")


@styled
def frontier_picture(points: Sequence[Point], pairs: int) -> Figure:
    """Draw what each form brings both sides under each contract, with 95 % intervals.

    Parameters
    ----------
    points : sequence of Point
        As ``partner_frontier`` returns them.
    pairs : int
        Pairs of runs behind each.

    Returns
    -------
    matplotlib.figure.Figure
        Colours are forms, marks are contracts; ringed and joined is the frontier. Forms without a
        deal are named below.
    """
    shown = [one for one in points if one.sides.deals > 0.0]
    asked = list(dict.fromkeys(one.form for one in points))
    palette = (*COLOURS[:-1], *MORE_COLOURS)
    known = {form: palette[place % len(palette)] for place, form in enumerate(asked)}
    forms = [form for form in asked if any(one.form == form for one in shown)]
    colours = {form: known[form] for form in forms}
    contracts = list(dict.fromkeys(one.contract for one in points))
    marks = {name: MARKS[place % len(MARKS)] for place, name in enumerate(contracts)}
    figure = blank(5.2, 6.4)
    axes = figure.subplots()
    _symlog(axes)
    for one in shown:
        _mark(axes, one, colours[one.form], marks[one.contract])
    best = sorted((one.sides.host.mean, one.sides.partner.mean) for one in shown if one.is_best)
    if best:
        axes.plot(*zip(*best, strict=True), color="#000000", lw=1.0, zorder=1)
    _legend_of_forms(figure, axes, colours, marks)
    silent = [form for form in asked if form not in forms]
    left_out = f" No deal was signed in: {', '.join(_form(one) for one in silent)}." * bool(silent)
    caption = (
        f"Gains a run by form and contract, {pairs} pairs of runs, 95 % intervals. The host's "
        "joins are those beyond the twin run without a deal. Ringed: no other brings both sides "
        f"as much. Beyond 1,000 yuan the axes are logarithmic.{left_out}"
    )
    return finish(figure, caption)


def _form(name: str) -> str:
    return name.replace("_", " ")


def _symlog(axes: Axes) -> None:
    for which, label in (("x", "host's gain, yuan a run"), ("y", "partners' gain, yuan a run")):
        axis = axes.xaxis if which == "x" else axes.yaxis
        (axes.set_xscale if which == "x" else axes.set_yscale)("symlog", linthresh=EVEN)
        axis.set_major_locator(FixedLocator(TICKS))
        plain_ticks(axis)
        axis.set_label_text(label)
    axes.axhline(0, color="#000000", lw=0.6)
    axes.axvline(0, color="#000000", lw=0.6)


def _mark(axes: Axes, one: Point, colour: str, mark: str) -> None:
    x, y = one.sides.host, one.sides.partner
    reach = [[[side.mean - side.low], [side.high - side.mean]] if math.isfinite(side.low) else None
             for side in (x, y)]  # fmt: skip
    axes.errorbar(x.mean, y.mean, xerr=reach[0], yerr=reach[1], fmt=mark, color=colour, ms=5.5,
                  elinewidth=0.8, alpha=0.85)  # fmt: skip
    if one.is_best:
        axes.plot(x.mean, y.mean, "o", mfc="none", mec="#000000", ms=12, mew=1.3)


def _legend_of_forms(
    figure: Figure, axes: Axes, colours: dict[str, str], marks: dict[str, str]
) -> None:
    """Name forms by colour and contracts by mark, above the picture."""
    rows = [(colour, "o", _form(form)) for form, colour in colours.items()]
    rows += [("#444444", mark, name) for name, mark in marks.items()]
    handles = [axes.plot([], [], mark, color=colour, ms=6)[0] for colour, mark, _ in rows]
    labels = [name for _, _, name in rows]
    figure.legend(handles, labels, loc="outside upper left", ncols=3, fontsize=9, columnspacing=1.0,
                  handletextpad=0.2)  # fmt: skip
