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
    """Row of a table that has one.

    Parameters
    ----------
    table : numpy.ndarray
        Structured, also a recarray.

    Returns
    -------
    QuickRow
        Its first row.
    """
    plain = np.dtype((np.void, table.dtype))  # the dtype of a recarray makes slow records
    return QuickRow(table.view(np.ndarray).view(plain)[0])
