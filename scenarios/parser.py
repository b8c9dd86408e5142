"""Flags of the verbs that have some of their own: mistakes are said in one line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from plaza_lab.scenarios.errors import UserError


class Parser(argparse.ArgumentParser):
    """An argument parser that raises :class:`UserError` instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong.

        Parameters
        ----------
        message : str
            What argparse says.

        Raises
        ------
        UserError
            Always.
        """
        raise UserError(f"{self.prog}: {message} ({self.prog} --help lists the options)")


def parse(parser: Parser, arguments: Sequence[str]) -> argparse.Namespace | int:
    """Read a command line.

    Parameters
    ----------
    parser : Parser
        The verb's flags.
    arguments : sequence of str
        What follows the verb.

    Returns
    -------
    argparse.Namespace or int
        The options; after ``--help``, the exit code.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    try:
        return parser.parse_intermixed_args(list(arguments))
    except SystemExit as ended:
        return int(ended.code or 0)


def part_help(parser: Parser, head: str, more: str = "") -> str:
    """Write the help of one part of a verb.

    Parameters
    ----------
    parser : Parser
        Its flags and words.
    head : str
        First line: the command, and what it does.
    more : str
        What stands below the flags, beginning with empty lines.

    Returns
    -------
    str
        Lines of which the last is ended.
    """
    rows = []
    for action in sorted(parser._actions, key=lambda action: bool(action.option_strings)):
        if action.dest != "help":
            value = str(action.metavar or "|".join(map(str, action.choices or ())))
            if action.nargs == "?":
                value = f"[{value}]"
            shown = " ".join(filter(None, (*action.option_strings, value)))
            rows.append((shown, action.help or ""))
    if not rows:
        return f"{head}{more}\n"
    width = max(len(shown) for shown, _ in rows)
    lines = [head, "", *(f"  {shown:<{width}}  {meaning}" for shown, meaning in rows)]
    return "\n".join(lines) + more + "\n"
