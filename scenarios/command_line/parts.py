"""Verbs with parts, such as ``plaza study run | status | ...``: finding the part and its help."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from plaza_lab.scenarios.command_line.parser import Parser, parse
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.own.own_mechanisms import command_line
from plaza_lab.scenarios.settings.options import nearest


@dataclass(frozen=True)
class Parts:
    """The parts of a verb.

    Parameters
    ----------
    verb : str
        Such as ``study``.
    about : str
        What it is for, in a line.
    meanings : mapping of str to str
        Part to what it does.
    parser : callable
        Makes the flags and words of a part.
    carry_out : mapping of str to callable
        Part to what is called with its options, of which ``asked`` is the whole command.
    """

    verb: str
    about: str
    meanings: Mapping[str, str]
    parser: Callable[[str], Parser]
    carry_out: Mapping[str, Callable[[Namespace], int]]

    def run(self, arguments: Sequence[str]) -> int:
        """Carry out the part that the first word names.

        Parameters
        ----------
        arguments : sequence of str
            What follows the verb.

        Returns
        -------
        int
            Exit code of the part; 0 after help.

        Raises
        ------
        UserError
            With one line for the first mistake.
        """
        if not arguments or arguments[0] in ("--help", "-h"):
            sys.stdout.write(self._help())
            return 0
        name, *rest = arguments
        if name not in self.meanings:
            near = nearest(name, self.meanings) or f"; choose one of {', '.join(self.meanings)}"
            raise UserError(f"plaza {self.verb} {name}: there is no such part{near}")
        options = parse(self.parser(name), rest)
        if isinstance(options, int):
            return options
        options.asked = command_line(self.verb, *arguments)
        return self.carry_out[name](options)

    def _help(self) -> str:
        lines = [f"plaza {self.verb}: {self.about}", ""]
        lines += [f"  {name:<8} {line}" for name, line in self.meanings.items()]
        return "\n".join([*lines, "", f"plaza {self.verb} <part> --help tells more", ""])
