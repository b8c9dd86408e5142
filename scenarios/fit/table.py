"""A file on disk as named columns of text, or one clear line why not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.column_names import (
    CLOCK_NAMES,
    DATE_NAMES,
    GROUP_NAMES,
    TIME_NAMES,
    plain_name,
    same_name,
)
from plaza_lab.scenarios.fit.contents import sheet_of
from plaza_lab.scenarios.fit.parts import sheet_of_parts
from plaza_lab.scenarios.fit.sheet import Sheet, listed
from plaza_lab.scenarios.fit.unpacking import MOST_BYTES, folder_parts, parts_of, unpacked

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SHOWN_VALUES = 12
UNSEEN_SIGNS = "[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
WRAPPED = '^="([^"]*)"$'
UNSEEN = f"{UNSEEN_SIGNS}|{WRAPPED}"


def read_table(
    path: str | Path,
    most: int = MOST_BYTES,
    encoding: str | None = None,
    chosen: tuple[str | None, ...] = (None, None),
) -> Sheet:
    """Read a file of rows, packed or not, whatever its name ends in.

    Parameters
    ----------
    path : str or Path
        CSV with commas, semicolons, tabs or ``|``; JSON or JSON lines; a workbook of Excel or
        OpenDocument; Parquet. Plain, or packed with gzip, bzip2, xz or zip. A zip or a folder of
        several files is read as one log of parts.
    most : int
        Bytes that the file may unpack to.
    encoding : str, optional
        Of the text; without it, it is told from the bytes.
    chosen : tuple of (str or None)
        Columns of the member and the time, where the user named them: they tell which files of a
        zip are the log.

    Returns
    -------
    Sheet
        Columns as strings, those of Parquet in their own types.

    Raises
    ------
    UserError
        The file is missing, unreadable, empty, cut off, too large when unpacked, or nothing of the
        above; or a folder without a log, or of several.
    """
    whole = Path(path)
    if whole.is_dir():
        return sheet_of_parts(folder_parts(whole, most), whole, most, encoding, chosen)
    parts = parts_of(unpacked(whole, most), whole, most)
    if len(parts) == 1 and not parts[0].name:
        return sheet_of(parts[0].content, path, most, encoding)
    return sheet_of_parts(parts, whole, most, encoding, chosen)


def pick_rows(sheet: Sheet, where: str | None, path: str | Path) -> Sheet:
    """Keep one community of a file that holds several.

    Parameters
    ----------
    sheet : Sheet
        The whole file.
    where : str, optional
        ``"column=value"``. Without it, a column named community, repo or group with several
        values is refused rather than mixed.
    path : str or Path
        Named in the errors.

    Returns
    -------
    Sheet
        The chosen rows.

    Raises
    ------
    UserError
        ``where`` is malformed, names no column or no value, or is needed and absent.
    """
    if where is None:
        refuse_groups(groups_of(sheet.table, path), path)
        return sheet
    mask, values = chosen_by(sheet, where, path)
    if not mask.any():
        refuse_empty(where, values, path)
    return sheet.only(mask)


def chosen_by(sheet: Sheet, where: str, path: str | Path) -> tuple[np.ndarray, set[str]]:
    """Mark the rows that ``--where`` chooses, bool[n]; and the values of its column."""
    column, equals, value = where.partition("=")
    if not equals or not column or not value:
        raise UserError(f"--where {where}: write --where COLUMN=VALUE, such as community=docs")
    texts = text_column(sheet.table, column, path, "--where")
    mask = (texts == value).to_numpy(dtype=bool, na_value=False)
    return mask, {str(one) for one in texts.dropna().unique()}


def refuse_empty(where: str, values: set[str], path: str | Path) -> None:
    """Say what could be chosen instead."""
    column = where.partition("=")[0]
    raise UserError(
        f"--where {where}: no row of {path} has it; {column} holds {_listed(list(values))}"
    )


def find_column(
    table: pa.Table, given: str | None, tried: tuple[str, ...], option: str, path: str | Path
) -> str | None:
    """Name the column that plays a part: the one given, or the first usual name that is there.

    Parameters
    ----------
    table : pyarrow.Table
        The file.
    given : str, optional
        What the user chose; it must exist exactly.
    tried : tuple of str
        Usual names, compared without regard to case.
    option : str
        The option that chooses it, for the error.
    path : str or Path
        Named in the error.

    Returns
    -------
    str or None
        The column's name, None where nothing was given and no usual name is there.

    Raises
    ------
    UserError
        The given column is not in the file.
    """
    if given is not None:
        if given in table.column_names:
            return given
        raise UserError(f"{option} {given}: {path} has no such column; it has {_columns(table)}")
    named = {same_name(name): name for name in reversed(table.column_names)}
    return next((named[name] for name in map(same_name, tried) if name in named), None)


def need_column(
    table: pa.Table, given: str | None, tried: tuple[str, ...], option: str, path: str | Path
) -> str:
    """Like :func:`find_column`, for a column one cannot do without."""
    found = find_column(table, given, tried, option, path)
    if found is None:
        raise UserError(
            f"{path} has no column named {', '.join(tried[:4])} ...: name it with {option} COLUMN "
            f"(the first line must hold column names; read there: {_columns(table)})"
        )
    return found


def text_column(table: pa.Table, column: str, path: str | Path, option: str) -> pd.Series:
    """One column as trimmed text; raises UserError when it is not there or not plain values."""
    import pyarrow as pa

    if column not in table.column_names:
        raise UserError(f"{option}: {path} has no column {column}; it has {_columns(table)}")
    values = raw_column(table, column)
    try:
        return _without_wrapping(values.cast(pa.string())).to_pandas().str.strip()
    except pa.ArrowException:
        raise UserError(
            f"{option}: column {column} of {path} holds no plain text or numbers"
        ) from None


def _without_wrapping(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take signs that nobody sees off, and ``="123"``, by which shops keep numbers as text."""
    import pyarrow.compute as pc

    if not pc.any(pc.match_substring_regex(texts, UNSEEN)).as_py():
        return texts
    for pattern, instead in ((UNSEEN_SIGNS, ""), (WRAPPED, r"\1")):
        texts = pc.replace_substring_regex(texts, pattern, instead)
    return texts


def raw_column(table: pa.Table, column: str) -> pa.ChunkedArray:
    """One column by name, the first of them where a name is there twice."""
    import pyarrow as pa

    values = table.column(table.column_names.index(column))
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def groups_of(table: pa.Table, path: str | Path) -> dict[str, set[str]]:
    """Values of the columns that name a community."""
    return {
        column: {str(one) for one in text_column(table, column, path, "--where").dropna().unique()}
        for column in table.column_names
        if plain_name(column) in GROUP_NAMES
    }


def refuse_groups(groups: dict[str, set[str]], path: str | Path) -> None:
    """Refuse to mix several communities."""
    for column, values in groups.items():
        if len(values) > 1:
            raise UserError(
                f"{path} holds {len(values)} communities: choose one with "
                f"--where {column}=VALUE, VALUE one of {_listed(list(values))}"
            )


def _listed(values: list[str]) -> str:
    return listed(sorted(values), SHOWN_VALUES)


def _columns(table: pa.Table) -> str:
    return _listed(list(table.column_names)) or "no columns"


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
