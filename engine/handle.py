"""How compiled code holds the tables: by one address instead of some thirty arrays.

Numba passes a tuple of arrays to a function as a couple of hundred scalars, and takes them apart
and puts them together at every call. With twenty processes made of small functions that is most of
the compile time. Here the compiled code gets the address of a small block of pointers and lengths,
and an attribute such as ``t.members`` loads its array from there. In plain Python the same source
runs on the :class:`plaza_lab.sim.tables.Tables` object itself. See the decision page "one address".
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from plaza_lab.engine.lowered import lowered_by

WORDS = 3
"""Words a table takes in the block: address, rows, columns."""

Schema = dict[str, tuple[np.dtype[Any], int]]
_schema_source: list[Callable[[], Schema]] = []


def declare_schema(source: Callable[[], Schema]) -> None:
    """Tell the compiler where to look up the tables' names, dtypes and dimensions.

    Parameters
    ----------
    source : callable
        Returns the schema in storage order; called when something is compiled.
    """
    _schema_source[:] = [source]
    schema.cache_clear()


@functools.cache
def schema() -> Schema:
    """Name, dtype and dimensions of every table, in storage order."""
    return _schema_source[0]()


def address_block(arrays: list[np.ndarray]) -> np.ndarray:
    """Block of address, rows and columns of each array, in storage order.

    Parameters
    ----------
    arrays : list of numpy.ndarray
        One- or two-dimensional, C-contiguous.

    Returns
    -------
    numpy.ndarray
        int64, shape ``(WORDS * len(arrays),)``; the arrays must outlive it.
    """
    words: list[int] = []
    for array in arrays:
        if not array.flags.c_contiguous:
            raise ValueError("tables must be C-contiguous")
        words += [array.ctypes.data, array.shape[0], array.shape[1] if array.ndim == 2 else 1]
    return np.array(words, np.int64)


class ByAddress:
    """What compiled code takes for tables: it carries ``address``, of a block of pointers."""

    @property
    def _numba_type_(self) -> Any:
        from plaza_lab.engine.lowering.handle import TABLES

        return TABLES


TABLES = "PlazaTables"
"""Name of the tables' type among the types of arguments."""
STEP = (TABLES, "int64")
"""Types of the arguments of every step: the tables and the day."""


@lowered_by("handle")
def call_step(steps: int, k: int, tables: Any, day: int) -> None:
    """Call one of a list of compiled steps (see :func:`step_addresses`); compiled code only.

    Parameters
    ----------
    steps : int
        Address of the list.
    k : int
        Place in it.
    tables : Tables
        What the step is called with.
    day : int
        Likewise.
    """
    raise NotImplementedError("addresses are called by compiled code")


@functools.cache
def step_addresses(steps: tuple[Any, ...]) -> np.ndarray:
    """Addresses of the machine code of steps, each compiled or loaded if it is not yet.

    Parameters
    ----------
    steps : tuple of kernels
        To be called in this order, by :func:`call_step`.

    Returns
    -------
    numpy.ndarray
        int64, one a step; the same array for the same steps, not to be written to.
    """
    return np.array([step.address(STEP) for step in steps], np.int64)
