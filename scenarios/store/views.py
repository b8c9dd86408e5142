"""Reading a store through DuckDB: three views, of the runs one asks for and no others."""

from __future__ import annotations

import atexit
import contextlib
import functools
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from plaza_lab.engine.private import passing_folder
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.store.index import Index, find_corruption, in_one_line, refuse_damage
from plaza_lab.scenarios.store.layout import Store

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


_open: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()
MEMORY = "2GB"
PARTS = ("runs", "days", "journal")
"""What DuckDB may hold at once; larger questions go through a temporary file."""


def open_database(store: Store | None = None) -> duckdb.DuckDBPyConnection:
    """Open a connection in memory; the one way in which Plaza opens DuckDB.

    Parameters
    ----------
    store : Store, optional
        What it may read; default: no file at all.

    Returns
    -------
    duckdb.DuckDBPyConnection
        No other file, no network, no extension and no setting can be reached through it.
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
    store : Store
        A store.
    index : Index
        What it holds.
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

    Parameters
    ----------
    store : Store
        A store.
    segments : sequence of str
        What is read.

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
