"""Reading a store through DuckDB: three views, of the runs one asks for and no others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scenarios.errors import UserError
from scenarios.store.index import Index
from scenarios.store.layout import Store

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

MEMORY = "2GB"
"""What DuckDB may hold at once; larger questions go through a temporary file."""


def open_views(store: Store, index: Index, asked: pd.DataFrame) -> duckdb.DuckDBPyConnection:
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
    import duckdb

    found = asked[asked["run_id"].isin(index.segment_of)].reset_index(drop=True)
    if found.empty:
        raise UserError("none of the runs asked for is finished yet")
    names = index.segments(found["run_id"])
    connection = duckdb.connect(config={"memory_limit": MEMORY})
    connection.register("asked_frame", found)
    connection.execute("CREATE TABLE asked AS SELECT * FROM asked_frame")
    columns = ", ".join(f'asked."{name}"' for name in found.columns)
    left_out = ", ".join(["run_id", *({"seed"} & set(found.columns))])
    for part in ("runs", "days", "journal"):
        files = [str(store.folder / part / name) for name in names]
        source = f"read_parquet({_quoted(files)}, union_by_name = true"
        if index.has_twins:
            source = _without_twins(connection, store, index, part, found["run_id"], source)
        else:
            source += ")"
        hidden = left_out if part == "runs" else "run_id"
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


def _quoted(texts: Sequence[str]) -> str:
    return "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in texts) + "]"
