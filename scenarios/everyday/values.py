"""Overrides as people say them become overrides of the settings, each by its declared unit.

``fund.opening=50k`` is ``fund.opening_cents=5000000``, ``members=800`` is
``population.initial_members=800``, ``farmers='one in twenty'`` is
``world.gaming.farmer_share=0.05``. What is an override already stays as it is. Numbers and units
are read as people write them, in English and Chinese.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.settings.dated import each_threshold, is_dated, with_condition
from plaza_lab.scenarios.settings.declared_settings import (
    NUMBER,
    declaration,
    is_numeric,
    setting_keys,
)

MONEY, PART, TIME, PEOPLE, PLAIN = "money", "part", "time", "people", "plain"

UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("yuan", "rmb", "cny", "¥", "元", "块"), (MONEY, 100.0)),
    **dict.fromkeys(("cent", "cents", "分"), (MONEY, 1.0)),
    **dict.fromkeys(("%", "percent", "per cent"), (PART, 0.01)),
    **dict.fromkeys(("day", "days", "d", "天", "日"), (TIME, 1.0)),
    **dict.fromkeys(("week", "weeks", "w", "周", "星期"), (TIME, 7.0)),
    **dict.fromkeys(("hour", "hours", "h", "小时"), (TIME, 1.0 / 24.0)),
    **dict.fromkeys(("minute", "minutes", "min", "分钟"), (TIME, 1.0 / 1440.0)),
    **dict.fromkeys(("member", "members", "people", "persons", "人", "名", "位"), (PEOPLE, 1.0)),
}
"""Word to what it measures, and how many cents, parts of one or days it is."""

PERIODS = {
    "week": ("/week", "a week", "per week", "每周", "/周"),
    "month": ("/month", "a month", "per month", "每月", "/月"),
    "day": ("/day", "a day", "per day", "每天", "/天"),
}
TIMES = {"k": 1e3, "thousand": 1e3, "千": 1e3, "万": 1e4, "m": 1e6, "million": 1e6}
WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven",
    "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
        "ninety": 90, "hundred": 100, "thousand": 1000}  # fmt: skip
DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
BIG = {"十": 10, "百": 100, "千": 1000}
CENTS = "_cents"
TIME_UNITS = {"days": 1.0, "weeks": 7.0, "hours": 1.0 / 24.0, "minutes": 1.0 / 1440.0}
EXAMPLES = {MONEY: "50k or 500yuan", PART: "5% or 'one in twenty'", TIME: "2weeks or 14days",
            PEOPLE: "800", PLAIN: "10"}  # fmt: skip
KINDS = {MONEY: "money", PART: "a part of a whole", TIME: "a time", PEOPLE: "a number of people",
         PLAIN: "a bare number"}  # fmt: skip


@cache
def everyday_names() -> dict[str, str]:
    """Return the everyday names of settings: ``members`` to ``population.initial_members``."""
    from plaza_lab.scenarios.app.dials import FLIPPABLE

    named = {dial.name: dial.path for dial in FLIPPABLE if dial.name}
    return named | {"weeks": "run.weeks", "pairs": "run.replicates"}


def translated(words: Iterable[str]) -> list[str]:
    """Write everyday overrides as overrides of the settings, in the same order.

    What is none, or none yet, is left as it is.

    Raises
    ------
    UserError
        If a value is of the wrong unit.
    """
    return [_translated(_each(with_condition(word))) for word in words]


def _each(word: str) -> str:
    """Write out the thresholds of a condition: a value with ``<0.2|0.3`` is two values."""
    key, equals, value = word.partition("=")
    pieces = value.split(",")
    if "|" not in value or not any(is_dated(f"{key}={piece}") for piece in pieces):
        return word
    values = (one for piece in pieces for one in each_threshold(piece))
    return f"{key}{equals}{','.join(values)}"


def _translated(word: str) -> str:
    key, equals, value = word.partition("=")
    if not equals or word.startswith(("-", "+", "~")) or not value:
        return word
    path = _path_of(key)
    if path not in setting_keys() or not is_numeric(path):
        return word
    if path == key and re.fullmatch(NUMBER, value):
        return word
    bare, at, when = value.partition("@")
    in_yuan = path == f"{key}{CENTS}" or (path.endswith(CENTS) and key in everyday_names())
    pieces = bare.split(",")
    said = [_value(path, word, piece, in_yuan=in_yuan) for piece in pieces]
    if any(one is None for one in said):
        if path != key:
            raise UserError(f"{word}: {_wanted(path, key)}")
        return word  # the grammar of overrides says what is wrong, or takes it
    return f"{path}={','.join(map(str, said))}{at}{when}"


def _path_of(key: str) -> str:
    """Return the setting that a key means; the key itself where it means no other."""
    if key in everyday_names():
        return everyday_names()[key]
    known = setting_keys()
    return f"{key}{CENTS}" if key not in known and f"{key}{CENTS}" in known else key


def _value(path: str, word: str, text: str, *, in_yuan: bool) -> str | None:
    """Write one value in the setting's unit; None where it is no everyday value."""
    said = read_amount(text)
    if said is None:
        return None
    unit, kind = declaration(path)[1].metadata["unit"], _kind_of(path)
    base, _, period = str(unit).partition("/")
    if said.period and said.period != period:
        raise UserError(f"{word}: {path} is counted in {unit}, not by the {said.period}")
    number = said.number
    if said.kind == PLAIN:
        number *= 100.0 if in_yuan else 1.0
    elif said.kind != kind and not (said.kind == PEOPLE and kind == PLAIN):
        raise UserError(f"{word}: {_wanted(path, word.partition('=')[0])}, not {KINDS[said.kind]}")
    elif kind == TIME:
        number /= TIME_UNITS[base]
    return _written(path, word, number)


