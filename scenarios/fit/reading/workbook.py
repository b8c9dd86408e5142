"""Sheets of Excel and OpenDocument, as named columns of texts."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.reading.columns import same_name
from plaza_lab.scenarios.fit.reading.forms import known_names
from plaza_lab.scenarios.fit.reading.sheet import Sheet

OLE = b"\xd0\xcf\x11\xe0"
SEARCHED = 30
LOCKED = "EncryptedPackage".encode("utf-16-le")


def is_workbook(content: bytes) -> bool:
    """Tell a workbook: a zip that :func:`parts_of` left whole, or the container of old Excel."""
    return content.startswith((b"PK\x03\x04", OLE))


def read_workbook(content: bytes, path: str | Path) -> Sheet:
    """Read the first sheet with columns of a log, and those with the same columns.

    Parameters
    ----------
    content : bytes
        Of an xlsx, xlsb, xls or ods file.
    path : str or Path
        Named in the errors.

    Returns
    -------
    Sheet
        All cells as texts: dates as ISO, whole numbers without a point.

    Raises
    ------
    UserError
        It is damaged, locked with a password, or empty.
    """
    from plaza_lab.scenarios.command_line.extras import needed

    calamine = needed("python_calamine", "fit")
    if content.startswith(OLE) and LOCKED in content:
        raise UserError(f"{path} is locked with a password: save it without one")
    try:
        book = calamine.load_workbook(io.BytesIO(content))
        shown = {one.name for one in book.sheets_metadata
                 if one.visible == calamine.SheetVisibleEnum.Visible}  # fmt: skip
        sheets = [(name, _cells(book.get_sheet_by_name(name))) for name in book.sheet_names]
    except calamine.PasswordError:
        raise UserError(f"{path} is locked with a password: save it without one") from None
    except (calamine.CalamineError, OSError, ValueError):
        raise UserError(f"{path} is a damaged or cut-off workbook: save it again") from None
    filled = [(name, rows) for name, rows in sheets if any(_is_filled(row) for row in rows)]
    if not filled:
        raise UserError(f"{path} is empty: no sheet of it has a row")
    seen = [one for one in filled if one[0] in shown] or filled
    logs = [one for one in seen if _is_log(one[1])] or seen[:1]
    alike = [one for one in logs if _names(one[1]) == _names(logs[0][1])]
    read = {name: _sheet(name, rows, path) for name, rows in alike}
    others = [name for name, _ in filled if name not in read]
    told = [
        f"sheet {', '.join(read)} was read; {', '.join(others[:4])} "
        f"{'was' if len(others) == 1 else 'were'} not: save such a sheet as CSV for it"
    ] if others else []  # fmt: skip
    if len(read) == 1:
        return replace(next(iter(read.values())), notes=tuple(told))
    from plaza_lab.scenarios.fit.reading.files import joined, once

    told.append(f"read as one log: sheets {', '.join(list(read)[:12])}")
    return once(joined(read, f"workbook, {len(read)} sheets", told))


def _cells(sheet: Any) -> list[list[Any]]:
    """Rows of a sheet; what was merged over several rows stands in each of them."""
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        for row in range(top + 1, min(bottom + 1, len(rows))):
            rows[row][left] = rows[top][left]
    return rows


def _names(rows: list[list[Any]]) -> list[str]:
    return [same_name(str(cell)) for cell in rows[_head(rows)]]


def _is_log(rows: list[list[Any]]) -> bool:
    head = _head(rows)
    return known_names(rows[head]) >= 2 and len(rows) > head + 1


def _sheet(name: str, rows: list[list[Any]], path: str | Path) -> Sheet:
    import pyarrow as pa

    head = _head(rows)
    names = [str(cell).strip() for cell in rows[head]]
    taken = [(place, row) for place, row in enumerate(rows[head + 1 :], head + 2)
             if _is_filled(row)]  # fmt: skip
    columns = {}
    for at, column in enumerate(names):
        if column and column not in columns:
            columns[column] = pa.array([_text(row[at]) for _, row in taken], pa.string())
    if not columns:
        raise UserError(f"{path} is empty: sheet {name} has no column names")
    place = np.array([number for number, _ in taken], np.int64)
    return Sheet(pa.table(columns), place, "row", len(taken), f"workbook, sheet {name}")


def _head(rows: list[list[Any]]) -> int:
    first = rows[:SEARCHED]
    known = [known_names(row) for row in first]
    if max(known) >= 1:
        return known.index(max(known))
    width = max(sum(cell != "" for cell in row) for row in first)
    return next(at for at, row in enumerate(first) if sum(cell != "" for cell in row) == width)


def _is_filled(row: list[Any]) -> bool:
    return any(cell not in ("", None) for cell in row)


def _text(cell: Any) -> str | None:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell.total_seconds())
    return None if cell is None else str(cell)
