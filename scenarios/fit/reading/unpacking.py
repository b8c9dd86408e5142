"""A log's bytes, unpacked a piece at a time and counted: a small file may hold a flood.

A file may hold files: a zip, a workbook (which is one), a folder.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import io
import lzma
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from plaza_lab.scenarios.errors import UserError

MOST_BYTES = 2_000_000_000
"""Read at most, unpacked; a log of ten million acts has a third of it."""
MOST_RATIO, FREE_BYTES = 200, 50_000_000
"""Above the bytes, more than the ratio is a flood; logs pack to a tenth, rarely a fiftieth."""
PIECE = 1 << 20
UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9}
GZIP, BZIP, XZ, ZIP = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"PK\x03\x04"
OPENERS: dict[bytes, tuple[str, Any]] = {
    GZIP: ("gzip", lambda file: gzip.GzipFile(fileobj=file)),
    BZIP: ("bzip2", bz2.BZ2File),
    XZ: ("xz", lzma.LZMAFile),
}
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError, zipfile.BadZipFile)
NOT_READ = {
    b"\x28\xb5\x2f\xfd": "a zstd file: unpack it first (unzstd), or pack it with gzip",
    b"7z\xbc\xaf\x27\x1c": "a 7z file: unpack it first, or pack it with gzip",
    b"Rar!": "a rar file: unpack it first, or pack it with zip",
    b"%PDF": "a PDF: export the rows as CSV and fit that",
}


class _Counted(io.RawIOBase):
    """A file that counts what was read of it, and gives back what was looked at first."""

    def __init__(self, file: BinaryIO, first: bytes) -> None:
        self.file, self.first, self.taken = file, first, 0

    def readable(self) -> bool:
        """Say that it can be read: the openers ask."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read some of it, at most `size` bytes."""
        size = PIECE if size < 0 else size
        if self.first:
            piece, self.first = self.first[:size], self.first[size:]
        else:
            piece = self.file.read(size)
        self.taken += len(piece)
        return piece


def unpacked(path: Path, most: int = MOST_BYTES) -> bytes:
    """Read a file, plain or packed with gzip, bzip2 or xz.

    Parameters
    ----------
    path : pathlib.Path
        The file; its first bytes say what it is, not its name.
    most : int
        Bytes it may unpack to; no more are ever held.

    Returns
    -------
    bytes
        What it holds.

    Raises
    ------
    UserError
        The file is missing, a folder or a device, unreadable, damaged, or too large.
    """
    try:
        kind = path.stat().st_mode
        if stat.S_ISCHR(kind) or stat.S_ISBLK(kind):
            raise UserError(f"{path} is a device: name a CSV or Parquet file")
        with path.open("rb") as file:
            return _poured(file, path, most)
    except FileNotFoundError:
        raise UserError(f"{path} does not exist") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"{path} cannot be read: {reason}") from None


def _poured(file: BinaryIO, path: str | Path, most: int) -> bytes:
    """Read an open file to its end, unpacked; see :func:`unpacked`."""
    first = file.read(8)
    for mark, why in NOT_READ.items():
        if first.startswith(mark):
            raise UserError(f"{path} is {why}")
    packed = next((one for mark, one in OPENERS.items() if first.startswith(mark)), None)
    source = _Counted(file, first)
    stream: Any = source if packed is None else packed[1](source)
    content = bytearray()
    try:
        while piece := stream.read(PIECE):
            content += piece
            check_flood(len(content), source.taken, path, most)
    except (*DAMAGED, OSError) as error:
        if packed is None or (isinstance(error, OSError) and error.errno):
            raise
        raise UserError(f"{path} is a damaged or cut-off {packed[0]} file: copy it again") from None
    return bytes(content)


def check_flood(size: int, taken: int, path: str | Path, most: int) -> None:
    """Refuse what unpacks to more than allowed, or to far more than a log does."""
    if size > most:
        raise UserError(f"{path} holds more than {size_text(most)}; {_larger(most)}")
    if size > FREE_BYTES and size > MOST_RATIO * taken:
        raise UserError(
            f"{path} unpacks to more than {MOST_RATIO} times its size, as no log does; if it is "
            "one, unpack it first and fit that"
        )


def check_arrow(facts: Any, path: str | Path, most: int) -> None:
    """Refuse a Parquet file that would take more memory than allowed.

    Parameters
    ----------
    facts : pyarrow.parquet.FileMetaData
        What its foot says of its size; a cell takes at least eight bytes in memory.
    path : str or pathlib.Path
        Named in the error.
    most : int
        Bytes.

    Raises
    ------
    UserError
        With the limit.
    """
    groups = (facts.row_group(place) for place in range(facts.num_row_groups))
    cells = facts.num_rows * facts.num_columns
    size = max(sum(group.total_byte_size for group in groups), 8 * cells)
    if size > most:
        raise UserError(f"{path} unpacks to {size_text(size)}, more than {size_text(most)}; "
                        f"{_larger(most)}")  # fmt: skip


def size_of(text: str) -> int:
    """Read the size that a flag gives: ``500MB``, ``2 GB``.

    Raises
    ------
    argparse.ArgumentTypeError
        If it is none, or none at all.
    """
    found = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,6})?) ?([KMG]?)B?", text.strip().upper())
    size = int(float(found[1]) * UNITS[found[2]]) if found else 0
    if size < 1:
        raise argparse.ArgumentTypeError(f"{text[:40]}: a size is expected, such as 500MB or 4GB")
    return size


def size_text(size: int) -> str:
    """Write a size: ``2 GB``."""
    for unit in "GMK":
        if size >= UNITS[unit]:
            return f"{size / UNITS[unit]:.3g} {unit}B"
    return f"{size} bytes"


