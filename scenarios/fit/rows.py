"""The rows of one file with their parts named: member, time, kind, who is replied to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.accounts import check_ids, missing, settle
from plaza_lab.scenarios.fit.cleaning import clean, previewed
from plaza_lab.scenarios.fit.forms import (
    BOT_NAMES,
    KIND_NAMES,
    MEMBER_NAMES,
    NO_WORDS,
    REPLY_NAMES,
    TIME_NAMES,
    TRUE_WORDS,
    Form,
    plain_name,
)
from plaza_lab.scenarios.fit.kinds import ROLES, ask_about, chosen_kinds, roles_of
from plaza_lab.scenarios.fit.read_options import Asked
from plaza_lab.scenarios.fit.sheet import Loss, Sheet
from plaza_lab.scenarios.fit.table import (
    find_column,
    need_column,
    pick_rows,
    raw_column,
    read_table,
    text_column,
)
from plaza_lab.scenarios.fit.times import SECONDS_PER_DAY, Times, read_times, zone_of

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
    rows : int
        In the file.
    dropped : dict of str to int
        By reason.
    lost : list of Loss
        With examples.
    notes : list of str
        Remarks.
    form, zone : str
        In words.
    columns : dict of str to str
        Used, by part.
    preview : list of str
        First rows.
    """

    frame: pd.DataFrame
    rows: int
    dropped: dict[str, int]
    lost: list[Loss]
    notes: list[str]
    form: str
    zone: str
    columns: dict[str, str]
    preview: list[str]


def opened(path: str | Path, asked: Asked, what: str) -> tuple[Sheet, int, str, Form | None]:
    """Read a file and choose its rows.

    Parameters
    ----------
    path : str or Path
        The file.
    asked : Asked
        What the user says.
    what : str
        What a row is, for the error.

    Returns
    -------
    sheet : Sheet
        Rows chosen.
    elsewhere : int
        Rows not chosen by ``--where``.
    form : str
        In words.
    known : Form or None
        Of the export, where it is one.

    Raises
    ------
    UserError
        There is no row.
    """
    sheet = read_table(path, asked.most, asked.encoding, (asked.member, asked.time))
    if not sheet.table.num_rows and not sheet.lost:
        raise UserError(f"{path} holds column names but no row: a row is needed for each {what}")
    if not sheet.table.num_rows:
        first = sheet.lost[0].first
        raise UserError(
            f"no row of {path} can be used: all {sheet.rows:,} have more or fewer cells than the "
            f"column names, as {first[0]} '{first[1]}'"
        )
    chosen = pick_rows(sheet, asked.where, path)
    form, known = asked.form_for(sheet)
    return chosen, sheet.table.num_rows - chosen.table.num_rows, form, known


def read_acts(path: str | Path, asked: Asked) -> Rows:
    """Read the rows of acts of one file.

    Parameters
    ----------
    path : str or Path
        The file.
    asked : Asked
        What the user says.

    Returns
    -------
    Rows
        With ``member``, ``seconds``, ``role``; ``kind`` and ``reply_to`` where there are such.

    Raises
    ------
    UserError
        One line on what is wrong with the file, its columns or its rows.
    """
    import pandas as pd

    sheet, elsewhere, form, known = opened(path, asked, "act")
    table = sheet.table
    mine = known.member if known else ()
    names = {
        "time": need_column(
            table, asked.time, ((*known.time,) if known else ()) + TIME_NAMES, "--time", path
        ),
        "member": need_column(table, asked.member, (*mine, *MEMBER_NAMES), "--member", path),
    }
    replies = (*(known.reply_to if known else ()), *REPLY_NAMES)
    reply_to = find_column(table, asked.reply_to, replies, "--reply-to", path)
    if reply_to:
        names["reply_to"] = reply_to
    notes = list(sheet.notes)
    kinds, roles = _kinds(sheet, asked, known, path, notes)
    columns = names | ({"kind": " + ".join(kinds)} if kinds else {})
    frame = pd.DataFrame({"member": text_column(table, names["member"], path, "--member")})
    check_ids(raw_column(table, names["member"]), frame["member"], names["member"], path)
    if reply_to:
        frame["reply_to"] = text_column(table, reply_to, path, "--reply-to")
    if kinds:
        frame["kind"] = _told_kind(kinds)
    frame["role"] = roles.astype(np.int8)
    frame["roleless"] = roles == ROLES.index("notice")
    times = read_times(
        raw_column(table, names["time"]), zone_of(asked.zone), asked.time_format, path
    )
    frame["seconds"] = times.seconds
    notes += forms_note(times)
    return settled(frame, sheet, times, names, columns, elsewhere, form, notes, asked, path)


