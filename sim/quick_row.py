"""Reading the fields of one row by name, without the detours NumPy takes for records."""

from __future__ import annotations

from typing import Any

import numpy as np


class QuickRow:
    """One row; fields of fields are rows as well.

    Parameters
    ----------
    row : numpy.void
        Element of a structured array that is no recarray.
    """

    __slots__ = ("_row",)

    def __init__(self, row: np.void) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        value = self._row[name]
        return QuickRow(value) if isinstance(value, np.void) else value


def first_row(table: np.ndarray) -> QuickRow:
    """First row of a table, see :func:`rows_of`."""
    return rows_of(table)[0]


def rows_of(table: np.ndarray) -> list[QuickRow]:
    """Rows of a table that has few.

    Parameters
    ----------
    table : numpy.ndarray
        Structured, also a recarray.

    Returns
    -------
    list of QuickRow
        Its rows.
    """
    plain = np.dtype((np.void, table.dtype))  # the dtype of a recarray makes slow records
    return [QuickRow(row) for row in table.view(np.ndarray).view(plain)]
