"""JSON: a list of records, records line by line, or a list inside an object."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.reading.forms import known_names
from plaza_lab.scenarios.fit.reading.sheet import Loss, Sheet, shortened

USUAL_LISTS = ("messages", "posts", "orders", "events", "items", "data", "results", "records",
               "comments", "issues", "members", "rows")  # fmt: skip
UNREADABLE = "unreadable record"
DEEPEST = 3  # author.name, user.profile.id
FEW_KEYS = 12
WRAPPERS = ("$date", "$oid", "$numberLong", "$numberInt", "$numberDouble", "S", "N", "Item",
            "stringValue", "integerValue", "timestampValue")  # fmt: skip
ASSIGNED = re.compile(rb"^\s*(?:var |const |let |window\.)[\w.$\[\]\"]+ ?= ?(?=[\[{])")


def is_json(content: bytes) -> bool:
    """Tell JSON by its first sign that is no space."""
    return ASSIGNED.sub(b"", content[:256], count=1).lstrip()[:1] in (b"[", b"{")


def read_json(content: bytes, path: str | Path) -> Sheet:
    """Read records; fields of objects inside them become ``author.name``.

    Parameters
    ----------
    content : bytes
        UTF-8.
    path : str or Path
        Named in the errors.

    Returns
    -------
    Sheet
        All values as texts.

    Raises
    ------
    UserError
        It is no JSON, or there is no list of records in it.
    """
    content = ASSIGNED.sub(b"", content, count=1)
    try:
        whole = json.loads(content)
    except ValueError as error:
        if not is_lines(content[: 1 << 16]) and (several := _one_by_one(content)) is not None:
            return _of_records(several, path)
        return _lines(content, path, error)
    except RecursionError:
        raise UserError(f"{path} is JSON nested too deeply to be a log") from None
    whole = _turned(whole)
    if isinstance(whole, dict) and not _list_in(whole) and len(content.splitlines()) == 1:
        whole = [whole]
    records = whole if isinstance(whole, list) else _list_in(whole)
    if records is None:
        raise UserError(f"{path} is JSON without a list of records: a log needs one for each act")
    return _of_records(records, path)


def _of_records(records: list[Any], path: str | Path) -> Sheet:
    each = list(enumerate(_of_each_chat(records), 1))
    rows = [(place, _flat(own)) for place, one in each if isinstance(one, dict)
            for own in _unfolded(_record(one))]  # fmt: skip
    bad = [(place, repr(one)) for place, one in each if not isinstance(one, dict)]
    return _sheet(rows, bad, "record", "JSON", path)


def _list_in(whole: Any) -> list[Any] | None:
    if not isinstance(whole, dict):
        return None
    lists = {
        key: value
        for key, value in whole.items()
        if isinstance(value, list) and any(isinstance(one, dict) for one in value)
    }
    for name in USUAL_LISTS:
        if name in lists:
            return lists[name]
    if lists:
        return max(lists.values(), key=len)
    for name, value in whole.items():
        if isinstance(value, dict) and (name in USUAL_LISTS or len(whole) < FEW_KEYS):
            records = list(value.values())
            if len(records) > 1 and all(isinstance(one, dict) for one in records):
                return records  # posts by their number
            if (inside := _list_in(value)) is not None:
                return inside
    return None


def _of_each_chat(records: list[Any]) -> list[Any]:
    """Messages of all chats of a whole account, each with the name of its chat."""
    chats = [
        one for one in records if isinstance(one, dict) and isinstance(one.get("messages"), list)
    ]
    if not chats or len(chats) < len(records):
        return records
    return [
        {**message, "group": chat.get("name") or chat.get("title") or chat.get("id")}
        for chat in chats for message in chat["messages"] if isinstance(message, dict)
    ]  # fmt: skip


NO_REPLIES = re.compile(r"edit|histor|version|revision|quot|attach|forward|share|refer|react")


def _unfolded(record: dict[str, Any]) -> list[dict[str, Any]]:
    """A record and the answers that stand inside it: lists of records of the same kind."""
    out: list[dict[str, Any]] = []
    waiting = [record]
    while waiting:
        one = waiting.pop()
        inside = _answers(one)
        if inside:
            one = {key: value for key, value in one.items() if key not in inside}
            waiting += reversed([each for several in inside.values() for each in several])
        out.append(one)
    return out


LISTS_INSIDE = ("data", "children", "comments", "items", "nodes")


def _answers(one: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Lists of a record in which each has most of its own fields, and two that a log has."""
    found: dict[str, list[dict[str, Any]]] = {}
    for key, value in one.items():
        if NO_REPLIES.search(key.lower()):
            continue
        several = [_record(each) for each in _listed_in(value) if not _is_stub(each)]
        own = set(one) - {key}
        if several and all(
            isinstance(each, dict)
            and 2 * len(own & set(each)) > len(own)
            and _known_in(own & set(each), each) > 1
            for each in several
        ):
            found[key] = several
    return found


