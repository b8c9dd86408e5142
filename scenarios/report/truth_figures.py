"""Pictures of what is said beside what is true: of a trial, and of credits of channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib import rc_context

from plaza_lab.scenarios.attributing.answer import HEADS
from plaza_lab.scenarios.language import marked
from plaza_lab.scenarios.language.fonts import families
from plaza_lab.scenarios.report.style import COLOURS, blank, finish, styled
from plaza_lab.scenarios.trying.design import MEASURES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from plaza_lab.scenarios.attributing.answer import Attribution
    from plaza_lab.scenarios.trying.answer import TrialAnswer

CREDITS = ("last", "first", "shapley")
MEANS = {
    "nobody": marked("nobody has it"),
    "others": marked("trial: the others"),
    "arm": marked("trial: the arm"),
    "everybody": marked("everybody has it"),
}


@styled
def trial_figure(answer: TrialAnswer) -> Figure:
    """Draw a trial's outcome.

    Parameters
    ----------
    answer : TrialAnswer
        It says in which language.

    Returns
    -------
    matplotlib.figure.Figure
        Left: each community's estimate with its 95 % interval, sorted, and the truth with its own.
        Right: the outcome where nobody, the others, the arm, and everybody has the policy.
    """
    say, name = answer.say, answer.design.outcome
    one = MEASURES[name]
    frame = answer.frame()
    rows = frame[frame["outcome"] == name].sort_values("effect")
    with rc_context({"font.family": families(say.code)}):
        figure = blank(8.6, 1.6 + 0.16 * max(10, len(rows)))
        left, right = figure.subplots(1, 2, width_ratios=(1.5, 1.0))
        _estimates(left, answer, rows)
        places = np.arange(len(MEANS))
        heights = [one.scale * rows[key].mean() for key in MEANS]
        right.barh(
            places, heights, color=[COLOURS[0], COLOURS[5], COLOURS[4], COLOURS[1]], height=0.6
        )
        right.set_yticks(places, [say.tr(text) for text in MEANS.values()])
        right.invert_yaxis()
        for place, height in zip(places, heights, strict=True):
            right.text(height, place, f" {height:,.{one.digits}f}", va="center", fontsize=8)
        right.margins(x=0.2)
        right.grid(axis="y", visible=False)
        label = say.tr(one.label) + (f", {say.tr(one.unit)}" if one.unit else "")
        right.set(title=label)
        return finish(figure, " · ".join(answer.told()[:1] + answer.told()[2:3]), show=True)


def _estimates(axes: Axes, answer: TrialAnswer, rows: pd.DataFrame) -> None:
    say, one = answer.say, MEASURES[answer.design.outcome]
    effect, low, high, p = (rows[key].to_numpy(float) for key in ("effect", "low", "high", "p"))
    truth = [one.scale * value for value in answer.summary().truth]
    places = np.arange(len(effect))
    axes.axvspan(truth[1], truth[2], color=COLOURS[1], alpha=0.18, lw=0)
    axes.axvline(truth[0], color=COLOURS[1], lw=1.6, label=say.tr("true, with its 95 % interval"))
    axes.axvline(0.0, color="#000000", lw=0.8)
    is_proven = (p < answer.design.alpha) & (effect > 0.0)
    for told, colour, text in ((is_proven, COLOURS[2], marked("a trial, proven")),
                               (~is_proven, "#888888", marked("a trial, not proven"))):  # fmt: skip
        if told.any():
            spread = one.scale * np.array([(effect - low)[told], (high - effect)[told]])
            axes.errorbar(one.scale * effect[told], places[told], xerr=spread, fmt="o", ms=3.5,
                          color=colour, lw=1.0, label=say.tr(text))  # fmt: skip
    axes.set_yticks([])
    axes.set(title=say.tr("What trials say, and what is true"))
    axes.set(xlabel=answer.unit_of(answer.design.outcome))
    axes.set(ylabel=say.tr("{n} communities", n=len(effect)))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2, fontsize=8)


@styled
def attribution_figure(answer: Attribution) -> Figure:
    """Draw credits and truth.

    Parameters
    ----------
    answer : Attribution
        It says in which language.

    Returns
    -------
    matplotlib.figure.Figure
        One group of bars a channel: last touch, first touch, Shapley; the truth is a diamond with
        its 95 % interval. Channels that nothing closes have none.
    """
    say = answer.say
    rows = [row for row in answer.rows() if max(row.joins.values()) >= 0.5 or row.true is not None]
    with rc_context({"font.family": families(say.code)}):
        figure = blank(7.6, 1.4 + 0.5 * len(rows))
        axes = figure.subplots()
        places = np.arange(len(rows))
        for k, rule in enumerate(CREDITS):
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
