"""The partner frontier as a picture: yuan to the host across, yuan to the partners upward."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.ticker import FixedLocator, FuncFormatter

from plaza_lab.scenarios.policies.frontier import Point
from plaza_lab.scenarios.report.style import COLOURS, blank, finish, short_number, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKS = "osD^vP"
MORE_COLOURS = ("#999999", "#8C564B", "#7F3C8D")
EVEN = 1000.0
"""Yuan up to which the axes are even; beyond they are logarithmic."""

TICKS = [sign * 10.0**power for sign in (-1, 1) for power in range(3, 10)] + [0.0]


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
    _axes(axes)
    for one in shown:
        _mark(axes, one, colours[one.form], marks[one.contract])
    best = sorted((one.sides.host.mean, one.sides.partner.mean) for one in shown if one.is_best)
    if best:
        axes.plot(*zip(*best, strict=True), color="#000000", lw=1.0, zorder=1)
    _legend(figure, axes, colours, marks)
    silent = [form for form in asked if form not in forms]
    left_out = f" No deal was signed in: {', '.join(_words(one) for one in silent)}." * bool(silent)
    caption = (
        f"Gains a run by form and contract, {pairs} pairs of runs, 95 % intervals. The host's "
        "joins are those beyond the twin run without a deal. Ringed: no other brings both sides "
        f"as much. Beyond 1,000 yuan the axes are logarithmic.{left_out}"
    )
    return finish(figure, caption, show=True)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _axes(axes: Axes) -> None:
    for which, label in (("x", "host's gain, yuan a run"), ("y", "partners' gain, yuan a run")):
        axis = axes.xaxis if which == "x" else axes.yaxis
        (axes.set_xscale if which == "x" else axes.set_yscale)("symlog", linthresh=EVEN)
        axis.set_major_locator(FixedLocator(TICKS))
        axis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))
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


def _legend(figure: Figure, axes: Axes, colours: dict[str, str], marks: dict[str, str]) -> None:
    """Name forms by colour and contracts by mark, above the picture."""
    rows = [(colour, "o", _words(form)) for form, colour in colours.items()]
    rows += [("#444444", mark, name) for name, mark in marks.items()]
    handles = [axes.plot([], [], mark, color=colour, ms=6)[0] for colour, mark, _ in rows]
    labels = [name for _, _, name in rows]
    figure.legend(handles, labels, loc="outside upper left", ncols=3, fontsize=9, columnspacing=1.0,
                  handletextpad=0.2)  # fmt: skip
