"""Text cells of CSV files that a spreadsheet would take for a formula.

A cell that begins with one of ``= + - @``, a tab or a carriage return is put behind an apostrophe,
as OWASP advises (https://owasp.org/www-community/attacks/CSV_Injection). Numbers are left alone,
and so is Parquet, which no spreadsheet runs.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

FORMULA = r"^([=+\-@\t\r])"
STARTS = tuple("=+-@\t\r")


def harmless_cell(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; a number as it is."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(STARTS) else cell


def write_csv(table: pd.DataFrame, file: Path, *, index: bool = False) -> None:
    """Write a table as CSV, with its index where that is asked for."""
    safe = table.rename(columns=harmless_cell, index=harmless_cell if index else None)
    for place, kind in enumerate(safe.dtypes):
        if kind.kind == "O" or str(kind) in ("str", "string", "category"):
            safe.isetitem(place, list(map(harmless_cell, safe.iloc[:, place])))
    has_breaks = any("\r" in cell for cell in _texts(safe))
    # a carriage return alone is not quoted otherwise, and would begin a row of its own
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if has_breaks else csv.QUOTE_MINIMAL
    safe.to_csv(file, index=index, quoting=quoting)


def _texts(table: pd.DataFrame) -> Iterator[str]:
    columns = (table.iloc[:, place] for place in range(table.shape[1]))
    return (cell for column in columns for cell in column if isinstance(cell, str))


def harmless_table(table: pa.Table) -> pa.Table:
    """Return an Arrow table with an apostrophe before texts a spreadsheet takes for formulas."""
    import pyarrow as pa
    from pyarrow import compute

    for place, field in enumerate(table.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            cells = compute.call_function(
                "replace_substring_regex", [table.column(place)],
                compute.ReplaceSubstringOptions(FORMULA, r"'\1"),
            )  # fmt: skip
            table = table.set_column(place, field, cells)
    return table
