"""A day in one column and the time of day in another, put together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plaza_lab.scenarios.fit.column_names import (
    CLOCK_NAMES,
    DATE_NAMES,
    TIME_NAMES,
    same_name,
)
from plaza_lab.scenarios.fit.sheet import Sheet
from plaza_lab.scenarios.fit.table import find_column, raw_column, text_column

ONLY_CLOCK = (
    r"^(?i:(?:[ap]\.?m\.?|上午|下午|午前|午後|오전|오후) ?)?\d{1,2}[:.h时時]\d{2}"
    r"(?:[:.分]\d{2}秒?)?(?:[.,]\d+)?分?(?: ?(?i:[ap]\.?m\.?|uhr))?$"
)
MOST = 0.9  # of the filled cells, at least, are times of day
MIDNIGHT = r"[T ]00:00(?::00(?:\.0+)?)?$"


def with_clock(sheet: Sheet, chosen: str | None) -> Sheet:
    """Put a column of days and one of times of day together.

    Parameters
    ----------
    sheet : Sheet
        A file.
    chosen : str, optional
        The column of times that the user named: then nothing is put together.

    Returns
    -------
    Sheet
        Both columns hold the whole time, where there are two such.
    """
    import pyarrow as pa

    table = sheet.table
    if chosen is not None or not table.num_rows:
        return sheet
    clock = find_column(table, None, CLOCK_NAMES, "", "")
    if clock is None or not pa.types.is_string(raw_column(table, clock).type):
        return sheet
    day = find_column(table, None, tuple(one for one in DATE_NAMES if same_name(one)
                                         != same_name(clock)), "", "")  # fmt: skip
    if day is None or not pa.types.is_string(raw_column(table, day).type):
        return sheet
    hours = text_column(table, clock, "", "--time").fillna("")
    filled = (hours != "").to_numpy()
    told = hours.str.fullmatch(ONLY_CLOCK).to_numpy(dtype=bool, na_value=False)
    if not filled.any() or told.sum() < MOST * filled.sum():
        return sheet
    days = text_column(table, day, "", "--time").fillna("").str.replace(MIDNIGHT, "", regex=True)
    if days.str.contains(r"\d:\d{2}").mean() > 1 - MOST:
        return sheet  # these are whole times
    whole = np.where(told, (days + " " + hours).str.strip(), days)
    cells = pa.array(np.where(days.to_numpy() == "", "", whole).tolist(), pa.string())
    for name in {clock, day} & {*table.column_names}:
        if name == day or same_name(name) in map(same_name, TIME_NAMES):
            table = table.set_column(table.column_names.index(name), name, cells)
    return replace(sheet, table=table, notes=(*sheet.notes, f"time is {day} and {clock} together"))
