"""Writing segments: the runs finished within about a second, whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.store.checksums import BLANK, PROMISE, WHOLE, fill_in, mark_of
from plaza_lab.scenarios.store.layout import Store

if TYPE_CHECKING:
    import pyarrow as pa

    from plaza_lab.sim.engine import RunResult

SECONDS, MOST_RUNS = 1.0, 64
MARKS = {"days": b"plaza_days", "journal": b"plaza_journal"}
"""Under these names the file in ``runs/`` holds size and CRC-32 of the two beside it."""
CODED = ["run_id", "purpose", "payer", "payee"]


@dataclass(frozen=True)
class FinishedRun:
    """A run and the key it is kept under.

    Parameters
    ----------
    key, point, code : str
        Its ``run_id``, and the fingerprints of its configuration and of the engine.
    weeks : int
        Weeks lived through.
    result : RunResult
        What it left.
    """

    key: str
    point: str
    weeks: int
    code: str
    result: RunResult


class SegmentWriter:
    """Collects finished runs and writes them a segment at a time.

    Parameters
    ----------
    store : Store
        Where to.
    writer : str
        A name no other process has.
    seconds : float
        A segment is written when its first run has waited so long.
    most : int
        A segment is written when it holds so many runs.
    """

    def __init__(
        self, store: Store, writer: str, *, seconds: float = SECONDS, most: int = MOST_RUNS
    ) -> None:
        self.store, self.writer, self.seconds, self.most = store, writer, seconds, most
        self.kept = 0
        self._waiting: list[FinishedRun] = []
        self._since = 0.0
        self._segments = 0

    def add(self, run: FinishedRun) -> bool:
        """Take a finished run; return whether a segment was written.

        Raises
        ------
        UserError
            If the disk refuses.
        """
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append(run)
        if len(self._waiting) < self.most and time.monotonic() - self._since < self.seconds:
            return False
        self.flush()
        return True

    def flush(self) -> None:
        """Write the runs that wait.

        Raises
        ------
        UserError
            If the disk refuses; no part of the segment is left.
        """
        if not self._waiting:
            return
        name = f"{self.writer}-{self._segments:05d}.parquet"
        kept = f"the runs written before are kept ({self.kept} by this process)"
        with self.store.writing(self.store.folder, kept=kept):
            write_segment(self.store, name, self._waiting)
        self.kept += len(self._waiting)
        self._segments += 1
        self._waiting = []


def write_segment(store: Store, name: str, runs: list[FinishedRun]) -> None:
    """Write at least one run as a segment, as :func:`write_parts` does."""
    write_parts(store, name, {"days": _days(runs), "journal": _journal(runs), "runs": _runs(runs)})


def write_parts(store: Store, name: str, tables: Mapping[str, pa.Table]) -> None:
    """Write the three files of a segment; the rename in ``runs/`` makes it count.

    Parameters
    ----------
    store, name
        Where to, and the file name of the segment.
    tables : mapping of str to pyarrow.Table
        ``days``, ``journal`` and ``runs``.

    Raises
    ------
    OSError
        If the disk refuses; no part is left.
    """
    places = {part: store.folder / part / name for part in ("runs", "journal", "days")}
    try:
        marks = {
            mark: (write_table(places[part], tables[part]) + PROMISE).encode()
            for part, mark in MARKS.items()
        }
        write_table(places["runs"], tables["runs"].replace_schema_metadata(marks | {WHOLE: BLANK}))
    except BaseException:
        for place in places.values():  # what makes it count goes first
            place.unlink(missing_ok=True)
        raise


def write_table(path: Path, table: pa.Table) -> str:
    """Write a Parquet file under a temporary name, rename it, and return its mark.

    See :func:`plaza_lab.scenarios.store.checksums.mark_of`.
    """
    import pyarrow.parquet as pq

    partial = path.with_name(f".{path.name}.partial")
    coded = [name for name in CODED if name in table.column_names]
    try:
        pq.write_table(
            table, partial, compression="zstd", use_dictionary=coded, write_statistics=coded,
            write_page_checksum=True,
        )  # fmt: skip
        if WHOLE in (table.schema.metadata or {}):
            fill_in(partial)
        mark = mark_of(partial)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return mark


def _runs(runs: list[FinishedRun]) -> pa.Table:
    import pyarrow as pa

    rows: list[Mapping[str, Any]] = [
        {
            "run_id": run.key,
            "point_id": run.point,
            "seed": run.result.seed,
            "weeks": run.weeks,
            "code": run.code,
            **run.result.outcomes,
        }
        for run in runs
    ]
    return pa.Table.from_pylist(rows)


def _days(runs: list[FinishedRun]) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    lengths = [len(run.result.days) for run in runs]
    columns: dict[str, Any] = {
        "run_id": _keys(runs, lengths),
        "day": np.concatenate([np.arange(n, dtype=np.int32) for n in lengths]),
    }
    values = np.ascontiguousarray(np.concatenate([run.result.days for run in runs]).T)
    columns |= zip(runs[0].result.metric_names, values, strict=True)
    return pa.table(columns)


def _journal(runs: list[FinishedRun]) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    from plaza_lab.sim.state.fund import ACCOUNTS, PURPOSES

    words = {"purpose": PURPOSES, "payer": ACCOUNTS, "payee": ACCOUNTS}
    entries = np.concatenate([np.asarray(run.result.journal) for run in runs])
    columns: dict[str, Any] = {"run_id": _keys(runs, [len(run.result.journal) for run in runs])}
    for name in entries.dtype.names or ():
        values = np.ascontiguousarray(entries[name])
        if name in words:
            columns[name] = pa.DictionaryArray.from_arrays(values, list(words[name]))
        else:
            columns[name] = values
    return pa.table(columns)


def _keys(runs: list[FinishedRun], lengths: list[int]) -> Any:
    import numpy as np
    import pyarrow as pa

    codes = np.repeat(np.arange(len(runs), dtype=np.int32), lengths)
    return pa.DictionaryArray.from_arrays(codes, [run.key for run in runs])
