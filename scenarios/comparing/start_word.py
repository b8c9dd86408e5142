"""``start=today`` among the words of a command."""

from __future__ import annotations

from collections.abc import Sequence

from plaza_lab.scenarios.errors import UserError

WORD = "start"
TODAY = "today"


def start_in(overrides: Sequence[str]) -> tuple[str | None, list[str]]:
    """Take ``start=today`` out of the overrides.

    Raises
    ------
    UserError
        Another start than today, or twice.
    """
    own = [text for text in overrides if text.partition("=")[0].lstrip("+") == WORD]
    rest = [text for text in overrides if text not in own]
    if not own:
        return None, rest
    value = own[0].partition("=")[2].strip("'\" ")
    if len(own) > 1 or value != TODAY:
        raise UserError(f"{own[-1]}: start takes one value, start={TODAY}: the last day of the log")
    return value, rest
