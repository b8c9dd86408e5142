"""JSON: a list of records, records line by line, or a list inside an object."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.sheet import Loss, Sheet, shortened

USUAL_LISTS = ("messages", "posts", "orders", "events", "items", "data", "results", "records",
               "comments", "issues", "members", "rows")  # fmt: skip
UNREADABLE = "unreadable record"
DEEPEST = 2  # author.name, user.profile.id


def is_json(content: bytes) -> bool:
    """Tell JSON by its first sign that is no space."""
    return content[:256].lstrip()[:1] in (b"[", b"{")


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
    try:
        whole = json.loads(content)
    except ValueError as error:
        return _lines(content, path, error)
    except RecursionError:
        raise UserError(f"{path} is JSON nested too deeply to be a log") from None
    if isinstance(whole, dict) and not _list_in(whole) and len(content.splitlines()) == 1:
        whole = [whole]
    records = whole if isinstance(whole, list) else _list_in(whole)
    if records is None:
        raise UserError(f"{path} is JSON without a list of records: a log needs one for each act")
    rows = [(place, _flat(one)) for place, one in enumerate(records, 1) if isinstance(one, dict)]
    bad = [(place, repr(one)) for place, one in enumerate(records, 1) if not isinstance(one, dict)]
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
    return max(lists.values(), key=len) if lists else None


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
            rows.append((place, _flat(one)))
        else:
            bad.append((place, line[:200].decode("utf-8", "replace")))
    return rows, bad


def _flat(record: dict[str, Any]) -> dict[str, str | None]:
    return dict(_cells(record, "", 0))


def _cells(record: dict[str, Any], above: str, depth: int) -> Iterator[tuple[str, str | None]]:
    for key, value in record.items():
        if isinstance(value, dict) and depth < DEEPEST:
            yield from _cells(value, f"{above}{key}.", depth + 1)
        elif value is None:
            yield above + key, None
        elif isinstance(value, str):
            yield above + key, value
        else:
            yield above + key, json.dumps(value, ensure_ascii=False)


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
    return Sheet(table, place, unit, len(rows) + len(bad), form, lost)
