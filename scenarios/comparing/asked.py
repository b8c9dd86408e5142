"""How a comparison is to be answered: what one decides by, in which language, what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from plaza_lab.scenarios.advising.advice import AIMS
from plaza_lab.scenarios.advising.groups import GROUPS
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.settings.options import nearest

PLAIN = ("--all", "--flips", "--memo", "--equal-spend")
VALUED = {"--aim": "growth", "--by": "arrival", "--lang": "zh"}


@dataclass(frozen=True)
class View:
    """How an answer is shown.

    Parameters
    ----------
    say : Language
        In which language.
    aim : str
        Outcome one decides by.
    is_whole : bool
        Whether all outcomes are shown, not the headlines alone.
    flips : tuple of str or None
        Settings to move, empty for all there are; None where it is not asked.
    has_memo : bool
        Whether a memo is written.
    is_equal_spend : bool
        Whether the policies are compared at equal cost.
    by : str
        Groups of people that outcomes are told by; empty for none.
    """

    say: Language = field(default_factory=lambda: Language(chosen_language()))
    aim: str = AIMS[0]
    is_whole: bool = False
    flips: tuple[str, ...] | None = None
    has_memo: bool = False
    is_equal_spend: bool = False
    by: str = ""

    def refuse_moves(self, where: str) -> None:
        """Refuse what goes with plain comparisons alone.

        Parameters
        ----------
        where : str
            What is asked that does not go with it.

        Raises
        ------
        UserError
            If flips or equal spending are asked for.
        """
        asked = {"--flips": self.flips is not None, "--equal-spend": self.is_equal_spend}
        for flag, is_asked in asked.items():
            if is_asked:
                raise UserError(f"{flag} goes with a plain comparison, not with {where}")


def view_in(arguments: Sequence[str]) -> tuple[View, list[str]]:
    """Take the flags that say how to answer out of a command line.

    Parameters
    ----------
    arguments : sequence of str
        What follows the verb.

    Returns
    -------
    tuple
        How to answer, and the other arguments.

    Raises
    ------
    UserError
        If a value is missing or unknown.
    """
    found: dict[str, str] = {}
    rest, words = [], list(arguments)
    while words:
        word = words.pop(0)
        flag, has_value, value = word.partition("=")
        if flag not in (*PLAIN, *VALUED):
            rest.append(word)
            continue
        if flag in found:
            raise UserError(f"{flag} is given twice; keep one")
        if flag in VALUED and not has_value:
            if not words or words[0].startswith("-"):
                raise UserError(f"{flag} needs a value, as in {flag} {VALUED[flag]}")
            value = words.pop(0)
        if flag in PLAIN and has_value and flag != "--flips":
            raise UserError(f"{word}: {flag} takes no value; leave it out")
        found[flag] = value
    flips = None
    if "--flips" in found:
        flips = tuple(name for name in found["--flips"].split(",") if name)
    return View(
        Language(chosen_language(found.get("--lang", ""))),
        _one_of("--aim", found.get("--aim", AIMS[0]), AIMS),
        "--all" in found,
        flips,
        "--memo" in found,
        "--equal-spend" in found,
        _one_of("--by", found["--by"], GROUPS) if "--by" in found else "",
    ), rest


def _one_of(flag: str, value: str, known: Iterable[str]) -> str:
    if value not in known:
        raise UserError(f"{flag} {value}: choose one of {', '.join(known)}{nearest(value, known)}")
    return value
