"""The first screen in a terminal: a head and a sentence for each question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from plaza_lab.scenarios.advising.advice import Advice, by_group
from plaza_lab.scenarios.advising.lines import Line
from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.language.wrapping import Wrapped

if TYPE_CHECKING:
    from rich.console import RenderableType

NARROW = 18
"""Columns of the heads; a longer head is wrapped at its spaces."""


def first_screen(lines: Sequence[Line]) -> RenderableType:
    """Lay out the first lines of an answer.

    Parameters
    ----------
    lines : sequence of Line
        As they are read.

    Returns
    -------
    rich.console.RenderableType
        Print it with a ``rich.console.Console``.
    """
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(max_width=NARROW)
    grid.add_column()
    for place, line in enumerate(lines):
        grid.add_row(Wrapped(line.head, "dim"), Wrapped(line.text, "" if place else "bold"))
    return grid


def group_tables(advice: Advice, by: str, say: Language) -> Iterator[RenderableType]:
    """Yield a heading and a table for each group of people and policy.

    Parameters
    ----------
    advice : Advice
        Of the comparison.
    by : str
        One of ``groups.GROUPS``.
    say : Language
        In which language.
    """
    from rich.text import Text

    from plaza_lab.scenarios.report.terminal import effects_table

    for group, rows in by_group(advice.runs, [advice.baseline, *advice.others], by).items():
        yield Text(say.tr(group), style="bold")
        for other in advice.others:
            yield effects_table([row for row in rows if row["alternative"] == other], say)
