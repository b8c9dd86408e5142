"""Times written as numbers: since 1970 in four units, YYYYMMDD, days of Excel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError

if TYPE_CHECKING:
    import pyarrow as pa

SECONDS_PER_DAY = 86_400
# Epoch numbers tell their unit by size: 1e8-1e11 s is 1973-5138, the same span in ms is x1000.
EPOCH_UNITS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (np.inf, 1e9))
EXCEL_DAYS = (29_221, 73_051)  # 1980 to 2100, counted by Excel from the end of 1899
EXCEL_EPOCH = 25_569  # 1970-01-01 in them
FROM_1980, FROM_2000 = 315_532_800, 946_684_800
NUMBER = r"^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$"


def as_numbers(texts: pa.Array, path: str | Path) -> np.ndarray:
    """Read the texts that are numbers; float64[n], NaN for the others."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.replace_substring_regex(texts, r"^(\d{5}|\d{9,}),(\d+)$", r"\1.\2")  # in German
    texts = pc.replace_substring_regex(texts, r"^/Date\((\d+)(?:[+-]\d{4})?\)/$", r"\1")
    is_number = pc.fill_null(pc.match_substring_regex(texts, NUMBER), False)
    out = np.full(len(texts), np.nan)
    if pc.any(is_number).as_py():
        some = texts.filter(is_number)
        _check_rounded(some, path)
        out[np.asarray(is_number)] = some.cast(pa.float64()).to_numpy()
    return out


def _check_rounded(texts: pa.Array, path: str | Path) -> None:
    """Refuse epoch numbers in E-notation with fewer digits than tell the minute."""
    import pyarrow.compute as pc

    cut = pc.drop_null(pc.extract_regex(texts, r"^\d(?:\.(?P<part>\d*))?[eE]\+?(?P<power>\d+)$"))
    if not len(cut):
        return
    digits = pc.max(pc.utf8_length(pc.fill_null(cut.field("part"), ""))).as_py()
    power = int(pc.max(cut.field("power").cast("int64")).as_py())
    unit = next(unit for limit, unit in EPOCH_UNITS if 10.0**power < limit)
    if 10.0 ** (power - digits) > 60 * unit:
        example = pc.filter(texts, pc.match_substring_regex(texts, "[eE]"))[0]
        raise UserError(
            f"{path}: times such as {example} are rounded numbers, in which no day can be told; "
            "export them as text (in Excel: format the column as text before the file is opened)"
        )


def from_numbers(numbers: np.ndarray) -> tuple[np.ndarray, dict[str, int], np.ndarray]:
    """Seconds, rows of each form, and which rows are instants rather than clock times."""
    known = np.isfinite(numbers)
    size = np.abs(np.where(known, numbers, 0.0))
    seconds = np.full(numbers.shape, np.nan)
    lower = 0.0
    for limit, unit in EPOCH_UNITS:
        mine = known & (size >= lower) & (size < limit)
        seconds[mine] = numbers[mine] / unit
        lower = limit
    instants = known.copy()
    calendar = _from_calendar_numbers(numbers)
    dates = np.isfinite(calendar)
    excel = known & (size >= EXCEL_DAYS[0]) & (size < EXCEL_DAYS[1])
    if excel.sum() * 2 <= known.sum():
        excel[:] = False
    seconds[dates] = calendar[dates]
    seconds[excel] = np.round((numbers[excel] - EXCEL_EPOCH) * SECONDS_PER_DAY)
    instants &= ~dates & ~excel
    forms = {"epoch numbers": int(instants.sum()), "YYYYMMDD": int(dates.sum()),
             "day numbers of Excel": int(excel.sum())}  # fmt: skip
    return seconds, {name: n for name, n in forms.items() if n}, instants


def before_2000(seconds: np.ndarray, instants: np.ndarray) -> tuple[str, ...]:
    """Say so where all epoch numbers lie before 2000: some programs count from another year."""
    known = seconds[instants & np.isfinite(seconds)]
    if not known.size or known.max() >= FROM_2000 or known.max() <= FROM_1980:
        return ()
    return (
        "all epoch numbers lie before the year 2000: if they count from 2001, as programs of Apple "
        "do, add 978307200 seconds to each",
    )


def _from_calendar_numbers(numbers: np.ndarray) -> np.ndarray:
    long = (numbers >= 19_000_101_000_000) & (numbers <= 21_001_231_235_959)
    with np.errstate(invalid="ignore"):
        clock = np.where(long, numbers % 1_000_000, 0)
        numbers = np.where(long, numbers // 1_000_000, numbers)
    whole = np.isfinite(numbers) & (numbers >= 19_000_101) & (numbers <= 21_001_231)
    whole &= np.where(whole, numbers % 1 == 0, False)
    dates = np.where(whole, numbers, 0).astype(np.int64)
    year, month, day = dates // 10_000, dates // 100 % 100, dates % 100
    whole &= (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = (year - 1970) * 12 + month - 1
    safe = np.where(whole, months, 0).astype("datetime64[M]")
    instants = safe.astype("datetime64[D]") + np.where(whole, day - 1, 0)
    whole &= instants.astype("datetime64[M]") == safe  # 31 February rolls over: not a date
    hour, minute, second = clock // 10_000, clock // 100 % 100, clock % 100
    whole &= (hour < 24) & (minute < 60) & (second < 60)
    inside = hour * 3600 + minute * 60 + second
    return np.where(whole, instants.astype(np.int64) * float(SECONDS_PER_DAY) + inside, np.nan)
