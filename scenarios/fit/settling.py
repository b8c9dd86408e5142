"""Rows of one file that count: nobody's are left out, and several files are put together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.fit.accounts import missing, settle
from plaza_lab.scenarios.fit.act_rows import bots_of
from plaza_lab.scenarios.fit.cleaning import ReadReport, clean, previewed
from plaza_lab.scenarios.fit.options import Asked
from plaza_lab.scenarios.fit.sheet import Loss
from plaza_lab.scenarios.fit.times import SECONDS_PER_DAY

if TYPE_CHECKING:
    import pandas as pd

NOBODY, NOTICE = "bot, deleted account or placeholder", "notice of the software"
ELSEWHERE, LATER = "not chosen by --where", "after --until"


@dataclass
class Rows:
    """What one file gave.

    Attributes
    ----------
    frame : pandas.DataFrame
        Rows kept: ``member``, ``seconds`` and the parts asked for.
    report : ReadReport
        What was read and left out.
    """

    frame: pd.DataFrame
    report: ReadReport


def settled(  # type: ignore[no-untyped-def]
    frame, sheet, times, names, columns, elsewhere, form, notes, asked, path, keep_equal=False
) -> Rows:
    """Clean a frame, leave out nobody's rows and those after the end; see :func:`clean`."""
    twins = bots_of(sheet, path)
    present = frame["member"].where(~missing(frame["member"]))
    accounts = settle(present, twins, asked.exclude, asked.include, asked.merge_ids, path)
    frame["member"] = accounts.ids
    frame["nobody"] = accounts.nobody
    kept, dropped, lost, told = clean(
        frame, sheet, times, asked.today, names, path, keep_equal=keep_equal
    )
    kept, preview = set_aside(kept, dropped, (*sheet.aside, (ELSEWHERE, elsewhere)), asked)
    notes = [*notes, *accounts.notes, *told]
    report = ReadReport(sheet.rows, dropped, notes, lost, form, times.zone, columns, preview)
    return Rows(kept, report)


def set_aside(
    kept: pd.DataFrame, dropped: dict[str, int], before: tuple[tuple[str, int], ...], asked: Asked
) -> tuple[pd.DataFrame, list[str]]:
    """Leave out nobody's rows, notices and what came after the end; count them; show the first.

    Parameters
    ----------
    kept : pandas.DataFrame
        Rows that could be read, with ``nobody``, and ``roleless`` where there are kinds.
    dropped : dict of str to int
        Gets the rows left out, by reason.
    before : tuple of (str, int)
        Rows left out before.
    asked : Asked
        What the user says.

    Returns
    -------
    kept : pandas.DataFrame
        Rows that count.
    preview : list of str
        The first of them.
    """
    aside = dict(before)
    reasons = []
    for reason, mask in (
        (NOBODY, kept["nobody"].to_numpy(bool)),
        (NOTICE, kept["roleless"].to_numpy(bool) if "roleless" in kept else None),
        (LATER, _after(kept, asked)),
    ):
        if mask is not None and mask.any():
            reasons.append(reason)
            kept = kept.assign(**{f"_{len(reasons)}": mask})
    marks = [f"_{number}" for number in range(1, len(reasons) + 1)]
    if marks:
        drop = kept[marks].to_numpy(bool)
        # a row that is left out for two reasons is counted with the first
        first = drop & (np.cumsum(drop, axis=1) == 1)
        aside |= dict(zip(reasons, first.sum(axis=0).tolist(), strict=True))
        kept = kept.take(np.flatnonzero(~drop.any(axis=1)))
    dropped |= {reason: n for reason, n in aside.items() if n}
    parts = [kept[name] for name in ("member", "kind", "reply_to", "amount") if name in kept]
    clock = kept["seconds"].iloc[:3].to_numpy().astype("datetime64[s]").astype(str)
    preview = previewed([_series(clock), *parts])
    return kept.drop(columns=[*marks, "nobody", "roleless", "size"], errors="ignore"), preview


def _series(values: np.ndarray) -> pd.Series:
    import pandas as pd

    return pd.Series(values, dtype=object)


def _after(frame: pd.DataFrame, asked: Asked) -> np.ndarray | None:
    if asked.until is None:
        return None
    end = (np.datetime64(asked.until) + 1).astype("datetime64[s]").astype(np.int64)
    return frame["seconds"].to_numpy() >= end


def joined_rows(paths: list[str | Path], each: list[Rows]) -> Rows:
    """Put several files together; rows that are in more than one are counted once.

    Parameters
    ----------
    paths : list of str or Path
        The files.
    each : list of Rows
        What they gave.

    Returns
    -------
    Rows
        All of them.

    Raises
    ------
    UserError
        Their zones differ, so that one day would be two.
    """
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
