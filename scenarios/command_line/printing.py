"""What reaches a terminal: text without control characters, in lines that can be read.

A member's id, a file's name or an argument may hold anything, escape sequences among it, which a
terminal would obey. The command line writes through :class:`Guarded` streams, and its tables
through :func:`console`; so nothing has to be made harmless where it is said.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from plaza_lab.scenarios.errors import UserError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1
    "\u200e\u200f\u202a-\u202e\u2066-\u2069"  # turn the direction of what follows
    "\ud800-\udfff]"  # halves of characters: bytes that were no UTF-8
)
LONGEST_WORD, LONGEST_LINE, MOST_DIGITS = 200, 1000, 400


def harmless(text: str) -> str:
    r"""Write control characters, marks of direction and broken characters as ``\x1b``.

    A terminal then obeys nothing of the text.
    """
    return OBEYED.sub(lambda found: _spelt(found[0]), text)


def one_line(text: str) -> str:
    """Return text as one line that can be read.

    Spaces are single, words of more than 200 characters and what is above 1,000 left out.
    """
    words = [_cut(word, LONGEST_WORD) for word in text.split()]
    return _cut(harmless(" ".join(words)), LONGEST_LINE)


def _spelt(sign: str) -> str:
    number = ord(sign)
    if 0xDC80 <= number <= 0xDCFF:  # how Python keeps a byte that is no UTF-8
        number -= 0xDC00
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return f"{text[: most // 2]}...{text[-most // 4 :]}"


class Guarded:
    """A text stream that makes harmless what is written to it."""

    def __init__(self, stream: TextIO) -> None:
        self.bare = stream

    def write(self, text: str) -> int:
        """Write text without control characters; return the length of what was given."""
        shown = harmless(text)
        try:
            self.bare.write(shown)
        except UnicodeEncodeError:  # a terminal that knows fewer characters
            encoding = self.bare.encoding or "ascii"
            self.bare.write(shown.encode(encoding, "backslashreplace").decode(encoding))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write several lines."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bare, name)


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Let standard output and standard error be harmless until the command has ended."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (Guarded(stream) for stream in before)  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def say(text: str) -> None:
    """Write lines on standard output, in the language of the command."""
    from plaza_lab.scenarios.language import Language, chosen_language

    sys.stdout.write(harmless(Language(chosen_language()).text(text)) + "\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """Write a line on standard error, after the name of the program."""
    from plaza_lab.scenarios.language import Language, chosen_language

    said = Language(chosen_language()).mistake(" ".join(text.split()))
    sys.stderr.write(f"plaza: {one_line(said)}\n")
    sys.stderr.flush()


def console(stream: TextIO | None = None, **options: Any) -> Console:
    """Make what prints tables: its own colours reach the terminal, other escapes do not.

    Parameters
    ----------
    stream : file, optional
        Where to write; default: standard output.
    **options
        As for :class:`rich.console.Console`.

    Returns
    -------
    rich.console.Console
        Writes past the guard, and makes harmless every piece of text it lays out.
    """
    from rich.console import Console
    from rich.segment import Segment

    from plaza_lab.scenarios.language import Language, chosen_language
    from plaza_lab.scenarios.language.terminal import spoken_on

    say = Language(chosen_language())

    class HarmlessConsole(Console):
        """Rich lays text out in segments; those that are not its own commands are looked at."""

        def print(self, *objects: Any, **more: Any) -> None:
            super().print(*(spoken_on(one, say) for one in objects), **more)

        def render(self, *arguments: Any, **more: Any) -> Iterator[Segment]:
            for segment in super().render(*arguments, **more):
                if segment.control or not OBEYED.search(segment.text):
                    yield segment
                else:
                    yield Segment(harmless(segment.text), segment.style)

    given = sys.stdout if stream is None else stream
    return HarmlessConsole(file=getattr(given, "bare", given), **options)


def show(laid_out: Any) -> None:
    """Print what is laid out, a table or several, in the language of the command."""
    console(highlight=False).print(laid_out)
    sys.stdout.flush()


def grid(*heads: str, right: Collection[str] = ()) -> Table:
    """Make the table that answers are laid out in; numbers stand at the right of their columns."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for head in heads:
        # a name or number that is wider than its column is broken, never cut
        table.add_column(head, justify="right" if head in right else "left", overflow="fold")
    return table


def check_words(arguments: list[str]) -> None:
    """Refuse what no verb can take: bytes that are no text, and numbers of no size.

    Parameters
    ----------
    arguments : list of str
        The command line.

    Raises
    ------
    UserError
        With the first such word.
    """
    for place, word in enumerate(arguments, 1):
        broken = re.search("[\0\ud800-\udfff]", word)
        if broken:
            what = "a NUL byte" if broken[0] == "\0" else "a byte that is no UTF-8"
            raise UserError(f"argument {place} ({word[:40]!r}) holds {what}; write it as text")
        digits = re.search(f"[0-9]{{{MOST_DIGITS},}}", word)
        if digits:
            raise UserError(
                f"argument {place} ({word[:40]}...) holds a number of {len(digits[0]):,} digits; "
                "no setting takes one"
            )
