"""What the cells of a log of acts mean: member, time, kind, who is replied to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.options import Asked
from plaza_lab.scenarios.fit.reading.accounts import check_ids, missing
from plaza_lab.scenarios.fit.reading.columns import (
    COUNT_NAMES,
    FLAGS,
    ID_NAMES,
    KIND_NAMES,
    MEMBER_NAMES,
    NO_WORDS,
    REPLY_NAMES,
    SHOWN_NAMES,
    STATE_NAMES,
    TEXT_NAMES,
    TIME_NAMES,
    TRUE_WORDS,
    UNSEEN_STATES,
    find_column,
    need_column,
    plain_name,
    raw_column,
    same_name,
    text_column,
)
from plaza_lab.scenarios.fit.reading.forms import Form
from plaza_lab.scenarios.fit.reading.kinds import (
    ROLES,
    ask_about,
    chosen_kinds,
    roles_by_text,
    roles_of,
)
from plaza_lab.scenarios.fit.reading.sheet import Sheet
from plaza_lab.scenarios.fit.reading.times import Times, read_times, zone_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True)
class Acts:
    """The rows of a sheet with their parts named.

    Attributes
    ----------
    frame : pandas.DataFrame
        ``member``, ``seconds``, ``role``, ``roleless``; ``kind`` and ``reply_to`` where there are
        such.
    times : Times
        The column of times.
    names, columns : dict of str to str
        Columns by their part; with all those of kinds, for people.
    kinds : tuple of str
        Columns that say what a row is.
    notes : list of str
        Remarks.
    """

    frame: pd.DataFrame
    times: Times
    names: dict[str, str]
    columns: dict[str, str]
    kinds: tuple[str, ...]
    notes: list[str]


def framed(
    sheet: Sheet,
    asked: Asked,
    known: Form | None,
    path: str | Path,
    only: tuple[str, ...] | None = None,
) -> Acts:
    """Name the parts of the rows of a sheet.

    Parameters
    ----------
    sheet : Sheet
        Rows chosen.
    asked : Asked
        What the user says.
    known : Form, optional
        Of the export, where it is one.
    path : str or Path
        Named in the errors.
    only : tuple of str, optional
        Columns of kinds, where that was decided on other rows of the same file.

    Returns
    -------
    Acts
        One row for each of the sheet.

    Raises
    ------
    UserError
        A column is missing, ids were rounded, a kind is not understood, dates tell no order.
    """
    import pandas as pd

    table = sheet.table
    names = _columns(sheet, asked, known, path)
    notes: list[str] = []
    kinds, roles = _kinds(sheet, asked, known, path, notes, only)
    columns = names | ({"kind": " + ".join(kinds)} if kinds else {})
    frame = pd.DataFrame({"member": text_column(table, names["member"], path, "--member")})
    if known and known.instead in table.column_names and asked.member is None:
        instead = text_column(table, known.instead, path, "--member")
        frame["member"] = frame["member"].where(~missing(frame["member"]), instead)
    if known and known.ids and asked.member is None:
        frame["member"] = frame["member"].replace(dict(known.ids))
    roles = _by_text(table, frame["member"], roles, asked, notes)
    roles = _by_state(table, roles, asked, path, notes)
    check_ids(raw_column(table, names["member"]), frame["member"], names["member"], path)
    if "reply_to" in names:
        frame["reply_to"] = text_column(table, names["reply_to"], path, "--reply-to")
        if asked.reply_to is None:
            frame["reply_to"] = _authors(table, frame, names["reply_to"], notes)
    if kinds:
        frame["kind"] = _told_kind(kinds)
    frame["role"] = roles.astype(np.int8)
    frame["roleless"] = roles == ROLES.index("notice")
    times = read_times(
        raw_column(table, names["time"]), zone_of(asked.zone), asked.time_format, path
    )
    frame["seconds"] = times.seconds
    notes += _counts_told(table, names, path)
    return Acts(frame, times, names, columns, tuple(kinds), notes)


def _authors(table: pa.Table, frame: pd.DataFrame, column: str, notes: list[str]) -> pd.Series:
    """Who is replied to, where a column names the message that a row answers."""
    replies = frame["reply_to"]
    filled = replies[~missing(replies)]
    name = find_column(table, None, ID_NAMES, "", "")
    if name is None or not len(filled):
        return replies
    ids = text_column(table, name, "", "--reply-to")
    of_message = filled.isin(ids.dropna().unique()).mean()
    if ids.duplicated().any() or of_message <= filled.isin(frame["member"].unique()).mean():
        return replies
    author = frame["member"].set_axis(ids)
    notes.append(f"column {column} names messages by their {name}: read as those who wrote them")
    return replies.map(author[author.index.notna()])


def _counts_told(table: pa.Table, names: dict[str, str], path: str | Path) -> list[str]:
    """Say so where a column may count the acts of a day, as tables of activity have one."""
    told = []
    for name in dict.fromkeys(table.column_names):
        if plain_name(name) in COUNT_NAMES and name not in names.values():
            texts = text_column(table, name, path, "--kind").dropna()
            is_count = texts.str.fullmatch(r"\d{1,6}(?:\.0)?").fillna(False).astype(bool)
            if len(texts) and is_count.all() and not texts.isin(("0", "1", "0.0", "1.0")).all():
                told.append(
                    f"column {name} may count acts: each row is taken for one act; write a row for "
                    "each act where it does"
                )
    return told


def _columns(sheet: Sheet, asked: Asked, known: Form | None, path: str | Path) -> dict[str, str]:
    table = sheet.table
    when = (*(known.time if known else ()), *TIME_NAMES)
    who = (*(known.member if known else ()), *MEMBER_NAMES)
    names = {
        "time": need_column(table, asked.time, when, "--time", path),
        "member": need_column(table, asked.member, who, "--member", path),
    }
    replies = (*(known.reply_to if known else ()), *REPLY_NAMES)
    reply_to = find_column(table, asked.reply_to, replies, "--reply-to", path)
    return names | ({"reply_to": reply_to} if reply_to else {})


def _kinds(
    sheet: Sheet,
    asked: Asked,
    known: Form | None,
    path: str | Path,
    notes: list[str],
    only: tuple[str, ...] | None,
) -> tuple[dict[str, pd.Series], np.ndarray]:
    """Columns that say what a row is, and what it is; without one, every row is an act."""
    table = sheet.table
    chosen = chosen_kinds(asked.kinds)
    columns = _kind_columns(sheet, asked, known, path)
    if only is not None:
        columns = {name: columns[name] for name in only if name in columns}
    own = known.plain if known else ()
    if not columns:
        if chosen:
            raise UserError(f"--kinds: {path} has no column of kinds; name it with --kind COLUMN")
        return {}, np.zeros(table.num_rows, np.int64)
    if len(columns) > 1 and only is None:
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
            counts |= {w: int(found.get(w, 0)) for w, own in unknown.items() if own == name}
        ask_about(unknown, counts, path)
    return columns, roles


def _by_text(
    table: pa.Table, members: pd.Series, roles: np.ndarray, asked: Asked, notes: list[str]
) -> np.ndarray:
    """Roles, with those of rows whose text is a sentence of the chat itself."""
    import pyarrow as pa

    column = find_column(table, None, TEXT_NAMES, "", "")
    if column is None or asked.kind is not None:
        return roles
    texts = raw_column(table, column)
    if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
        return roles
    said = roles_by_text(texts.combine_chunks(), members.tolist())
    mine = (said > 0) & (roles == ROLES.index("act"))
    if not mine.any():
        return roles
    notes.append(
        "rows whose text says that somebody came, left or changed the group are no acts "
        "(--kind none counts them)"
    )
    return np.where(mine, said, roles)


def _by_state(
    table: pa.Table, roles: np.ndarray, asked: Asked, path: str | Path, notes: list[str]
) -> np.ndarray:
    """Roles, without posts that nobody saw: drafts, spam, what was not let through."""
    for name in dict.fromkeys(table.column_names):
        if plain_name(name) in STATE_NAMES and asked.kind is None:
            states = text_column(table, name, path, "--kind").fillna("").str.lower()
            unseen = states.isin(UNSEEN_STATES).to_numpy(bool)
            if unseen.any() and not unseen.all():
                words = ", ".join(sorted(set(states[unseen])))
                notes.append(f"rows whose {name} is {words} are no acts (--kind none counts them)")
                roles = np.where(unseen, ROLES.index("notice"), roles)
    return roles


def _kind_columns(
    sheet: Sheet, asked: Asked, known: Form | None, path: str | Path
) -> dict[str, pd.Series]:
    table = sheet.table
    if asked.kind is not None:
        if asked.kind.lower() == "none" and "none" not in table.column_names:
            return {}
        name = find_column(table, asked.kind, (), "--kind", path)
        return {str(name): text_column(table, str(name), path, "--kind")}
    tried = {same_name(name) for name in (*(known.kinds if known else ()), *KIND_NAMES)}
    taken = {asked.member, asked.time, asked.reply_to}
    columns = {
        name: text_column(table, name, path, "--kind")
        for name in dict.fromkeys(table.column_names)
        if same_name(name) in tried and name not in taken
    }
    return columns | _flags(sheet, path)


def _flags(sheet: Sheet, path: str | Path) -> dict[str, pd.Series]:
    """Columns that say of each row whether it is of joining, leaving or the software."""
    import pandas as pd

    found = {}
    for name in dict.fromkeys(sheet.table.column_names):
        word = FLAGS.get(plain_name(name))
        if plain_name(name) in SHOWN_NAMES:
            said = text_column(sheet.table, name, path, "--kind").fillna("").str.lower()
            if said.isin((*TRUE_WORDS, *NO_WORDS, "no", "否")).all():
                unseen = said.isin(("false", "0", "no", "否"))
                found[name] = pd.Series(np.where(unseen, "system", ""), dtype=object)
        if word is not None:
            said = text_column(sheet.table, name, path, "--kind").fillna("").str.lower()
            if said.isin((*TRUE_WORDS, *NO_WORDS, "no", "否")).all():
                found[name] = pd.Series(np.where(said.isin(TRUE_WORDS), word, ""), dtype=object)
    return found


def _told_kind(columns: dict[str, pd.Series]) -> pd.Series:
    """One word for a row: the last column that says something."""
    texts = None
    for one in columns.values():
        one = one.fillna("")
        texts = one if texts is None else one.where(one != "", texts)
    assert texts is not None
    return texts.str.lower()


def forms_told(forms: dict[str, int]) -> list[str]:
    """Say in how many forms times are written, and how many rows in each; nothing of one form."""
    if len(forms) < 2:
        return []
    told = ", ".join(f"{name} {n:,}" for name, n in forms.items())
    return [f"times are written in {len(forms)} forms: {told}"]
