"""Numbers and units as people write them, in English and Chinese."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

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
NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"


@dataclass(frozen=True)
class Amount:
    """A value as it was said.

    Parameters
    ----------
    number : float
        In the smallest unit of its kind: cents, parts of one, days; else as it stands.
    kind : str
        ``money``, ``part``, ``time``, ``people``, or ``plain`` where no unit was said.
    period : str
        ``day``, ``week`` or ``month`` where one was said.
    """

    number: float
    kind: str
    period: str = ""


def read_amount(text: str) -> Amount | None:
    """Read a value as people say it.

    Parameters
    ----------
    text : str
        ``50k``, ``500 yuan a week``, ``5%``, ``one in twenty``, ``二十分之一``.

    Returns
    -------
    Amount or None
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
