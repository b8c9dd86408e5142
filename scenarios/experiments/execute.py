"""The one runner: design points at seeds go in, finished runs come out side by side.

A comparison collects them in memory (:func:`live`), a study keeps them in a store
(:func:`run_and_keep`), a search asks for their outcomes (``evaluate.py``); who looks into
communities while they live is handed the seeds (:func:`observe`).
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeVar

from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.study import Study
from plaza_lab.scenarios.output.provenance import code_fingerprint
from plaza_lab.scenarios.store import SegmentWriter, Store, read_index
from plaza_lab.scenarios.store.claims import Claim
from plaza_lab.scenarios.store.segments import FinishedRun
from plaza_lab.scenarios.store.sharing import Taken

if TYPE_CHECKING:
    from plaza_lab.sim.engine import RunResult
    from plaza_lab.sim.setting import Setting

DAYS_PER_WEEK = 7
CLAIM_EVERY_S = 0.5
MOST_HELD = 512
"""Settings of design points that are held at once."""
Seen = TypeVar("Seen")


def prepare(progress: Progress, points: Sequence[DesignPoint] = ()) -> None:
    """Compile the model if it was never compiled here, or load it.

    Parameters
    ----------
    progress : Progress
        Told of every part that must be compiled.
    points : sequence of DesignPoint
        What is going to be run, where that is known: what it leaves off is not compiled.
    """
    make_ready(progress, [point.setting for point in points])


def make_ready(progress: Progress, settings: Iterable[Setting]) -> None:
    """Compile or load, as :func:`prepare`, what settings live by.

    Raises
    ------
    UserError
        If a mechanism of the user's own cannot be compiled.
    """
    from plaza_lab.sim.compile import CannotCompile, warm

    try:
        warm(progress.compiling, settings)
    except CannotCompile as wrong:
        raise UserError(str(wrong)) from wrong


@dataclass(frozen=True)
class Task:
    """A run to be made.

    Parameters
    ----------
    key, point_id : str
        Key it is kept under, and fingerprint of its configuration; empty where it is not kept.
    place, seed : int
        Position of its design point, for whoever asked, and its seed.
    """

    key: str
    place: int
    point_id: str
    seed: int


def lacking(store: Store, tasks: Iterable[Task]) -> list[Task]:
    """Return the runs that no segment of a store holds, each once."""
    index, found = read_index(store), dict[str, Task]()
    for task in tasks:
        if task.key not in index:
            found.setdefault(task.key, task)
    return list(found.values())


def _executed(
    tasks: Iterable[Task], point: Callable[[int], DesignPoint], weeks: int, workers: int
) -> Iterator[tuple[Task, RunResult | Exception]]:
    """Run tasks side by side; yield each and its result, or what it raised, in their order."""
    from plaza_lab.sim.engine import simulate_each

    in_flight: deque[Task] = deque()
    setting_of = lru_cache(MOST_HELD)(lambda place: point(place).setting)

    def handed_out() -> Iterator[tuple[Setting, int]]:
        for task in tasks:
            in_flight.append(task)
            yield setting_of(task.place), task.seed

    for result in simulate_each(handed_out(), weeks * DAYS_PER_WEEK, workers):
        yield in_flight.popleft(), result


def finished(
    points: Sequence[DesignPoint],
    asked: Iterable[tuple[int, int]],
    weeks: int,
    workers: int,
    failures: list[str],
    progress: Progress | None = None,
) -> Iterator[tuple[int, int, RunResult | None]]:
    """Run design points at seeds, side by side, and keep nothing.

    Parameters
    ----------
    points : sequence of DesignPoint
        What to run.
    asked : iterable of tuple of int
        Positions in `points` and seeds, taken as workers become free; those of one point best in
        a row.
    weeks, workers : int
        Weeks each run lives through; runs side by side, 0 takes every core.
    failures : list of str
        Takes a line for each run that could not be finished.
    progress : Progress, optional
        Says the first of them.

    Yields
    ------
    tuple
        Position, seed, and the run, None where it failed, in the order of `asked`.
    """
    tasks = (Task("", place, "", seed) for place, seed in asked)
    for task, result in _executed(tasks, points.__getitem__, weeks, workers):
        if isinstance(result, Exception):
            who = f"{points[task.place].policy}, seed {task.seed}"
            _note_failure(failures, who, result, progress)
            yield task.place, task.seed, None
        else:
            yield task.place, task.seed, result


def live(
    study: Study,
    points: Sequence[DesignPoint],
    workers: int,
    progress: Progress,
    on_run: Callable[[DesignPoint, RunResult], None] | None = None,
) -> None:
    """Run every seed of the study at the given points and collect what is finished.

    Seeds are taken in small groups and every point runs a group before the next one begins, so
    that pairs are complete as early as possible. Ctrl-C and failing runs are noted in the study;
    neither loses a finished run.

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
    prepare(progress, points)
    began = time.monotonic()
    collected = [study.add(point) for point in points]
    size = 2 * (workers or os.cpu_count() or 1)
    asked = (
        (place, seed)
        for start in range(0, len(study.seeds), size)
        for place in range(len(points))
        for seed in study.seeds[start : start + size]
    )
    runs = finished(points, asked, study.weeks, workers, study.failures, progress)
    try:
        for place, seed, run in runs:
            if run is not None:
                collected[place][seed] = run
                progress.advance()
                if on_run is not None:
                    on_run(points[place], run)
    except KeyboardInterrupt:
        study.is_interrupted = True
    study.wall_s += time.monotonic() - began


