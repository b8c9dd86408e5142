"""Breaking text into lines where no spaces part its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.measure import Measurement

WIDE = "\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef"
NEVER_FIRST = "，。；：、）》！？％"
NEVER_LAST = "（《「“"
PIECE = re.compile(f"[{NEVER_LAST}]*(?:[{WIDE}]|[^{WIDE} ]+)[{NEVER_FIRST}]*| +")
NARROWEST = 20


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
    """Break a paragraph into lines of so many columns; a wider piece stands on a line by itself.

    No line ends in spaces, and none begins with a closing mark.
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
