"""Functions that are a few instructions in compiled code, and something else in plain Python.

What they are in compiled code stands in ``engine/lowering/intrinsics.py``.

From a record to the tables: a decision hands its terms single rows, the member, the world. Where a
model has tables of its own, the address of its block stands right behind the world's record, and a
member's row is told by how far she lies from the first one. So no record of Plaza's changes and
nothing is handed on that was not handed on before. In plain Python the same is read from memory.
"""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from plaza_lab.engine.lowered import lowered_by


@lowered_by("intrinsics")
def total(terms: Sequence[float]) -> float:
    """Sum of a tuple of terms, in their order.

    Numba would walk through a tuple with a jump for every term; compiled code adds one after the
    other.

    Parameters
    ----------
    terms : tuple of float
        Log-odds or log-hazards.
    """
    log_scale = 0.0
    for term in terms:
        log_scale += term
    return log_scale


@lowered_by("intrinsics")
def lowest(word: int) -> int:
    """Place of the lowest bit that is set, 0 to 63, in a 64-bit word that is not 0."""
    return (int(word) & -int(word)).bit_length() - 1


WORD = 8
"""Bytes of an address."""


class Opened:
    """Tables by the address of their block, for plain Python."""

    known: ClassVar[weakref.WeakValueDictionary[int, Any]] = weakref.WeakValueDictionary()


def with_address(record: np.recarray, tables: Any, address: int) -> np.recarray:
    """Copy of a one-row record with an address right behind it.

    Parameters
    ----------
    record : numpy.recarray
        Shape ``(1,)``.
    tables : Tables
        What the address stands for.
    address : int
        Of their block.

    Returns
    -------
    numpy.recarray
        As `record`, in memory of its own.
    """
    size = record.dtype.itemsize
    memory = np.zeros(-(-size // WORD) + 1, np.int64).view(np.uint8)
    memory[:size] = np.frombuffer(record.tobytes(), np.uint8)
    memory[size : size + WORD] = np.frombuffer(np.int64(address).tobytes(), np.uint8)
    Opened.known[address] = tables
    return memory[:size].view(record.dtype).view(np.recarray)


@lowered_by("intrinsics")
def tables_of(world):  # type: ignore[no-untyped-def]
    """Tables of the community in which a world is; the record must be their own, not a copy."""
    start, size = _place(world)
    return Opened.known[ctypes.c_int64.from_address(start + size).value]


@lowered_by("intrinsics")
def row_of(first, row):  # type: ignore[no-untyped-def]
    """Number of a row, given the first row of its table."""
    start, size = _place(first)
    return np.int64((_place(row)[0] - start) // size)


def _place(record: Any) -> tuple[int, int]:
    return int(record.__array_interface__["data"][0]), int(record.dtype.itemsize)
