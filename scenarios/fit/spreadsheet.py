"""Sheets of Excel and OpenDocument, as named columns of texts."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.forms import KNOWN_NAMES, plain_name
from plaza_lab.scenarios.fit.sheet import Sheet

OLE = b"\xd0\xcf\x11\xe0"
SEARCHED = 30
LOCKED = "EncryptedPackage".encode("utf-16-le")


def is_workbook(content: bytes) -> bool:
    """Tell a workbook: a zip that :func:`parts_of` left whole, or the container of old Excel."""
    return content.startswith((b"PK\x03\x04", OLE))


def read_workbook(content: bytes, path: str | Path) -> Sheet:
    """Read the first sheet that holds anything.

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
        sheets = [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
    except calamine.PasswordError:
        raise UserError(f"{path} is locked with a password: save it without one") from None
    except (calamine.CalamineError, OSError, ValueError):
        raise UserError(f"{path} is a damaged or cut-off workbook: save it again") from None
    filled = [(name, rows) for name, rows in sheets if any(_is_filled(row) for row in rows)]
    if not filled:
        raise UserError(f"{path} is empty: no sheet of it has a row")
    name, rows = filled[0]
    notes = []
    if len(filled) > 1:
        others = ", ".join(other for other, _ in filled[1:4])
        notes.append(f"sheet {name} was read; {others} were not: save such a sheet as CSV for it")
    return _sheet(name, rows, path, tuple(notes))


def _sheet(name: str, rows: list[list[Any]], path: str | Path, notes: tuple[str, ...]) -> Sheet:
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
    return Sheet(pa.table(columns), place, "row", len(taken), f"workbook, sheet {name}", (), notes)


def _head(rows: list[list[Any]]) -> int:
    first = rows[:SEARCHED]
    known = [sum(plain_name(str(cell)) in KNOWN_NAMES for cell in row) for row in first]
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
