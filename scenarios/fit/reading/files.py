"""A file on disk as one sheet of named columns, whatever it is: text, JSON, a workbook or Parquet.

Several files may be one log: the parts of a zip, the days and channels of a folder.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.reading.chats import read_chat
from plaza_lab.scenarios.fit.reading.columns import (
    BOUGHT_NAMES,
    CUSTOMER_NAMES,
    MEMBER_NAMES,
    TIME_NAMES,
    plain_name,
    same_name,
)
from plaza_lab.scenarios.fit.reading.delimited import read_delimited
from plaza_lab.scenarios.fit.reading.encodings import utf8_of
from plaza_lab.scenarios.fit.reading.forms import FORMS, known_names
from plaza_lab.scenarios.fit.reading.json_records import is_json, read_json
from plaza_lab.scenarios.fit.reading.sheet import Loss, Losses, Sheet, codes_of, listed
from plaza_lab.scenarios.fit.reading.unpacking import (
    MOST_BYTES,
    Part,
    check_arrow,
    folder_parts,
    is_aside,
    parts_of,
    unpacked,
)
from plaza_lab.scenarios.fit.reading.workbook import is_workbook, read_workbook

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET = b"PAR1"
NO_LOG = "is neither CSV, JSON, Excel nor Parquet (nor one of them packed)"
PAGES = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<workbook")
BINARY = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"SQLite format 3")
TWICE = "also in another part"
SLACK_LISTS = ("users.json", "channels.json", "groups.json", "dms.json", "mpims.json",
               "integration_logs.json", "canvases.json")  # fmt: skip
MOST_NAMED = 6
DATE_DIGITS = 4  # at least, in any form of a date or an epoch
ALIKE = 0.5  # of the columns of two parts of JSON, whose records may lack some
WHO = frozenset(map(same_name, (
    *MEMBER_NAMES, *CUSTOMER_NAMES, *(name for form in FORMS.values() for name in form.member)
)))  # fmt: skip
WHEN = frozenset(map(same_name, (
    *TIME_NAMES, *BOUGHT_NAMES, *(name for form in FORMS.values() for name in form.time)
)))  # fmt: skip


def read_table(
    path: str | Path,
    most: int = MOST_BYTES,
    encoding: str | None = None,
    chosen: tuple[str | None, ...] = (None, None),
) -> Sheet:
    """Read a file of rows, packed or not, whatever its name ends in.

    Parameters
    ----------
    path : str or Path
        CSV with commas, semicolons, tabs or ``|``; JSON or JSON lines; a workbook of Excel or
        OpenDocument; Parquet. Plain, or packed with gzip, bzip2, xz or zip. A zip or a folder of
        several files is read as one log of parts.
    most : int
        Bytes that the file may unpack to.
    encoding : str, optional
        Of the text; without it, it is told from the bytes.
    chosen : tuple of (str or None)
        Columns of the member and the time, where the user named them: they tell which files of a
        zip are the log.

    Returns
    -------
    Sheet
        Columns as strings, those of Parquet in their own types.

    Raises
    ------
    UserError
        The file is missing, unreadable, empty, cut off, too large when unpacked, or nothing of the
        above; or a folder without a log, or of several.
    """
    whole = Path(path)
    if whole.is_dir():
        return _sheet_of_parts(folder_parts(whole, most), whole, most, encoding, chosen)
    parts = parts_of(unpacked(whole, most), whole, most)
    if len(parts) == 1 and not parts[0].name:
        return _sheet_of(parts[0].content, path, most, encoding)
    return _sheet_of_parts(parts, whole, most, encoding, chosen)


def _sheet_of(content: bytes, path: str | Path, most: int, encoding: str | None) -> Sheet:
    """Read the unpacked bytes of one file, whatever its name ends in."""
    if not content.strip():
        raise UserError(f"{path} is empty: a log has a line of column names and a row for each act")
    if content[:4] == PARQUET:
        return _parquet(content, path, most)
    if is_workbook(content):
        return read_workbook(content, path)
    if content[257:262] == b"ustar":
        raise UserError(f"{path} is a tar archive: unpack it first, and name the folder")
    if content.startswith(BINARY):
        raise UserError(f"{path} {NO_LOG}")
    text, told = utf8_of(content, path, encoding)
    if b"\x00" in text[:4096]:
        raise UserError(f"{path} {NO_LOG}")
    if not text.strip():
        raise UserError(f"{path} is empty: a log has a line of column names and a row for each act")
    if text[:256].lstrip().lower().startswith(PAGES):
        raise UserError(f"{path} is a web page or XML, not a log: export the rows as CSV")
    sheet = read_chat(text) or (
        read_json(text, path) if is_json(text) else read_delimited(text, path)
    )
    return replace(sheet, notes=(told, *sheet.notes)) if told else sheet


def _parquet(content: bytes, path: str | Path, most: int) -> Sheet:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        check_arrow(parquet.ParquetFile(pa.BufferReader(content)).metadata, path, most)
        # Arrow's own threads may hold bytes of Python when the interpreter ends
        table = parquet.ParquetFile(pa.BufferReader(content)).read(use_threads=False)
    except (pa.ArrowException, OSError):
        raise UserError(f"{path} is a damaged or cut-off Parquet file: copy it again") from None
    return Sheet(table, np.arange(1, table.num_rows + 1), "row", table.num_rows, "Parquet")


def _sheet_of_parts(
    parts: list[Part],
    path: Path,
    most: int,
    encoding: str | None,
    chosen: tuple[str | None, ...],
) -> Sheet:
    """Read the files of a zip or a folder, in order, as one log.

    Files without columns of a member and a time (lists of channels, notes) are passed over and
    named. A part without column names, as programs that cut a file leave it, has those of the
    part before it. Rows that are in several parts are there once.
    """
    what = "folder" if path.is_dir() else "zip"
    if not parts:
        why = "is a directory without a file" if what == "folder" else "is empty: no file is in it"
        raise UserError(f"{path} {why}")
    if slack := _slack_days(parts):
        return _slack(slack, parts, path, most, encoding, what)
    rows = [one for one in parts if not is_aside(one.name)] or parts
    if len(rows) == 1:
        return _alone(rows[0], parts, path, most, encoding)
    read = _read_each(rows, path, most, encoding)
    logs = {name: sheet for name, sheet in read.items() if _is_log(sheet, chosen)}
    if not logs:
        raise UserError(
            f"{path} holds {len(rows)} files ({_listed([one.name for one in rows])}), none with "
            "columns of a member and a time: name the log, or its columns with --member and --time"
        )
    _check_alike(logs, path)
    each = [f"{name} ({sheet.rows:,} rows)" for name, sheet in logs.items()]
    told = [f"read as one log: {_listed(each)}"] if len(logs) > 1 else []
    passed = [one.name for one in parts if one.name not in logs]
    told += [f"passed over in the {what}: {_listed(passed)}"] if passed else []
    if len(logs) == 1:
        name, sheet = next(iter(logs.items()))
        return replace(sheet, notes=(f"read of the {what}: {name}", *told, *sheet.notes))
    return once(joined(logs, f"{len(logs)} parts of a {what}", told))


def _alone(part: Part, parts: list[Part], path: Path, most: int, encoding: str | None) -> Sheet:
    sheet = _sheet_of(part.content, f"{path}/{part.name}", most, encoding)
    passed = [one.name for one in parts if one is not part]
    told = (f"read of it: {part.name}; passed over: {_listed(passed)}",) if passed else ()
    return replace(sheet, notes=(*told, *sheet.notes))


def _read_each(parts: list[Part], path: Path, most: int, encoding: str | None) -> dict[str, Sheet]:
    read: dict[str, Sheet] = {}
    last: tuple[Part, Sheet] | None = None
    for part in parts:
        if part.content.strip() in (b"", b"[]"):
            continue
        sheet = _sheet_of(part.content, f"{path}/{part.name}", most, encoding)
        if last is not None and _has_no_head(sheet, last[1]):
            sheet = _with_head_of(part, last, path, most, encoding)
        elif known_names(sheet.table.column_names):
            last = part, sheet
        if sheet.table.num_rows or sheet.lost:
            read[part.name] = sheet
    return read


def _has_no_head(sheet: Sheet, last: Sheet) -> bool:
    """Whether the first row was taken for column names: as many cells, and a date among them."""
    has_date = any(sum(map(str.isdigit, name)) >= DATE_DIGITS for name in sheet.table.column_names)
    return (
        has_date
        and sheet.unit == last.unit == "line"
        and sheet.form == last.form
        and sheet.table.num_columns == last.table.num_columns
        and not known_names(sheet.table.column_names)
    )


def _with_head_of(
    part: Part, last: tuple[Part, Sheet], path: Path, most: int, encoding: str | None
) -> Sheet:
    label = f"{path}/{part.name}"
    text, _ = utf8_of(part.content, label, encoding)
    above, _ = utf8_of(last[0].content, label, encoding)
    head = _head_line(above, last[1].table.column_names)
    sheet = _sheet_of(head + b"\n" + text, label, most, "utf-8")
    told = f"{part.name} has no column names: read with those of {last[0].name}"
    return replace(sheet, place=sheet.place - 1, notes=(told, *sheet.notes))


def _head_line(text: bytes, names: list[str]) -> bytes:
    first = names[0].encode()
    lines = text[: 1 << 16].replace(b"\r", b"\n").split(b"\n")
    return next(line for line in lines if line.lstrip(b'"\xef\xbb\xbf').startswith(first))


def _is_log(sheet: Sheet, chosen: tuple[str | None, ...]) -> bool:
    names = {same_name(name) for name in sheet.table.column_names}
    member, time = (same_name(one) if one else None for one in chosen)
    return bool({member} & names if member else WHO & names) and bool(
        {time} & names if time else WHEN & names
    )


def _check_alike(logs: dict[str, Sheet], path: Path) -> None:
    """Refuse tables of different columns: members and their acts are not one log."""
    first, *others = logs
    mine = _names(logs[first])
    for other in others:
        its = _names(logs[other])
        share = len(mine & its) / len(mine | its)
        if share < (ALIKE if logs[other].unit == "record" else 1.0):
            raise UserError(
                f"{path} holds files with different columns, {first} ({_listed(sorted(mine))}) and "
                f"{other} ({_listed(sorted(its))}): name those that are the log"
            )


def _names(sheet: Sheet) -> set[str]:
    return {plain_name(name) for name in sheet.table.column_names}


def _slack_days(parts: list[Part]) -> dict[str, Part]:
    """Days of the channels of an export of Slack, by name; none where it is something else."""
    names = [one.name for one in parts if one.name.endswith(".json")]
    top = min((name.count("/") for name in names), default=0)
    if not any(name.rpartition("/")[2] in SLACK_LISTS for name in names if name.count("/") == top):
        return {}
    return {one.name: one for one in parts
            if one.name.endswith(".json") and one.name.count("/") > top}  # fmt: skip


def _slack(
    days: dict[str, Part], parts: list[Part], path: Path, most: int, encoding: str | None, what: str
) -> Sheet:
    read = _read_each(list(days.values()), path, most, encoding)
    if not read:
        raise UserError(f"{path} is empty: no file in it holds a record")
    channels = sorted({name.rpartition("/")[0].rpartition("/")[2] for name in read})
    told = [f"read as one log: {len(read)} days of the channels {_listed(channels)}"]
    passed = [one.name for one in parts if one.name not in days]
    told += [f"passed over in the {what}: {_listed(passed)}"] if passed else []
    sheet = joined(read, f"{len(read)} JSON files in a {what}", told)
    bots = _slack_bots(parts)
    if bots and "user" in sheet.table.column_names and "is_bot" not in sheet.table.column_names:
        sheet = replace(sheet, table=_with_bots(sheet.table, bots))
    return sheet


def _slack_bots(parts: list[Part]) -> list[str]:
    """Ids that the list of users calls a bot's."""
    for part in parts:
        if part.name.rpartition("/")[2] == "users.json":
            try:
                users = json.loads(part.content)
            except ValueError:
                return []
            return [str(one.get("id")) for one in users if isinstance(one, dict)
                    and one.get("is_bot") is True] if isinstance(users, list) else []  # fmt: skip
    return []


