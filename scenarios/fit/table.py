"""A file on disk as named columns of text, or one clear line why not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.unpacking import MOST_BYTES, check_arrow, unpacked

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

PARQUET = b"PAR1"
DELIMITERS = (",", ";", "\t", "|")
GROUP_NAMES = ("community", "repo", "group")
SHOWN_VALUES = 12


def read_table(path: str | Path, most: int = MOST_BYTES) -> tuple[pa.Table, int]:
    """Read a CSV or Parquet file, plain or gzip, whatever its name ends in.

    Parameters
    ----------
    path : str or Path
        The file. CSV needs a line of column names; comma, semicolon, tab and ``|`` are tried.
    most : int
        Bytes that the file may unpack to.

    Returns
    -------
    table : pyarrow.Table
        CSV columns as strings, Parquet columns in their own types.
    ragged : int
        Rows left out because they have too many or too few cells.

    Raises
    ------
    UserError
        The file is missing, a directory, unreadable, empty, cut off, too large when
        unpacked, or neither CSV nor Parquet.
    """
    content = unpacked(Path(path), most)
    if not content.strip():
        raise UserError(f"{path} is empty: a log has a line of column names and a row for each act")
    if content[:4] == PARQUET:
        return _parquet(content, path, most), 0
    if b"\x00" in content[:4096]:
        raise UserError(f"{path} is neither CSV nor Parquet (nor either of them with gzip)")
    return _csv(content, path)


def pick_rows(table: pa.Table, where: str | None, path: str | Path) -> pa.Table:
    """Keep one community of a file that holds several.

    Parameters
    ----------
    table : pyarrow.Table
        The whole file.
    where : str, optional
        ``"column=value"``. Without it, a column named community, repo or group with several
        values is refused rather than mixed.
    path : str or Path
        Named in the errors.

    Returns
    -------
    pyarrow.Table
        The chosen rows.

    Raises
    ------
    UserError
        ``where`` is malformed, names no column or no value, or is needed and absent.
    """
    if where is None:
        _refuse_several_groups(table, path)
        return table
    column, equals, value = where.partition("=")
    if not equals or not column or not value:
        raise UserError(f"--where {where}: write --where COLUMN=VALUE, such as community=docs")
    texts = text_column(table, column, path, "--where")
    chosen = table.filter((texts == value).to_numpy(dtype=bool, na_value=False))
    if not chosen.num_rows:
        values = _listed(list(texts.dropna().unique()))
        raise UserError(f"--where {where}: no row of {path} has it; {column} holds {values}")
    return chosen


def find_column(
    table: pa.Table, given: str | None, tried: tuple[str, ...], option: str, path: str | Path
) -> str | None:
    """Name the column that plays a part: the one given, or the first usual name that is there.

    Parameters
    ----------
    table : pyarrow.Table
        The file.
    given : str, optional
        What the user chose; it must exist exactly.
    tried : tuple of str
        Usual names, compared without regard to case.
    option : str
        The option that chooses it, for the error.
    path : str or Path
        Named in the error.

    Returns
    -------
    str or None
        The column's name, None where nothing was given and no usual name is there.

    Raises
    ------
    UserError
        The given column is not in the file.
    """
    if given is not None:
        if given in table.column_names:
            return given
        raise UserError(f"{option} {given}: {path} has no such column; it has {_columns(table)}")
    lowered = {name.strip().lower(): name for name in reversed(table.column_names)}
    return next((lowered[name] for name in tried if name in lowered), None)


def need_column(
    table: pa.Table, given: str | None, tried: tuple[str, ...], option: str, path: str | Path
) -> str:
    """Like :func:`find_column`, for a column one cannot do without."""
    found = find_column(table, given, tried, option, path)
    if found is None:
        raise UserError(
            f"{path} has no column named {', '.join(tried[:4])} ...: name it with {option} COLUMN "
            f"(the first line must hold column names; read there: {_columns(table)})"
        )
    return found


def text_column(table: pa.Table, column: str, path: str | Path, option: str) -> pd.Series:
    """One column as trimmed text; raises UserError when it is not there or not plain values."""
    import pyarrow as pa

    if column not in table.column_names:
        raise UserError(f"{option}: {path} has no column {column}; it has {_columns(table)}")
    values = raw_column(table, column)
    try:
        return values.cast(pa.string()).to_pandas().str.strip()
    except pa.ArrowException:
        raise UserError(
            f"{option}: column {column} of {path} holds no plain text or numbers"
        ) from None


def raw_column(table: pa.Table, column: str) -> pa.ChunkedArray:
    """One column by name, the first of them where a name is there twice."""
    import pyarrow as pa

    values = table.column(table.column_names.index(column))
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def _parquet(content: bytes, path: str | Path, most: int) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        check_arrow(parquet.ParquetFile(pa.BufferReader(content)).metadata, path, most)
        return parquet.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError):
        raise UserError(f"{path} is a damaged or cut-off Parquet file: copy it again") from None


def _csv(content: bytes, path: str | Path) -> tuple[pa.Table, int]:
    import pyarrow as pa
    import pyarrow.csv as csv

    try:
        content.decode("utf-8")
        encoding = "utf8"
    except UnicodeDecodeError:
        encoding = "latin1"  # every byte sequence is latin-1; ids stay distinct
    content = content.removeprefix(b"\xef\xbb\xbf")
    delimiter = _delimiter(content)
    ragged: list[int] = []

    def leave_out(row: csv.InvalidRow) -> str:
        ragged.append(1)
        return "skip"

    parse = csv.ParseOptions(
        delimiter=delimiter, newlines_in_values=True, invalid_row_handler=leave_out
    )
    try:
        reading = csv.ReadOptions(encoding=encoding, block_size=1 << 24)
        names = _header(content, delimiter, encoding)
        types = csv.ConvertOptions(column_types={name: pa.string() for name in names})
        table = csv.read_csv(pa.BufferReader(content), reading, parse, types)
    except pa.ArrowException as error:
        reason = str(error).splitlines()[0][:120]
        raise UserError(f"{path} cannot be read as CSV: {reason}") from None
    return table, len(ragged)


def _header(content: bytes, delimiter: str, encoding: str) -> list[str]:
    import csv as plain

    line = content.split(b"\n", 1)[0].decode(encoding).rstrip("\r")
    return next(plain.reader([line], delimiter=delimiter), [])


def _delimiter(content: bytes) -> str:
    header = content.split(b"\n", 1)[0]
    return max(DELIMITERS, key=lambda mark: header.count(mark.encode()))


def _refuse_several_groups(table: pa.Table, path: str | Path) -> None:
    for column in table.column_names:
        if column.strip().lower() in GROUP_NAMES:
            values = list(text_column(table, column, path, "--where").dropna().unique())
            if len(values) > 1:
                raise UserError(
                    f"{path} holds {len(values)} communities: choose one with "
                    f"--where {column}=VALUE, VALUE one of {_listed(values)}"
                )


def _listed(values: list[str]) -> str:
    shown = sorted(values)
    more = f" and {len(shown) - SHOWN_VALUES} more" if len(shown) > SHOWN_VALUES else ""
    return ", ".join(shown[:SHOWN_VALUES]) + more


def _columns(table: pa.Table) -> str:
    return _listed(list(table.column_names)) or "no columns"
