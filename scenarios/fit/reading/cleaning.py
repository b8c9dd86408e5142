"""Rows that count, and of those that do not: how many, which, and whether they differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.options import Asked
from plaza_lab.scenarios.fit.reading.accounts import missing, settle
from plaza_lab.scenarios.fit.reading.equal_rows import PASTED, Signs, is_twice_over
from plaza_lab.scenarios.fit.reading.sheet import Loss, Sheet
from plaza_lab.scenarios.fit.reading.times import FORMS, SECONDS_PER_DAY, Times, resolution

if TYPE_CHECKING:
    import pandas as pd

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC).timestamp()  # an empty time is often 0
MOST_LOST = 0.02
DUPLICATE = "exact duplicate"
NOBODY, NOTICE = "bot, deleted account or placeholder", "notice of the software"
ELSEWHERE, LATER = "not chosen by --where", "after --until"
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


@dataclass
class Rows:
    """What one file gave: the rows kept (``member``, ``seconds``, ...), and what was left out."""

    frame: pd.DataFrame
    report: ReadReport


@dataclass
class Gathered:
    """All rows of one file, as its cells were understood.

    Attributes
    ----------
    frame : pandas.DataFrame
        ``member`` (text), ``seconds`` and the parts asked for.
    bad : numpy.ndarray
        bool[n], rows that cannot be used, as :func:`unusable` says.
    bots : numpy.ndarray or None
        bool[n], rows that the file itself calls a bot's.
    report : ReadReport
        What is known so far: ``lost`` says why rows are bad, ``dropped`` what was left aside
        before.
    forms : int
        Ways in which times are written.
    first_time : object
        The first time as it stands in the file, for the error.
    signs : Signs, optional
        By which equal rows are told; None where they are lines of one basket, not copies.
    """

    frame: pd.DataFrame
    bad: np.ndarray
    bots: np.ndarray | None
    report: ReadReport
    forms: int
    first_time: object
    signs: Signs | None = None


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


def unusable(
    frame: pd.DataFrame, sheet: Sheet, times: Times, today: date
) -> tuple[np.ndarray, list[Loss]]:
    """Mark rows without a member, a time or an amount that can be read; bool[n], and why."""
    seconds = frame["seconds"].to_numpy()
    latest = (today - date(1970, 1, 1) + timedelta(days=2)).total_seconds()
    nameless = missing(frame["member"])
    if "roleless" in frame:
        nameless = nameless & ~frame["roleless"].to_numpy(bool)
    reasons: dict[str, np.ndarray] = {
        "missing member id": nameless,
        "ambiguous date (day or month first)": times.ambiguous,
        "unreadable time": ~np.isfinite(seconds),
        "time in the future": seconds >= latest,
        "time before 1980": seconds < EARLIEST,
    }
    if "amount" in frame:
        reasons["unreadable amount"] = ~np.isfinite(frame["amount"].to_numpy())
    bad, lost = np.zeros(len(frame), bool), []
    for reason, mask in reasons.items():
        rows = np.flatnonzero(mask & ~bad)
        if rows.size:
            lost.append(sheet.loss(reason, rows))
        bad |= mask
    return bad, lost


def settled(read: Gathered, asked: Asked, path: str | Path) -> Rows:
    """Leave out the rows that do not count, and say which and why.

    Those are rows that cannot be used, copies, rows of nobody, notices, and what came after the
    end of observation.

    Parameters
    ----------
    read : Gathered
        All rows; its frame is changed.
    asked : Asked
        What the user says.
    path : str or Path
        Named in the errors.

    Returns
    -------
    Rows
        In the order of the file, with a whole report.

    Raises
    ------
    UserError
        No row is left, or an account to leave out or keep is in none.
    """
    frame, report = read.frame, read.report
    present = frame["member"].where(~missing(frame["member"]))
    accounts = settle(present, read.bots, asked.exclude, asked.include, asked.merge_ids, path)
    frame["member"], frame["nobody"] = accounts.ids, accounts.nobody
    if read.bad.all():
        raise UserError(_nothing_left(read, path))
    aside, dropped = dict(report.dropped), report.dropped
    dropped.clear()
    dropped.update({loss.reason: loss.n for loss in report.lost})
    kept, told = _usable(read)
    kept, preview = _set_aside(kept, dropped, aside, asked)
    report.notes.extend([*accounts.notes, *told])
    report.preview.extend(preview)
    return Rows(kept, report)


def _usable(read: Gathered) -> tuple[pd.DataFrame, list[str]]:
    """Keep rows that are not bad, and of equal ones the first; what is worth saying of the rest."""
    notes = _differences(read.frame, read.bad)
    kept = read.frame[~read.bad] if read.bad.any() else read.frame
    signs = read.signs
    if signs is not None and resolution(kept["seconds"].to_numpy()) != "second":
        notes += [PASTED] if is_twice_over(signs.whole()) else []
        signs = None  # equal rows of a day or a minute are usual
    if signs is not None:
        twice = signs.repeated(~read.bad)
        if read.forms > 1:  # some are written to the minute only, where equal ones are usual
            twice &= kept["seconds"].to_numpy() % 60 != 0
        if twice.any():
            read.report.dropped[DUPLICATE] = int(twice.sum())
            kept = kept[~twice]
    if np.any(np.diff(kept["seconds"].to_numpy()) < 0):
        notes.append("times were out of order: sorted")
    return kept, [*notes, *(signs.numbered_anew(~read.bad) if signs is not None else [])]


def _nothing_left(read: Gathered, path: str | Path) -> str:
    why = ", ".join(f"{loss.n} x {loss.reason}" for loss in read.report.lost)
    reasons = {loss.reason for loss in read.report.lost}
    if "unreadable amount" in reasons:
        return f"no row of {path} can be used ({why}): name the column of amounts with --amount"
    example = f" such as '{read.first_time}'" if "unreadable time" in reasons else ""
    return f"no row of {path} can be used ({why}{example}): times are read as {FORMS}"


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


def _set_aside(
    kept: pd.DataFrame, dropped: dict[str, int], aside: dict[str, int], asked: Asked
) -> tuple[pd.DataFrame, list[str]]:
    """Leave out nobody's rows, notices and what came after the end; count them; show the first.

    What was left aside before is counted in front of them. A row that is left out for two reasons
    is counted with the first.
    """
    nothing = np.zeros(len(kept), bool)
    masks = {
        NOBODY: kept["nobody"].to_numpy(bool),
        NOTICE: kept["roleless"].to_numpy(bool) if "roleless" in kept else nothing,
        LATER: nothing if asked.until is None else _after(kept, asked.until),
    }
    out = nothing
    for reason, mask in masks.items():
        aside[reason] = int((mask & ~out).sum())
        out = out | mask
    dropped.update({reason: n for reason, n in aside.items() if n})
    kept = kept[~out] if out.any() else kept
    parts = [kept[name] for name in ("member", "kind", "reply_to", "amount") if name in kept]
    clock = kept["seconds"].iloc[:3].to_numpy().astype("datetime64[s]").astype(str)
    columns = [clock, *([str(value) for value in part.iloc[:3]] for part in parts)]
    preview = ["  ".join(row) for row in zip(*columns, strict=True)]
    return kept.drop(columns=["nobody", "roleless", "size"], errors="ignore"), preview


def _after(frame: pd.DataFrame, until: date) -> np.ndarray:
    end = (np.datetime64(until) + 1).astype("datetime64[s]").astype(np.int64)
    return frame["seconds"].to_numpy() >= end


def joined_rows(paths: list[str | Path], each: list[Rows]) -> Rows:
    """Put several files, and what each gave, together; rows in more than one are counted once."""
    import pandas as pd

    if len(each) == 1:
        return each[0]
    frames = [one.frame.assign(_file=place) for place, one in enumerate(each)]
    whole = pd.concat(frames, ignore_index=True)
    keys = [name for name in ("member", "seconds", "kind", "reply_to", "amount") if name in whole]
    turn = whole.groupby([*keys, "_file"], dropna=False, sort=False).cumcount()
    twice = whole[keys].assign(_turn=turn).duplicated().to_numpy()
    reports = [one.report for one in each]
    dropped: dict[str, int] = {}
    for one in reports:
        for reason, n in one.dropped.items():
            dropped[reason] = dropped.get(reason, 0) + n
    notes = [f"{Path(path).name}: {note}" for path, one in zip(paths, reports, strict=True)
             for note in one.notes]  # fmt: skip
    if twice.any():
        dropped["also in another file"] = int(twice.sum())
        days = whole["seconds"].to_numpy()[twice] // SECONDS_PER_DAY
        first, last = (np.datetime64(int(day), "D") for day in (days.min(), days.max()))
        notes.append(f"the files overlap from {first} to {last}: {twice.sum():,} rows counted once")
    zones = list(dict.fromkeys(one.zone for one in reports))
    if len(zones) > 1:
        notes.append(f"the files' days are on different clocks: {'; '.join(zones)} (see --tz)")
    lost = [
        Loss(f"{loss.reason} in {Path(path).name}", loss.n, loss.first, loss.last)
        for path, one in zip(paths, reports, strict=True) for loss in one.lost
    ]  # fmt: skip
    form = "; ".join(dict.fromkeys(one.form for one in reports))
    rows, one = sum(one.rows for one in reports), reports[0]
    report = ReadReport(
        rows, dropped, notes, lost, form, "; ".join(zones), one.columns, one.preview
    )
    return Rows(whole[~twice].drop(columns="_file"), report)
