"""Writing a table into one file, a piece at a time."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.files.csv_cells import harmless_table

if TYPE_CHECKING:
    import pyarrow as pa


class TableWriter:
    """Writes pieces of a table, all with the columns of the first, as Parquet or CSV.

    Parameters
    ----------
    file : pathlib.Path
        Its ending, ``.parquet`` or ``.csv``, says what it becomes.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._writer: Any = None

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._writer is not None:
            self._writer.close()

    def add(self, table: pa.Table) -> None:
        """Write a piece.

        Parameters
        ----------
        table : pyarrow.Table
            Rows, in the order they will have.
        """
        if self._writer is None:
            self._writer = self._open(table.schema)
        piece = table.cast(self._schema)
        self._writer.write_table(harmless_table(piece) if self.file.suffix == ".csv" else piece)

    def _open(self, schema: pa.Schema) -> Any:
        self._schema = schema
        if self.file.suffix == ".csv":
            from pyarrow.csv import CSVWriter

            return CSVWriter(self.file, schema)
        from pyarrow.parquet import ParquetWriter

        return ParquetWriter(self.file, schema, compression="zstd")
