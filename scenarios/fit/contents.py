"""The bytes of one file as named columns: text, JSON, a workbook or Parquet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.chats import read_chat
from plaza_lab.scenarios.fit.delimited import read_delimited
from plaza_lab.scenarios.fit.encodings import utf8_of
from plaza_lab.scenarios.fit.json_records import is_json, read_json
from plaza_lab.scenarios.fit.sheet import Sheet
from plaza_lab.scenarios.fit.spreadsheet import is_workbook, read_workbook
from plaza_lab.scenarios.fit.unpacking import check_arrow

PARQUET = b"PAR1"
NO_LOG = "is neither CSV, JSON, Excel nor Parquet (nor one of them packed)"
PAGES = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<workbook")
BINARY = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"SQLite format 3")


def sheet_of(content: bytes, path: str | Path, most: int, encoding: str | None) -> Sheet:
    """Read the bytes of one file, whatever its name ends in.

    Parameters
    ----------
    content : bytes
        Unpacked.
    path : str or Path
        Named in the errors.
    most : int
        Bytes that a Parquet file may take in memory.
    encoding : str, optional
        Of the text.

    Returns
    -------
    Sheet
        Columns as strings, those of Parquet in their own types.

    Raises
    ------
    UserError
        It is empty, damaged, or no form that is read.
    """
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
