"""A large log in pieces of rows, whatever its form: text, JSON lines or Parquet."""

from __future__ import annotations

import io
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.options import Asked
from plaza_lab.scenarios.fit.reading.columns import same_name, with_clock
from plaza_lab.scenarios.fit.reading.delimited import FARTHEST, FIRST_LINES, layout, read_delimited
from plaza_lab.scenarios.fit.reading.encodings import MARKS, check_encoding, utf8_of, wide_of
from plaza_lab.scenarios.fit.reading.equal_rows import signs_of
from plaza_lab.scenarios.fit.reading.files import BINARY, PARQUET
from plaza_lab.scenarios.fit.reading.json_records import is_json, is_lines, names_of, read_lines
from plaza_lab.scenarios.fit.reading.sheet import Losses, Sheet
from plaza_lab.scenarios.fit.reading.unpacking import (
    DAMAGED,
    MOST_BYTES,
    NOT_READ,
    OPENERS,
    ZIP,
    check_flood,
)
from plaza_lab.scenarios.fit.reading.workbook import OLE
from plaza_lab.scenarios.language import Language, chosen_language

LARGE = 100_000_000  # bytes on disk above which a file is read in pieces: some two million rows
PACKED_LARGE = LARGE // 8
PIECE = 24_000_000  # bytes read at once; its cells take some ten times as much
SECONDS_BETWEEN_LINES = 10.0
PEEKED = 4096
SIGN = "sign of the row"
BYTES_A_ROW = 100  # of a Parquet file's cells in memory, about


def is_large(path: str | Path) -> bool:
    """Whether a file is text with rows, JSON lines or Parquet, and too large to be held at once."""
    place = Path(path)
    try:
        size = place.stat().st_size if place.is_file() else 0
        if size <= min(LARGE, PACKED_LARGE):
            return False
        with place.open("rb") as file:
            mark = file.read(8)
        is_packed = _opener(mark) is not None or mark.startswith(PARQUET)
        if size <= (PACKED_LARGE if is_packed else LARGE):
            return False
        first = first_bytes(place)
    except (OSError, *DAMAGED):
        return False  # who reads it says what is wrong
    if mark.startswith(PARQUET):
        return True
    others = (PARQUET, ZIP, OLE, *BINARY, *NOT_READ)
    if not first.strip() or first.startswith(others):
        return False
    return not is_json(first) or is_lines(first)


def first_bytes(path: str | Path) -> bytes:
    """How a file begins, unpacked."""
    with Path(path).open("rb") as file:
        packed = _opener(file.read(8))
        file.seek(0)
        stream: Any = file if packed is None else packed[1](file)
        found: bytes = stream.read(PEEKED)
        try:
            found += stream.read(PEEKED * 15)  # a record of JSON may be long
        except DAMAGED:
            return found  # who reads on says what is wrong
    return found


def sheets_of(path: str | Path, asked: Asked, what: str = "") -> Iterator[Sheet]:
    """Read a file of which :func:`is_large` is true, in pieces.

    Parameters
    ----------
    path : str or Path
        The file.
    asked : Asked
        What the user says.
    what : str
        What is done, for the lines that tell how far it is; empty for none.

    Yields
    ------
    Sheet
        Some rows, with the same columns in each.

    Raises
    ------
    UserError
        The file is damaged, too large, or not in its encoding.
    """
    for sheet in _sheets(path, asked, what):
        yield with_clock(sheet, asked.time)


def narrow(path: str | Path, asked: Asked, names: frozenset[str], what: str = "") -> Sheet:
    """Read a large file as one sheet of the columns that are used, whatever stands beside them.

    Parameters
    ----------
    path : str or Path
        A file of which :func:`is_large` is true.
    asked : Asked
        What the user says.
    names : frozenset of str
        Columns to keep, as ``same_name`` writes them.
    what : str
        What is done, for the lines that tell how far it is.

    Returns
    -------
    Sheet
        All rows; one more column tells equal rows by a number of the whole row.

    Raises
    ------
    UserError
        The file is damaged, too large, or not in its encoding.
    """
    import pyarrow as pa

    tables, places, losses, notes = [], [], Losses(), dict[str, None]()
    rows, unit, form = 0, "row", ""
    for sheet in sheets_of(path, asked, what):
        kept = [name for name in sheet.table.column_names if same_name(name) in names]
        sign = pa.array(signs_of(sheet.table))
        tables.append(sheet.table.select(kept).append_column(SIGN, sign))
        places.append(sheet.place)
        losses.add(list(sheet.lost))
        notes |= dict.fromkeys(note for note in sheet.notes if note)
        rows, unit, form = rows + sheet.rows, sheet.unit, sheet.form
    return Sheet(
        pa.concat_tables(tables, promote_options="permissive"), np.concatenate(places), unit, rows,
        form, losses.whole(), tuple(notes),
    )  # fmt: skip


