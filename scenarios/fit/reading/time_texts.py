"""Dates and times written as text: numbers in any usual order, names of months, Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.reading.month_names import MONTHS, in_ascii_digits, in_english

if TYPE_CHECKING:
    import pyarrow as pa

MONTH = (r"(?P<n>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
         r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)")  # fmt: skip
AFTERNOON, MORNING = ("pm", "下午", "晚上", "傍晚", "中午"), ("am", "上午", "早上", "凌晨", "清晨")
CLOCK = (
    r"(?:[t ,]*(?P<p1>am|pm|上午|下午|晚上|傍晚|中午|早上|凌晨|清晨)? *(?P<H>\d{1,2})"
    r"(?:[:.](?P<M>\d{1,2}))?(?:[:.](?P<S>\d{1,2}))?(?:[.,:](?P<f>\d+))?"
    r" *(?P<p2>am|pm|上午|下午|晚上|傍晚|中午|早上|凌晨|清晨)?)?"
    r" *(?P<z>z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{1,2}|(?:utc|gmt)[+-]\d{1,2}(?::?\d{2})?)?"
    r"(?: *\([a-z ]+\))?$"
)
DAY = r"^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[, ]+)?"
SHAPES = {
    "year-month-day": r"^(?P<y>\d{4})[-/.] ?(?P<m>\d{1,2})[-/.] ?(?P<d>\d{1,2})\.?" + CLOCK,
    "numbers": r"^(?P<a>\d{1,2})(?P<s>[-/.])(?P<b>\d{1,2})[-/.](?P<y>\d{4}|\d{2})\b" + CLOCK,
    "day month year": DAY
    + r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[-/ .]+"
    + MONTH
    + r"[-/ .,]+(?P<y>\d{4}|\d{2})\b\.?"
    + CLOCK,
    "month day year": DAY + MONTH + r"[-/ .]+(?P<d>\d{1,2})(?:st|nd|rd|th)?"
    r"[-/ .,]+(?P<y>\d{4}|\d{2})\b" + CLOCK,
    "year month day": r"^(?P<y>\d{4})[-/ .]+" + MONTH + r"[-/ .]+(?P<d>\d{1,2})\.?" + CLOCK,
    "compact": r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:t|[ _-])?(?P<H>\d{2})(?P<M>\d{2})"
    r"(?P<S>\d{2})?(?:[.,](?P<f>\d+))?(?P<z>z|[+-]\d{2}:?\d{2})?$",
    "date of Unix": DAY + MONTH + r" +(?P<d>\d{1,2}) (?P<H>\d{2}):(?P<M>\d{2}):(?P<S>\d{2})"
    r"(?: [a-z]{3,4})? (?P<y>\d{4})(?P<z> ?[+-]\d{4})?$",
}
ORDERS = ("dmy", "mdy", "ymd")
CHINESE = (
    (r"\((?:[月火水木金土日]|周[一二三四五六日]|[월화수목금토일])\)|[월화수목금토일]요일", " "),
    ("(?:星期|周|礼拜|週)[一二三四五六日天]|曜日", " "), ("午前|오전", "am "), ("午後|오후", "pm "),
    (r"\s*년\s*", "-"), (r"\s*월\s*", "-"), (r"\s*일\s*", " "), (r"\s*時\s*", ":"),
    (r"(\d)\s*시\s*", "\\1:"), (r"\s*초\s*", ""), (r"\s*年\s*", "-"), (r"\s*月\s*", "-"),
    (r"\s*[日号]\s*", " "), (r"\s*[时点]\s*", ":"), (r"\s*[分분]\s*", ":"), (r"\s*秒\s*", ""),
    (r":\s*$", ""), (r"-\s*$", ""), ("،", " "), (r"(\d) ?ص$", "\\1 am"), (r"(\d) ?م$", "\\1 pm"),
)  # fmt: skip
FEW = 0.02
FEWEST_TURNED = 10  # dates of each form, before they are taken for changed round


@dataclass
class Written:
    """Parts of dates, before it is decided which number is the day.

    Attributes
    ----------
    shape : numpy.ndarray
        int8[n], place in `SHAPES`, -1 where none fits.
    year, first, second : numpy.ndarray
        int64[n]; month and day, or the two numbers in front of the year.
    dotted, short : numpy.ndarray
        bool[n], the numbers stand between points, as only day-first dates do; the last of three
        numbers has two digits.
    clock, offset : numpy.ndarray
        float64[n], seconds since midnight (NaN where impossible), offset from UTC (NaN for none).
    """

    shape: np.ndarray
    year: np.ndarray
    first: np.ndarray
    second: np.ndarray
    dotted: np.ndarray
    short: np.ndarray
    clock: np.ndarray
    offset: np.ndarray

    @classmethod
    def joined(cls, parts: list[Written]) -> Written:
        """Put pieces of a column together again."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts])
                     for name in cls.__dataclass_fields__))  # fmt: skip

    def ordered(
        self, order: str | None, path: str | Path
    ) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
        """Decide between day and month by the whole column.

        Parameters
        ----------
        order : str, optional
            ``dmy``, ``mdy`` or ``ymd`` as the user says.
        path : str or Path
            Named in the error.

        Returns
        -------
        seconds : numpy.ndarray
            float64[n] since 1970 on the clock of the place, NaN where unreadable.
        ambiguous : numpy.ndarray
            bool[n].
        told : tuple of str
            How it was decided.

        Raises
        ------
        UserError
            The column tells neither, or both.
        """
        if order is not None and order not in ORDERS:
            raise UserError(
                f"--time-format {order}: write dmy, mdy or ymd, or a format such as '%d.%m.%Y'"
            )
        numbers = self.shape == list(SHAPES).index("numbers")
        if (order is None and self._has_year_first(numbers, path)) or (
            order == "ymd" and (numbers & self.short).any()
        ):
            return self._year_first(numbers & self.short)
        month, day = self.first.copy(), self.second.copy()
        turned = self._turned(numbers) if order is None else np.zeros(len(numbers), bool)
        month[turned], day[turned] = self.second[turned], self.first[turned]
        sure_dmy = numbers & ((self.first > 12) & (self.second <= 12) | self.dotted)
        sure_mdy = numbers & (self.second > 12) & (self.first <= 12) & ~self.dotted
        is_dmy, open_ones = sure_dmy.copy(), numbers & ~sure_dmy & ~sure_mdy
        ambiguous = np.zeros(len(numbers), bool)
        chosen = order if order in ("dmy", "mdy") else self._told_by(sure_dmy, sure_mdy, open_ones)
        if chosen == "both" or (chosen is None and open_ones.any()):
            ambiguous = open_ones & (self.first != self.second)
            if ambiguous.sum() > FEW * len(numbers):
                raise UserError(_two_ways(path, chosen, int(ambiguous.sum())))
        elif chosen == "dmy":
            is_dmy |= open_ones
        if order in ("dmy", "mdy"):
            is_dmy = numbers if order == "dmy" else numbers & False
        month[is_dmy], day[is_dmy] = self.second[is_dmy], self.first[is_dmy]
        seconds = seconds_of(self.year, month, day) + self.clock
        seconds[(self.shape < 0) | ambiguous] = np.nan
        told: tuple[str, ...] = ()
        if turned.any():
            told = (
                f"{int(turned.sum()):,} dates have day and month changed round, as a spreadsheet "
                "leaves them that knows no other order: changed back (--time-format ymd keeps "
                "them)",
            )
        if order is None and chosen in ("dmy", "mdy") and open_ones.any():
            what = "day" if chosen == "dmy" else "month"
            told = (f"the {what} comes first in dates such as 3/4, as the other dates show",)
        return seconds, ambiguous, told

    def _turned(self, numbers: np.ndarray) -> np.ndarray:
        """Mark dates that a spreadsheet took for others; bool[n].

        It makes dates of those that are some in its own order, and leaves as text those that are
        none: then no date as such has a day above 12, and no text has both numbers up to 12. (A
        program that wrote otherwise from some day on leaves such dates of one month only.)
        """
        whole = self.shape == list(SHAPES).index("year-month-day")
        low = np.minimum(self.first, self.second)[numbers]
        high = np.maximum(self.first, self.second)[numbers]
        if min(whole.sum(), numbers.sum()) < FEWEST_TURNED or low.max() > 12 or high.min() <= 12:
            return np.zeros(len(numbers), bool)
        is_told = self.second[whole].max() <= 12 and len(np.unique(self.first[whole])) > 1
        return whole if is_told else np.zeros(len(numbers), bool)

    def decided(self, path: str | Path) -> str | None:
        """Name the order of the numbers where the column tells one: dmy, mdy or ymd."""
        numbers = self.shape == list(SHAPES).index("numbers")
        if self._has_year_first(numbers, path):
            return "ymd"
        dmy = numbers & ((self.first > 12) & (self.second <= 12) | self.dotted)
        mdy = numbers & (self.second > 12) & (self.first <= 12) & ~self.dotted
        told = self._told_by(dmy, mdy, numbers & ~dmy & ~mdy)
        return told if told in ORDERS else None

    def _has_year_first(self, numbers: np.ndarray, path: str | Path) -> bool:
        """Whether 25/01/06 begins with its year: the number that moves most is the day."""
        mine = numbers & self.short & ~self.dotted
        first, middle, last = self.first[mine], self.second[mine], self.year[mine] % 100
        if not mine.any() or middle.max() > 12 or last.max() > 31 or last.min() < 1:
            return False
        if first.max() > 31 or first.min() < 1:
            return True
        n_first, n_last = len(np.unique(first)), len(np.unique(last))
        if n_last >= 2 * n_first:
            return True
        if n_first >= 2 * n_last:
            return False
        raise UserError(
            f"{path}: dates such as 24/05/06 may begin or end with the year: say --time-format "
            "ymd, dmy or mdy"
        )

    def _year_first(self, mine: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
        year, month, day = self.year.copy(), self.first.copy(), self.second.copy()
        day[mine], month[mine] = self.year[mine] % 100, self.second[mine]
        year[mine] = _whole_year(self.first[mine])
        seconds = seconds_of(year, month, day) + self.clock
        seconds[self.shape < 0] = np.nan
        told = ("the year comes first in dates such as 24/5/6: this is the 6th of May 2024",)
        return seconds, np.zeros(len(mine), bool), told

    def _told_by(self, dmy: np.ndarray, mdy: np.ndarray, unsure: np.ndarray) -> str | None:
        if dmy.any() and mdy.any():
            return "both" if unsure.any() else "each"
        return "dmy" if dmy.any() else "mdy" if mdy.any() else None

    def forms(self) -> dict[str, int]:
        """Rows of each shape."""
        names = [*SHAPES, ""]
        counts = np.bincount(self.shape + 1, minlength=len(names))
        return {name: int(n) for name, n in zip(SHAPES, counts[1:], strict=False) if n}


def read_written(texts: pa.Array) -> Written:
    """Cut texts of dates into their parts; one that fits no shape gets shape -1."""
    import pyarrow.compute as pc

    plain = pc.utf8_trim_whitespace(pc.utf8_lower(pc.fill_null(texts, "")))
    if pc.any(pc.invert(pc.string_is_ascii(plain))).as_py():
        plain = in_ascii_digits(pc.utf8_normalize(plain, "NFKC"))
        for pattern, instead in CHINESE:
            plain = pc.replace_substring_regex(plain, pattern, instead)
        plain = pc.utf8_trim_whitespace(plain)
    n = len(plain)
    year, first, second = (np.zeros(n, np.int64) for _ in range(3))
    nothing = np.full(n, np.nan)
    out = Written(np.full(n, -1, np.int8), year, first, second, np.zeros(n, bool),
                  np.zeros(n, bool), nothing, nothing.copy())  # fmt: skip
    left = np.arange(n)
    left = _cut(out, plain, left)
    unnamed = (out.shape >= 0) & (out.first == 0)
    again = np.union1d(left, np.flatnonzero(unnamed))
    if again.size:
        _cut(out, in_english(plain.take(again)), again)
    return out


def _cut(out: Written, plain: pa.Array, rows: np.ndarray) -> np.ndarray:
    """Cut the texts of some rows; the numbers of those that fit no shape come back."""
    import pyarrow.compute as pc

    left = np.arange(len(plain))
    if len(plain) != len(rows):
        plain = plain.take(rows)
    for place, pattern in enumerate(SHAPES.values()):
        if not left.size:
            break
        found = pc.extract_regex(plain.take(left) if len(left) < len(plain) else plain, pattern)
        fits = ~np.asarray(found.is_null())
        if fits.any():
            _fill(out, rows[left[fits]], place, found.filter(fits), pattern)
        left = left[~fits]
    return rows[left]


def _fill(out: Written, rows: np.ndarray, place: int, found: Any, pattern: str) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    def part(name: str) -> np.ndarray:
        if f"<{name}>" not in pattern:
            return np.zeros(len(rows), np.int64)
        cells = found.field(name)
        cells = pc.if_else(pc.equal(cells, ""), "0", cells)
        return cells.cast(pa.int64()).to_numpy(zero_copy_only=False)

    out.shape[rows] = place
    year = part("y")
    out.short[rows] = year < 100
    out.year[rows] = _whole_year(year)
    if "<a>" in pattern:
        out.first[rows], out.second[rows] = part("a"), part("b")
        out.dotted[rows] = pc.equal(found.field("s"), ".").to_numpy(zero_copy_only=False)
    else:
        out.first[rows] = _month_numbers(found.field("n")) if "<n>" in pattern else part("m")
        out.second[rows] = part("d")
    hour, minute, second = part("H"), part("M"), part("S")
    hour = _twelve_hours(hour, found, pattern)
    fine = (hour < 24) & (minute < 60) & (second <= 60)  # 60 is a leap second
    fine |= (hour == 24) & (minute == 0) & (second == 0)  # the end of the day
    clock = hour * 3600.0 + minute * 60 + second
    if "<f>" in pattern:
        fraction = pc.if_else(pc.equal(found.field("f"), ""), "0", found.field("f"))
        text = pc.binary_join_element_wise("0.", fraction, "")
        clock = clock + text.cast(pa.float64()).to_numpy(zero_copy_only=False)
    out.clock[rows] = np.where(fine, clock, np.nan)
    if "<z>" in pattern:
        out.offset[rows] = offsets_of(found.field("z"))


def _whole_year(year: np.ndarray) -> np.ndarray:
    return np.where(year < 100, year + np.where(year < 70, 2000, 1900), year)


def _month_numbers(names: pa.Array) -> np.ndarray:
    known = {name: number for number, name in enumerate(MONTHS, 1)}
    coded = names.dictionary_encode()
    values = np.array([known.get(name[:3], 0) for name in coded.dictionary.to_pylist()], np.int64)
    return values[coded.indices.to_numpy(zero_copy_only=False)]


def _twelve_hours(hour: np.ndarray, found: Any, pattern: str) -> np.ndarray:
    if "<p1>" not in pattern:
        return hour
    for name in ("p1", "p2"):
        coded = found.field(name).dictionary_encode()
        words = coded.dictionary.to_pylist()
        at = coded.indices.to_numpy(zero_copy_only=False)
        late = np.array([word in AFTERNOON for word in words], bool)[at]
        early = np.array([word in MORNING for word in words], bool)[at]
        noon = np.array([word == "中午" for word in words], bool)[at]
        hour = np.where(late & (hour < 12) & ~(noon & (hour > 9)), hour + 12, hour)
        hour = np.where(early & (hour == 12), 0, hour)
    return hour


def offsets_of(texts: pa.Array) -> np.ndarray:
    """Offsets from UTC in seconds of texts such as ``+08:00``, ``z``, ``gmt-5``; NaN for none."""
    coded = texts.dictionary_encode()
    values = np.array([_offset(text) for text in coded.dictionary.to_pylist()], float)
    return values[coded.indices.to_numpy(zero_copy_only=False)]


def _offset(text: str) -> float:
    text = text.strip()
    if not text:
        return np.nan
    text = text.removeprefix("utc").removeprefix("gmt")
    if text in ("", "z"):
        return 0.0
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    hours, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    return sign * (int(hours) * 3600.0 + int(minutes) * 60)


def seconds_of(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Seconds since 1970 at which days begin; float64[n], NaN for those of no calendar."""
    fine = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1)
    months = np.where(fine, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(fine, day - 1, 0)
    fine &= days.astype("datetime64[M]") == months  # 31 February rolls over: not a date
    return np.where(fine, days.astype(np.int64) * 86_400.0, np.nan)


def _two_ways(path: str | Path, chosen: str | None, n: int) -> str:
    why = (
        "some dates have the day first and others the month"
        if chosen == "both"
        else "no number above 12 tells"
    )
    return (
        f"{path}: {n:,} dates such as 3/4/2024 can be read in two ways, and {why}: say "
        "--time-format dmy or --time-format mdy"
    )
