"""Finished runs read back out of a store, as the engine left them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from plaza_lab.scenarios.store.index import find_corruption, read_index, read_runs, refuse_damage
from plaza_lab.scenarios.store.layout import Store

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from plaza_lab.sim.engine import RunResult

LABELS = ("run_id", "point_id", "seed", "weeks", "code")


def results_of(store: Store, keys: Sequence[str]) -> Iterator[tuple[str, RunResult]]:
    """Read runs, to the byte what was written.

    Parameters
    ----------
    store : Store
        A store.
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
                if name not in LABELS and value is not None
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
