"""A community's own log of acts, read, checked and told about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.cleaning import ReadReport, clean, missing
from plaza_lab.scenarios.fit.table import (
    find_column,
    need_column,
    pick_rows,
    raw_column,
    read_table,
    text_column,
)
from plaza_lab.scenarios.fit.times import SECONDS_PER_DAY, resolution, seconds_since_epoch
from plaza_lab.scenarios.fit.unpacking import MOST_BYTES
from plaza_lab.scenarios.printing import one_line

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MEMBER_NAMES = ("member", "uid", "user", "user_id", "member_id", "src", "author")
TIME_NAMES = ("time", "t", "timestamp", "date", "day", "created_at")
KIND_NAMES = ("kind", "type", "act")
REPLY_NAMES = ("reply_to", "dst", "target", "replied_to")
JOINING = ("join", "joined", "signup", "register", "member_join")
SILENT = (*JOINING, "leave", "left", "visit", "view", "read", "login")
SHORTEST_DAYS = 14  # two of each weekday, and a second week to come back in


@dataclass(frozen=True)
class Log:
    """Acts in order of time.

    Attributes
    ----------
    source : str
        File and filter, for captions.
    member : numpy.ndarray
        int64[n_acts], 0..n_members-1, numbered in the order of their names.
    seconds : numpy.ndarray
        float64[n_acts], seconds since 1970 (UTC), not falling.
    day : numpy.ndarray
        int64[n_acts], days since ``first_day``.
    reply_to : numpy.ndarray or None
        int64[n_acts], member replied to, -1 for none, numbers from ``n_members`` on for people who
        never acted themselves; None without such a column.
    n_members : int
        People with at least one act.
    first_day, last_day : datetime.date
        Days of the first and last act.
    resolution : str
        ``"day"``, ``"minute"`` or ``"second"``.
    kinds : dict of str to int
        Rows of each kind; empty without such a column.
    joined : int or None
        People on the roll, acting or not, where the log has rows of joining.
    report : ReadReport
        What was read and left out.
    """

    source: str
    member: np.ndarray
    seconds: np.ndarray
    day: np.ndarray
    reply_to: np.ndarray | None
    n_members: int
    first_day: date
    last_day: date
    resolution: str
    kinds: dict[str, int]
    joined: int | None
    report: ReadReport

    @property
    def n_acts(self) -> int:
        """Number of acts."""
        return len(self.member)

    @property
    def n_days(self) -> int:
        """Days from the first to the last act, both counted."""
        return (self.last_day - self.first_day).days + 1


def read_log(
    path: str | Path,
    *,
    member: str | None = None,
    time: str | None = None,
    kind: str | None = None,
    reply_to: str | None = None,
    where: str | None = None,
    today: date | None = None,
    most: int = MOST_BYTES,
) -> Log:
    """Read a log of acts: one row for each act, with a member and a time.

    Parameters
    ----------
    path : str or Path
        CSV or Parquet, plain or gzip.
    member, time, kind, reply_to : str, optional
        Column names; without them the usual names are tried.
    where : str, optional
        ``"column=value"`` picks one community out of several.
    today : datetime.date, optional
        Times later than the day after it are left out; the system's date without it.
    most : int
        Bytes that the file may unpack to.

    Returns
    -------
    Log
        Sorted acts and a report on what was left out.

    Raises
    ------
    UserError
        One line on what is wrong with the file, its columns or its rows.
    """
    table, ragged = read_table(path, most)
    if not table.num_rows:
        raise UserError(f"{path} holds column names but no row: a log needs a row for each act")
    time_name = need_column(table, time, TIME_NAMES, "--time", path)
    names = {
        "member": need_column(table, member, MEMBER_NAMES, "--member", path),
        "kind": find_column(table, kind, KIND_NAMES, "--kind", path),
        "reply_to": find_column(table, reply_to, REPLY_NAMES, "--reply-to", path),
    }
    rows = pick_rows(table, where, path)
    frame = _frame(rows, names, time_name, path)
    frame, report = clean(frame, rows, ragged, today or date.today(), time_name, path)
    source = one_line(Path(path).name + (f" ({where})" if where else ""))
    return _assembled(frame, report, source)


def _frame(
    rows: pa.Table, names: dict[str, str | None], time_name: str, path: str | Path
) -> pd.DataFrame:
    import pandas as pd

    columns = {
        role: text_column(rows, name, path, f"--{role.replace('_', '-')}")
        for role, name in names.items()
        if name is not None
    }
    frame = pd.DataFrame(columns)
    frame["seconds"] = seconds_since_epoch(raw_column(rows, time_name))
    return frame


def _assembled(frame: pd.DataFrame, report: ReadReport, source: str) -> Log:
    import pandas as pd

    kinds, joined = {}, None
    if "kind" in frame:
        lowered = frame["kind"].fillna("").str.lower()
        kinds = {str(name): int(n) for name, n in lowered.value_counts().items()}
        silent = lowered.isin(SILENT).to_numpy(dtype=bool)
        if lowered.isin(JOINING).any():
            joined = int(frame["member"].nunique())
        if silent.any():
            report.notes.append(
                f"{int(silent.sum())} rows of joining, leaving or visiting: no acts"
            )
        frame = frame[~silent]
    replies = frame.get("reply_to")
    codes, names = pd.factorize(frame["member"], sort=True)
    _check_enough(len(names), frame, source)
    target = None if replies is None else _targets(replies, names)
    seconds = frame["seconds"].to_numpy()
    order = np.lexsort((codes if target is None else target, codes, seconds))
    day = (seconds[order] // SECONDS_PER_DAY).astype(np.int64)
    first, last = (date(1970, 1, 1) + timedelta(days=int(edge)) for edge in (day[0], day[-1]))
    if target is not None and np.any(target >= len(names)):
        silent_targets = len(np.unique(target[target >= len(names)]))
        report.notes.append(f"{silent_targets} more people were written to but never acted")
    return Log(
        source=source,
        member=codes[order].astype(np.int64),
        seconds=seconds[order],
        day=day - day[0],
        reply_to=None if target is None else target[order],
        n_members=len(names),
        first_day=first,
        last_day=last,
        resolution=resolution(seconds),
        kinds=kinds,
        joined=joined,
        report=report,
    )


def _check_enough(n_members: int, frame: pd.DataFrame, source: str) -> None:
    if n_members == 0:
        raise UserError(f"{source} holds no act, only rows of joining, leaving or visiting")
    if n_members == 1:
        raise UserError(f"{source} has one member only: a community needs at least two")
    days = frame["seconds"].to_numpy() // SECONDS_PER_DAY
    length = int(days.max() - days.min()) + 1
    if length < SHORTEST_DAYS:
        raise UserError(
            f"{source} spans {length} days: at least {SHORTEST_DAYS} are needed to see who returns"
        )


def _targets(replies: pd.Series, names: pd.Index) -> np.ndarray:
    """Give replied-to people numbers: members keep their number, others follow in order of name."""
    import pandas as pd

    nobody = missing(replies)
    codes, targets = pd.factorize(replies.where(~nobody), sort=True)
    known = names.get_indexer(targets)
    strangers = known < 0
    known[strangers] = len(names) + np.arange(strangers.sum())
    return np.where(codes < 0, -1, known[codes]).astype(np.int64)
