"""Tables and texts of a terminal in another language: what the catalogue knows is said anew."""

from __future__ import annotations

import copy
from typing import Any

from plaza_lab.scenarios.language.catalogue import Language


def spoken_on(shown: Any, say: Language) -> Any:
    """Say what is going to be printed in a language.

    Parameters
    ----------
    shown : object
        What Rich prints: a text, a table, several of them, or what shows itself as one; anything
        else stays as it is.
    say : Language
        The language; in English nothing is done.

    Returns
    -------
    object
        Of the same kind; what is given is not changed.
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

    from plaza_lab.scenarios.language.wrapping import Wrapped

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
