"""The first screen in a terminal: a head and a sentence for each question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

from plaza_lab.scenarios.advising.advice import Advice
from plaza_lab.scenarios.advising.groups import by_group
from plaza_lab.scenarios.advising.lines import Line
from plaza_lab.scenarios.language import Language

if TYPE_CHECKING:
    from rich.console import RenderableType


WIDE = "\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef"
NEVER_FIRST = "，。；：、）》！？％"
NEVER_LAST = "（《「“"
PIECE = re.compile(f"[{NEVER_LAST}]*(?:[{WIDE}]|[^{WIDE} ]+)[{NEVER_FIRST}]*| +")
NARROWEST = 20


class Wrapped:
    """A text that is broken to the width it is given.

    Parameters
    ----------
    text : str
        One paragraph.
    style : str
        Of the whole, as rich names it.
    """

    def __init__(self, text: str, style: str = "") -> None:
        self.text, self.style = text, style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines."""
        for line in lines_of(self.text, options.max_width):
            yield Text(line, style=self.style, overflow="fold")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Take what there is, up to the whole text on one line."""
        most = min(cell_len(self.text), options.max_width)
        return Measurement(min(NARROWEST, most), most)


def lines_of(text: str, width: int) -> Iterator[str]:
    """Break a text into lines.

    Parameters
    ----------
    text : str
        One paragraph.
    width : int
        Columns, at least 1; a piece that is wider stands on a line by itself.

    Yields
    ------
    str
        A line without spaces at its end; none begins with a closing mark.
    """
    line = ""
    for piece in PIECE.findall(text):
        if line and cell_len(line + piece.rstrip()) > width:
            yield line.rstrip()
            line = "" if piece.isspace() else piece
        else:
            line += piece
    if line:
        yield line.rstrip()


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
