"""Which rows of a file are equal, and which but for a number that an export gave them.

Of a row stays a number for all its cells, and one more for each column that may be such a number:
unused, and never twice the same. A sum of numbers of cells tells rows apart as their cells do, so
that a column which turns out to repeat itself is counted among the others afterwards.
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

FEWEST_TWICE = 20  # rows; a few equal ones after one another may be so
PASTED = (
    "the second half of the rows repeats the first, row by row: if the log was put into the file "
    "twice, take one half out"
)
SALT = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it loses nothing (Knuth, golden ratio)


@dataclass
class Signs:
    """Signs of the rows read so far.

    Attributes
    ----------
    rest : list of numpy.ndarray
        uint64[n] a piece: of all cells but those of the columns below.
    free : dict of str to list of numpy.ndarray
        uint64[n] a piece: of the cells of a column of which none was there twice in a piece.
    """

    rest: list[np.ndarray] = field(default_factory=list)
    free: dict[str, list[np.ndarray]] | None = None

    def add(self, table: pa.Table, used: Collection[str], bad: np.ndarray) -> None:
        """Take the rows of a piece in.

        Parameters
        ----------
        table : pyarrow.Table
            The piece, with every column of the file.
        used : collection of str
            Columns that tell who, when and to whom.
        bad : numpy.ndarray
            bool[n], rows that cannot be used.
        """
        cells, names = _of_columns(table), table.column_names
        whole: np.ndarray = np.add.reduce(list(cells.values()))
        own = np.flatnonzero(~bad)
        own = own[np.unique(whole[own], return_index=True)[1]]
        free = {
            name: cells[at]
            for at, name in enumerate(names)
            if name not in used
            and names.count(name) == 1
            and (self.free is None or name in self.free)
            and _n_distinct(cells[at][own]) == len(own)
        }
        if self.free is None:
            self.free = {name: [] for name in free}
        for name in [one for one in self.free if one not in free]:
            for before, more in zip(self.rest, self.free.pop(name), strict=True):
                before += more
        for name, signs in free.items():
            whole = whole - signs
            self.free[name].append(signs)
        self.rest.append(whole)

    def repeated(self, good: np.ndarray) -> np.ndarray:
        """Mark those of the good rows, bool[n], that are equal to an earlier one; bool[m]."""
        return repeated(self.whole()[slice(None) if good.all() else good])

    def whole(self) -> np.ndarray:
        """One number a row, the same where all cells are; uint64[n]."""
        signs = _one(self.rest).copy()
        for pieces in (self.free or {}).values():
            signs += _one(pieces)
        return signs

    def numbered_anew(self, good: np.ndarray) -> list[str]:
        """Say so where rows are equal but for the number that an export gave them.

        Parameters
        ----------
        good : numpy.ndarray
            bool[n], rows that can be used.
        """
        first = good.copy()
        first[good] = ~self.repeated(good)
        rows = slice(None) if first.all() else first
        signs, free = _one(self.rest)[rows], []
        for name, pieces in (self.free or {}).items():
            own = _one(pieces)[rows]
            if _n_distinct(own) == len(own):
                free.append(name)
            else:
                signs = signs + own
        n = len(signs) - _n_distinct(signs) if free else 0
        return [
            f"{n:,} rows repeat an earlier one in all but column {', '.join(free)}: counted as "
            "acts of their own; if they are copies, leave that column out of the file"
        ] if n else []  # fmt: skip


def _one(pieces: list[np.ndarray]) -> np.ndarray:
    """Pieces put together once: each is held no second time."""
    if len(pieces) > 1:
        pieces[:] = [np.concatenate(pieces)]
    return pieces[0]


def _n_distinct(signs: np.ndarray) -> int:
    """Count different numbers, with no more than a sorted copy of them."""
    ranked = np.sort(signs)
    return int(np.count_nonzero(ranked[1:] != ranked[:-1])) + bool(len(ranked))


def repeated(signs: np.ndarray) -> np.ndarray:
    """Mark what was there before; bool[n]."""
    if _n_distinct(signs) == len(signs):  # as mostly: the order need not be known
        return np.zeros(len(signs), bool)
    order = np.argsort(signs, kind="stable")
    ranked = signs[order]
    out = np.zeros(len(signs), bool)
    out[order[1:]] = ranked[1:] == ranked[:-1]
    return out


def is_twice_over(signs: np.ndarray) -> bool:
    """Whether the second half of all rows repeats the first, in its order."""
    half = len(signs) // 2
    return (
        2 * half == len(signs) >= FEWEST_TWICE
        and bool(np.array_equal(signs[:half], signs[half:]))
        and _n_distinct(signs[:half]) > half // 2
    )


def signs_of(table: pa.Table) -> np.ndarray:
    """One number for each row that is the same for equal rows; uint64[n]."""
    whole = np.sum(list(_of_columns(table).values()), axis=0, dtype=np.uint64)
    return np.asarray(whole, np.uint64)


def _of_columns(table: pa.Table) -> dict[int, np.ndarray]:
    """Numbers of the cells of each column, equal ones alike within it; uint64[n] each."""
    import duckdb

    n = table.num_columns
    with _database().cursor() as base:  # a connection of its own: other threads may be reading
        try:
            base.register("piece", table.rename_columns([f"c{at}" for at in range(n)]))
            cells = ", ".join(f"hash({at}, c{at}) AS c{at}" for at in range(n))
            found = base.sql(f"SELECT {cells} FROM piece").fetchnumpy()
        except duckdb.NotImplementedException:  # half floats, large decimals
            return _of_columns(_in_words(table))
    return {at: np.asarray(found[f"c{at}"], np.uint64) * SALT for at in range(n)}


def _in_words(table: pa.Table) -> pa.Table:
    """The table with what each cell shows when printed."""
    import pyarrow as pa

    texts = [pa.array([repr(one) for one in column.to_pylist()]) for column in table.columns]
    return pa.table(texts, names=table.column_names)


@functools.cache
def _database() -> duckdb.DuckDBPyConnection:
    """Open a database that all pieces share: opening one takes longer than telling rows apart."""
    from plaza_lab.scenarios.store.views import open_database

    return open_database()
