"""What the page asks: a community, policies, a horizon; as a configuration, a link, with undo."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.language import marked
from plaza_lab.scenarios.policies.finding import (
    CONTRADICTION,
    ERROR,
    Asked,
    Finding,
    by_severity,
)
from plaza_lab.scenarios.policies.lint import contradictions
from plaza_lab.scenarios.policies.loopholes import RULES
from plaza_lab.scenarios.policies.money import money_findings
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.config import Config
from plaza_lab.scenarios.settings.options import conf_folder, option_files, plain_meaning
from plaza_lab.scenarios.settings.overrides import check_overrides

MOST_POLICIES = 3
MOST_WEEKS = 520
WORD = re.compile(r"(?!hydra[./=])[a-z_]+(\.[a-z_]+)*=[^\s$]+")
OUTCOMES = ("retention", "membership_retention", "growth", "active_share")
"""Outcomes one can decide by."""
LETTERS = "ABC"
USUAL = "learning_500"
"""The community that is taken where none is picked."""
HIDDEN = (("population", "million"), ("scenario", "none"))
"""Options that are none to pick; with a million a page would wait for minutes."""
SHIPPED, FITTED, PRESET = marked("shipped"), marked("fitted"), marked("preset")

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

    def own(self, place: int | None) -> Words:
        """Overrides of a policy alone; for None, the common ones."""
        return self.common if place is None else self.policies[place]

    def having(self, place: int | None, key: str, value: str | None) -> Question:
        """Set, or with None drop, an override of a policy; for no place, of all."""
        words = with_word(self.own(place), key, value)
        if place is None:
            return replace(self, common=words)
        policies = (*self.policies[:place], words, *self.policies[place + 1 :])
        return replace(self, policies=policies)


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


def config_of(words: Words) -> Config:
    """Compose overrides.

    Parameters
    ----------
    words : tuple of str
        Overrides without blanks, one value each.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    check_overrides(words)
    return compose(words).config


def findings(words: Words) -> list[Finding]:
    """Look through a policy, leaving out what takes more than a moment to see.

    Parameters
    ----------
    words : tuple of str
        Its overrides.

    Returns
    -------
    list of Finding
        Errors first; an override that cannot be read is one of them.
    """
    try:
        check_overrides(words)
        config = compose(words, is_checked=False).config
    except UserError as wrong:
        return [Finding(ERROR, CONTRADICTION, (), str(wrong), "")]
    asked = Asked(config.policy, config.world, config.population.initial_members, config.run.weeks)
    found = [*contradictions(config.policy), *money_findings(asked)]
    found += [finding for rule in RULES for finding in rule(asked)]
    return by_severity(found)


@dataclass(frozen=True)
class Community:
    """A community.

    Parameters
    ----------
    name : str
        Option that makes it.
    kind : str
        Shipped population, preset, or fitted.
    words : tuple of str
        Overrides that make it.
    meaning : str
        One line.
    """

    name: str
    kind: str
    words: Words
    meaning: str


def communities() -> list[Community]:
    """Return what there is to pick, read anew: a fit may just have been finished."""
    found = []
    for kind, group in ((SHIPPED, "population"), (PRESET, "scenario"), (FITTED, "world")):
        for name, file in option_files(group).items():
            is_ours = file.is_relative_to(conf_folder())
            if (group, name) not in HIDDEN and not (kind == FITTED and is_ours):
                words = (f"{group}={name}",)
                found.append(Community(name, kind, words, plain_meaning(file)))
    return sorted(found, key=lambda one: one.name != USUAL)


def community_of(words: Words) -> str:
    """Name of the community that overrides make; that of the default where they name none."""
    for group in ("scenario", "world", "population"):
        if (name := value_in(words, group)) is not None:
            return name
    return USUAL


def to_link(question: Question) -> str:
    """Write a question as the query of an address."""
    parts: list[tuple[str, Any]] = [("all", " ".join(question.common))]
    parts += [("policy", " ".join(words)) for words in question.policies]
    parts += [("weeks", question.weeks), ("fork", question.fork_day)]
    parts += [("outcome", question.outcome), ("width", f"{question.width:g}")]
    return urlencode(parts)


def from_link(query: str) -> Question:
    """Read a question from the query of an address.

    Parameters
    ----------
    query : str
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
    given, usual = parse_qs(query, keep_blank_values=True), Question()
    policies = tuple(_words(text) for text in given.get("policy", ())) or usual.policies
    if not 2 <= len(policies) <= MOST_POLICIES:
        raise UserError(f"the link names {len(policies)} policies; 2 to {MOST_POLICIES} fit a page")
    weeks = int(_number(given, "weeks", usual.weeks, 1, MOST_WEEKS))
    outcome = given.get("outcome", [usual.outcome])[0]
    if outcome not in OUTCOMES:
        raise UserError(f"the link asks for {outcome!r}; choose one of {', '.join(OUTCOMES)}")
    return Question(
        common=_words(given.get("all", [""])[0]),
        policies=policies,
        weeks=weeks,
        fork_day=int(_number(given, "fork", 0, 0, 7 * weeks - 1)),
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
    text = given.get(name, [""])[0] or f"{usual}"
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