def _listed_in(value: Any) -> list[Any]:
    """The list that a field is or holds: ``replies``, ``replies.comments``."""
    for _ in range(DEEPEST):
        if not isinstance(value, dict):
            break
        value = next((value[name] for name in LISTS_INSIDE if value.get(name)), None)
    return value if isinstance(value, list) else []


def _known_in(fields: set[str], one: dict[str, Any]) -> int:
    """Count usual names of columns among some fields of a record, and among those inside them."""
    inside = {name.rpartition(".")[2] for name in _flat({key: one[key] for key in fields})}
    return known_names(fields | inside)


def _is_stub(one: Any) -> bool:
    """Whether a record says only that there are more."""
    return isinstance(one, dict) and one.get("kind") == "more"


def _record(one: Any) -> Any:
    """The record itself, of one that a database or an interface wraps in others."""
    one = _bare(one)
    if not isinstance(one, dict):
        return one
    if set(one) == {"kind", "data"} and isinstance(one["data"], dict):
        return one["data"]
    snippet = one.get("snippet")
    if isinstance(snippet, dict) and isinstance(snippet.get("topLevelComment"), dict):
        return {**snippet["topLevelComment"], "replies": one.get("replies")}
    return one["_source"] if isinstance(one.get("_source"), dict) else one


def _turned(whole: Any) -> Any:
    """Records of a table that was written column by column, or as rows of cells."""
    if isinstance(whole, dict) and set(whole) >= {"columns", "data"}:
        return [dict(zip(whole["columns"], row, strict=False)) for row in whole["data"]]
    if isinstance(whole, list) and len(whole) > 1 and all(isinstance(one, list) for one in whole):
        head, *rows = whole
        if all(isinstance(one, str) for one in head):
            return [dict(zip(head, row, strict=False)) for row in rows]
    if not isinstance(whole, dict) or len(whole) < 2:
        return whole
    columns = list(whole.values())
    is_lists = all(
        isinstance(one, list) and one and not isinstance(one[0], dict) for one in columns
    )
    if is_lists and len({len(one) for one in columns}) == 1:
        return [dict(zip(whole, row, strict=True)) for row in zip(*columns, strict=True)]
    if all(isinstance(one, dict) for one in columns) and len({tuple(one) for one in columns}) == 1:
        keys = list(columns[0])
        if keys and all(key.isdigit() for key in keys):  # as pandas writes a table
            return [{name: column[key] for name, column in whole.items()} for key in keys]
    return whole


def _one_by_one(content: bytes) -> list[Any] | None:
    """Whole records one behind the other, over several lines or with commas between them."""
    text, at, found = content.decode("utf-8", "replace"), 0, []
    read = json.JSONDecoder().raw_decode
    while at < len(text):
        if text[at] in " \t\r\n,":
            at += 1
            continue
        try:
            one, at = read(text, at)
        except (ValueError, RecursionError):
            return None
        if not isinstance(one, dict):
            return None
        found.append(one)
    return found if len(found) > 1 else None


