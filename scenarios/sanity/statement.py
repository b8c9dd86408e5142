"""A statement as data: arms, what is asked of them, and the size that is required."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.library.measures import lacking
from plaza_lab.scenarios.options import nearest
from plaza_lab.scenarios.yaml_file import yaml_content

FILE = Path(__file__).with_name("statements.yaml")
KEYS = ("number", "name", "says", "source", "weeks", "settings", "arms", "asks", "disputed")
ASK_KEYS = (
    "says", "measure", "arm", "against", "as", "at_least", "at_most", "above", "below", "weeks",
    "shown",
)  # fmt: skip
LEVEL, DIFFERENCE, RATIO = "level", "difference", "ratio"
SCALES = (LEVEL, DIFFERENCE, RATIO)
WEEKS = 52


@dataclass(frozen=True)
class Ask:
    """One number that is asked of the arms, and the side it must lie on.

    Parameters
    ----------
    says : str
        In words.
    measure : str
        An outcome of a run, a daily metric (its mean over the days), or ``a / b`` of daily metrics
        (a ratio of sums; ``a + b / c`` divides the sum).
    arm : str
        The arm it is about.
    against : str
        The arm it is compared with by seed; empty for a level.
    scale : str
        ``level``; ``difference``, in the unit of the measure; or ``ratio`` of the means.
    at_least, at_most : float, optional
        The interval must lie on this side; between them where both are given; none where the
        number is shown and nothing is required.
    is_strict : bool
        Whether the bound itself is on the wrong side, as for ``above`` and ``below`` in the file.
    weeks : tuple of int, optional
        First and last week, from 1; default: the whole run.
    """

    says: str
    measure: str
    arm: str
    against: str = ""
    scale: str = LEVEL
    at_least: float | None = None
    at_most: float | None = None
    is_strict: bool = False
    weeks: tuple[int, int] | None = None

    @property
    def is_required(self) -> bool:
        """Whether anything is required of it, or it is shown for its own sake."""
        return self.at_least is not None or self.at_most is not None

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms it needs."""
        return (self.arm, self.against) if self.against else (self.arm,)

    @property
    def key(self) -> str:
        """What is measured, as a name."""
        if self.weeks is None:
            return self.measure
        return f"{self.measure} in weeks {self.weeks[0]}-{self.weeks[1]}"

    def holds(self, low: float, high: float) -> bool:
        """Return whether a whole interval lies on the required side."""
        if self.is_strict and (low == self.at_least or high == self.at_most):
            return False
        above = self.at_least is None or low >= self.at_least
        return bool(above and (self.at_most is None or high <= self.at_most))


@dataclass(frozen=True)
class Statement:
    """Something that a practitioner would bet on.

    Parameters
    ----------
    number : int
        Its place in the battery.
    name : str
        A short name.
    says : str
        One sentence.
    source : str
        Why one would bet.
    weeks : int
        How long every run is.
    settings : tuple of str
        Overrides that hold for every arm.
    arms : dict of str to tuple of str
        Name of an arm to its overrides.
    asks : tuple of Ask
        All that are required must hold.
    disputed : str
        Evidence against it; empty where nobody disputes it.
    """

    number: int
    name: str
    says: str
    source: str
    weeks: int
    settings: tuple[str, ...]
    arms: dict[str, tuple[str, ...]]
    asks: tuple[Ask, ...]
    disputed: str = ""

    def words_of(self, arm: str) -> tuple[str, ...]:
        """Return everything an arm sets."""
        return (*self.settings, *self.arms[arm])


@cache
def statements() -> tuple[Statement, ...]:
    """Return the battery, in its order."""
    return tuple(statements_of(yaml_content(FILE), FILE.name))


