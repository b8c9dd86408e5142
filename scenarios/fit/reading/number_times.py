"""Times written as numbers: since 1970 in four units, YYYYMMDD, days of Excel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.reading.time_texts import seconds_of

if TYPE_CHECKING:
    import pyarrow as pa

SECONDS_PER_DAY = 86_400
# Epoch numbers tell their unit by size: 1e8-1e11 s is 1973-5138, the same span in ms is x1000.
EPOCH_UNITS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (np.inf, 1e9))
EXCEL_DAYS = (29_221, 73_051)  # 1980 to 2100, counted by Excel from the end of 1899
EXCEL_EPOCH = 25_569  # 1970-01-01 in them
FROM_1904 = 1_462  # days from Excel's first day to that of workbooks made on old Macs
DISCORD_EPOCH, DISCORD_UNIT = 1_420_070_400, 1000 * 2**22  # 2015-01-01; an id a second, in ids
DISCORD_IDS = (1e17, 1.6e18)  # until 2027; as nanoseconds 1973 to September 2020
TICKS, TICK, FROM_YEAR_1 = (6.28e17, 6.5e17), 1e7, 62_135_596_800
"""Tenths of microseconds since the year 1, as .NET counts: from 1991 to 2060."""
COUNTED = ("excel1904", "discord", "ns")
"""What ``--time-format`` may say of numbers."""
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


def from_numbers(
    numbers: np.ndarray, counted: str | None = None
) -> tuple[np.ndarray, dict[str, int], np.ndarray]:
    """Seconds, rows of each form, and which rows are instants rather than clock times.

    `counted` is one of `COUNTED` where the user says what the numbers count.
    """
    known = np.isfinite(numbers)
    size = np.abs(np.where(known, numbers, 0.0))
    seconds = np.full(numbers.shape, np.nan)
    lower = 0.0
    for limit, unit in EPOCH_UNITS:
        mine = known & (size >= lower) & (size < limit)
        seconds[mine] = numbers[mine] / unit
        lower = limit
    ids = known & (size >= DISCORD_IDS[0]) & (counted == "discord")
    seconds[ids] = np.floor(numbers[ids] / DISCORD_UNIT * 1000) / 1000 + DISCORD_EPOCH
    ticks = known & (size >= TICKS[0]) & (size < TICKS[1]) & (counted is None)
    seconds[ticks] = numbers[ticks] / TICK - FROM_YEAR_1
    instants = known.copy()
    calendar = _from_calendar_numbers(numbers)
    dates = np.isfinite(calendar)
    excel = known & (size >= EXCEL_DAYS[0]) & (size < EXCEL_DAYS[1])
    if excel.sum() * 2 <= known.sum():
        excel[:] = False
    seconds[dates] = calendar[dates]
    seconds[excel] = np.round((numbers[excel] - EXCEL_EPOCH) * SECONDS_PER_DAY)
    seconds[excel] += FROM_1904 * SECONDS_PER_DAY * (counted == "excel1904")
    instants &= ~dates & ~excel
    forms = {"epoch numbers": int((instants & ~ids & ~ticks).sum()),
             "ids of Discord": int(ids.sum()), "ticks of .NET": int(ticks.sum()),
             "YYYYMMDD": int(dates.sum()), "day numbers of Excel": int(excel.sum())}  # fmt: skip
    return seconds, {name: n for name, n in forms.items() if n}, instants


def doubts(
    numbers: np.ndarray,
    seconds: np.ndarray,
    instants: np.ndarray,
    counted: str | None,
    path: str | Path,
) -> tuple[str, ...]:
    """Say so where numbers may count from another day than the usual one.

    Raises
    ------
    UserError
        They may be ids of Discord as well as nanoseconds.
    """
    if counted is not None:
        return ()
    _check_ids(numbers, path)
    told = []
    known = seconds[instants & np.isfinite(seconds)]
    if known.size and FROM_1980 < known.max() < FROM_2000:
        told.append(
            "all epoch numbers lie before the year 2000: if they count from 2001, as programs of "
            "Apple do, add 978307200 seconds to each"
        )
    if (np.isfinite(seconds) & ~instants & (np.abs(numbers) < EXCEL_DAYS[1])).any():
        told.append(
            "day numbers count from 1900 as Excel does: if the workbook counts from 1904, as old "
            "ones of Macs do, say --time-format excel1904"
        )
    return tuple(told)


def _check_ids(numbers: np.ndarray, path: str | Path) -> None:
    """Ask what numbers of 18 and 19 digits are that no clock of microseconds has shown."""
    known = numbers[np.isfinite(numbers)]
    large = known[known >= DISCORD_IDS[0]]
    if 2 * large.size <= known.size or large.max() > DISCORD_IDS[1]:
        return
    part = large / 1e3 % 1  # as floats, known to 128 ns
    if (np.minimum(part, 1 - part) < 0.2).mean() > 0.8:
        return
    of_id, of_clock = large[0] / DISCORD_UNIT + DISCORD_EPOCH, large[0] / 1e9
    year, year_of_clock = (str(np.datetime64(int(one), "s"))[:4] for one in (of_id, of_clock))
    raise UserError(
        f"{path}: times such as {int(large[0])} may be ids of Discord ({year}) or nanoseconds "
        f"since 1970 ({year_of_clock}): say --time-format discord or --time-format ns"
    )


def _from_calendar_numbers(numbers: np.ndarray) -> np.ndarray:
    to_minute = (numbers >= 190_001_010_000) & (numbers <= 210_012_312_359)
    numbers = np.where(to_minute, numbers * 100, numbers)
    long = (numbers >= 19_000_101_000_000) & (numbers <= 21_001_231_235_959)
    with np.errstate(invalid="ignore"):
        clock = np.where(long, numbers % 1_000_000, 0)
        numbers = np.where(long, numbers // 1_000_000, numbers)
    whole = np.isfinite(numbers) & (numbers >= 19_000_101) & (numbers <= 21_001_231)
    whole &= np.where(whole, numbers % 1 == 0, False)
    dates = np.where(whole, numbers, 0).astype(np.int64)
    days = seconds_of(dates // 10_000, dates // 100 % 100, dates % 100)
    hour, minute, second = clock // 10_000, clock // 100 % 100, clock % 100
    whole &= (hour < 24) & (minute < 60) & (second < 60)
    return np.where(whole, days + hour * 3600 + minute * 60 + second, np.nan)
