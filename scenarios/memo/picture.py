"""The picture of a memo: what each policy changes, in three panels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib import rc_context
from matplotlib.ticker import MaxNLocator

from plaza_lab.scenarios.advising.advice import Advice, is_clear
from plaza_lab.scenarios.advising.writing import policy_name, unit_of
from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.language.fonts import families
from plaza_lab.scenarios.outcomes import display_scale, outcome_named
from plaza_lab.scenarios.report.style import COLOURS, LOOK, blank, finish, plain_ticks
from plaza_lab.scenarios.report.words import inside_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CLEAR, UNCLEAR = COLOURS[0], "#777777"
WIDTH, NARROW, ROW = 7.4, 3.8, 0.34


def differences(advice: Advice, say: Language, *, is_tall: bool = False) -> tuple[Figure, str]:
    """Draw the difference of each policy to the baseline: the aim, growth, spending.

    Parameters
    ----------
    advice : Advice
        Of the comparison.
    say : Language
        In which language.
    is_tall : bool
        Whether the panels stand below each other, for a phone.

    Returns
    -------
    tuple
        Figure, and its caption.
    """
    aims = dict.fromkeys((advice.aim.name, "growth", "fund_spend_yuan"))
    panels = [name for name in aims if name in set(advice.frame["outcome"])]
    with rc_context(LOOK | {"font.family": families(say.code)}):
        height = 1.1 + ROW * len(advice.others)
        if is_tall:
            figure = blank(NARROW, height * len(panels))
            axes = figure.subplots(len(panels), 1, squeeze=False)[:, 0]
        else:
            figure = blank(WIDTH, height)
            axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        figure.get_layout_engine().set(wspace=0.06, hspace=0.06)  # type: ignore[union-attr,call-arg]
        for one, name in zip(axes, panels, strict=True):
            _panel(one, advice, name, say)
        names = [policy_name(other, say) for other in advice.others]
        for one in axes if is_tall else axes[:1]:
            one.set_yticks(range(len(names)), names)
            one.set_ylim(len(names) - 0.5, -0.5)
        caption = say.tr(
            "Difference from {base} with its {level} % interval, {pairs} pairs; blue: told from "
            "none, grey: not.",
            base=policy_name(advice.baseline, say), level=f"{100 * advice.level:g}",
            pairs=advice.pairs,
        )  # fmt: skip
        finish(figure, caption, show=False)
        figure.canvas.draw()  # fonts are looked up while the language's are in force
    return figure, caption


def _panel(axes: Axes, advice: Advice, name: str, say: Language) -> None:
    outcome = outcome_named(name)
    scale = display_scale(outcome)
    for place, policy in enumerate(advice.others):
        row = advice.row(policy, name)
        if not row or not math.isfinite(row["difference"]):
            continue
        colour = CLEAR if is_clear(row) else UNCLEAR
        middle = scale * row["difference"]
        low, high = (scale * end for end in inside_scale(row))
        if math.isfinite(low):
            axes.plot([low, high], [place, place], color=colour, linewidth=2.4,
                      solid_capstyle="butt")  # fmt: skip
        axes.plot(middle, place, "o", color=colour, markersize=5)
    axes.axvline(0.0, color="#333333", linewidth=0.8)
    axes.margins(x=0.12)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    plain_ticks(axes.xaxis)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
    axes.set_title(say.tr(outcome.label))
    axes.set_xlabel(unit_of(outcome, say, is_difference=True))