def observe(
    see: Callable[[int], Seen],
    seeds: Sequence[int],
    settings: Iterable[Setting],
    failures: list[str],
    *,
    workers: int = 0,
    progress: Progress,
) -> list[Seen]:
    """Hand every seed to a function that lives communities and looks at them meanwhile.

    Parameters
    ----------
    see : callable
        Lives what it wants to see under a seed, and returns what was seen; called in threads.
    seeds : sequence of int
        Seeds.
    settings : iterable of Setting
        What is going to be lived: made ready before.
    failures : list of str
        Takes a line for each seed that could not be seen; the others are seen all the same.
    workers : int
        Seeds side by side; 0 takes every core.
    progress : Progress
        Told of every seed that was seen.

    Returns
    -------
    list
        In the order of the seeds, the same for any number of workers.

    Raises
    ------
    UserError
        What `see` says of the question itself, or if no seed could be seen.
    """
    from plaza_lab.sim.side_by_side import side_by_side

    make_ready(progress, settings)
    found = []
    each = side_by_side((partial(see, seed) for seed in seeds), workers)
    for seed, seen in zip(seeds, each, strict=True):
        if isinstance(seen, UserError):
            raise seen
        if isinstance(seen, Exception):
            _note_failure(failures, f"seed {seed}", seen, progress)
            continue
        found.append(seen)
        progress.advance()
    if not found:
        raise UserError("no run could be finished: " + "; ".join(failures[:1]))
    return found


def _note_failure(
    failures: list[str], who: str, failed: Exception, progress: Progress | None
) -> None:
    """Note in a line what could not be finished, and say the first one at once."""
    if os.environ.get("PLAZA_DEBUG") == "1":
        raise failed
    reason = " ".join(f"{type(failed).__name__}: {failed}".split())
    failures.append(f"{who}: {reason}")
    if len(failures) == 1 and progress is not None:
        progress.say(f"plaza: {failures[0]}")


def run_and_keep(
    store: Store,
    study: str,
    tasks: Iterable[Task],
    point: Callable[[int], DesignPoint],
    *,
    weeks: int,
    workers: int = 0,
    taken: Taken | None = None,
    on_result: Callable[[Task, RunResult | Exception], None],
    on_kept: Callable[[int], None] = lambda kept: None,
) -> int:
    """Run tasks side by side and keep what is finished; return how many runs were kept.

    Whatever ends it, an error or Ctrl-C among them, the runs finished before are written.

    Parameters
    ----------
    store, study
        Where runs are kept, and the name under which runs in flight are claimed.
    tasks : iterable of Task
        Taken as workers become free; those of one place best in a row.
    point : callable
        Place of a task to its design point.
    weeks, workers : int
        Weeks each run lives through; runs side by side, 0 takes every core.
    taken : Taken, optional
        Runs that `tasks` took while it was gone through; given back once they are written.
    on_result : callable
        Called with each task and its result, or what it raised, in the order of `tasks`.
    on_kept : callable
        Called with the number of runs kept so far, whenever some were written.

    Raises
    ------
    UserError
        If the disk refuses.
    """
    in_hand: dict[str, None] = {}
    with Claim(store, study) as claim:
        taken = Taken(store) if taken is None else taken
        taken.begin(claim.writer)
        writer = SegmentWriter(store, claim.writer)

        def claimed() -> Iterator[Task]:
            for task in tasks:
                in_hand[task.key] = None
                claim.tell(tuple(in_hand), at_most_every_s=CLAIM_EVERY_S)
                yield task

        unwritten: list[str] = []
        try:
            for task, result in _executed(claimed(), point, weeks, workers):
                on_result(task, result)
                if isinstance(result, Exception):
                    del in_hand[task.key]
                    continue
                unwritten.append(task.key)
                run = FinishedRun(task.key, task.point_id, weeks, code_fingerprint(), result)
                if writer.add(run):
                    taken.release(unwritten)
                    for key in unwritten:
                        del in_hand[key]
                    unwritten.clear()
                    on_kept(writer.kept)
        finally:
            try:
                writer.flush()
            finally:
                taken.release()
            on_kept(writer.kept)
    return writer.kept
