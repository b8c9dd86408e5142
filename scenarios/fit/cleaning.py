"""Rows that can be used, and of those that cannot: how many, which, and whether they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.accounts import missing
from plaza_lab.scenarios.fit.sheet import Loss, Sheet
from plaza_lab.scenarios.fit.times import FORMS, Times, resolution

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC).timestamp()  # an empty time is often 0
MOST_LOST = 0.02
DUPLICATE = "exact duplicate"
Z_TOLD = 4.0  # lost rows differ where chance would show as much in one log of 30,000


@dataclass(frozen=True)
class ReadReport:
    """What happened while reading.

    Attributes
    ----------
    rows : int
        Rows in the file, counted on its own lines.
    dropped : dict of str to int
        Rows left out, by reason.
    notes : list of str
        Remarks.
    lost : list of Loss
        Of the rows left out, those that could not be read, with the first and last example.
    form, zone : str
        What the file is; whose clock its days are on.
    columns : dict of str to str
        Columns used, by their part.
    preview : list of str
        The first rows as they were understood.
    """

    rows: int
    dropped: dict[str, int]
    notes: list[str] = field(default_factory=list)
    lost: list[Loss] = field(default_factory=list)
    form: str = ""
    zone: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    preview: list[str] = field(default_factory=list)

    @property
    def n_lost(self) -> int:
        """Rows that could not be read."""
        return sum(loss.n for loss in self.lost)


def check_losses(report: ReadReport, accept: bool, path: str | Path) -> None:
    """Refuse a log of which too much could not be read.

    Raises
    ------
    UserError
        Above 2 %, unless the user accepts it.
    """
    if accept or report.n_lost <= MOST_LOST * report.rows:
        return
    worst = max(report.lost, key=lambda loss: loss.n)
    differ = next((note for note in report.notes if note.startswith("lost rows")), "")
    raise UserError(
        f"{path}: {report.n_lost:,} of {report.rows:,} rows cannot be read ({worst.n:,} x "
        f"{worst.reason}, from {worst.first[0]} '{worst.first[1]}' to {worst.last[0]} "
        f"'{worst.last[1]}'{'; ' + differ if differ else ''}): mend them, see --dry-run, or insist "
        "with --accept-loss"
    )


def clean(
    frame: pd.DataFrame,
    sheet: Sheet,
    times: Times,
    today: date,
    names: dict[str, str],
    path: str | Path,
    *,
    keep_equal: bool = False,
) -> tuple[pd.DataFrame, dict[str, int], list[Loss], list[str]]:
    """Leave out the rows that cannot be used and count why.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns ``member`` (text) and ``seconds``; with ``amount`` (a number), rows without one are
        left out too.
    sheet : Sheet
        The same rows with every column of the file, to tell exact duplicates and show examples.
    times : Times
        The column of times.
    today : datetime.date
        Times after the day that follows it are in the future.
    names : dict of str to str
        Columns by their part, for the errors.
    path : str or Path
        Named in the error.
    keep_equal : bool
        Equal rows are lines of one basket, not copies.

    Returns
    -------
    frame : pandas.DataFrame
        Rows kept, in the order of the file.
    dropped : dict of str to int
        Rows left out by reason.
    lost : list of Loss
        Examples of them.
    notes : list of str
        How lost rows differ from kept ones.

    Raises
    ------
    UserError
        No row is left.
    """
    bad, lost = unusable(frame, sheet, times, today)
    lost += sheet.lost
    if bad.all():
        dropped = {loss.reason: loss.n for loss in lost}
        raise UserError(_nothing_left(dropped, sheet, names, path))
    repeated = None if keep_equal else lambda: _repeated_rows(sheet.table.filter(~bad))
    kept, dropped, notes = usable(frame, bad, lost, len(times.forms) > 1, repeated)
    if not keep_equal and resolution(kept["seconds"].to_numpy()) == "second":
        notes += _numbered_anew(sheet.table.filter(~bad), set(names.values()))
    return kept, dropped, lost, notes


def usable(
    frame: pd.DataFrame,
    bad: np.ndarray,
    lost: list[Loss],
    has_forms: bool,
    repeated: Callable[[], np.ndarray] | None,
) -> tuple[pd.DataFrame, dict[str, int], list[str]]:
    """Keep the rows that are not bad, and of equal ones the first.

    Parameters
    ----------
    frame : pandas.DataFrame
        All rows.
    bad : numpy.ndarray
        bool[n].
    lost : list of Loss
        Why they are.
    has_forms : bool
        Whether times are written in several forms.
    repeated : callable, optional
        Says which of the rows kept, bool[m], are equal to an earlier one in every cell.

    Returns
    -------
    kept : pandas.DataFrame
        In the order of the file.
    dropped : dict of str to int
        Rows left out by reason.
    notes : list of str
        How lost rows differ from kept ones, and whether rows are out of order.
    """
    dropped = {loss.reason: loss.n for loss in lost}
    notes = _differences(frame, bad)
    kept = frame[~bad]
    if repeated is not None and resolution(kept["seconds"].to_numpy()) == "second":
        twice = repeated()
        if has_forms:  # some are written to the minute only, where equal ones are usual
            twice = twice & (kept["seconds"].to_numpy() % 60 != 0)
        if twice.any():
            dropped[DUPLICATE] = int(twice.sum())
            kept = kept[~twice]
    if np.any(np.diff(kept["seconds"].to_numpy()) < 0):
        notes.append("times were out of order: sorted")
    return kept, dropped, notes


def unusable(
    frame: pd.DataFrame, sheet: Sheet, times: Times, today: date
) -> tuple[np.ndarray, list[Loss]]:
    """Mark rows without a member, a time or an amount that can be read; bool[n], and why."""
    seconds = frame["seconds"].to_numpy()
    latest = (today - date(1970, 1, 1) + timedelta(days=2)).total_seconds()
    ambiguous = times.ambiguous
    reasons: dict[str, np.ndarray] = {
        "missing member id": missing(frame["member"]),
        "ambiguous date (day or month first)": ambiguous,
        "unreadable time": ~np.isfinite(seconds),
        "time in the future": seconds >= latest,
        "time before 1980": seconds < EARLIEST,
    }
    if "amount" in frame:
        reasons["unreadable amount"] = ~np.isfinite(frame["amount"].to_numpy())
    if "roleless" in frame:
        named = reasons["missing member id"]
        reasons["missing member id"] = named & ~frame["roleless"].to_numpy(bool)
    bad, lost = np.zeros(len(frame), bool), []
    for reason, mask in reasons.items():
        rows = np.flatnonzero(mask & ~bad)
        if rows.size:
            lost.append(sheet.loss(reason, rows))
        bad |= mask
    return bad, lost


def _differences(frame: pd.DataFrame, bad: np.ndarray) -> list[str]:
    """Say where lost rows lie among the kept ones, and of what kind they are."""
    n, m = len(bad), int(bad.sum())
    if m < 5 or n - m < 5:
        return []
    said = []
    rank = (np.flatnonzero(bad).mean() + 0.5) / n
    if abs(rank - 0.5) * np.sqrt(12 * m) > Z_TOLD:
        said.append(f"lie {'later' if rank > 0.5 else 'earlier'} in the file than those kept")
    seconds = frame["seconds"].to_numpy()
    known = bad & np.isfinite(seconds)
    if known.sum() >= 5:
        kept = seconds[~bad & np.isfinite(seconds)]
        place = np.searchsorted(np.sort(kept), seconds[known]).mean() / max(len(kept), 1)
        if abs(place - 0.5) * np.sqrt(12 * known.sum()) > Z_TOLD and not said:
            said.append(f"are {'later' if place > 0.5 else 'earlier'} than those kept")
    if "size" in frame:
        size = frame["size"].to_numpy(float)
        some, all_kept = size[bad & np.isfinite(size)], size[~bad & np.isfinite(size)]
        if len(some) >= 5 and np.median(some) > 2 * np.median(all_kept):
            said.append("are larger than those kept")
    for part in ("kind", "member"):
        if part in frame:
            said += _one_kind(frame[part], bad, part)
    return [f"lost rows {' and '.join(said)}: what the log tells is not of all"] if said else []


def _one_kind(texts: pd.Series, bad: np.ndarray, part: str) -> list[str]:
    lost, kept = texts[bad], texts[~bad]
    counts = lost.astype(object).fillna("").value_counts()
    top = counts.index[0]
    if not str(top):
        return []
    share, usual = counts.iloc[0] / len(lost), float((kept == top).fillna(False).mean())
    if share > 0.6 and share > 2 * usual:
        return [f"have {part} {top} in {share:.0%} (of those kept {usual:.0%})"]
    return []


def _nothing_left(
    dropped: dict[str, int], sheet: Sheet, names: dict[str, str], path: str | Path
) -> str:
    why = ", ".join(f"{n} x {reason}" for reason, n in dropped.items() if n)
    example = ""
    if "unreadable time" in dropped:
        column = sheet.table.column(sheet.table.column_names.index(names["time"]))
        example = f" such as '{column[0].as_py()}'"
    if "unreadable amount" in dropped:
        return f"no row of {path} can be used ({why}): name the column of amounts with --amount"
    return f"no row of {path} can be used ({why}{example}): times are read as {FORMS}"


def _repeated_rows(rows: pa.Table) -> np.ndarray:
    """Mark rows equal to an earlier one in every column of the file, used here or not."""
    import pandas as pd

    return pd.DataFrame(codes_of(rows)).duplicated().to_numpy()


def _numbered_anew(rows: pa.Table, used: set[str]) -> list[str]:
    """Say so where rows are equal but for the number that an export gave them."""
    import pandas as pd

    cells = pd.DataFrame(codes_of(rows))
    cells = cells[~cells.duplicated()]
    names = rows.column_names
    free = [at for at in range(len(names)) if names[at] not in used and cells[at].is_unique]
    n = int(cells.drop(columns=free).duplicated().sum()) if free else 0
    return [told_anew(n, [names[at] for at in free])] if n else []


def told_anew(n: int, columns: list[str]) -> str:
    """Say that so many rows differ from an earlier one only in columns of numbers of their own."""
    return (
        f"{n:,} rows repeat an earlier one in all but column {', '.join(columns)}: counted as acts "
        "of their own; if they are copies, leave that column out of the file"
    )


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


def previewed(parts: Iterable[pd.Series], n: int = 3) -> list[str]:
    """Write the first rows as they were understood, cells between two spaces."""
    columns = [[str(value) for value in part.iloc[:n]] for part in parts]
    return ["  ".join(row) for row in zip(*columns, strict=True)]
