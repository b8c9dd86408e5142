"""Running and keeping: runs side by side, each written to the store soon after it is finished."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.output.fingerprint import code_fingerprint
from plaza_lab.scenarios.store import SegmentWriter, Store
from plaza_lab.scenarios.store.claims import Claim
from plaza_lab.scenarios.store.segments import FinishedRun
from plaza_lab.scenarios.store.taking import Taken

if TYPE_CHECKING:
    from plaza_lab.sim.engine import RunResult
    from plaza_lab.sim.setting import Setting

DAYS_PER_WEEK = 7
CLAIM_EVERY_S = 0.5


@dataclass(frozen=True)
class Task:
    """A run to be made.

    Parameters
    ----------
    key : str
        Key it is kept under.
    place : int
        Position of its design point, for whoever asked.
    point_id : str
        Fingerprint of its configuration.
    seed : int
        Its seed.
    """

    key: str
    place: int
    point_id: str
    seed: int


class Settings:
    """Settings of design points, made when first asked for; a few hundred are held.

    Parameters
    ----------
    point : callable
        Position to design point.
    most : int
        Settings held at once.
    """

    def __init__(self, point: Callable[[int], DesignPoint], most: int = 512) -> None:
        self.point, self.most = point, most
        self._held: dict[int, Setting] = {}

    def __getitem__(self, place: int) -> Setting:
        if place not in self._held:
            if len(self._held) >= self.most:
                self._held.clear()
            self._held[place] = self.point(place).setting
        return self._held[place]


def run_and_keep(
    store: Store,
    study: str,
    tasks: Iterable[Task],
    settings: Settings,
    *,
    weeks: int,
    workers: int = 0,
    taken: Taken | None = None,
    on_result: Callable[[Task, RunResult | Exception], None],
    on_kept: Callable[[int], None] = lambda kept: None,
) -> int:
    """Run tasks side by side and keep what is finished.

    Whatever ends it, an error or Ctrl-C among them, the runs finished before are written.

    Parameters
    ----------
    store : Store
        Where runs are kept.
    study : str
        Name under which runs in flight are claimed.
    tasks : iterable of Task
        Taken as workers become free.
    settings : Settings
        Settings by the place of a task.
    weeks : int
        Weeks each run lives through.
    workers : int
        Runs side by side; 0 takes every core.
    taken : Taken, optional
        Runs that `tasks` took while it was gone through; given back once they are written.
    on_result : callable
        Called with each task and its result, or what it raised, in the order of `tasks`.
    on_kept : callable
        Called with the number of runs kept so far, whenever some were written.

    Returns
    -------
    int
        Runs kept.

    Raises
    ------
    UserError
        If the disk refuses.
    """
    from plaza_lab.sim.engine import simulate_each

    in_flight: deque[Task] = deque()
    unwritten: list[str] = []
    with Claim(store, study) as claim:
        taken = Taken(store) if taken is None else taken
        taken.begin(claim.writer)
        writer = SegmentWriter(store, claim.writer)

        def handed_out() -> Iterator[tuple[Setting, int]]:
            for task in tasks:
                in_flight.append(task)
                in_hand = (*unwritten, *(one.key for one in in_flight))
                claim.tell(in_hand, at_most_every_s=CLAIM_EVERY_S)
                yield settings[task.place], task.seed

        try:
            for result in simulate_each(handed_out(), weeks * DAYS_PER_WEEK, workers):
                task = in_flight.popleft()
                on_result(task, result)
                if not isinstance(result, Exception):
                    run = FinishedRun(task.key, task.point_id, weeks, code_fingerprint(), result)
                    unwritten.append(task.key)
                    if writer.add(run):
                        taken.release(unwritten)
                        unwritten.clear()
                        on_kept(writer.kept)
        finally:
            try:
                writer.flush()
            finally:
                taken.release()
            on_kept(writer.kept)
    return writer.kept