def _larger(most: int) -> str:
    return f"if that is right, allow more with --max-size {size_text(2 * most).replace(' ', '')}"


EMPTY_ZIP = b"PK\x05\x06"
WORKBOOK = ("xl/", "content.xml", "Workbook/")  # inside a zip: Excel, OpenDocument
MOST_FILES = 100_000  # ten years of thirty channels, a file for each day of each
CUT_OFF = "is a damaged or cut-off zip file: copy it again"
IN_UTF8 = 0x800


@dataclass(frozen=True)
class Part:
    """One file of several.

    Attributes
    ----------
    name : str
        With the folders above it; empty for a file that stands alone.
    content : bytes
        Unpacked.
    """

    name: str
    content: bytes


def parts_of(content: bytes, path: Path, most: int = MOST_BYTES) -> list[Part]:
    """Open a zip; everything else, and a workbook, is one part.

    Parameters
    ----------
    content : bytes
        As :func:`plaza_lab.scenarios.fit.reading.unpacking.unpacked` returns it.
    path : pathlib.Path
        Named in the errors.
    most : int
        Bytes that all parts together may unpack to.

    Returns
    -------
    list of Part
        The files inside; the name is empty where there is no zip.

    Raises
    ------
    UserError
        The zip is damaged, empty, locked with a password, holds a zip, or is too large.
    """
    if not content.startswith((ZIP, EMPTY_ZIP)):
        return [Part("", content)]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            entries = [one for one in box.infolist() if not one.is_dir() and _is_data(one.filename)]
            check_flood(sum(one.file_size for one in entries), len(content), path, most)
            if _is_of_book(box):
                return [Part("", content)]
            if any(one.flag_bits & 1 for one in entries):
                raise UserError(f"{path} is locked with a password: save it without one")
            parts = [Part(_name(one), _entry(box, one, path, most)) for one in entries]
    except NotImplementedError:
        raise UserError(
            f"{path} is packed in a way that is not read: unpack it, and name the folder"
        ) from None
    except DAMAGED:
        raise UserError(f"{path} {CUT_OFF}") from None
    return _opened(sorted(parts, key=_by_name), path, most)


def folder_parts(path: Path, most: int = MOST_BYTES) -> list[Part]:
    """Read the files of a folder and of the folders in it, hidden ones left alone.

    Parameters
    ----------
    path : pathlib.Path
        The folder.
    most : int
        Bytes that all files together may unpack to.

    Returns
    -------
    list of Part
        In the order of their names, numbers in them by size.

    Raises
    ------
    UserError
        A file cannot be read, or they are too many or too large.
    """
    files = []
    for file in path.rglob("*"):
        name = file.relative_to(path).as_posix()
        if file.is_file() and not any(part.startswith(".") for part in name.split("/")):
            files.append((name, file))
        if len(files) > MOST_FILES:
            raise UserError(f"{path} holds more than {MOST_FILES:,} files: name the log in it")
    parts: list[Part] = []
    size = 0
    for name, file in files:
        content = b"" if is_aside(name) else unpacked(file, most)
        size += len(content)
        check_flood(size, size, path, most)
        parts.append(Part(name, content))
    return _opened(sorted(parts, key=_by_name), path, most)


ROWS_END = frozenset(
    ("csv", "tsv", "tab", "txt", "dat", "json", "jsonl", "ndjson", "parquet", "pq", "xlsx", "xls",
     "xlsm", "xlsb", "ods", "gz", "bz2", "xz", "zip", "log")
)  # fmt: skip


def is_aside(name: str) -> bool:
    """Whether a file's name says that it holds no rows: a picture, a page, a mark of Spark's."""
    last = name.rpartition("/")[2]
    end = last.rpartition(".")[2].lower() if "." in last else ""
    return last.startswith("_") or bool(end and end not in ROWS_END and not end.isdigit())


def _opened(parts: list[Part], path: Path, most: int) -> list[Part]:
    """Unpack what is packed once more; a zip in a zip is refused."""
    out, size = [], 0
    for part in parts:
        content, label = part.content, f"{path}/{part.name}"
        if not is_aside(part.name):
            content = _poured(io.BytesIO(content), label, most)
            if content.startswith((ZIP, EMPTY_ZIP)) and not _is_book(content):
                raise UserError(f"{path} holds a zip ({part.name}): unpack that first")
        size += len(content)
        check_flood(size, size, path, most)
        out.append(Part(part.name, content))
    return out


def _is_of_book(box: zipfile.ZipFile) -> bool:
    return any(one.filename.startswith(WORKBOOK) for one in box.infolist())


def _is_book(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            return _is_of_book(box)
    except DAMAGED:
        return True  # who opens it says that it is damaged


def _entry(box: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, most: int) -> bytes:
    """Read one file of a zip, and no more of it than its foot says: the foot may lie."""
    with box.open(entry) as file:
        content = file.read(min(entry.file_size, most) + 1)
    if len(content) > entry.file_size:
        raise UserError(f"{path} {CUT_OFF}")
    return content


def _name(entry: zipfile.ZipInfo) -> str:
    """Name of a file of a zip; programs in Chinese write it in GBK without saying so."""
    if entry.flag_bits & IN_UTF8 or entry.filename.isascii():
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _is_data(name: str) -> bool:
    return not name.startswith("__MACOSX/") and not name.rpartition("/")[2].startswith(".")


def _by_name(part: Part) -> list[tuple[int, int, str]]:
    cells = re.split(r"(\d+)", part.name)
    return [(0, int(cell), "") if cell.isdecimal() else (1, 0, cell) for cell in cells if cell]
