"""Rows that can be used, and a count of those that cannot, by reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.table import raw_column
from plaza_lab.scenarios.fit.times import FORMS, resolution

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

NO_ID = ("", "nan", "none", "null")
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC).timestamp()  # an empty time is often 0


@dataclass(frozen=True)
class ReadReport:
    """What happened while reading: rows in the file, rows left out and why, remarks."""

    rows: int
    dropped: dict[str, int]
    notes: list[str] = field(default_factory=list)


def clean(
    frame: pd.DataFrame,
    rows: pa.Table,
    ragged: int,
    today: date,
    time_name: str,
    path: str | Path,
) -> tuple[pd.DataFrame, ReadReport]:
    """Leave out the rows that cannot be used and count why.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns ``member`` (text) and ``seconds``; with ``amount`` (a number), rows without one or
        with a negative one (a refund) are left out too.
    rows : pyarrow.Table
        The same rows with every column of the file, to tell exact duplicates.
    ragged : int
        Rows the reader already left out.
    today : datetime.date
        Times after the day that follows it are in the future.
    time_name : str
        Column of times, for the error.
    path : str or Path
        Named in the error.

    Returns
    -------
    frame : pandas.DataFrame
        Rows kept, in the order of the file.
    report : ReadReport
        Rows in the file, rows left out by reason.

    Raises
    ------
    UserError
        No row is left.
    """
    bad, dropped = _unusable(frame, today)
    if ragged:
        dropped["ragged row"] = ragged
    if bad.all():
        raise UserError(_nothing_left(dropped, rows, time_name, path))
    kept = frame[~bad]
    if resolution(kept["seconds"].to_numpy()) == "second":
        repeated = _repeated_rows(rows.filter(~bad))
        dropped["exact duplicate"] = int(repeated.sum())
        kept = kept[~repeated]
    notes = []
    if np.any(np.diff(kept["seconds"].to_numpy()) < 0):
        notes.append("times were out of order: sorted")
    dropped = {reason: n for reason, n in dropped.items() if n}
    return kept, ReadReport(len(frame) + ragged, dropped, notes)


def _unusable(frame: pd.DataFrame, today: date) -> tuple[np.ndarray, dict[str, int]]:
    seconds = frame["seconds"].to_numpy()
    latest = (today - date(1970, 1, 1) + timedelta(days=2)).total_seconds()
    reasons = {
        "missing member id": missing(frame["member"]),
        "unreadable time": ~np.isfinite(seconds),
        "time in the future": seconds >= latest,
        "time before 1980": seconds < EARLIEST,
    }
    if "amount" in frame:
        amount = frame["amount"].to_numpy()
        reasons["unreadable amount"] = ~np.isfinite(amount)
        reasons["negative amount (refund)"] = amount < 0
    bad, dropped = np.zeros(len(frame), bool), {}
    for reason, mask in reasons.items():
        dropped[reason] = int((mask & ~bad).sum())
        bad |= mask
    return bad, dropped


def missing(ids: pd.Series) -> np.ndarray:
    """Mark ids that name nobody: empty, nan, none, null; bool[n]."""
    return (ids.isna() | ids.str.lower().isin(NO_ID)).to_numpy(dtype=bool)


def _nothing_left(dropped: dict[str, int], rows: pa.Table, time_name: str, path: str | Path) -> str:
    why = ", ".join(f"{n} x {reason}" for reason, n in dropped.items() if n)
    example = ""
    if dropped["unreadable time"]:
        example = f" such as '{raw_column(rows, time_name)[0].as_py()}'"
    return f"no row of {path} can be used ({why}{example}): times are read as {FORMS}"


def _repeated_rows(rows: pa.Table) -> np.ndarray:
    """Mark rows equal to an earlier one in every column of the file, used here or not."""
    import pandas as pd

    codes = []
    for column in rows.columns:
        try:
            codes.append(column.combine_chunks().dictionary_encode().indices.to_numpy(False))
        except (ValueError, NotImplementedError, TypeError):
            # a nested column has no dictionary; what it shows when printed is compared instead
            shown = pd.Series([repr(value) for value in column.to_pylist()])
            codes.append(pd.factorize(shown)[0])
    return pd.DataFrame(dict(enumerate(codes))).duplicated().to_numpy()