def _with_bots(table: pa.Table, bots: list[str]) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    marks = pc.is_in(table.column("user"), value_set=pa.array(bots, pa.string()))
    return table.append_column("is_bot", pc.if_else(marks, "true", "false"))


def joined(sheets: dict[str, Sheet], form: str, told: list[str]) -> Sheet:
    """Put sheets below one another; each row keeps its place in its part."""
    import pyarrow as pa

    each = list(sheets.values())
    names = {plain_name(name): name for sheet in reversed(each)
             for name in sheet.table.column_names}  # fmt: skip
    tables = [
        sheet.table.rename_columns([names[plain_name(one)] for one in sheet.table.column_names])
        if len({plain_name(one) for one in sheet.table.column_names}) == sheet.table.num_columns
        else sheet.table
        for sheet in each
    ]
    try:
        table = pa.concat_tables(tables, promote_options="permissive")
    except pa.ArrowException:
        raise UserError(
            f"the {form} hold a column in different types: name one of them, or save them as CSV"
        ) from None
    many = [f"{name}: {note}" for name, sheet in sheets.items() for note in sheet.notes]
    more = [f"and {len(many) - MOST_NAMED} more notes on parts"] if len(many) > MOST_NAMED else []
    return Sheet(
        table=table,
        place=np.concatenate([sheet.place for sheet in each]),
        unit=each[0].unit,
        rows=sum(sheet.rows for sheet in each),
        form=form if len({sheet.form for sheet in each}) > 1 else f"{form}, {each[0].form}",
        lost=_losses(sheets),
        notes=(*told, *many[:MOST_NAMED], *more),
        part=np.repeat(np.arange(len(each)), [sheet.table.num_rows for sheet in each]),
        parts=tuple(sheets),
    )


def _losses(sheets: dict[str, Sheet]) -> tuple[Loss, ...]:
    found = Losses()
    for name, sheet in sheets.items():
        for loss in sheet.lost:
            first, last = ((f"{name} {at}", text) for at, text in (loss.first, loss.last))
            found.add([replace(loss, first=first, last=last)])
    return found.whole()


def once(sheet: Sheet) -> Sheet:
    """Count rows that are in several parts once: exports of months that share a day."""
    import pandas as pd

    assert sheet.part is not None
    rows = pd.DataFrame(codes_of(sheet.table))
    whole = rows.assign(_part=sheet.part)
    turn = whole.groupby(list(whole), dropna=False, sort=False).cumcount()
    twice = rows.assign(_turn=turn).duplicated().to_numpy()
    if not twice.any():
        return sheet
    n = int(twice.sum())
    told = f"the parts overlap: {n:,} rows that are in several of them are counted once"
    return replace(sheet.only(~twice), notes=(*sheet.notes, told), aside=((TWICE, n),))


def _listed(names: list[str]) -> str:
    return listed(names, MOST_NAMED)
