"""Runs for the page: what each leaves is small, and what is run already is not run again."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.sim.changes import policy_on
from plaza_lab.sim.engine import Levers, levers_of, live_on, open_tables
from plaza_lab.sim.recording.metrics import NAMES
from plaza_lab.sim.recording.outcomes import outcomes_of
from plaza_lab.sim.setting import Setting, to_record
from plaza_lab.sim.tables import NAMES as TABLES
from plaza_lab.sim.tables import Tables

PATHS = ("members", "retained", "active_share", "fund_balance_yuan", "spent_yuan")
"""Daily series the page draws."""
POOLS = ("entry_pool_yuan", "dues_pool_yuan", "brand_pool_yuan")
MOST_KEPT = 20_000


@dataclass(frozen=True)
class Course:
    """How a run goes: under one policy, or from a day on under another.

    Parameters
    ----------
    setting : Setting
        What it begins with; one object for all runs that share it.
    later : Setting or None
        What it lives by from `day` on.
    day : int
        First day under `later`.
    """

    setting: Setting
    later: Setting | None = None
    day: int = 0

    @cached_property
    def key(self) -> str:
        """What tells it from other courses."""
        return hashlib.sha256(repr((self.setting, self.later, self.day)).encode()).hexdigest()

    @cached_property
    def levers(self) -> Levers:
        """Policy and world as compiled code reads them."""
        return levers_of(self.setting)


@dataclass(frozen=True)
class Lived:
    """What a run leaves on the page.

    Parameters
    ----------
    seed : int
        Its seed.
    outcomes : dict of str to float
        Outcome to value.
    paths : numpy.ndarray
        Shape ``(days, len(PATHS))``, float32.
    """

    seed: int
    outcomes: dict[str, float]
    paths: np.ndarray


def check_fork(course: Course, days: int) -> None:
    """Refuse a change on a date for which the community was not laid out.

    Parameters
    ----------
    course : Course
        With a later setting.
    days : int
        Days it lives.

    Raises
    ------
    UserError
        If the later policy needs tables of another size, as other numbers of groups do.
    """
    if course.later is None:
        return
    before, after = (open_tables(one, 1, days) for one in (course.setting, course.later))
    for name in TABLES:
        old, new = getattr(before, name), getattr(after, name)
        if name not in ("policy", "params") and np.shape(old) != np.shape(new):
            raise UserError(
                f"this change lays the community out anew ({name.replace('_', ' ')}), which "
                "cannot happen on a date; compare the policies from day 1"
            )


def looked_at(course: Course, seed: int, days: int, looks: Iterable[int]) -> Iterator[Tables]:
    """Live one run and stop to look.

    Parameters
    ----------
    course : Course
        How it goes.
    seed, days : int
        The run.
    looks : iterable of int
        Days lived at each look, ascending, at most `days`.

    Yields
    ------
    Tables
        The community at each look; written over until the next.
    """
    tables, day = open_tables(course.setting, seed, days, levers=course.levers), 0
    setting = course.setting
    for look in looks:
        if course.later is not None and setting is not course.later and look > course.day:
            tables = live_on(setting, tables, day, course.day)
            policy = policy_on(course.later, tables.daily, course.day - 1)
            tables = dataclasses.replace(tables, policy=to_record(policy))
            setting, day = course.later, course.day
        tables = live_on(setting, tables, day, look)
        day = look
        yield tables


def live(course: Course, seed: int, days: int) -> Lived:
    """Live one run.

    Parameters
    ----------
    course : Course
        How it goes.
    seed, days : int
        The run.
    """
    (tables,) = looked_at(course, seed, days, [days])
    daily = tables.daily[:days]
    columns = [daily[:, NAMES.index(name)] for name in PATHS[:3]]
    columns.append(daily[:, [NAMES.index(name) for name in POOLS]].sum(axis=1))
    columns.append(np.cumsum(daily[:, NAMES.index("fund_out_yuan")]))
    paths = np.column_stack(columns).astype(np.float32)
    return Lived(int(seed), outcomes_of(tables, days), paths)


class Runner:
    """Threads that stay, and the runs they made; one for the whole page.

    Parameters
    ----------
    workers : int
        Runs side by side; 0 takes every core.
    """

    def __init__(self, workers: int = 0) -> None:
        self.workers = workers or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self.workers, thread_name_prefix="plaza-run")
        self._kept: OrderedDict[tuple[str, int, int], Lived] = OrderedDict()
        self._lock = threading.Lock()

    def each(self, tasks: Iterable[tuple[Course, int]], days: int) -> Generator[Lived]:
        """Live runs side by side, a few ahead at a time; leaving the loop calls the others off.

        Parameters
        ----------
        tasks : iterable of tuple of (Course, int)
            Courses and seeds; may be endless.
        days : int
            Days each lives.

        Yields
        ------
        Lived
            In the order of `tasks`.
        """
        waiting: deque[Future[Lived]] = deque()
        try:
            for course, seed in tasks:
                waiting.append(self._begin(course, seed, days))
                if len(waiting) >= 2 * self.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def pairs(
        self, courses: Sequence[Course], days: int, most: int, is_wanted: Callable[[], bool]
    ) -> Iterator[list[Lived]]:
        """Live all courses under one seed after the other.

        Parameters
        ----------
        courses : sequence of Course
            Policies.
        days, most : int
            Days each lives, and the last seed.
        is_wanted : callable
            Asked after every run; when it says no, the others are called off.

        Yields
        ------
        list of Lived
            One for each course.
        """
        tasks = ((course, seed) for seed in range(1, most + 1) for course in courses)
        together: list[Lived] = []
        with contextlib.closing(self.each(tasks, days)) as runs:
            for lived in runs:
                if not is_wanted():
                    return
                together.append(lived)
                if len(together) == len(courses):
                    yield together
                    together = []

    def _begin(self, course: Course, seed: int, days: int) -> Future[Lived]:
        with self._lock:
            known = self._kept.get((course.key, seed, days))
        if known is not None:
            done: Future[Lived] = Future()
            done.set_result(known)
            return done
        return self._pool.submit(self._live, course, seed, days)

    def _live(self, course: Course, seed: int, days: int) -> Lived:
        lived = live(course, seed, days)
        with self._lock:
            self._kept[course.key, seed, days] = lived
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return lived

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False, cancel_futures=True)
