"""A study: design points, seeds, and every run that was finished, as three tidy tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.output.output_folder import write_tables
from plaza_lab.scenarios.store.layout import run_key

if TYPE_CHECKING:
    import pandas as pd

    from plaza_lab.sim.engine import RunResult

POOLS = ("entry_pool_yuan", "dues_pool_yuan", "brand_pool_yuan")


@dataclass(eq=False, repr=False)
class Study:
    """What was asked, and what has come of it so far: runs in memory.

    A study that is kept reads them from its store (``stored_study.py``); the tables are the same.

    Parameters
    ----------
    verb : str
        Command that asked.
    seeds : list of int
        Seeds of every design point.
    weeks : int
        Weeks each run lives through.
    points : list of DesignPoint
        The baseline first.
    results : list of dict of int to RunResult
        For each point, the finished runs by seed.
    failures : list of str
        One line for each run or point that could not be run.
    is_interrupted : bool
        Whether Ctrl-C came before the end.
    """

    verb: str
    seeds: list[int]
    weeks: int
    points: list[DesignPoint] = field(default_factory=list)
    results: list[dict[int, RunResult]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    is_interrupted: bool = False
    started: datetime = field(default_factory=datetime.now)
    wall_s: float = 0.0

    def add(self, point: DesignPoint) -> dict[int, RunResult]:
        """Add a design point and return where its runs are collected."""
        self.points.append(point)
        self.results.append({})
        return self.results[-1]

    @property
    def n_finished(self) -> int:
        """Finished runs over all points."""
        return sum(map(len, self.results))

    @property
    def policies(self) -> list[str]:
        """Names of the policies, the baseline first."""
        return [point.policy for point in self.points]

    @property
    def factors(self) -> list[str]:
        """What the design varies; empty unless it is a sweep."""
        return list(self.points[0].factors)

    @property
    def finished_seeds(self) -> list[int]:
        """Seeds of the finished runs."""
        return sorted({seed for runs in self.results for seed in runs})

    @property
    def has_money(self) -> bool:
        """Whether any money moved."""
        return any(len(result.journal) for *_, result in self._rows())

    def keep_complete_pairs(self) -> list[int]:
        """Drop the runs of seeds that some point has not finished; return the seeds kept."""
        complete = [seed for seed in self.seeds if all(seed in runs for runs in self.results)]
        self.results = [{seed: runs[seed] for seed in complete} for runs in self.results]
        return complete

    def _rows(self) -> Iterator[tuple[DesignPoint, int, str, RunResult]]:
        """Yield point, seed, run id and result of every finished run, in order of points."""
        for point, runs in zip(self.points, self.results, strict=True):
            for seed in sorted(runs):
                yield point, seed, run_id(point, seed, self.weeks), runs[seed]

    def runs_table(self) -> pd.DataFrame:
        """One row per run: ``run_id, policy, world, population, seed``, factors, outcomes."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for point, seed, name, result in self._rows():
            head: dict[str, Any] = {"run_id": name, "policy": point.policy, "world": point.world}
            head |= {"population": point.population, "seed": seed}
            rows.append(head | point.factors | result.outcomes)
        return pd.DataFrame(rows)

    def days_table(self) -> pd.DataFrame:
        """One row per run and day: ``run_id, policy, seed, day`` (from 0) and the daily metrics."""
        import numpy as np
        import pandas as pd

        rows = list(self._rows())
        lengths = [len(result.days) for *_, result in rows]
        table = _labels(rows, lengths)
        table["day"] = np.concatenate([np.arange(n, dtype=np.int32) for n in lengths])
        values = np.concatenate([result.days for *_, result in rows])
        columns = list(rows[0][3].metric_names)
        return with_balance(pd.concat([table, pd.DataFrame(values, columns=columns)], axis=1))

    def journal_table(self) -> pd.DataFrame:
        """One row per transfer: ``run_id, policy, seed, day, purpose, payer, payee``, amounts."""
        import numpy as np
        import pandas as pd

        from plaza_lab.sim.state.fund import ACCOUNTS, PURPOSES

        rows = list(self._rows())
        table = _labels(rows, [len(result.journal) for *_, result in rows])
        entries = np.concatenate([np.asarray(result.journal) for *_, result in rows])
        for name in entries.dtype.names or ():
            names = {"purpose": PURPOSES, "payer": ACCOUNTS, "payee": ACCOUNTS}.get(name)
            values = entries[name]
            table[name] = (
                values if names is None else pd.Categorical.from_codes(values, pd.Index(names))
            )
        return table

    def shown_days(self) -> pd.DataFrame:
        """What pictures show of the days: all of them."""
        return self.days_table()

    def flows(self) -> pd.DataFrame:
        """What pictures show of the journal: all of it."""
        return self.journal_table()

    def run_sums(self, metric: str) -> pd.Series | None:
        """Sum a daily metric over each run, by ``run_id``; None where there is no such metric."""
        import pandas as pd

        found = {
            name: float(result.days[:, list(result.metric_names).index(metric)].sum())
            for *_, name, result in self._rows()
            if metric in result.metric_names
        }
        return pd.Series(found) if found else None

    def write_tables(self, folder: Path) -> None:
        """Write ``runs.parquet``, ``days.parquet`` and ``journal.parquet`` into a folder."""
        tables = {
            "runs": self.runs_table(), "days": self.days_table(), "journal": self.journal_table(),
        }  # fmt: skip
        write_tables(folder, tables)


def run_id(point: DesignPoint, seed: int, weeks: int) -> str:
    """Return the key of a run (:func:`plaza_lab.scenarios.store.layout.run_key`)."""
    return run_key(point.fingerprint, weeks, seed)


def _labels(rows: list[Any], lengths: list[int]) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    return pd.DataFrame(
        {
            "run_id": np.repeat([name for _, _, name, _ in rows], lengths),
            "policy": np.repeat([point.policy for point, *_ in rows], lengths),
            "seed": np.repeat([seed for _, seed, *_ in rows], lengths),
        }
    )


def with_balance(table: pd.DataFrame) -> pd.DataFrame:
    """Add what the pools hold together, where days have pools."""
    if set(POOLS) <= set(table.columns):
        table["fund_balance_yuan"] = table[list(POOLS)].sum(axis=1)
    return table
