"""The picture of an attribution: credits of every channel beside what it has brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib import rc_context

from plaza_lab.scenarios.language.choosing import families
from plaza_lab.scenarios.report.style import COLOURS, blank, finish, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from plaza_lab.scenarios.attributing.answer import Attribution

SHOWN = ("last", "first", "shapley")


@styled
def drawn(answer: Attribution) -> Figure:
    """Draw credits and truth.

    Parameters
    ----------
    answer : Attribution
        What came out.

    Returns
    -------
    matplotlib.figure.Figure
        One group of bars a channel: last touch, first touch, Shapley; the truth is a diamond with
        its 95 % interval. Channels that nothing closes have none.
    """
    from plaza_lab.scenarios.attributing.answer import HEADS

    say = answer.say
    rows = [row for row in answer.rows() if max(row.joins.values()) >= 0.5 or row.true is not None]
    with rc_context({"font.family": families(say.code)}):
        figure = blank(7.6, 1.4 + 0.5 * len(rows))
        axes = figure.subplots()
        places = np.arange(len(rows))
        for k, rule in enumerate(SHOWN):
            values = [row.joins[rule] for row in rows]
            axes.barh(places + 0.25 * (k - 1), values, height=0.23, color=COLOURS[(0, 5, 4)[k]],
                      label=say.tr(HEADS[rule]))  # fmt: skip
        told = [(place, row.true) for place, row in enumerate(rows) if row.true is not None]
        if told:
            truth = np.array([true for _, true in told])
            spread = [truth[:, 0] - truth[:, 1], truth[:, 2] - truth[:, 0]]
            axes.errorbar(truth[:, 0], [place for place, _ in told], xerr=spread, fmt="D", ms=5,
                          color=COLOURS[1], lw=1.2, label=say.tr("true"), zorder=4)  # fmt: skip
        axes.axvline(0.0, color="#000000", lw=0.8)
        axes.set_yticks(places, [answer.name(row.channel) for row in rows])
        axes.margins(y=0.02)
        axes.invert_yaxis()
        axes.grid(axis="y", visible=False)
        axes.set_xlabel(say.tr("joins"))
        axes.legend(loc="lower right", fontsize=8)
        caption = answer.told()[0]
        return finish(figure, caption, show=True)