def statements_of(content: Mapping[str, Any], shown: str) -> Iterator[Statement]:
    """Make statements of what stands in a file.

    Parameters
    ----------
    content : mapping
        ``statements``: a list.
    shown : str
        Name of the file, for mistakes.

    Yields
    ------
    Statement
        Checked as far as its form goes.

    Raises
    ------
    UserError
        With the first mistake.
    """
    for place, item in enumerate(content.get("statements") or [], 1):
        try:
            yield _statement(item)
        except UserError as wrong:
            raise UserError(f"{shown}: statement {place}: {wrong}") from wrong


def chosen(words: Sequence[str]) -> list[Statement]:
    """Find statements by number or name; all of them where none is named.

    Parameters
    ----------
    words : sequence of str
        Such as ``3`` and ``entry_fee``.

    Returns
    -------
    list of Statement
        In the order of the battery.

    Raises
    ------
    UserError
        For what is no statement.
    """
    known = {str(one.number): one for one in statements()} | {one.name: one for one in statements()}
    for word in words:
        if word not in known:
            near = nearest(word, known) or f"; choose 1 to {len(statements())}, or a name"
            raise UserError(f"{word!r} is no statement{near} (plaza sanity --list names them)")
    wanted = {known[word].number for word in words}
    return [one for one in statements() if not wanted or one.number in wanted]


def _statement(item: Any) -> Statement:
    if not isinstance(item, Mapping):
        raise UserError("lines of 'name: value' are expected, such as 'says: ...'")
    _known(item, KEYS)
    for key in ("number", "name", "says", "source", "arms", "asks"):
        if not item.get(key):
            raise UserError(f"{key} is missing")
    arms = {str(name): _words(value) for name, value in item["arms"].items()}
    return Statement(
        int(item["number"]), str(item["name"]), _line(item["says"]), _line(item["source"]),
        int(item.get("weeks", WEEKS)), _words(item.get("settings")), arms,
        tuple(_ask(one, arms) for one in item["asks"]), _line(item.get("disputed") or ""),
    )  # fmt: skip


def _ask(item: Mapping[str, Any], arms: Mapping[str, Any]) -> Ask:
    _known(item, ASK_KEYS)
    is_strict = "above" in item or "below" in item
    bounds = [
        item.get(key) for key in (("above", "below") if is_strict else ("at_least", "at_most"))
    ]
    if is_strict and {"at_least", "at_most"} & set(item):
        raise UserError(f"{item.get('says')}: above and below stand alone")
    scale = str(item.get("as", DIFFERENCE if item.get("against") else LEVEL))
    if scale not in SCALES or (scale == LEVEL) == bool(item.get("against")):
        raise UserError(f"as: {scale}: a level has no against, a difference or ratio has one")
    if bool(item.get("shown")) == any(bound is not None for bound in bounds):
        raise UserError(
            f"{item.get('says')}: at_least, at_most, above or below is needed, or shown"
        )
    weeks = item.get("weeks")
    low, high = (None if bound is None else float(bound) for bound in bounds)
    ask = Ask(
        _line(item["says"]), str(item["measure"]), str(item["arm"]), str(item.get("against") or ""),
        scale, low, high, is_strict, None if weeks is None else (int(weeks[0]), int(weeks[1])),
    )  # fmt: skip
    for arm in ask.arms:
        if arm not in arms:
            raise UserError(f"{arm!r} is no arm; there are {', '.join(arms)}")
    absent = lacking(ask.measure, over_weeks=weeks is not None)
    if absent:
        raise UserError(f"{ask.measure}: there is no outcome and no metric {absent[0]!r}")
    return ask


def _words(value: Any) -> tuple[str, ...]:
    return tuple(shlex.split(value or ""))


def _line(text: Any) -> str:
    return " ".join(str(text).split())


def _known(item: Mapping[str, Any], keys: Sequence[str]) -> None:
    for key in item:
        if key not in keys:
            near = nearest(str(key), keys) or f"; there are {', '.join(keys)}"
            raise UserError(f"{key!r} is no part of it{near}")
