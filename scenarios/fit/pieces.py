"""A large log in pieces of rows, whatever its form: text, JSON lines or Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.blocks import PIECE, Said, blocks_of, first_bytes
from plaza_lab.scenarios.fit.column_names import same_name
from plaza_lab.scenarios.fit.contents import PARQUET
from plaza_lab.scenarios.fit.delimited import read_delimited
from plaza_lab.scenarios.fit.json_records import is_json, names_of, read_lines
from plaza_lab.scenarios.fit.options import Asked
from plaza_lab.scenarios.fit.sheet import Losses, Sheet
from plaza_lab.scenarios.fit.signs import signs_of
from plaza_lab.scenarios.fit.table import with_clock

SIGN = "sign of the row"
BYTES_A_ROW = 100  # of a Parquet file's cells in memory, about


def sheets_of(path: str | Path, asked: Asked, what: str = "") -> Iterator[Sheet]:
    """Read a file of which :func:`plaza_lab.scenarios.fit.blocks.is_large` is true, in pieces.

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
    for sheet in _pieces(path, asked, what):
        yield with_clock(sheet, asked.time)


def narrow(path: str | Path, asked: Asked, names: frozenset[str], what: str = "") -> Sheet:
    """Read a large file as one sheet of the columns that are used, whatever stands beside them.

    Parameters
    ----------
    path : str or Path
        A file of which :func:`plaza_lab.scenarios.fit.blocks.is_large` is true.
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
        sign = pa.array(signs_of(sheet))
        tables.append(sheet.table.select(kept).append_column(SIGN, sign))
        places.append(sheet.place)
        losses.add(list(sheet.lost))
        notes |= dict.fromkeys(note for note in sheet.notes if note)
        rows, unit, form = rows + sheet.rows, sheet.unit, sheet.form
    return Sheet(
        pa.concat_tables(tables, promote_options="permissive"), np.concatenate(places), unit, rows,
        form, losses.whole(), tuple(notes),
    )  # fmt: skip


def _pieces(path: str | Path, asked: Asked, what: str) -> Iterator[Sheet]:
    first = first_bytes(path)
    if first.startswith(PARQUET):
        yield from _parquet(path, what)
        return
    records = is_json(first)
    names: dict[str, None] = {}
    if records:  # a field may first be there in the last record
        for block in blocks_of(path, asked.most, asked.encoding, "", records):
            names |= names_of(block.content)
    for block in blocks_of(path, asked.most, asked.encoding, what, records):
        if records:
            sheet = read_lines(block.content, path, block.passed, list(names))
        else:
            sheet = read_delimited(block.content, path, block.known, block.passed)
        yield replace(sheet, notes=(block.told, *sheet.notes)) if block.told else sheet


def _parquet(path: str | Path, what: str) -> Iterator[Sheet]:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    size, said, done = Path(path).stat().st_size, Said(what), 0
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