def settled(  # type: ignore[no-untyped-def]
    frame, sheet, times, names, columns, elsewhere, form, notes, asked, path, keep_equal=False
) -> Rows:
    """Clean a frame, leave out nobody's rows and those after the end; see :func:`clean`."""
    twins = _bots(sheet, path)
    present = frame["member"].where(~missing(frame["member"]))
    accounts = settle(present, twins, asked.exclude, asked.include, asked.merge_ids, path)
    frame["member"] = accounts.ids
    frame["nobody"] = accounts.nobody
    kept, dropped, lost, told = clean(
        frame, sheet, times, asked.today, names, path, keep_equal=keep_equal
    )
    aside = {ELSEWHERE: elsewhere}
    for reason, mask in (
        (NOBODY, kept["nobody"].to_numpy(bool)),
        (NOTICE, kept["roleless"].to_numpy(bool) if "roleless" in kept else None),
        (LATER, _after(kept, asked)),
    ):
        if mask is not None and mask.any():
            aside[reason] = int(mask.sum())
            kept = kept.assign(**{f"_{len(aside)}": mask})
    marks = [str(name) for name in kept if str(name).startswith("_")]
    if marks:
        drop = kept[marks].to_numpy(bool)
        # a row that is left out for two reasons is counted with the first
        first = drop & (np.cumsum(drop, axis=1) == 1)
        reasons = [reason for reason in aside if reason != ELSEWHERE]
        aside |= dict(zip(reasons, first.sum(axis=0).tolist(), strict=True))
        kept = kept.take(np.flatnonzero(~drop.any(axis=1)))
    dropped |= {reason: n for reason, n in (*sheet.aside, *aside.items()) if n}
    parts = [kept[name] for name in ("member", "kind", "reply_to", "amount") if name in kept]
    clock = kept["seconds"].iloc[:3].to_numpy().astype("datetime64[s]").astype(str)
    preview = previewed([_series(clock), *parts])
    kept = kept.drop(columns=[*marks, "nobody", "roleless", "size"], errors="ignore")
    notes = [*notes, *accounts.notes, *told]
    return Rows(kept, sheet.rows, dropped, lost, notes, form, times.zone, columns, preview)


def _series(values: np.ndarray) -> pd.Series:
    import pandas as pd

    return pd.Series(values, dtype=object)


def _after(frame: pd.DataFrame, asked: Asked) -> np.ndarray | None:
    if asked.until is None:
        return None
    end = (np.datetime64(asked.until) + 1).astype("datetime64[s]").astype(np.int64)
    return frame["seconds"].to_numpy() >= end


def _kinds(
    sheet: Sheet, asked: Asked, known: Form | None, path: str | Path, notes: list[str]
) -> tuple[dict[str, pd.Series], np.ndarray]:
    """Columns that say what a row is, and what it is; without one, every row is an act."""
    table = sheet.table
    chosen = chosen_kinds(asked.kinds)
    columns = _kind_columns(sheet, asked, known, path)
    own = known.plain if known else ()
    if not columns:
        if chosen:
            raise UserError(f"--kinds: {path} has no column of kinds; name it with --kind COLUMN")
        return {}, np.zeros(table.num_rows, np.int64)
    if len(columns) > 1:
        understood = {
            name: len(roles_of({name: texts}, own, chosen)[1]) for name, texts in columns.items()
        }
        foreign = [
            name
            for name, n in understood.items()
            if n and n == columns[name].replace("", None).nunique() and min(understood.values()) < n
        ]
        if foreign and len(foreign) < len(columns):
            notes.append(f"column {', '.join(foreign)} was taken for something else than kinds")
            columns = {name: one for name, one in columns.items() if name not in foreign}
    roles, unknown = roles_of(columns, own, chosen)
    if unknown:
        counts: dict[str, int] = {}
        for name in set(unknown.values()):
            found = columns[name].fillna("").value_counts()
            counts |= {word: int(found.get(word, 0)) for word in unknown}
        ask_about(unknown, counts, path)
    return columns, roles


