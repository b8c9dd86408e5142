"""Help texts in another language: written in English, said paragraph by paragraph."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.language.catalogue import HELP
from plaza_lab.scenarios.language.choosing import language_of_words

WIDEST, NARROWEST = 100, 20
"""Columns of a line, and fewest of a meaning that stands beside its flag."""
TWO_COLUMNS = re.compile(r"(  +\S.*?  +)(\S.*)")
"""A word or flag, and what it means."""
SHORT_NAME = re.compile(r"(  \S+ )(\S.*)")
"""The same where the name fills its column."""
LABEL = re.compile("[A-Z][a-z ]+: ")
"""What a line begins with that is a paragraph by itself."""
HEAD = re.compile(r"(plaza [a-z -]+): (.+)")


def spoken_help(text: str, say: Language) -> str:
    """Say a help text in a language.

    Parameters
    ----------
    text : str
        Paragraphs, indented commands, and lines of two columns, in English.
    say : Language
        The language; in English nothing is done.

    Returns
    -------
    str
        Broken at the width of the terminal; commands stay as they are.
    """
    if say.code == "en":
        return text
    return "\n".join(line for block in _blocks(text) for line in _said(block, say))


def say_help(text: str, words: Sequence[str]) -> int:
    """Print a help text, written in English, in the language of a command; return exit code 0."""
    sys.stdout.write(spoken_help(text, Language(language_of_words(words))))
    return 0


def said_of(carry_out: Callable[[list[str]], int], words: list[str]) -> int:
    """Carry out what prints a help text in English, and print it in the language of the command."""
    with contextlib.redirect_stdout(io.StringIO()) as written:
        code = carry_out(words)
    say_help(written.getvalue(), words)
    return code


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs, each on one line, and every indented line by itself."""
    paragraph: list[str] = []
    for line in text.split("\n"):
        is_prose = bool(line) and not line.startswith(" ")
        is_whole = paragraph and (re.search("[:.)]$", paragraph[-1]) or LABEL.match(line))
        if paragraph and (not is_prose or is_whole or HEAD.match(paragraph[0])):
            yield " ".join(paragraph)
            paragraph = []
        if is_prose:
            paragraph.append(line)
        else:
            yield line
    if paragraph:
        yield " ".join(paragraph)


def _said(line: str, say: Language) -> Iterator[str]:
    columns = TWO_COLUMNS.fullmatch(line) or SHORT_NAME.fullmatch(line)
    if columns:
        meaning = say.told(columns[2], HELP)
        if meaning != columns[2]:
            yield from _hung(columns[1], meaning)
            return
    if not line.strip() or line.startswith(" "):
        yield line
        return
    head = HEAD.fullmatch(line)
    told = f"{head[1]}：{say.told(head[2], HELP)}" if head else say.told(line, HELP)
    yield from broken(told, _width())


def _hung(name: str, meaning: str) -> Iterator[str]:
    """A meaning beside its name; below it where there is little room."""
    indent = len(name)
    if _width() - indent < NARROWEST:
        yield name.rstrip()
        indent, name = 6, " " * 6
    for place, line in enumerate(broken(meaning, _width() - indent)):
        yield (" " * indent if place else name) + line


def broken(text: str, width: int) -> list[str]:
    """Break a paragraph into lines, between characters where no spaces part them."""
    from plaza_lab.scenarios.language.terminal import lines_of

    return list(lines_of(text, width))


def _width() -> int:
    return min(shutil.get_terminal_size().columns, WIDEST)


def speaking_formatter(formatter: Any, say: Language) -> Any:
    """Make of a ``formatter_class`` of argparse one that lays flags out in a language."""

    class Speaking(formatter):  # type: ignore[misc]
        def add_usage(
            self, usage: Any, actions: Any, groups: Any, prefix: str | None = None
        ) -> None:
            super().add_usage(usage, actions, groups, prefix or say.told("usage: ", HELP))

        def format_help(self) -> str:
            return re.sub("(?m)(?<=^[^\x00-\x7f]{2}):$", "：", super().format_help())

        def start_section(self, heading: str | None) -> None:
            super().start_section(heading and say.told(heading, HELP))

        def _split_lines(self, text: str, width: int) -> list[str]:
            return broken(say.told(" ".join(text.split()), HELP), width)

        def _fill_text(self, text: str, width: int, indent: str) -> str:
            del width, indent
            is_laid_out = "\n\n" in text or "\n  " in text
            return spoken_help(text if is_laid_out else " ".join(text.split()), say)

    return Speaking
