"""Levers that hold for a time: ``incentive=weekly_prize@week1-26``, ``@day1-90``.

A word with a date holds from the morning of its first day to the evening of its last; before and
after, what stands without a date holds. Days and weeks count from 1; an end may be left open
(``@week27-``, ``@week-26``). Each span between dates is composed and checked by itself.

A word with a condition, ``incentive=weekly_prize@active_share<0.3/8weeks``, holds while the
operator sees it (:mod:`plaza_lab.sim.conditions`). People write ``weekly_prize if
active_share<30% for 8 weeks``; ``<0.2|0.3`` stands for one word with each threshold.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.settings.options import BUNDLES, LEVERS
from plaza_lab.sim.conditions import FIRST_LOOK, Condition

if TYPE_CHECKING:
    from plaza_lab.scenarios.settings.composing import Composed

CHANGES = "changes"
"""Under this name plain values tell of policies that begin on a date."""
HELD = re.compile(
    r"(?P<word>[^@=]+=(?:\[[^@]*\]|[^@,]*)|[^@=,]+)"
    r"@(?:(?P<when>[^@=,]*[<>][^@=,]*)|(?P<unit>day|week)s?(?P<span>[^@=,]*))"
)
"""An override, and the date or the condition it has."""
SAID = re.compile(
    r"(?P<words>.+?)\s+if\s+(?P<metric>\w+)\s*(?P<sign>[<>])\s*(?P<values>[-\d.|%e]+)"
    r"(?:\s+for\s+(?P<weeks>\d+)\s*weeks?)?\s*"
)
HALF_SAID = re.compile(r"(?:(?P<key>[\w.]+)=)?[^\s=]+\s+if(?:\s|$)")
SPAN = re.compile(r"(\d{1,6})|(\d{0,6})-(\d{0,6})")
PLEASE = "write @week1-26, @day1-90, @week27- or @week-26"
HOLDERS = (*LEVERS, *BUNDLES, "scenario")
"""Groups that a date can be of."""
LENGTH = {"day": 1, "week": 7}


@dataclass(frozen=True)
class Dated:
    """A lever, or an option of a group, that holds for a time.

    ``word`` is the override and ``text`` what was written; it holds from day ``first``, counted
    from 0, to the day before ``last``, None for the end of the run; or while a ``condition`` does,
    without dates.
    """

    word: str
    first: int
    last: int | None
    text: str
    condition: Condition | None = None

    @property
    def key(self) -> str:
        """What it sets."""
        return self.word.partition("=")[0]

    def holds_on(self, day: int) -> bool:
        """Whether it holds on a day, whatever is seen."""
        return (
            self.condition is None and self.first <= day and (self.last is None or day < self.last)
        )

    def overlaps(self, other: Dated) -> bool:
        """Whether both hold on some day."""
        return (other.last is None or self.first < other.last) and (
            self.last is None or other.first < self.last
        )


def is_dated(text: str) -> bool:
    """Whether a text ends in a date or a condition."""
    return not text.startswith("run.") and HELD.fullmatch(text) is not None


def with_condition(text: str) -> str:
    """Write ``... if METRIC<VALUE for N weeks`` as a condition of each word; else as it is.

    A text may hold several overrides of one policy, as people write them.
    """
    found = SAID.fullmatch(text)
    if found is None:
        _check_said(text)
        return text
    values = "|".join(_share(value) for value in found["values"].split("|"))
    lasting = f"/{found['weeks']}weeks" if found["weeks"] else ""
    when = f"{found['metric']}{found['sign']}{values}{lasting}"
    return " ".join(f"{word}@{when}" for word in found["words"].split())


def _check_said(text: str) -> None:
    """Refuse ``if`` with what is no condition, or with two."""
    found = HALF_SAID.match(text)
    if found is not None and (found["key"] or "").partition(".")[0] in ("", *HOLDERS):
        raise UserError(
            f"{text}: after if stands one condition, as in 'weekly_prize if active_share<20% for "
            "8 weeks'"
        )


def _share(value: str) -> str:
    try:
        return f"{float(value[:-1]) / 100.0:.12g}" if value.endswith("%") else value
    except ValueError:
        return value


def each_threshold(text: str) -> list[str]:
    """Write a value with ``<0.2|0.3`` once for each threshold; another one as it is."""
    found = HELD.fullmatch(text)
    if found is None or "|" not in (found["when"] or ""):
        return [text]
    metric, sign, rest = re.split("([<>])", found["when"], maxsplit=1)
    values, slash, lasting = rest.partition("/")
    return [f"{found['word']}@{metric}{sign}{value}{slash}{lasting}" for value in values.split("|")]


def split_dated(words: Sequence[str]) -> tuple[list[str], list[Dated]]:
    """Tell overrides with a date or condition from those without, which are returned first.

    Raises
    ------
    UserError
        If a date cannot be read, ends before it begins, overlaps another of the same lever, or is
        none of a lever.
    """
    undated, dated = [], []
    for word in words:
        key, _, value = word.partition("=")
        if is_dated(word):
            dated.append(_dated(word))
        elif "@" in value and "," not in value and key.partition(".")[0] in HOLDERS:
            if value.count("@") > 1:
                raise UserError(f"{word}: a word has one date or one condition; {PLEASE}")
            when = value.partition("@")[2]
            if "=" in when:
                raise UserError(f"{word}: a condition has < or > and no =; write members<30, say")
            raise UserError(f"{word}: {when!r} is no date; {PLEASE}")
        else:
            undated.append(word)
    for place, one in enumerate(dated):
        for other in dated[:place]:
            if one.key == other.key and (one.condition is None) is not (other.condition is None):
                raise UserError(
                    f"{one.text} and {other.text}: a lever has dates or conditions, not both"
                )
            if one.key == other.key and one.condition is None and one.overlaps(other):
                raise UserError(f"{one.text} overlaps {other.text}; only one can hold on a day")
            if one.key == other.key and one.condition and one.condition == other.condition:
                raise UserError(f"{one.text} and {other.text}: only one can hold; drop the other")
    return undated, dated


def _dated(text: str) -> Dated:
    found = HELD.fullmatch(text)
    assert found is not None
    word = found["word"]
    group = word.partition("=")[0].partition(".")[0]
    if group not in HOLDERS:
        raise UserError(f"{text}: only levers begin and end on a date, and {group} is none")
    if found["when"]:
        try:
            return Dated(word, 0, None, text, Condition.read(found["when"]))
        except ValueError as wrong:
            raise UserError(f"{text}: {wrong}") from wrong
    unit, span = found["unit"], found["span"]
    bounds = SPAN.fullmatch(span)
    if bounds is None or span == "-":
        raise UserError(f"{text}: {span or 'nothing'!r} is no span of {unit}s; {PLEASE}")
    single, low, high = bounds.groups()
    first = int(single or low or 1)
    last = int(single or high) if single or high else None
    if first < 1 or last == 0:
        raise UserError(f"{text}: {unit}s count from 1; {PLEASE}")
    if last is not None and last < first:
        raise UserError(f"{text} ends before it begins; {PLEASE}")
    length = LENGTH[unit]
    return Dated(word, length * (first - 1), None if last is None else length * last, text)


def with_dates(
    undated: Sequence[str],
    dated: Sequence[Dated],
    compose: Callable[[Sequence[str]], Composed],
) -> Composed:
    """Compose every span between dates, and put them together: that of day 0, with the changes.

    `undated` is what holds where nothing dated does; `compose` takes overrides without dates.

    Raises
    ------
    UserError
        If a date lies outside the run, an option changes more than levers, or a span contradicts
        itself.
    """
    usual = compose(undated)
    weeks = usual.config.run.weeks
    for one in dated:
        if one.first >= 7 * weeks:
            raise UserError(f"{one.text} begins after the {weeks} weeks of the run")
        if (one.last or 0) > 7 * weeks:
            raise UserError(f"{one.text} ends after the {weeks} weeks of the run")
        if one.condition is not None and 7 * weeks <= FIRST_LOOK:
            raise UserError(
                f"{one.text}: it is first looked at after {FIRST_LOOK // 7} weeks, and the run has "
                f"{weeks}; lengthen run.weeks"
            )
    ends = {one.last for one in dated if one.last is not None and one.last < 7 * weeks}
    spans: list[tuple[int | Condition, Composed]] = []
    for day in sorted({0, *(one.first for one in dated), *ends}):
        here = [one for one in dated if one.holds_on(day)]
        spans.append((day, compose(_in_place(undated, here))))
    opened = _in_place(undated, [one for one in dated if one.holds_on(0)])
    asked: dict[Condition, list[Dated]] = {}
    for one in dated:
        if one.condition is not None:
            asked.setdefault(one.condition, []).append(one)
    for condition, ones in asked.items():
        made = compose(_in_place(opened, ones))
        if made.config.policy == spans[0][1].config.policy:
            raise UserError(f"{ones[0].text} changes nothing: that is what holds without it")
        spans.append((condition, made))
    return _together(spans, dated)


def _in_place(words: Sequence[str], here: Sequence[Dated]) -> list[str]:
    """Put what holds for a time in the place of what holds without it."""
    keys = {one.key for one in here}
    usual = [word for word in words if word.partition("=")[0] not in keys]
    return [*usual, *(one.word for one in here)]


def _together(spans: list[tuple[int | Condition, Composed]], dated: Sequence[Dated]) -> Composed:
    _, first = spans[0]
    changes: list[tuple[int | Condition, Any]] = []
    told: list[dict[str, Any]] = []
    for (_, before), (when, one) in itertools.pairwise(spans):
        for part in ("world", "population"):
            if getattr(one.config, part) != getattr(first.config, part):
                raise UserError(
                    f"{dated[0].text}: it changes the {part}, which no policy can; date levers "
                    "one by one"
                )
        if isinstance(when, int) and one.config.policy == before.config.policy:
            continue
        changes.append((when, one.config.policy))
        key = {"day": when} if isinstance(when, int) else {"if": str(when)}
        told.append({**key, "policy": {group: one.plain[group] for group in LEVERS}})
    if not changes:
        return first
    config = dataclasses.replace(first.config, changes=tuple(changes))
    return dataclasses.replace(first, config=config, plain=first.plain | {CHANGES: told})
