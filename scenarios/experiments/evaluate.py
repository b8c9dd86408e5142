"""Outcomes of design points on request: what searches and calibrations ask again and again."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.execute import (
    DAYS_PER_WEEK,
    Task,
    finished,
    run_and_keep,
)
from plaza_lab.scenarios.store import Store, read_index
from plaza_lab.scenarios.store.index import find_corruption, read_runs
from plaza_lab.scenarios.store.layout import run_key

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from plaza_lab.sim.engine import RunResult

WEEKLY = re.compile(r"(\w+)@week(\d+)")


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


class Evaluator(ABC):
    """An :class:`Evaluate` made of runs in this process.

    Parameters
    ----------
    weeks : int
        Weeks each run lives through.
    workers : int
        Runs side by side; 0 takes every core.
    names : sequence of str
        Outcomes wanted; those of the form ``<metric>@week<k>`` become columns of their own.
    on_run : callable, optional
        Called with no argument after each run made, for progress.
    """

    def __init__(
        self,
        weeks: int,
        workers: int = 0,
        names: Sequence[str] = (),
        on_run: Callable[[], None] | None = None,
    ) -> None:
        self.weeks, self.workers = weeks, workers
        self.on_run = on_run or (lambda: None)
        self.weekly = [name for name in names if WEEKLY.fullmatch(name)]

    def __call__(self, points: Sequence[DesignPoint], seeds: Sequence[int]) -> pd.DataFrame:
        """Return outcomes as :class:`Evaluate` says."""
        places = [place for place in range(len(points)) for _ in seeds]
        return self._table(points, list(zip(places, list(seeds) * len(points), strict=True)))

    def each(self, points: Sequence[DesignPoint], seeds: Sequence[int]) -> pd.DataFrame:
        """Run every point at the seed of the same position; the table is as of a call."""
        return self._table(points, list(zip(range(len(points)), seeds, strict=True)))

    def _table(
        self, points: Sequence[DesignPoint], asked: Sequence[tuple[int, int]]
    ) -> pd.DataFrame:
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for (place, seed), outcomes in zip(asked, self._outcomes(points, asked), strict=True):
            if outcomes is not None:
                rows.append({"point": place, "seed": seed} | outcomes)
        return pd.DataFrame(rows)

    @abstractmethod
    def _outcomes(
        self, points: Sequence[DesignPoint], asked: Sequence[tuple[int, int]]
    ) -> Iterable[dict[str, float] | None]:
        """Outcomes of each place and seed, None where the run failed."""

    def _of_run(self, run: RunResult) -> dict[str, float]:
        return run.outcomes | week_means(run.days, run.metric_names, self.weekly)


class InMemory(Evaluator):
    """Evaluate and keep nothing.

    Parameters
    ----------
    weeks, workers, names, on_run
        As in :class:`Evaluator`; ``on_run`` is told of finished runs alone.
    take : callable, optional
        Takes what is wanted of a finished run; default: its outcomes, and those in `names`.
    failures : list of str, optional
        Takes a line for each run that could not be finished.
    """

    def __init__(
        self,
        weeks: int,
        workers: int = 0,
        names: Sequence[str] = (),
        on_run: Callable[[], None] | None = None,
        take: Callable[[RunResult], dict[str, float]] | None = None,
        failures: list[str] | None = None,
    ) -> None:
        super().__init__(weeks, workers, names, on_run)
        self.take, self.failures = take or self._of_run, [] if failures is None else failures

    def _outcomes(
        self, points: Sequence[DesignPoint], asked: Sequence[tuple[int, int]]
    ) -> Iterable[dict[str, float] | None]:
        for _, _, run in finished(points, asked, self.weeks, self.workers, self.failures):
            if run is not None:
                self.on_run()
            yield None if run is None else self.take(run)


class StoreEvaluate(Evaluator):
    """Evaluate and keep every run in a store; finished runs are not run again.

    A search or calibration that draws the same points from the same seed therefore resumes by
    being started again.

    Parameters
    ----------
    store : Store
        Where runs are kept.
    study : str
        Name under which runs in flight are claimed.
    weeks, workers, names, on_run
        As in :class:`Evaluator`.
    """

    def __init__(
        self,
        store: Store,
        study: str,
        weeks: int,
        workers: int = 0,
        names: Sequence[str] = (),
        on_run: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(weeks, workers, names, on_run)
        self.store, self.study = store, study
        self.index = read_index(store)
        self._known: dict[str, dict[str, float]] = {}
        self._read: set[str] = set()

    def _outcomes(
        self, points: Sequence[DesignPoint], asked: Sequence[tuple[int, int]]
    ) -> Iterable[dict[str, float] | None]:
        fingerprints = [point.fingerprint for point in points]
        keys = [run_key(fingerprints[place], self.weeks, seed) for place, seed in asked]
        self._read_known(keys)
        lacking = {
            key: Task(key, place, fingerprints[place], seed)
            for key, (place, seed) in zip(keys, asked, strict=True)
            if key not in self._known
        }
        if lacking:
            self._run(points, list(lacking.values()))
        return [self._known.get(key) for key in keys]

    def _read_known(self, keys: Sequence[str]) -> None:
        """Take outcomes from the segments that hold any of these runs."""
        for name in self.index.segments(key for key in keys if key not in self._known):
            if name in self._read:
                continue
            self._read.add(name)
            if self.weekly and find_corruption(self.store, [name]):
                continue  # its runs are made again
            weeks = self._weeks_in(name) if self.weekly else {}
            _, table = read_runs(self.store, name)
            for row in table.to_pylist():
                key = row.pop("run_id")
                for label in ("point_id", "seed", "weeks", "code"):
                    row.pop(label)
                self._known[key] = row | weeks.get(key, {})

    def _weeks_in(self, segment: str) -> dict[str, dict[str, float]]:
        """Week means of the runs of a segment that are as long as those asked for."""
        import pandas as pd

        metrics = sorted({name.partition("@")[0] for name in self.weekly})
        table = pd.read_parquet(self.store.days / segment, columns=["run_id", "day", *metrics])
        return {
            str(key): week_means(rows.sort_values("day")[metrics].to_numpy(), metrics, self.weekly)
            for key, rows in table.groupby("run_id", observed=True)
            if len(rows) == self.weeks * DAYS_PER_WEEK
        }

    def _run(self, points: Sequence[DesignPoint], tasks: Sequence[Task]) -> None:
        def collect(task: Task, result: RunResult | Exception) -> None:
            if not isinstance(result, Exception):
                self._known[task.key] = self._of_run(result)
            self.on_run()

        run_and_keep(
            self.store, self.study, tasks, points.__getitem__,
            weeks=self.weeks, workers=self.workers, on_result=collect,
        )  # fmt: skip


def week_means(days: np.ndarray, metrics: Sequence[str], names: Sequence[str]) -> dict[str, float]:
    """Sum up weeks of a run's daily metrics.

    Parameters
    ----------
    days : numpy.ndarray
        Shape ``(n_days, n_metrics)``.
    metrics : sequence of str
        Names of the columns.
    names : sequence of str
        Each ``<metric>@week<k>``, with k from 1; other names are passed over.

    Returns
    -------
    dict of str to float
        Mean of the metric over the seven days of the week.
    """
    means = {}
    for match in filter(None, map(WEEKLY.fullmatch, names)):
        column, last = list(metrics).index(match[1]), DAYS_PER_WEEK * int(match[2])
        means[match[0]] = float(days[last - DAYS_PER_WEEK : last, column].mean())
    return means
