"""Record types: every state variable of every kind of agent, declared field by field.

A record type becomes a NumPy structured dtype (a row is an agent), a documentation table and the
columns of a data frame. Names that NumPy records reserve are refused at declaration.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Var:
    """One state variable.

    Parameters
    ----------
    name : str
        Field name.
    dtype : str
        NumPy type code such as ``"f4"``; a shape may follow as in ``"(4,)f4"``.
    unit : str
        Unit, ``"1"`` for pure numbers.
    doc : str
        What the variable means.
    source : str
        Mechanism id, bibliography key or ``"assumption"``.
    default : float
        Value of a fresh row.
    bounds : tuple of float, optional
        Least and most it can be set to by hand; rates and counts are at least 0 where none are
        given.
    """

    name: str
    dtype: str
    unit: str
    doc: str
    source: str = "assumption"
    default: float = 0
    bounds: tuple[float, float] | None = None

    @property
    def span(self) -> tuple[float, float]:
        """Least and most it can be set to by hand."""
        return self.bounds or (0.0 if self.unit in RATES | COUNTS else -math.inf, math.inf)


SHARE = (0.0, 1.0)
"""Bounds of what is a part of a whole."""
RATES = frozenset(("1/day", "1/visit"))
COUNTS = frozenset(
    ("answers", "badges", "bits", "contacts", "invitations", "items", "matches", "messages")
) | {"points", "prizes", "purchases", "reactions", "replies", "requests", "ties", "tokens", "views"}
"""Units of what is counted, which is never below none."""


RESERVED = frozenset(dir(np.recarray)) | frozenset(dir(np.record))


@functools.cache
def record_type(variables: tuple[Var, ...]) -> np.dtype[Any]:
    """Build the structured dtype of a record type.

    Parameters
    ----------
    variables : tuple of Var
        Declared state variables, in storage order.

    Returns
    -------
    numpy.dtype
        Packed (unaligned) structured dtype.

    Raises
    ------
    ValueError
        If a name is declared twice or is reserved by NumPy records.
    """
    names = [var.name for var in variables]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"state variable {name!r} is declared twice")
        if name in RESERVED:
            raise ValueError(f"state variable {name!r} is a name NumPy records reserve; rename it")
    return np.dtype([(var.name, var.dtype) for var in variables], align=True)


_known: dict[int, tuple[tuple[Var, ...], np.dtype[Any], list[tuple[str, float]]]] = {}
"""Dtype and defaults of variables, by their identity."""


def blank(variables: tuple[Var, ...], rows: int) -> np.recarray:
    """Allocate rows that all hold the declared defaults.

    Parameters
    ----------
    variables : tuple of Var
        Declared state variables.
    rows : int
        Number of rows, at least 0.

    Returns
    -------
    numpy.recarray
        Shape ``(rows,)``.
    """
    known = _known.get(id(variables))
    if known is None or known[0] is not variables:  # hashing them would take longer than all else
        defaults = [(var.name, var.default) for var in variables if var.default]
        dtype = np.dtype((np.record, record_type(variables)))  # what a recarray would make of it
        known = _known[id(variables)] = (variables, dtype, defaults)
    table = np.zeros(rows, known[1])
    for name, default in known[2]:
        table[name] = default
    return table.view(np.recarray)


LINE = 64
"""Bytes that a processor fetches at a time."""


def on_lines(dtype: np.dtype[Any], rows: int) -> np.ndarray:
    """Allocate zeroed rows of which the first begins a line, so that rows of 64 bytes fill one.

    Parameters
    ----------
    dtype : numpy.dtype
        Of a row.
    rows : int
        Number of rows, at least 0.

    Returns
    -------
    numpy.ndarray
        Shape ``(rows,)``.
    """
    size = rows * dtype.itemsize
    memory = np.zeros(size + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + size].view(dtype)


class QuickRow:
    """One row, its fields read by name without NumPy's detours; fields of fields are rows as well.

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