def _written(path: str, word: str, number: float) -> str:
    is_near = abs(number - round(number)) < 1e-6
    if declaration(path)[1].type is int:
        if not is_near:
            unit = declaration(path)[1].metadata["unit"]
            raise UserError(f"{word}: that is {number:g} {unit}; a whole number is expected")
        return str(round(number))
    return f"{number:.10g}"


def _kind_of(path: str) -> str:
    """Return what a setting measures: money, a part, a time, people, or a bare number."""
    declared = declaration(path)[1]
    base, _, period = str(declared.metadata["unit"]).partition("/")
    if base == "cents":
        return MONEY
    if base == "share" or (base == "1" and (period or declared.metadata["high"] <= 1.0)):
        return PART
    if base in TIME_UNITS:
        return TIME
    return PEOPLE if base in ("members", "persons", "people") else PLAIN


def _wanted(path: str, key: str) -> str:
    kind = _kind_of(path)
    return f"{KINDS[kind]} is expected, as in {key}={EXAMPLES[kind]}"


# ---- numbers and units


@dataclass(frozen=True)
class Amount:
    """A value as it was said.

    ``number`` is in the smallest unit of its ``kind``: cents of ``money``, parts of one of a
    ``part``, days of ``time``, else as it stands (``people``, or ``plain`` where no unit was said);
    ``period`` is ``day``, ``week`` or ``month`` where one was said.
    """

    number: float
    kind: str
    period: str = ""


def read_amount(text: str) -> Amount | None:
    """Read a value as people say it: ``50k``, ``500 yuan a week``, ``5%``, ``二十分之一``.

    None for what is no such value.
    """
    said = " ".join(text.strip().strip("'\"").lower().split())
    period = ""
    for name, endings in PERIODS.items():
        for ending in endings:
            if said.endswith(ending) and said != ending:
                said, period = said.removesuffix(ending).strip(), name
    part = _part(said)
    if part is not None:
        return Amount(part, PART, period)
    found = re.fullmatch(rf"(¥?)\s*({NUMBER})\s*(k|m|thousand|million|千|万)?\s*(.*)", said)
    if found is None:
        return None
    unit = found[4] or ("¥" if found[1] else "")
    number = float(found[2]) * TIMES.get(found[3] or "", 1.0)
    if not math.isfinite(number):
        return None
    if not unit:
        return Amount(number, PLAIN, period)
    if unit not in UNITS:
        return None
    kind, size = UNITS[unit]
    return Amount(number * size, kind, period)


def _part(said: str) -> float | None:
    """A part of a whole in words: ``one in twenty``, ``half``, ``二十分之一``."""
    if said in ("half", "a half", "一半"):
        return 0.5
    found = re.fullmatch(r"(.+?) (?:in|out of) (.+)", said) or re.fullmatch(
        r"([0-9]+)/([0-9]+)", said
    )
    if found is None and (chinese := re.fullmatch("(.+)分之(.+)", said)):
        few, many = _whole(chinese[2]), _whole(chinese[1])
    elif found is not None:
        few, many = _whole(found[1]), _whole(found[2])
    else:
        return None
    return few / many if few is not None and many else None


def _whole(said: str) -> int | None:
    """A whole number in figures or in words, to a thousand and a little."""
    text = said.removeprefix("a ").replace("-", " ").strip()
    if re.fullmatch("[0-9]{1,9}", text):
        return int(text)
    if text and all(sign in DIGITS or sign in BIG for sign in text):
        return _chinese(text)
    total = 0
    for word in text.split():
        if word in WORDS:
            total += WORDS.index(word)
        elif word in TENS:
            total = max(1, total) * TENS[word] if TENS[word] >= 100 else total + TENS[word]
        else:
            return None
    return total or None


def _chinese(text: str) -> int:
    total, digit = 0, 0
    for sign in text:
        if sign in BIG:
            total, digit = total + max(1, digit) * BIG[sign], 0
        else:
            digit = DIGITS[sign]
    return total + digit