def _kind_columns(
    sheet: Sheet, asked: Asked, known: Form | None, path: str | Path
) -> dict[str, pd.Series]:
    table = sheet.table
    if asked.kind is not None:
        if asked.kind.lower() == "none" and "none" not in table.column_names:
            return {}
        name = find_column(table, asked.kind, (), "--kind", path)
        return {str(name): text_column(table, str(name), path, "--kind")}
    tried = (*(known.kinds if known else ()), *KIND_NAMES)
    taken = {asked.member, asked.time, asked.reply_to}
    return {
        name: text_column(table, name, path, "--kind")
        for name in dict.fromkeys(table.column_names)
        if plain_name(name) in tried and name not in taken
    }


def _told_kind(columns: dict[str, pd.Series]) -> pd.Series:
    """One word for a row: the last column that says something."""
    texts = None
    for one in columns.values():
        one = one.fillna("")
        texts = one if texts is None else one.where(one != "", texts)
    assert texts is not None
    return texts.str.lower()


def forms_note(times: Times) -> list[str]:
    """Say so where times are written in several forms, or on several clocks."""
    if len(times.forms) < 2:
        return list(times.notes)
    told = ", ".join(f"{name} {n:,}" for name, n in times.forms.items())
    return [f"times are written in {len(times.forms)} forms: {told}", *times.notes]


def _bots(sheet: Sheet, path: str | Path) -> np.ndarray | None:
    """Rows that a column of the file calls a bot's."""
    marks: np.ndarray | None = None
    for name in dict.fromkeys(sheet.table.column_names):
        plain = plain_name(name).replace(" ", "_")
        if plain in BOT_NAMES:
            texts = text_column(sheet.table, name, path, "--exclude").fillna("").str.lower()
            said = ~texts.isin(NO_WORDS) if plain == "bot_id" else texts.isin(TRUE_WORDS)
            mine = said.to_numpy(dtype=bool, na_value=False)
            marks = mine if marks is None else marks | mine
    return marks


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
    dropped: dict[str, int] = {}
    for one in each:
        for reason, n in one.dropped.items():
            dropped[reason] = dropped.get(reason, 0) + n
    notes = [f"{Path(path).name}: {note}" for path, one in zip(paths, each, strict=True)
             for note in one.notes]  # fmt: skip
    if twice.any():
        dropped["also in another file"] = int(twice.sum())
        days = whole["seconds"].to_numpy()[twice] // SECONDS_PER_DAY
        first, last = (np.datetime64(int(day), "D") for day in (days.min(), days.max()))
        notes.append(f"the files overlap from {first} to {last}: {twice.sum():,} rows counted once")
    zones = list(dict.fromkeys(one.zone for one in each))
    if len(zones) > 1:
        notes.append(f"the files' days are on different clocks: {'; '.join(zones)} (see --tz)")
    lost = [
        Loss(f"{loss.reason} in {Path(path).name}", loss.n, loss.first, loss.last)
        for path, one in zip(paths, each, strict=True) for loss in one.lost
    ]  # fmt: skip
    return Rows(
        frame=whole[~twice].drop(columns="_file"),
        rows=sum(one.rows for one in each),
        dropped=dropped,
        lost=lost,
        notes=notes,
        form="; ".join(dict.fromkeys(one.form for one in each)),
        zone="; ".join(zones),
        columns=each[0].columns,
        preview=each[0].preview,
    )
