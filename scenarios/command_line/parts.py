"""Reading what follows a verb, and of verbs such as ``plaza study run | status`` the part."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from plaza_lab.scenarios.command_line.helps import spoken_help
from plaza_lab.scenarios.command_line.parser import Parser, parse
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.own.own_mechanisms import command_line
from plaza_lab.scenarios.settings.options import nearest


def verb(
    name: str, parser: Callable[[], Parser], usual: Sequence[str] = ()
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Let what carries out a verb be called with what follows it.

    Parameters
    ----------
    name : str
        The verb.
    parser : callable
        Makes its flags and words.
    usual : sequence of str
        What follows it where nothing does.

    Returns
    -------
    callable
        Decorator of a function of the options, of which ``asked`` is the whole command and
        ``arguments`` what follows the verb. The function then takes the words, returns an exit
        code, 0 after help, and raises UserError with one line for the first mistake.
    """

    def wrap(act: Callable[..., int]) -> Callable[..., int]:
        @wraps(act)
        def carry_out(arguments: Sequence[str], **more: Any) -> int:
            options = parse(parser(), arguments or usual)
            if isinstance(options, int):
                return options
            options.asked, options.arguments = command_line(name, *arguments), list(arguments)
            return act(options, **more)

        return carry_out

    return wrap


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
            sys.stdout.write(spoken_help(self._help(), Language(chosen_language())))
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
