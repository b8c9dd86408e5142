"""A statement as data: arms, what is asked of them, and the size that is required."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.files.yaml_file import yaml_content
from plaza_lab.scenarios.library.measures import lacking
from plaza_lab.scenarios.settings.options import nearest

FILE = Path(__file__).with_name("statements.yaml")
KEYS = (
    "number", "name", "says", "source", "weeks", "pairs_times", "settings", "arms", "asks",
    "disputed",
)  # fmt: skip
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

    def fails(self, low: float, high: float) -> bool:
        """Return whether a whole interval lies on the wrong side of a bound."""
        if self.is_strict and low == high and low in (self.at_least, self.at_most):
            return True
        below = self.at_least is not None and high < self.at_least
        return bool(below or (self.at_most is not None and low > self.at_most))


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
    pairs_times : int
        How many times the pairs asked for it takes: more than 1 where an outcome is so uneven that
        an interval would be wider than what is allowed.
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
    pairs_times: int = 1

    def words_of(self, arm: str) -> tuple[str, ...]:
        """Return everything an arm sets."""
        return (*self.settings, *self.arms[arm])


@cache
def statements() -> tuple[Statement, ...]:
    """Return the battery, in its order."""
    return tuple(statements_of(yaml_content(FILE), FILE.name))


def statements_of(content: Mapping[str, Any], shown: str) -> Iterator[Statement]:
    """Make statements of what stands in a file, checked as far as their form goes.

    Parameters
    ----------
    content : mapping
        ``statements``: a list.
    shown : str
        Name of the file, for mistakes.

    Raises
    ------
    UserError
        With the first mistake.
    """
    items = content.get("statements")
    if not isinstance(items, Sequence) or isinstance(items, str) or not items:
        raise UserError(f"{shown}: a list 'statements:' is expected, as plaza sanity --list shows")
    for place, item in enumerate(items, 1):
        try:
            yield _statement(item, place)
        except UserError as wrong:
            raise UserError(f"{shown}: statement {place}: {wrong}") from wrong


def statements_in(file: Path) -> tuple[Statement, ...]:
    """Read statements of the user's own from a YAML file, as the battery's own, in its order.

    A statement without a number has that of its place.

    Raises
    ------
    UserError
        With the first mistake.
    """
    found = tuple(statements_of(yaml_content(file), file.name))
    for key in ("number", "name"):
        seen: set[object] = set()
        for one in found:
            if getattr(one, key) in seen:
                raise UserError(f"{file.name}: two statements have the {key} {getattr(one, key)}")
            seen.add(getattr(one, key))
    return found


def chosen(words: Sequence[str], battery: Sequence[Statement] = ()) -> list[Statement]:
    """Find statements by number or name (``3``, ``entry_fee``); all where none is named.

    In the order of the battery, which is the shipped one if none is given.

    Raises
    ------
    UserError
        For what is no statement.
    """
    battery = battery or statements()
    known = {str(one.number): one for one in battery} | {one.name: one for one in battery}
    for word in words:
        if word not in known:
            near = nearest(word, known) or f"; choose 1 to {len(battery)}, or a name"
            raise UserError(f"{word!r} is no statement{near} (plaza sanity --list names them)")
    wanted = {known[word].number for word in words}
    return [one for one in battery if not wanted or one.number in wanted]


def _statement(item: Any, place: int) -> Statement:
    if not isinstance(item, Mapping):
        raise UserError("lines of 'name: value' are expected, such as 'says: ...'")
    _known(item, KEYS)
    for key in ("name", "says", "source", "arms", "asks"):
        if not item.get(key):
            raise UserError(f"{key} is missing")
    for key, kind, kind_word in (("arms", Mapping, "named arms"), ("asks", list, "a list")):
        if not isinstance(item[key], kind):
            raise UserError(f"{key}: {kind_word} are expected" if kind is Mapping else
                            f"{key}: {kind_word} is expected")  # fmt: skip
    arms = {str(name): _words(value) for name, value in item["arms"].items()}
    number, weeks = _whole(item, "number", place), _whole(item, "weeks", WEEKS)
    return Statement(
        number, str(item["name"]), _line(item["says"]), _line(item["source"]), weeks,
        _words(item.get("settings")), arms,
        tuple(_ask(one, arms, weeks) for one in item["asks"]), _line(item.get("disputed") or ""),
        _whole(item, "pairs_times", 1),
    )  # fmt: skip


def _whole(item: Mapping[str, Any], key: str, usual: int) -> int:
    value = item.get(key, usual)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise UserError(f"{key}: {value}: a whole number from 1 is expected")
    return value


def _ask(item: Any, arms: Mapping[str, Any], most_weeks: int) -> Ask:
    if not isinstance(item, Mapping):
        raise UserError(f"asks: {item}: lines such as 'measure: joins' are expected")
    _known(item, ASK_KEYS)
    for key in ("says", "measure", "arm"):
        if not item.get(key):
            raise UserError(f"asks: {key} is missing")
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
    weeks = _weeks(item.get("weeks"), most_weeks)
    low, high = (None if bound is None else _number(item, bound) for bound in bounds)
    ask = Ask(
        _line(item["says"]), str(item["measure"]), str(item["arm"]), str(item.get("against") or ""),
        scale, low, high, is_strict, weeks,
    )  # fmt: skip
    for arm in ask.arms:
        if arm not in arms:
            raise UserError(f"{arm!r} is no arm; there are {', '.join(arms)}")
    absent = lacking(ask.measure, over_weeks=weeks is not None)
    if absent:
        raise UserError(f"{ask.measure}: there is no outcome and no metric {absent[0]!r}")
    return ask


def _weeks(value: Any, most: int) -> tuple[int, int] | None:
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 2:
        first, last = value
        if isinstance(first, int) and isinstance(last, int) and 1 <= first <= last <= most:
            return first, last
    raise UserError(f"weeks: {value}: first and last week are expected, from 1 to {most}")


def _number(item: Mapping[str, Any], bound: Any) -> float:
    if isinstance(bound, bool) or not isinstance(bound, int | float) or math.isnan(bound):
        raise UserError(f"{item['says']}: {bound!r}: a number is expected")
    return float(bound)


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, str | None):
        raise UserError(f"{value}: settings are expected, as in 'entry=open fund=none'")
    try:
        return tuple(shlex.split(value or ""))
    except ValueError as wrong:
        raise UserError(f"{value}: a quotation mark is not closed") from wrong


def _line(text: Any) -> str:
    return " ".join(str(text).split())


def _known(item: Mapping[str, Any], keys: Sequence[str]) -> None:
    for key in item:
        if key not in keys:
            near = nearest(str(key), keys) or f"; there are {', '.join(keys)}"
            raise UserError(f"{key!r} is no part of it{near}")
