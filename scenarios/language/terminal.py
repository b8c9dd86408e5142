"""Tables and texts of a terminal in another language: said anew, and broken into lines.

What the catalogue knows is said; where no spaces part the words, lines break between them.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from plaza_lab.scenarios.language.catalogue import Language

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.measure import Measurement

WIDE = "\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef"
NEVER_FIRST = "，。；：、）》！？％"
NEVER_LAST = "（《「“"
PIECE = re.compile(f"[{NEVER_LAST}]*(?:[{WIDE}]|[^{WIDE} ]+(?: %)?)[{NEVER_FIRST}]*| +")
NARROWEST = 20


def spoken_on(shown: Any, say: Language) -> Any:
    """Say what is going to be printed in a language.

    A text, a table, several of them, or what shows itself as one; anything else stays as it is.
    What is given is not changed; in English nothing is done.
    """
    from rich.console import Group
    from rich.padding import Padding
    from rich.protocol import rich_cast
    from rich.table import Table
    from rich.text import Text

    if say.code == "en":
        return shown
    shown = rich_cast(shown)
    if isinstance(shown, str):
        return say.text(shown)
    if isinstance(shown, Text):
        return _text(shown, say)
    if isinstance(shown, Group):
        said = (spoken_on(one, say) for one in shown.renderables)
        return Group(*(_paragraph(one) for one in said), fit=shown.fit)
    if isinstance(shown, Padding):
        padding = copy.copy(shown)
        padding.renderable = spoken_on(shown.renderable, say)
        return padding
    if isinstance(shown, Table):
        return _table(shown, say)
    return shown


def _text(text: Any, say: Language) -> Any:
    said = say.text(text.plain)
    if said == text.plain:
        return text
    from rich.text import Text

    whole = [one.style for one in text.spans if (one.start, one.end) == (0, len(text.plain))]
    style = text.style or (whole[0] if whole else "")
    return Text(said, style, justify=text.justify, overflow=text.overflow, no_wrap=text.no_wrap)


def _paragraph(shown: Any) -> Any:
    """Let a text of its own break between characters, as no spaces part them."""
    from rich.console import Group
    from rich.text import Text

    if isinstance(shown, str):
        shown = Text.from_markup(shown)
    if not isinstance(shown, Text) or not shown.plain or shown.plain.isascii():
        return shown
    return Group(*(Wrapped(line, str(shown.style)) for line in shown.plain.split("\n")))


def _table(table: Any, say: Language) -> Any:
    spoken = copy.copy(table)
    spoken.title, spoken.caption = (spoken_on(one, say) for one in (table.title, table.caption))
    spoken.columns = []
    for column in table.columns:
        own = copy.copy(column)
        said = [spoken_on(one, say) for one in (column.header, column.footer, *column._cells)]
        if not own.no_wrap:  # no spaces to break at: a word would be cut
            said = [_paragraph(one) for one in said]
        own.header, own.footer, *own._cells = said
        spoken.columns.append(own)
    return spoken


class Wrapped:
    """A paragraph that is broken to the width it is given, in one style of rich."""

    def __init__(self, text: str, style: str = "") -> None:
        self.text, self.style = text, style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines."""
        from rich.text import Text

        for line in lines_of(self.text, options.max_width):
            yield Text(line, style=self.style, overflow="fold")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Take what there is, up to the whole text on one line."""
        from rich.measure import Measurement

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
