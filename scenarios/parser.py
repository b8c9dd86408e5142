"""Flags of the verbs that have some of their own: mistakes are said in one line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from scenarios.errors import UserError


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
