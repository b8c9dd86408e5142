"""The picture of a validation: every statistic against its band, on the band's own scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from plaza_lab.scenarios.report.style import COLOURS, blank, styled
from plaza_lab.scenarios.validation.judging import Finding

EDGE = 1.0
"""Widths of the band that are shown beyond it on either side."""


@styled
def pattern_page(findings: Sequence[Finding], title: str) -> Figure:
    """Draw every statistic of every pattern: band, seeds and median.

    Parameters
    ----------
    findings : sequence of Finding
        One for each row.
    title : str
        The answer, and of which world.

    Returns
    -------
    matplotlib.figure.Figure
        A row for each statistic; the band goes from 0 to 1 and what lies far out stands at the
        edge as a triangle.
    """
    figure = blank(8.6, 1.6 + 0.27 * len(findings))
    axes = figure.subplots()
    axes.axvspan(0, 1, color="#e3eef6", zorder=0)
    for place, finding in enumerate(findings):
        colour = COLOURS[0] if finding.is_inside else COLOURS[1]
        width = finding.high - finding.low
        seen = finding.values[np.isfinite(finding.values)]
        at = (seen - finding.low) / width
        inside = np.clip(at, -EDGE, 1 + EDGE)
        axes.plot(inside, np.full(at.size, place), ".", color=colour, alpha=0.35, ms=5)
        if np.isfinite(finding.median):
            middle = (finding.median - finding.low) / width
            marker = "D" if -EDGE <= middle <= 1 + EDGE else "<" if middle < 0 else ">"
            spot = np.clip(middle, -EDGE, 1 + EDGE)
            axes.plot(spot, place, marker, color=colour, ms=6, markeredgecolor="white")
        said = f"{finding.median:.2f}" if np.isfinite(finding.median) else "cannot tell"
        axes.text(
            1.02, place, f"{said}   ({finding.low:g} to {finding.high:g})", va="center",
            fontsize=8, color=colour, transform=axes.get_yaxis_transform(),
        )  # fmt: skip
    axes.set_yticks(range(len(findings)), [_label(one) for one in findings], fontsize=8)
    axes.set_ylim(len(findings) - 0.4, -0.6)
    axes.set_xlim(-EDGE - 0.08, 1 + EDGE + 0.08)
    axes.set_xticks([0, 1], ["lower edge\nof the band", "upper edge\nof the band"])
    axes.grid(axis="x", visible=False)
    title += "; diamonds: medians, dots: seeds; right: median and band"
    figure.suptitle(title, x=0.01, ha="left", fontsize=9.5)
    return figure


def _label(finding: Finding) -> str:
    if finding.pattern == finding.name:
        return f"{finding.number}  {finding.name}"
    return f"{finding.number}  {finding.pattern}: {finding.name}"