def is_lines(first: bytes) -> bool:
    """Tell records line by line by how a file begins: a whole record, and another below it."""
    line, _, rest = first.lstrip().partition(b"\n")
    try:
        return isinstance(json.loads(line), dict) and rest.lstrip().startswith(b"{")
    except (ValueError, RecursionError):
        return False


def names_of(content: bytes) -> dict[str, None]:
    """Names of all fields in a piece of JSON lines."""
    rows, _ = _records(content, 0)
    return {name: None for _, row in rows for name in row}


def read_lines(content: bytes, path: str | Path, passed: int, names: list[str]) -> Sheet:
    """Read a piece of JSON lines that has so many lines before it, and these fields in all."""
    rows, bad = _records(content, passed)
    if len(bad) > max(len(rows), 1):
        raise UserError(f"{path} is damaged or cut-off JSON: line {bad[0][0]} cannot be read; "
                        "copy it again")  # fmt: skip
    return _sheet(rows, bad, "line", "JSON lines", path, names)


def _lines(content: bytes, path: str | Path, error: ValueError) -> Sheet:
    rows, bad = _records(content, 0)
    if not rows or len(bad) > len(rows):
        at = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "its text"
        raise UserError(f"{path} is damaged or cut-off JSON: {at} cannot be read; copy it again")
    return _sheet(rows, bad, "line", "JSON lines", path)


Row = tuple[int, dict[str, str | None]]


def _records(content: bytes, passed: int) -> tuple[list[Row], list[tuple[int, str]]]:
    rows: list[Row] = []
    bad = []
    for place, line in enumerate(content.split(b"\n"), passed + 1):
        if not line.strip():
            continue
        try:
            one = json.loads(line)
        except (ValueError, RecursionError):
            one = None
        if isinstance(one, dict):
            rows += [(place, _flat(own)) for own in _unfolded(_record(one))]
        else:
            bad.append((place, line[:200].decode("utf-8", "replace")))
    return rows, bad


def _flat(record: dict[str, Any]) -> dict[str, str | None]:
    return dict(_cells(record, "", 0))


def _cells(record: dict[str, Any], above: str, depth: int) -> Iterator[tuple[str, str | None]]:
    for key, value in record.items():
        value = _bare(value)
        if isinstance(value, dict) and depth < DEEPEST:
            yield from _cells(value, f"{above}{key}.", depth + 1)
        elif value is None:
            yield above + key, None
        elif isinstance(value, str):
            yield above + key, value
        else:
            yield above + key, json.dumps(value, ensure_ascii=False)


def _bare(value: Any) -> Any:
    """The value that a database wraps: ``{"$date": ...}``, ``{"_seconds": ...}``."""
    while isinstance(value, dict) and len(value) == 1 and next(iter(value)) in WRAPPERS:
        value = next(iter(value.values()))
    if isinstance(value, dict) and set(value) in ({"_seconds", "_nanoseconds"},
                                                  {"seconds", "nanoseconds"}):  # fmt: skip
        return next(iter(value.values()))
    return value


def _sheet(
    rows: list[Row],
    bad: list[tuple[int, str]],
    unit: str,
    form: str,
    path: str | Path,
    names: list[str] | None = None,
) -> Sheet:
    import pyarrow as pa

    names = names or list(dict.fromkeys(name for _, row in rows for name in row))
    if not names:
        raise UserError(f"{path} holds no record: a log needs one for each act")
    table = pa.table(
        {name: pa.array([row.get(name) for _, row in rows], pa.string()) for name in names}
    )
    lost: tuple[Loss, ...] = ()
    if bad:
        first, last = ((f"{unit} {place}", shortened(text)) for place, text in (bad[0], bad[-1]))
        lost = (Loss(UNREADABLE, len(bad), first, last),)
    place = np.array([number for number, _ in rows], np.int64)
    n = len(place) - len(np.unique(place))
    told = (f"{n:,} records that stand inside others, as answers do, are rows too",) if n else ()
    return Sheet(table, place, unit, len(rows) + len(bad), form, lost, told)
