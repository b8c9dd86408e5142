"""A community's own log of acts, read, checked and told about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.options import Asked, source_of
from plaza_lab.scenarios.fit.reading.accounts import heavy, missing
from plaza_lab.scenarios.fit.reading.acts import read_acts
from plaza_lab.scenarios.fit.reading.cleaning import ReadReport, joined_rows
from plaza_lab.scenarios.fit.reading.kinds import ROLES
from plaza_lab.scenarios.fit.reading.times import SECONDS_PER_DAY, resolution

if TYPE_CHECKING:
    import pandas as pd

SHORTEST_DAYS = 14  # two of each weekday, and a second week to come back in
SILENT_DAYS, SILENT_TIMES = 14, 10  # an end without acts is worth a note above both
FEWEST_ONCE, MOST_AT_ONCE = 20, 0.02
"""Acts with one stamp that are worth a note, at least, and as a share of all (assumption)."""


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
        float64[n_acts], seconds since 1970 on the clock of the place, not falling.
    day : numpy.ndarray
        int64[n_acts], days since ``first_day``.
    reply_to : numpy.ndarray or None
        int64[n_acts], member replied to, -1 for none, numbers from ``n_members`` on for people who
        never acted themselves; None without such a column.
    n_members : int
        People with at least one act.
    first_day, last_day : datetime.date
        Days of the first act and of the end of observation.
    resolution : str
        ``"day"``, ``"minute"`` or ``"second"``.
    kinds : dict of str to int
        Rows of each kind; empty without such a column.
    joined : int or None
        People on the roll, acting or not, where the log has rows of joining.
    report : ReadReport
        What was read and left out.
    names : numpy.ndarray or None
        Ids of the members as the file has them, in the order of their numbers.
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
    names: np.ndarray | None = None

    @property
    def n_acts(self) -> int:
        """Number of acts."""
        return len(self.member)

    @property
    def n_days(self) -> int:
        """Days of observation, the first and the last counted."""
        return (self.last_day - self.first_day).days + 1


def read_log(path: str | Path | list[str | Path], **given: Any) -> Log:
    """Read a log of acts: one row for each act, with a member and a time.

    Parameters
    ----------
    path : str or Path, or a list of them
        Files of any form that :func:`plaza_lab.scenarios.fit.reading.files.read_table` reads.
    **given
        Fields of :class:`plaza_lab.scenarios.fit.options.Asked`: columns, kinds, limits.

    Returns
    -------
    Log
        Sorted acts and a report on what was left out.

    Raises
    ------
    UserError
        One line on what is wrong with the file, its columns or its rows.
    """
    paths = path if isinstance(path, list) else [path]
    asked = Asked(**{name: value for name, value in given.items() if value is not None})
    rows = joined_rows(paths, [read_acts(one, asked) for one in paths])
    return _assembled(rows.frame, rows.report, source_of(paths, asked.where), asked)


def _assembled(frame: pd.DataFrame, report: ReadReport, source: str, asked: Asked) -> Log:
    import pandas as pd

    kinds, joined = {}, None
    role = frame["role"].to_numpy()
    if "kind" in frame:
        kinds = {str(name): int(n) for name, n in frame["kind"].value_counts().items()
                 if n}  # fmt: skip
    if (role == ROLES.index("join")).any():
        joined = int(frame["member"].nunique())
    silent = role != ROLES.index("act")
    if silent.any():
        report.notes.append(f"{int(silent.sum())} rows of joining, leaving or visiting: no acts")
    acts = frame[~silent] if silent.any() else frame
    replies = acts.get("reply_to")
    codes, found = pd.factorize(acts["member"], sort=True)
    names = pd.Index(np.asarray(found, object))
    _check_enough(len(names), acts, source, asked)
    target = None if replies is None else _targets(replies, names)
    codes = codes.astype(np.int32)
    seconds = acts["seconds"].to_numpy()
    start, last_act = (int(edge // SECONDS_PER_DAY) for edge in (seconds.min(), seconds.max()))
    end = _end_of(frame, last_act, asked, report)
    first, last = (date(1970, 1, 1) + timedelta(days=edge) for edge in (start, end))
    if target is not None and np.any(target >= len(names)):
        silent_targets = len(np.unique(target[target >= len(names)]))
        report.notes.append(f"{silent_targets} more people were written to but never acted")
    if told := heavy(codes, names):
        report.notes.append(told)
    report.notes.extend(_of_import(codes, acts["seconds"].to_numpy()))
    order = np.lexsort((codes if target is None else target, codes, seconds))
    member, seconds = codes[order].astype(np.int64), seconds[order]
    reply_to = None if target is None else target[order]
    del order, codes, target  # of ten million rows each is 80 MB
    day = np.empty(len(seconds), np.int64)
    np.floor_divide(seconds, SECONDS_PER_DAY, out=day, casting="unsafe")
    day -= start
    return Log(
        source=source,
        member=member,
        seconds=seconds,
        day=day,
        reply_to=reply_to,
        n_members=len(names),
        first_day=first,
        last_day=last,
        resolution=resolution(seconds),
        kinds=kinds,
        joined=joined,
        report=report,
        names=np.asarray(names, object),
    )


def _end_of(frame: pd.DataFrame, last_act: int, asked: Asked, report: ReadReport) -> int:
    """Day of the end of observation, and a note where the log falls silent before it."""
    last_row = int(frame["seconds"].max() // SECONDS_PER_DAY)
    end, whence = end_of_observation(last_act, last_row, asked)
    gap = end_gap(frame["seconds"].to_numpy())
    if end - last_act > max(SILENT_DAYS, SILENT_TIMES * gap):
        report.notes.append(silence(last_act, end, whence))
    days = np.unique(frame["seconds"].to_numpy() // SECONDS_PER_DAY)
    if len(days) > 1 and (hole := np.diff(days)).max() > max(SILENT_DAYS, SILENT_TIMES * gap):
        at = int(hole.argmax())
        before, after = (np.datetime64(int(day), "D") for day in days[at : at + 2])
        report.notes.append(
            f"no row between {before} and {after}: if nobody looked then, fit one side of it alone"
        )
    return last_act if whence == "today" else end


def _of_import(member: np.ndarray, seconds: np.ndarray) -> list[str]:
    """Say so where many acts have one stamp, as what was imported has, or each member one act."""
    told = []
    n_members, n = int(member.max()) + 1, len(member)
    if n_members == n >= FEWEST_ONCE:
        told.append(
            "every member has one row: if this is a list of members rather than a log of what they "
            "did, nothing can be told of it"
        )
    if resolution(seconds) == "day":
        return told
    stamps, counts = np.unique(seconds, return_counts=True)
    at = int(counts.argmax())
    people = len(np.unique(member[seconds == stamps[at]]))
    if counts[at] >= max(FEWEST_ONCE, MOST_AT_ONCE * n) and people > 2:
        when = np.datetime64(int(stamps[at]), "s")
        told.append(
            f"{counts[at]:,} acts of {people:,} members carry one and the same time, {when}, as "
            "what was imported from elsewhere does: if so, leave these rows out of the file"
        )
    return told


def end_of_observation(last_act: int, last_row: int, asked: Asked) -> tuple[int, str]:
    """Say until which day (since 1970) was looked, and what tells so.

    That is ``"--until"``, ``"the last row"`` of any kind or, where nothing tells, ``"today"``.
    """
    if asked.until is not None:
        return (asked.until - date(1970, 1, 1)).days, "--until"
    if last_row > last_act:
        return last_row, "the last row"
    return (asked.today - date(1970, 1, 1)).days, "today"


def end_gap(seconds: np.ndarray) -> float:
    """Usual days between two days with rows."""
    days = np.unique(seconds // SECONDS_PER_DAY)
    return float(np.diff(days).mean()) if len(days) > 1 else 0.0


def silence(last_act: int, end: int, whence: str) -> str:
    """Write the note on a log that falls silent."""
    last = date(1970, 1, 1) + timedelta(days=last_act)
    if whence == "today":
        return (
            f"the last act is on {last}, {end - last_act:,} days before today, and is taken as the "
            "end of observation: if the community was watched longer, say --until DATE"
        )
    return f"nobody acted in the last {end - last_act:,} days of observation (until {whence})"


def _check_enough(n_members: int, acts: pd.DataFrame, source: str, asked: Asked) -> None:
    if n_members == 0:
        raise UserError(
            f"{source} holds no act, only rows of joining, leaving or visiting, or of bots: say "
            "what are acts with --kinds"
        )
    if n_members == 1:
        raise UserError(f"{source} has one member only: a community needs at least two")
    days = acts["seconds"].to_numpy() // SECONDS_PER_DAY
    length = int(days.max() - days.min()) + 1
    if length < SHORTEST_DAYS:
        raise UserError(
            f"{source} spans {length} {'day' if length == 1 else 'days'}: at least "
            f"{SHORTEST_DAYS} are needed to see who returns"
        )
    if asked.until is not None and asked.until > asked.today:
        raise UserError(f"--until {asked.until} lies in the future: nobody has seen it yet")


def _targets(replies: pd.Series, names: pd.Index) -> np.ndarray:
    """Give replied-to people numbers: members keep their number, others follow in order of name."""
    import pandas as pd

    nobody = missing(replies)
    codes, targets = pd.factorize(replies.where(~nobody), sort=True)
    known = names.get_indexer(pd.Index(np.asarray(targets, object)))
    strangers = known < 0
    known[strangers] = len(names) + np.arange(strangers.sum())
    return np.where(codes < 0, -1, known[codes]).astype(np.int64)
