"""What ``plaza compare`` is asked beside its policies: how to answer, how sure to be, from when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from plaza_lab.scenarios.advising.advice import AIMS, GROUPS
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.settings.options import nearest

PLAIN = ("--all", "--flips", "--memo", "--equal-spend")
VALUED = {"--aim": "growth", "--by": "arrival", "--lang": "zh"}
MAX_PAIRS, LARGEST = 2000, 100_000
FIRST_LOOK = 20  # as in experiments.until and statistics.selection
EXAMPLES = {
    "--until": "retention=1pp,spend=2%",
    "--best": "retention=1pp",
    "--max-pairs": str(MAX_PAIRS),
}
WORD, TODAY = "start", "today"


@dataclass(frozen=True)
class View:
    """How an answer is shown.

    Parameters
    ----------
    say : Language
        In which language.
    aim : str
        Outcome one decides by.
    is_whole, has_memo, is_equal_spend : bool
        Whether all outcomes are shown, not the headlines alone; a memo is written; the policies
        are compared at equal cost.
    flips : tuple of str or None
        Settings to move, empty for all there are; None where it is not asked.
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
        """Refuse what goes with plain comparisons alone, and not with what is asked.

        Raises
        ------
        UserError
            If flips or equal spending are asked for.
        """
        asked = {"--flips": self.flips is not None, "--equal-spend": self.is_equal_spend}
        for flag, is_asked in asked.items():
            if is_asked:
                raise UserError(f"{flag} goes with a plain comparison, not with {where}")


def _flags_in(
    arguments: Sequence[str], plain: Sequence[str], valued: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Take flags out of a command line: those without a value, and those with one, by example."""
    found: dict[str, str] = {}
    rest, words = [], list(arguments)
    while words:
        word = words.pop(0)
        flag, has_value, value = word.partition("=")
        if flag not in plain and flag not in valued:
            rest.append(word)
            continue
        if flag in found:
            raise UserError(f"{flag} is given twice; keep one")
        if flag in valued and not has_value:
            if not words or words[0].startswith("-"):
                raise UserError(f"{flag} needs a value, as in {flag} {valued[flag]}")
            value = words.pop(0)
        if flag in plain and has_value and flag != "--flips":
            raise UserError(f"{word}: {flag} takes no value; leave it out")
        found[flag] = value
    return found, rest


def view_in(arguments: Sequence[str]) -> tuple[View, list[str]]:
    """Take the flags that say how to answer out of a command line; return both.

    Raises
    ------
    UserError
        If a value is missing or unknown.
    """
    found, rest = _flags_in(arguments, PLAIN, VALUED)
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


@dataclass(frozen=True)
class Wish:
    """How sure one wants to be.

    Parameters
    ----------
    until : str
        Half-widths wanted, such as ``retention=1pp,spend=2%``; or empty.
    best : str
        Outcome to select the best policy by, and the lead that matters, such as
        ``retention=1pp``; or empty.
    max_pairs : int
        Most pairs.
    """

    until: str = ""
    best: str = ""
    max_pairs: int = MAX_PAIRS


def wish_in(arguments: Sequence[str]) -> tuple[Wish | None, list[str]]:
    """Take ``--until``, ``--best`` and ``--max-pairs`` out of a command line; return both.

    What is wished is None where none of the first two is there.

    Raises
    ------
    UserError
        If a value is missing or no number, or the flags do not go together.
    """
    found, rest = _flags_in(arguments, (), EXAMPLES)
    if not found:
        return None, rest
    if {"--until", "--best"} <= set(found):
        raise UserError("--until and --best ask for different things; keep one of them")
    if set(found) == {"--max-pairs"}:
        raise UserError("--max-pairs goes with --until or --best, which say how sure to be")
    pairs = found.get("--max-pairs", str(MAX_PAIRS))
    if not re.fullmatch("[0-9]{1,7}", pairs) or int(pairs) > LARGEST:
        raise UserError(
            f"--max-pairs {pairs}: a whole number of pairs is expected, such as 2000, and at most "
            f"{LARGEST:,}"
        )
    if int(pairs) < FIRST_LOOK:
        raise UserError(
            f"--max-pairs {pairs}: the first look is after {FIRST_LOOK} pairs; allow at least that "
            "many"
        )
    return Wish(found.get("--until", ""), found.get("--best", ""), int(pairs)), rest


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
