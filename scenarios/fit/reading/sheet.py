"""What a file holds, before anybody asks what it means: named columns and where rows stood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST_EXAMPLE = 80


@dataclass(frozen=True)
class Loss:
    """Rows that could not be used for one reason.

    Attributes
    ----------
    reason : str
        Why.
    n : int
        How many.
    first, last : tuple of (str, str)
        Place (``"line 7"``) and text of the first and the last of them.
    """

    reason: str
    n: int
    first: tuple[str, str]
    last: tuple[str, str]


class Losses:
    """Losses of several pieces, put together by their reason."""

    def __init__(self) -> None:
        self.by_reason: dict[str, Loss] = {}

    def add(self, losses: Iterable[Loss]) -> None:
        """Add those of a piece to those of the pieces before."""
        for new in losses:
            old = self.by_reason.get(new.reason)
            self.by_reason[new.reason] = (
                new if old is None else Loss(new.reason, old.n + new.n, old.first, new.last)
            )

    def whole(self) -> tuple[Loss, ...]:
        """All of them."""
        return tuple(self.by_reason.values())


@dataclass(frozen=True)
class Sheet:
    """Rows of a file.

    Attributes
    ----------
    table : pyarrow.Table
        Named columns; texts, or the file's own types.
    place : numpy.ndarray
        int64[n], where each row stood in the file, counted from 1.
    unit : str
        What `place` counts: ``"line"``, ``"row"`` or ``"record"``.
    rows : int
        Rows in the file, the unreadable ones included.
    form : str
        What the file is, in words.
    lost : tuple of Loss
        Rows that could not be cut into cells.
    notes : tuple of str
        What is worth saying.
    part : numpy.ndarray, optional
        int64[n], the file each row stood in, where there are several.
    parts : tuple of str
        Names of these files.
    aside : tuple of (str, int)
        Rows of the file that are not among these, by reason.
    """

    table: pa.Table
    place: np.ndarray
    unit: str
    rows: int
    form: str
    lost: tuple[Loss, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())
    part: np.ndarray | None = None
    parts: tuple[str, ...] = ()
    aside: tuple[tuple[str, int], ...] = ()

    def only(self, mask: np.ndarray) -> Sheet:
        """Keep the rows that are marked; bool[n]."""
        part = None if self.part is None else self.part[mask]
        return replace(self, table=self.table.filter(mask), place=self.place[mask], part=part)

    def shown(self, row: int) -> tuple[str, str]:
        """Place and text of one row, shortened."""
        cells = self.table.slice(row, 1).to_pylist()[0].values()
        text = ",".join("" if one is None else str(one) for one in cells)
        where = "" if self.part is None else f"{self.parts[self.part[row]]} "
        return f"{where}{self.unit} {self.place[row]}", shortened(text)

    def loss(self, reason: str, rows: np.ndarray) -> Loss:
        """Describe the rows with these numbers, int64[m] with m > 0, as lost."""
        return Loss(reason, len(rows), self.shown(int(rows[0])), self.shown(int(rows[-1])))


def codes_of(rows: pa.Table) -> dict[int, np.ndarray]:
    """Number the values of each column, equal ones alike.

    Parameters
    ----------
    rows : pyarrow.Table
        ``n`` rows.

    Returns
    -------
    dict of int to numpy.ndarray
        Position of a column to its numbers, shape ``(n,)``.
    """
    import pandas as pd

    codes = {}
    for at, column in enumerate(rows.columns):
        try:
            codes[at] = column.combine_chunks().dictionary_encode().indices.to_numpy(False)
        except (ValueError, NotImplementedError, TypeError):
            # a nested column has no dictionary; what it shows when printed is compared instead
            codes[at] = pd.factorize(pd.Series([repr(one) for one in column.to_pylist()]))[0]
    return codes


def shortened(text: str) -> str:
    """Cut a text to what fits a line."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_EXAMPLE else text[: LONGEST_EXAMPLE - 3] + "..."


def listed(names: Sequence[str], most: int) -> str:
    """Name the first of several, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
