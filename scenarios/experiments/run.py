"""Running design points: seed by seed, so that pairs are complete as early as possible."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.study import Study

if TYPE_CHECKING:
    from plaza_lab.sim.engine import RunResult

DAYS_PER_WEEK = 7


def prepare(progress: Progress, points: Sequence[DesignPoint] = ()) -> None:
    """Compile the model if it was never compiled here, or load it.

    Parameters
    ----------
    progress : Progress
        Told of every part that must be compiled.
    points : sequence of DesignPoint
        What is going to be run, where that is known: what it leaves off is not compiled.
    """
    from plaza_lab.sim.compile import warm

    warm(progress.compiling, [point.setting for point in points])


def live(
    study: Study,
    points: Sequence[DesignPoint],
    workers: int,
    progress: Progress,
    on_run: Callable[[DesignPoint, RunResult], None] | None = None,
) -> None:
    """Run every seed of the study at the given points and collect what is finished.

    Seeds are taken in small groups and every point runs a group before the next one begins.
    Ctrl-C and failing runs are noted in the study; neither loses a finished run.

    Parameters
    ----------
    study : Study
        Collects points, results and failures.
    points : sequence of DesignPoint
        What to run.
    workers : int
        Runs side by side; 0 takes every core.
    progress : Progress
        Told of every finished run.
    on_run : callable, optional
        Called with each finished run.
    """
    began = time.monotonic()
    collected = [study.add(point) for point in points]
    try:
        for seeds in _groups(study.seeds, 2 * (workers or os.cpu_count() or 1)):
            for point, runs in zip(points, collected, strict=True):
                _live_group(study, point, runs, seeds, workers, progress, on_run)
    except KeyboardInterrupt:
        study.is_interrupted = True
    study.wall_s += time.monotonic() - began


def _live_group(
    study: Study,
    point: DesignPoint,
    runs: dict[int, RunResult],
    seeds: Sequence[int],
    workers: int,
    progress: Progress,
    on_run: Callable[[DesignPoint, RunResult], None] | None,
) -> None:
    from plaza_lab.sim.engine import simulate

    def collect(result: RunResult) -> None:
        runs[result.seed] = result
        progress.advance()
        if on_run is not None:
            on_run(point, result)

    waiting = list(seeds)
    while waiting:
        try:
            simulate(point.setting, waiting, study.weeks * DAYS_PER_WEEK, workers, collect)
            return
        except Exception as failed:
            if os.environ.get("PLAZA_DEBUG") == "1":
                raise
            waiting = [seed for seed in waiting if seed not in runs]
            reason = " ".join(f"{type(failed).__name__}: {failed}".split())
            study.failures.append(f"{point.policy}, seed {waiting.pop(0)}: {reason}")
            if len(study.failures) == 1:
                progress.say(f"plaza: {study.failures[0]}")


def _groups(seeds: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(seeds), size):
        yield seeds[start : start + size]
