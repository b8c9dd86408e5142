"""Reading a store: runs as the engine left them, or three views of them through DuckDB.

Of the runs one asks for and no others; what is read is written into tables some runs at a time.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.engine.private import passing_folder
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.store.index import (
    Index,
    find_corruption,
    in_one_line,
    read_index,
    read_runs,
    refuse_damage,
)
from plaza_lab.scenarios.store.layout import Store

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    from plaza_lab.sim.engine import RunResult

_open: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()
MEMORY = "2GB"
"""What DuckDB may hold at once; larger questions go through a temporary file."""
PARTS = ("runs", "days", "journal")
LABELS_OF_RUNS = ("run_id", "point_id", "seed", "weeks", "code")


def open_database(store: Store | None = None) -> duckdb.DuckDBPyConnection:
    """Open a connection in memory; the one way in which Plaza opens DuckDB.

    Parameters
    ----------
    store : Store, optional
        What it may read; default: no file at all. No other file, no network, no extension and no
        setting can be reached through it.
    """
    import duckdb

    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": _spill(),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        }
    )
    # in this order: what is allowed cannot be said once the rest is forbidden
    allowed = [] if store is None else [f"{store.folder}/"]
    connection.execute(f"SET allowed_directories = {texts(allowed)}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    _open.add(connection)
    return connection


@functools.cache
def _spill() -> str:
    """Folder of this process; without one, DuckDB would spill into the working directory."""
    return str(passing_folder("plaza-spill-"))


@atexit.register
def _close_all() -> None:
    """Close what is still open: threads of DuckDB must not outlive the interpreter."""
    for connection in list(_open):
        connection.close()


def texts(values: Sequence[str]) -> str:
    """Write texts as a list of SQL."""
    return "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in values) + "]"


def named(column: str) -> str:
    """Write a name, whatever letters are in it, as an identifier of SQL."""
    return '"' + column.replace('"', '""') + '"'


def listed(columns: Iterable[str]) -> str:
    """Write names as SQL lists them."""
    return ", ".join(map(named, columns))


def open_views(
    store: Store,
    index: Index,
    asked: pd.DataFrame,
    *,
    is_ordered: bool = False,
    parts: Sequence[str] = PARTS,
) -> duckdb.DuckDBPyConnection:
    """Open a connection with the views ``runs``, ``days`` and ``journal``.

    Parameters
    ----------
    store, index
        A store, and what it holds.
    asked : pandas.DataFrame
        One row per run wanted: ``run_id`` and whatever is to be joined to every row; runs that
        are not finished are passed over.
    is_ordered : bool
        Whether the views have ``#run`` (position in `asked`) and ``#row`` (position in its
        segment), to order by.
    parts : sequence of str
        Which of the views; each opens the files of all its segments.

    Returns
    -------
    duckdb.DuckDBPyConnection
        In memory; nothing is read before a view is asked. The views hold the columns of `asked`
        first. The table ``asked`` is there as well.

    Raises
    ------
    UserError
        If none of the runs is finished.
    """
    if asked.empty or not asked["run_id"].isin(index.segment_of).any():
        raise UserError("none of the runs asked for is finished yet")
    found = asked[asked["run_id"].isin(index.segment_of)].reset_index(drop=True)
    names = index.segments(found["run_id"])
    connection = open_database(store)
    if is_ordered:
        found["#run"] = range(len(found))
    connection.register("asked_frame", found)
    connection.execute("CREATE TABLE asked AS SELECT * FROM asked_frame")
    columns = ", ".join(f"asked.{named(column)}" for column in found.columns)
    columns += ', part.file_row_number AS "#row"' if is_ordered else ""
    left_out = listed(["run_id", *({"seed"} & set(found.columns))])
    for part in parts:
        files = [str(store.folder / part / name) for name in names]
        source = f"read_parquet({texts(files)}, union_by_name = true"
        source += ", file_row_number = true" if is_ordered else ""
        if index.has_twins:
            source = _without_twins(connection, store, index, part, found["run_id"], source)
        else:
            source += ")"
        hidden = left_out if part == "runs" else "run_id"
        hidden += ", file_row_number" if is_ordered else ""
        connection.execute(
            f"CREATE VIEW {part} AS SELECT {columns}, part.* EXCLUDE ({hidden}) "
            f"FROM {source} AS part JOIN asked ON part.run_id = asked.run_id"
        )
    return connection


def _without_twins(
    connection: duckdb.DuckDBPyConnection,
    store: Store,
    index: Index,
    part: str,
    keys: Sequence[str] | pd.Series,
    source: str,
) -> str:
    """Take every run from the one segment that counts."""
    import pandas as pd

    where = pd.DataFrame(
        {
            "run_id": list(keys),
            "filename": [str(store.folder / part / index.segment_of[key]) for key in keys],
        }
    )
    connection.register(f"{part}_where_frame", where)
    connection.execute(f"CREATE TABLE {part}_where AS SELECT * FROM {part}_where_frame")
    return (
        f"(SELECT * EXCLUDE (filename) FROM {source}, filename = true) AS every "
        f"SEMI JOIN {part}_where AS kept "
        "ON every.run_id = kept.run_id AND every.filename = kept.filename)"
    )


@contextlib.contextmanager
def readable(store: Store, segments: Sequence[str]) -> Iterator[None]:
    """Name the segment at fault when DuckDB cannot read.

    Raises
    ------
    UserError
        With the damaged segment and what to do.
    """
    import duckdb

    try:
        yield
    except duckdb.Error as wrong:
        refuse_damage(store, find_corruption(store, segments))
        if isinstance(wrong, duckdb.IOException):
            raise OSError(str(wrong)) from wrong
        raise UserError(
            f"{store.folder} holds tables that are not those of this Plaza: {in_one_line(wrong)}"
        ) from wrong


def results_of(store: Store, keys: Sequence[str]) -> Iterator[tuple[str, RunResult]]:
    """Read runs as the engine left them, to the byte what was written.

    Parameters
    ----------
    store : Store
        Where.
    keys : sequence of str
        Of the runs wanted; those that are not there are passed over.

    Yields
    ------
    tuple of str and RunResult
        A key and its run, a segment after the other.

    Raises
    ------
    UserError
        If a segment is damaged.
    """
    index = read_index(store)
    refuse_damage(store, find_corruption(store, index.segments(keys)))
    wanted = defaultdict(list)
    for key in dict.fromkeys(keys):
        if key in index:
            wanted[index.segment_of[key]].append(key)
    for segment, own in wanted.items():
        yield from _in_segment(store, segment, own)


def _in_segment(store: Store, segment: str, keys: Sequence[str]) -> Iterator[tuple[str, RunResult]]:
    import pandas as pd

    from plaza_lab.sim.engine import RunResult
    from plaza_lab.sim.recording.metrics import NAMES

    _, runs = read_runs(store, segment)
    rows = {row["run_id"]: row for row in runs.to_pylist()}
    days, journal = (
        pd.read_parquet(place / segment, filters=[("run_id", "in", list(keys))])
        for place in (store.days, store.journal)
    )
    metrics = [name for name in days.columns if name not in ("run_id", "day")]
    own_days = dict(iter(days.groupby("run_id", observed=True, sort=False)))
    own_rows = dict(iter(journal.groupby("run_id", observed=True, sort=False)))
    for key in keys:
        row = rows[key]
        yield key, RunResult(
            seed=int(row["seed"]),
            days=own_days[key].sort_values("day", kind="stable")[metrics].to_numpy(),
            journal=_entries(own_rows.get(key, journal.iloc[:0])),
            outcomes={
                name: value for name, value in row.items()
                if name not in LABELS_OF_RUNS and value is not None
            },
            own_metrics=tuple(name for name in metrics if name not in NAMES),
            silent=frozenset(NAMES) - frozenset(metrics),
        )  # fmt: skip


def _entries(table: pd.DataFrame) -> np.recarray:
    """Transfers as the engine posts them, their words as codes again."""
    import numpy as np

    from plaza_lab.agents.record import blank
    from plaza_lab.sim.state.fund import ACCOUNTS, JOURNAL, PURPOSES

    words = {"purpose": PURPOSES, "payer": ACCOUNTS, "payee": ACCOUNTS}
    found = blank(JOURNAL, len(table))
    for name in found.dtype.names or ():
        if name in words:
            codes = {word: code for code, word in enumerate(words[name])}
            found[name] = np.array([codes[word] for word in table[name]], found.dtype[name])
        elif name in table:
            found[name] = table[name].to_numpy()
    return found


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

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()

    def add(self, table: pa.Table) -> None:
        """Write a piece: rows in the order they will have."""
        if self._writer is None:
            self._writer = self._open(table.schema)
        piece = table.cast(self._schema)
        if self.file.suffix == ".csv":
            from plaza_lab.scenarios.files.csv_cells import harmless_table

            piece = harmless_table(piece)
        self._writer.write_table(piece)

    def _open(self, schema: pa.Schema) -> Any:
        self._schema = schema
        if self.file.suffix == ".csv":
            from pyarrow.csv import CSVWriter

            return CSVWriter(self.file, schema)
        from pyarrow.parquet import ParquetWriter

        return ParquetWriter(self.file, schema, compression="zstd")
