"""Upkeep of a store: what killed processes left, damaged segments, runs nobody asks for."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from scenarios.store.claims import is_alive, living_claims
from scenarios.store.index import Index, read_index
from scenarios.store.layout import Store
from scenarios.store.segments import write_table

PARTS = ("days", "journal", "runs")
ASIDE = ".damaged"
YOUNG_S = 3600.0
"""A temporary file younger than this may belong to a process on a machine one cannot see."""


@dataclass
class Garbage:
    """What upkeep found.

    Parameters
    ----------
    files : list of pathlib.Path
        Left by processes that are gone: temporary files, parts of segments that never counted,
        claims; and damaged segments set aside earlier.
    damaged : dict of str to str
        Segments that count no more, and why.
    runs : int
        Finished runs taken out, because another engine made them or no study asks for them.
    """

    files: list[Path] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)
    runs: int = 0

    @property
    def n_bytes(self) -> int:
        """Bytes the files take."""
        sizes = 0
        for file in self.files:
            with contextlib.suppress(OSError):
                sizes += file.stat().st_size
        return sizes


def set_aside(store: Store, index: Index) -> dict[str, str]:
    """Take damaged segments out of the way, so that their runs are run again.

    Parameters
    ----------
    store : Store
        A store one may write to.
    index : Index
        What it holds; its damaged segments are set aside.

    Returns
    -------
    dict of str to str
        Segment to what was wrong with it. Its files are kept beside, with ``.damaged`` at the
        end, until ``plaza study gc``.
    """
    for name in index.damaged:
        for part in reversed(PARTS):
            file = store.folder / part / name
            with contextlib.suppress(FileNotFoundError):
                file.rename(file.with_name(file.name + ASIDE))
    return dict(index.damaged)


def find_garbage(store: Store) -> Garbage:
    """Look for what no living process will need.

    Parameters
    ----------
    store : Store
        A store; others may be writing to it.

    Returns
    -------
    Garbage
        Files that may go, and damaged segments.
    """
    living = set(living_claims(store))
    garbage = Garbage(damaged=dict(read_index(store).damaged))
    counted = {file.name for file in store.runs.glob("*.parquet")}
    for part in PARTS:
        folder = store.folder / part
        garbage.files += folder.glob(f"*{ASIDE}")
        for file in folder.glob(".*.partial"):
            if _writer(file.name.removeprefix(".")) not in living and _is_old(file):
                garbage.files.append(file)
        if part != "runs":
            for file in folder.glob("*.parquet"):
                if file.name not in counted and _writer(file.name) not in living:
                    garbage.files.append(file)
    for file in store.claims.glob("*.json"):
        with contextlib.suppress(OSError, ValueError):
            if not is_alive(file):
                garbage.files.append(file)
    return garbage


def _writer(name: str) -> str:
    """Name of the process that wrote a segment: its file's name without the number."""
    return re.sub(r"-\d{5,}\.parquet.*$", "", name)


def _is_old(file: Path) -> bool:
    with contextlib.suppress(OSError):
        return time.time() - file.stat().st_mtime > YOUNG_S or _is_from_here(file)
    return False


def _is_from_here(file: Path) -> bool:
    """Whether a dead process of this machine wrote it: living ones are known by their claims."""
    import socket

    return file.name.removeprefix(".").startswith(f"{socket.gethostname()[:24]}-")


def sweep_out(store: Store, garbage: Garbage) -> None:
    """Remove what :func:`find_garbage` found.

    Parameters
    ----------
    store : Store
        A store one may write to.
    garbage : Garbage
        What to remove.
    """
    for file in garbage.files:
        file.unlink(missing_ok=True)
    for name in garbage.damaged:
        for part in reversed(PARTS):
            (store.folder / part / name).unlink(missing_ok=True)


def keep_only(store: Store, keys: Collection[str]) -> int:
    """Take out every finished run that is not among these.

    A segment that holds some of both is written anew with what stays, before the old one goes; a
    process killed in between leaves twins, which count once.

    Parameters
    ----------
    store : Store
        A store one may write to.
    keys : collection of str
        Keys of the runs that stay.

    Returns
    -------
    int
        Runs taken out.
    """
    index, wanted = read_index(store), set(keys)
    held: dict[str, list[str]] = {}
    for key, segment in index.segment_of.items():
        held.setdefault(segment, []).append(key)
    gone = 0
    for segment, inside in held.items():
        staying = [key for key in inside if key in wanted]
        if len(staying) == len(inside):
            continue
        if staying:
            _rewrite(store, segment, staying)
        for part in reversed(PARTS):
            (store.folder / part / segment).unlink(missing_ok=True)
        gone += len(inside) - len(staying)
    return gone


def _rewrite(store: Store, segment: str, keys: list[str]) -> None:
    import pyarrow.parquet as pq

    from scenarios.store.segments import DAYS_BYTES, JOURNAL_BYTES

    name = f"{_writer(segment)}x-{time.time_ns() % 10**10:010d}.parquet"
    sizes: dict[bytes, bytes] = {}
    for part, label in (("days", DAYS_BYTES), ("journal", JOURNAL_BYTES), ("runs", b"")):
        table = pq.read_table(store.folder / part / segment, filters=[("run_id", "in", keys)])
        if part == "runs":
            table = table.replace_schema_metadata(sizes)
        size = write_table(store.folder / part / name, table)
        sizes[label] = str(size).encode()
