"""What the page asks: a community, policies, a horizon; as a link, and with undo."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from plaza_lab.scenarios.errors import UserError

MOST_POLICIES = 3
MOST_WEEKS = 520
WORD = re.compile(r"[a-z_]+(\.[a-z_]+)*=[^\s]+")
OUTCOMES = ("retention", "membership_retention", "growth", "active_share")
"""Outcomes one can decide by."""
LETTERS = "ABC"

Words = tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """What is asked.

    Parameters
    ----------
    common : tuple of str
        Overrides that hold for every policy: the community and its world.
    policies : tuple of tuple of str
        Overrides of each policy, the baseline first.
    weeks : int
        Horizon.
    fork_day : int
        Day from which the other policies part from the baseline; 0 for the beginning.
    outcome : str
        What one decides by, one of :data:`OUTCOMES`.
    width : float
        Half-width at which the answer is sure enough, as a share.
    """

    common: Words = ()
    policies: tuple[Words, ...] = (("incentive=thanks_only",), ("incentive=weekly_prize",))
    weeks: int = 52
    fork_day: int = 0
    outcome: str = "retention"
    width: float = 0.01

    @property
    def days(self) -> int:
        """Days each run lives."""
        return 7 * self.weeks

    @property
    def names(self) -> tuple[str, ...]:
        """``A``, ``B``, ``C``."""
        return tuple(LETTERS[: len(self.policies)])

    def words(self, place: int) -> Words:
        """Overrides of a policy together with the common ones; its own win."""
        return merged(self.common, self.policies[place])

    def with_common(self, key: str, value: str | None) -> Question:
        """Set, or with None drop, an override that holds for all."""
        return replace(self, common=with_word(self.common, key, value))

    def with_policy(self, place: int, key: str, value: str | None) -> Question:
        """Set, or with None drop, an override of a policy."""
        policies = list(self.policies)
        policies[place] = with_word(policies[place], key, value)
        return replace(self, policies=tuple(policies))


def with_word(words: Words, key: str, value: str | None) -> Words:
    """Set or drop an override.

    Choosing another option of a group drops the values set within the group before, as they were
    meant for the former.

    Parameters
    ----------
    words : tuple of str
        Overrides.
    key : str
        ``group`` or ``group.field``.
    value : str or None
        None drops it.
    """
    kept = [word for word in words if word.partition("=")[0] != key]
    if "." not in key:
        kept = [word for word in kept if not word.startswith(f"{key}.")]
    return (*kept, *([] if value is None else [f"{key}={value}"]))


def value_in(words: Sequence[str], key: str) -> str | None:
    """Return what an override sets a key to, or None."""
    found = [word.partition("=")[2] for word in words if word.partition("=")[0] == key]
    return found[-1] if found else None


def merged(first: Words, second: Words) -> Words:
    """Put overrides on top of others."""
    keys = {word.partition("=")[0] for word in second}
    groups = {key for key in keys if "." not in key}
    kept = [
        word
        for word in first
        if (key := word.partition("=")[0]) not in keys and key.partition(".")[0] not in groups
    ]
    return (*kept, *second)


def to_link(question: Question) -> str:
    """Write a question as the query of an address."""
    parts: list[tuple[str, Any]] = [("all", " ".join(question.common))]
    parts += [("policy", " ".join(words)) for words in question.policies]
    parts += [("weeks", question.weeks), ("fork", question.fork_day)]
    parts += [("outcome", question.outcome), ("width", f"{question.width:g}")]
    return urlencode(parts)


def from_link(query: str | Mapping[str, Sequence[str]]) -> Question:
    """Read a question from the query of an address.

    Parameters
    ----------
    query : str or mapping
        As :func:`to_link` writes it; what is missing is as in the first question.

    Returns
    -------
    Question
        Its overrides are not composed yet.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    given = parse_qs(query, keep_blank_values=True) if isinstance(query, str) else query
    usual = Question()
    policies = tuple(_words(text) for text in given.get("policy", ())) or usual.policies
    if not 2 <= len(policies) <= MOST_POLICIES:
        raise UserError(f"the link names {len(policies)} policies; 2 to {MOST_POLICIES} fit a page")
    weeks = _number(given, "weeks", usual.weeks, 1, MOST_WEEKS)
    outcome = (list(given.get("outcome", ())) or [usual.outcome])[0]
    if outcome not in OUTCOMES:
        raise UserError(f"the link asks for {outcome!r}; choose one of {', '.join(OUTCOMES)}")
    return Question(
        common=_words((list(given.get("all", ())) or [""])[0]),
        policies=policies,
        weeks=int(weeks),
        fork_day=int(_number(given, "fork", 0, 0, 7 * int(weeks) - 1)),
        outcome=outcome,
        width=_number(given, "width", usual.width, 0.0005, 0.5),
    )


def _words(text: str) -> Words:
    words = tuple(text.split())
    for word in words:
        if not WORD.fullmatch(word):
            raise UserError(f"the link holds {word[:60]!r}, which is no setting=value")
    return words


def _number(
    given: Mapping[str, Sequence[str]], name: str, usual: float, low: float, high: float
) -> float:
    text = (list(given.get(name, ())) or [""])[0]
    if not text:
        return usual
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise UserError(f"the link says {name}={text[:20]}; choose {low:g} to {high:g}")
    return value


class History:
    """Questions asked so far, to go back and forth.

    Parameters
    ----------
    first : Question
        Where it begins.
    """

    MOST = 200

    def __init__(self, first: Question) -> None:
        self._asked, self._at = [first], 0

    @property
    def now(self) -> Question:
        """The question on the page."""
        return self._asked[self._at]

    @property
    def can_undo(self) -> bool:
        """Whether there is one before."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether one was taken back."""
        return self._at + 1 < len(self._asked)

    def ask(self, question: Question) -> None:
        """Ask another; what was taken back is forgotten."""
        if question != self.now:
            self._asked = [*self._asked[: self._at + 1], question][-self.MOST :]
            self._at = len(self._asked) - 1

    def undo(self) -> Question:
        """Go one back."""
        self._at = max(0, self._at - 1)
        return self.now

    def redo(self) -> Question:
        """Go one forth."""
        self._at = min(len(self._asked) - 1, self._at + 1)
        return self.now
