"""Outcomes of design points on request: what searches and calibrations ask again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from scenarios.experiments.design import DesignPoint
from scenarios.experiments.keeping import DAYS_PER_WEEK, Settings, Task, run_and_keep
from scenarios.store import Store, read_index
from scenarios.store.keys import run_key

if TYPE_CHECKING:
    import pandas as pd

    from sim.engine import RunResult


class Evaluate(Protocol):
    """Run design points at seeds and return their outcomes."""

    def __call__(self, points: Sequence[DesignPoint], seeds: Sequence[int]) -> pd.DataFrame:
        """Return one row per point and seed that could be run.

        Parameters
        ----------
        points : sequence of DesignPoint
            What to run.
        seeds : sequence of int
            Seeds of every point.

        Returns
        -------
        pandas.DataFrame
            ``point`` (position in `points`), ``seed``, and every outcome of a run; ordered by
            point and seed. A run that failed has no row.
        """


def in_memory(weeks: int, workers: int = 0) -> Evaluate:
    """Evaluate in this process and keep nothing.

    Parameters
    ----------
    weeks : int
        Weeks each run lives through.
    workers : int
        Runs side by side; 0 takes every core.

    Returns
    -------
    Evaluate
        A function of points and seeds.
    """

    def evaluate(points: Sequence[DesignPoint], seeds: Sequence[int]) -> pd.DataFrame:
        import pandas as pd

        from sim.engine import simulate_each

        settings = [point.setting for point in points]
        asked = [(place, seed) for place in range(len(points)) for seed in seeds]
        runs = simulate_each(
            ((settings[place], seed) for place, seed in asked), weeks * DAYS_PER_WEEK, workers
        )
        rows: list[dict[str, Any]] = []
        for (place, seed), result in zip(asked, runs, strict=True):
            if not isinstance(result, Exception):
                rows.append({"point": place, "seed": seed} | result.outcomes)
        return pd.DataFrame(rows)

    return evaluate


class StoreEvaluate:
    """Evaluate in this process and keep every run in a store; finished runs are not run again.

    A search or calibration that draws the same points from the same seed therefore resumes by
    being started again.

    Parameters
    ----------
    store : Store
        Where runs are kept.
    study : str
        Name under which runs in flight are claimed.
    weeks : int
        Weeks each run lives through.
    workers : int
        Runs side by side; 0 takes every core.
    on_run : callable, optional
        Called with no argument after each finished run, for progress.
    """

    def __init__(
        self,
        store: Store,
        study: str,
        weeks: int,
        workers: int = 0,
        on_run: Callable[[], None] | None = None,
    ) -> None:
        self.store, self.study, self.weeks, self.workers = store, study, weeks, workers
        self.on_run = on_run
        self.index = read_index(store)
        self.n_run = 0
        self._known: dict[str, dict[str, float]] = {}
        self._read: set[str] = set()

    def __call__(self, points: Sequence[DesignPoint], seeds: Sequence[int]) -> pd.DataFrame:
        """Return outcomes as :class:`Evaluate` says."""
        import pandas as pd

        fingerprints = [point.fingerprint for point in points]
        asked = [(place, seed) for place in range(len(points)) for seed in seeds]
        keys = [run_key(fingerprints[place], self.weeks, seed) for place, seed in asked]
        self._read_known(keys)
        lacking = {
            key: Task(key, place, fingerprints[place], seed)
            for key, (place, seed) in zip(keys, asked, strict=True)
            if key not in self._known
        }
        if lacking:
            self._run(points, list(lacking.values()))
        return pd.DataFrame(
            [
                {"point": place, "seed": seed} | self._known[key]
                for key, (place, seed) in zip(keys, asked, strict=True)
                if key in self._known
            ]
        )

    def _read_known(self, keys: Sequence[str]) -> None:
        """Take outcomes from the segments that hold any of these runs."""
        import pyarrow.parquet as pq

        for name in self.index.segments(key for key in keys if key not in self._known):
            if name in self._read:
                continue
            self._read.add(name)
            for row in pq.read_table(self.store.runs / name).to_pylist():
                key = row.pop("run_id")
                outcomes = {k: v for k, v in row.items() if k not in ("point_id", "seed", "weeks")}
                outcomes.pop("code")
                self._known[key] = outcomes

    def _run(self, points: Sequence[DesignPoint], tasks: Sequence[Task]) -> None:
        def collect(task: Task, result: RunResult | Exception) -> None:
            if not isinstance(result, Exception):
                self._known[task.key] = result.outcomes
                self.n_run += 1
            if self.on_run is not None:
                self.on_run()

        run_and_keep(
            self.store, self.study, tasks, Settings(points.__getitem__),
            weeks=self.weeks, workers=self.workers, on_result=collect,
        )  # fmt: skip