def _sheets(path: str | Path, asked: Asked, what: str) -> Iterator[Sheet]:
    first = first_bytes(path)
    if first.startswith(PARQUET):
        yield from _parquet_sheets(path, what)
        return
    records = is_json(first)
    names: dict[str, None] = {}
    if records:  # a field may first be there in the last record
        for block in _blocks_of(path, asked.most, asked.encoding, "", records):
            names |= names_of(block.content)
    for block in _blocks_of(path, asked.most, asked.encoding, what, records):
        if records:
            sheet = read_lines(block.content, path, block.passed, list(names))
        else:
            sheet = read_delimited(block.content, path, block.known, block.passed)
        yield replace(sheet, notes=(block.told, *sheet.notes)) if block.told else sheet


def _parquet_sheets(path: str | Path, what: str) -> Iterator[Sheet]:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    size, said, done = Path(path).stat().st_size, _Said(what), 0
    try:
        file = parquet.ParquetFile(path)
        for batch in file.iter_batches(max(PIECE // BYTES_A_ROW, 1), use_threads=False):
            table = pa.Table.from_batches([batch])
            place = np.arange(done + 1, done + table.num_rows + 1)
            done += table.num_rows
            said.reach(size * done // max(file.metadata.num_rows, 1), size)
            yield Sheet(table, place, "row", table.num_rows, "Parquet")
    except (pa.ArrowException, OSError):
        raise UserError(f"{path} is a damaged or cut-off Parquet file: copy it again") from None


@dataclass(frozen=True)
class _Block:
    """A piece of a file, with the lines down to the column names above it.

    Attributes
    ----------
    content : bytes
        UTF-8.
    passed : int
        Lines between the column names and its first row.
    known : tuple of (str, int)
        Mark between cells, and number of the line of column names.
    told : str
        What was assumed of the encoding.
    """

    content: bytes
    passed: int
    known: tuple[str, int]
    told: str


def _blocks_of(
    path: str | Path,
    most: int,
    encoding: str | None,
    what: str = "",
    is_records: bool = False,
) -> Iterator[_Block]:
    """Read text piece by piece; lines of records of JSON have no column names above them.

    A plain file, which holds what it holds, is stopped only by a limit that the user set.
    """
    place = Path(path)
    with place.open("rb") as file:
        packed = _opener(file.read(8))
        file.seek(0)
        stream: Any = file if packed is None else packed[1](file)
        limit = most if packed is not None or most != MOST_BYTES else sys.maxsize
        try:
            first = stream.read(PIECE)
            marked = next((name for mark, name in MARKS if first.startswith(mark)), wide_of(first))
            chosen = encoding or marked
            told = ""
            if marked is not None and marked != "utf-8" and encoding is None:
                told = f"read as {marked.upper()}"
            pieces = _pieces(first, stream, file, place, limit, chosen, what)
            cut = _cut_lines if is_records else _cut
            yield from cut(pieces, path, chosen is not None, told)
        except UnicodeError:
            raise UserError(
                f"{path} is not in {encoding}: some of its bytes are none (see --encoding)"
            ) from None
        except DAMAGED:
            name = packed[0] if packed else "text"
            raise UserError(f"{path} is a damaged or cut-off {name} file: copy it again") from None


def _opener(first: bytes) -> tuple[str, Any] | None:
    return next((one for mark, one in OPENERS.items() if first.startswith(mark)), None)


def _pieces(
    piece: bytes, stream: Any, file: Any, path: Path, limit: int, encoding: str | None, what: str
) -> Iterator[bytes]:
    """Pieces of bytes, the first of them read already; of UTF-8 where the encoding is known."""
    size, taken, progress = path.stat().st_size, 0, _Said(what)
    if encoding is not None:
        check_encoding(encoding)
        raw = io.BufferedReader(_Again(piece, stream))
        wide = io.TextIOWrapper(raw, encoding=encoding, newline="")
        piece = wide.read(PIECE).encode().removeprefix("\ufeff".encode())
    while piece:
        taken += len(piece)
        check_flood(taken, max(file.tell(), 1), path, limit)
        progress.reach(file.tell(), size)
        yield piece
        piece = stream.read(PIECE) if encoding is None else wide.read(PIECE).encode()


class _Again(io.RawIOBase):
    """A stream of which the first piece was read already."""

    def __init__(self, first: bytes, stream: Any) -> None:
        self.first, self.stream = first, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.first:
            self.first = self.stream.read(len(buffer))
        some, self.first = self.first[: len(buffer)], self.first[len(buffer) :]
        buffer[: len(some)] = some
        return len(some)


def _cut(
    pieces: Iterator[bytes], path: str | Path, is_utf8: bool, known_by: str
) -> Iterator[_Block]:
    rest, top, known, end, passed = b"", b"", ("", 0), b"\n", 0
    chosen: str | None = None
    for piece in pieces:
        rest += piece
        if not top:
            end = b"\n" if b"\n" in rest else b"\r"
            top, known = _top(rest, end, path, chosen)
            rest = rest[len(top) :]
        at = _last_row(rest, end)
        rows, rest = rest[:at], rest[at:]
        if rows:
            content, told = (top + rows, known_by) if is_utf8 else utf8_of(top + rows, path, chosen)
            if found := re.match(r"read as ([\w-]+)", told):
                chosen = found[1]  # one file is in one encoding
            yield _Block(content, passed, known, told)
            passed += rows.count(end)
    if rest:
        content, told = (top + rest, known_by) if is_utf8 else utf8_of(top + rest, path, chosen)
        yield _Block(content, passed, known, told)


def _cut_lines(
    pieces: Iterator[bytes], path: str | Path, is_utf8: bool, told: str
) -> Iterator[_Block]:
    rest, passed = b"", 0
    for piece in pieces:
        rest += piece
        at = rest.rfind(b"\n") + 1
        if at:
            content = rest[:at] if is_utf8 else utf8_of(rest[:at], path, None)[0]
            yield _Block(content, passed, ("", 0), told)
            passed, rest = passed + content.count(b"\n"), rest[at:]
    if rest.strip():
        yield _Block(rest if is_utf8 else utf8_of(rest, path, None)[0], passed, ("", 0), told)


def _top(
    first: bytes, end: bytes, path: str | Path, encoding: str | None
) -> tuple[bytes, tuple[str, int]]:
    """Lines down to the column names, and how rows are cut into cells."""
    lines = first.split(end, FIRST_LINES)
    text, _ = utf8_of(end.join(lines[:FIRST_LINES]), path, encoding)
    texts = [one.rstrip("\r") for one in text.decode("utf-8", "replace").split(end.decode())]
    known = layout(texts)
    return end.join(lines[: known[1] + 1]) + end, known


def _last_row(buffer: bytes, end: bytes) -> int:
    """Where the last whole row ends: at a line end that no open quote goes over."""
    whole = buffer.rfind(end) + 1
    if buffer.count(b'"', 0, whole) % 2 == 0:
        return whole
    at = whole
    for _ in range(FARTHEST):
        before = buffer.rfind(end, 0, at - 1) + 1
        if not before:
            break
        if buffer.count(b'"', before, at) % 2:
            return before
        at = before
    return whole  # a quote far above closes nowhere


class _Said:
    """Now and then a line on standard error: how much is read, and how long the rest will take."""

    def __init__(self, what: str) -> None:
        self.what, self.start = what, time.monotonic()
        self.last = self.start

    def reach(self, done: int, size: int) -> None:
        """Say how many of how many bytes are read, if it is time for a line."""
        now = time.monotonic()
        if not self.what or now - self.last < SECONDS_BETWEEN_LINES:
            return
        self.last = now
        left = (now - self.start) * (size - done) / max(done, 1)
        told = f"{left:.0f} s left" if left < 120 else f"{left / 60:.0f} min left"
        line = f"{self.what}: {done / size:.0%} of {size / 1e9:.2g} GB, {told}"
        sys.stderr.write(f"{Language(chosen_language()).text(line)}\n")
        sys.stderr.flush()
