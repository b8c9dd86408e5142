"""What follows a verb: its flags, and of verbs such as ``plaza study run | status`` the part.

Mistakes are said in one line.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

from plaza_lab.scenarios.command_line.helps import spoken_help
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.files.places import new_place
from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.own.own_mechanisms import command_line
from plaza_lab.scenarios.settings.options import nearest
from plaza_lab.scenarios.store import DEFAULT_STORE, usual_store

MOST_WORKERS = 1024


class Parser(argparse.ArgumentParser):
    """An argument parser that raises :class:`UserError` instead of ending the process.

    Parameters
    ----------
    *arguments, **options
        As for :class:`argparse.ArgumentParser`.
    more : str, optional
        What stands below the flags, beginning with empty lines; with it help is short.
    """

    def __init__(self, *arguments: Any, more: str | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.more = more

    def format_help(self) -> str:
        """Write the help: a line for each flag where there is more, else as argparse does."""
        if self.more is None:
            return super().format_help()
        rows = []
        for action in sorted(self._actions, key=lambda action: bool(action.option_strings)):
            if action.dest != "help":
                value = str(action.metavar or "|".join(map(str, action.choices or ())))
                value = f"[{value}]" if action.nargs == "?" else value
                shown = " ".join(filter(None, (*action.option_strings, value)))
                rows.append((shown, (action.help or "").replace("%%", "%")))
        width = max((len(shown) for shown, _ in rows), default=0)
        lines = [f"{self.prog}: {self.description}", *([""] if rows else [])]
        lines += [f"  {shown:<{width}}  {meaning}" for shown, meaning in rows]
        return "\n".join(lines) + self.more + "\n"

    def print_help(self, file: Any = None) -> None:
        """Print the help in the language of the command."""
        from plaza_lab.scenarios.command_line.helps import speaking_formatter

        say = Language(chosen_language())
        if self.more is None and say.code != "en":
            self.formatter_class = speaking_formatter(self.formatter_class, say)
            text = self.format_help()
        else:
            text = spoken_help(self.format_help(), say)
        self._print_message(text, file or sys.stdout)

    def also(self, *flags: str, **changed: str) -> None:
        """Declare flags that many verbs have: ``json, lang, store, to, workers``.

        A keyword declares one with another help.
        """
        known: dict[str, dict[str, Any]] = {
            "json": {"action": "store_true", "help": "print plain values instead"},
            "lang": {"metavar": "CODE", "default": "", "help": "en or zh"},
            "store": {"metavar": "DIR", "type": folder_name, "default": usual_store(),
                      "help": f"default {DEFAULT_STORE}"},
            "to": {"metavar": "DIR", "type": new_folder,
                   "help": "a new folder for the picture and the tables"},
            "workers": {"metavar": "N", "type": whole(0, MOST_WORKERS), "default": 0,
                        "help": "runs side by side; default: every core"},
        }  # fmt: skip
        for flag in (*flags, *changed):
            own = {"help": changed[flag]} if flag in changed else {}
            self.add_argument(f"--{flag}", **known[flag] | own)

    def error(self, message: str) -> NoReturn:
        """Raise what argparse says is wrong as a :class:`UserError`."""
        own = re.fullmatch(r"argument (\S+): (.* is expected.*)", message, re.DOTALL)
        if own:  # said by whole() or number() below: the value, and what would be right
            raise UserError(f"{own[1]} {own[2]}")
        raise UserError(f"{self.prog}: {message} ({self.prog} --help lists the options)")


def whole(low: int, high: int, what: str = "whole number") -> Callable[[str], int]:
    """Make what reads the value of a flag that takes a whole number.

    Parameters
    ----------
    low, high : int
        Least and most.
    what : str
        Kind of number, for the line that refuses another.

    Returns
    -------
    callable
        For ``add_argument(type=...)``.
    """

    def read(text: str) -> int:
        found = re.fullmatch(r"[+-]?[0-9]{1,30}", text.strip())
        if found is None or not low <= int(found[0]) <= high:
            wanted = f"a {what} from {low:,} to {high:,}"
            raise argparse.ArgumentTypeError(f"{text[:40]}: {wanted} is expected")
        return int(found[0])

    return read


def number(wanted: str, low: float = -math.inf, high: float = math.inf) -> Callable[[str], float]:
    """Make what reads the value of a flag that takes a number strictly between two others.

    Parameters
    ----------
    wanted : str
        What would be right, for the line that refuses another.
    low, high : float
        Ends, which do not belong to it.

    Returns
    -------
    callable
        For ``add_argument(type=...)``.
    """

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low < value < high:
            raise argparse.ArgumentTypeError(f"{text[:40]}: {wanted} is expected")
        return value

    return read


def folder_name(text: str) -> str:
    """Read the value of a flag that names a folder: not an empty one, which would be this one."""
    if not text.strip():
        raise argparse.ArgumentTypeError("(empty): the name of a folder is expected")
    return text


def new_folder(text: str) -> Path:
    """Read the value of ``--to``: a folder that is not there yet, where one may be made."""
    return new_place(text, "--to")


def parse(parser: Parser, arguments: Sequence[str]) -> Namespace | int:
    """Read what follows a verb: the options; after ``--help``, the exit code.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    if parser.more is not None:  # written first, as reading sets words aside for a while
        text = parser.format_help()
        parser.format_help = lambda: text  # type: ignore[method-assign]
    try:
        return parser.parse_intermixed_args(list(arguments))
    except SystemExit as ended:
        return int(ended.code or 0)


def verb(
    name: str, parser: Callable[[], Parser], usual: Sequence[str] = (), *, goes_on: bool = False
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
    goes_on : bool
        Whether its runs are kept as they finish, so that the same command goes on after a stop.

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
            try:
                return act(options, **more)
            except KeyboardInterrupt:
                if not goes_on:
                    raise
                from plaza_lab.scenarios.command_line.execution import stopped_and_kept

                return stopped_and_kept()

        return carry_out

    return wrap


def by_part(
    verb: str,
    about: str,
    meanings: Mapping[str, str],
    parser: Callable[[str], Parser],
    acts: Mapping[str, Callable[[Namespace], int]],
) -> Callable[[Sequence[str]], int]:
    """Let a verb be carried out part by part, such as ``plaza study run``.

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
    acts : mapping of str to callable
        Part to what is called with its options, of which ``asked`` is the whole command.

    Returns
    -------
    callable
        Takes what follows the verb, returns the exit code of the part, 0 after help, and raises
        UserError with one line for the first mistake.
    """

    def carry_out(arguments: Sequence[str]) -> int:
        if not arguments or arguments[0] in ("--help", "-h"):
            lines = [f"plaza {verb}: {about}", ""]
            lines += [f"  {name:<8} {line}" for name, line in meanings.items()]
            text = "\n".join([*lines, "", f"plaza {verb} <part> --help tells more", ""])
            sys.stdout.write(spoken_help(text, Language(chosen_language())))
            return 0
        name, *rest = arguments
        if name not in meanings:
            near = nearest(name, meanings) or f"; choose one of {', '.join(meanings)}"
            raise UserError(f"plaza {verb} {name}: there is no such part{near}")
        options = parse(parser(name), rest)
        if isinstance(options, int):
            return options
        options.asked = command_line(verb, *arguments)
        return acts[name](options)

    return carry_out
