"""Files that hold files: a zip, a workbook (which is one), a folder."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.unpacking import (
    DAMAGED,
    MOST_BYTES,
    ZIP,
    check_flood,
    poured,
    unpacked,
)

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
        As :func:`plaza_lab.scenarios.fit.unpacking.unpacked` returns it.
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
            content = poured(io.BytesIO(content), label, most)
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
