"""DuckDB over a store: it reads and writes nothing but that store, whatever is asked of it."""

from __future__ import annotations

import atexit
import functools
import weakref
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from plaza_lab.engine.private import passing_folder
from plaza_lab.scenarios.store.layout import Store

if TYPE_CHECKING:
    import duckdb

_open: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()
MEMORY = "2GB"
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


def name(column: str) -> str:
    """Write a name, whatever letters are in it, as an identifier of SQL."""
    return '"' + column.replace('"', '""') + '"'


def names(columns: Iterable[str]) -> str:
    """Write names as SQL lists them."""
    return ", ".join(map(name, columns))
