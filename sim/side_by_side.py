"""Lives side by side: threads, as compiled code runs outside the interpreter lock."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from plaza_lab.sim.checking import whole

MOST_WORKERS = 4096
"""Threads; a number beyond is a mistake of the hand."""
Left = TypeVar("Left")


def side_by_side(
    lives: Iterable[Callable[[], Left]], workers: int = 0
) -> Iterator[Left | Exception]:
    """Carry out lives side by side, a few ahead at a time.

    Parameters
    ----------
    lives : iterable of callable
        Taken in the calling thread as workers become free, so it may be endless.
    workers : int
        Threads; 0 takes every core.

    Yields
    ------
    object or Exception
        What each life left, in the order of `lives`; an exception is what that one raised, the
        others live on.
    """
    workers = whole("workers", workers, 0, MOST_WORKERS) or os.cpu_count() or 1
    if workers == 1:
        yield from map(_left_or_error, lives)
        return
    waiting: deque[Future[Left | Exception]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for life in lives:
                waiting.append(pool.submit(_left_or_error, life))
                if len(waiting) >= 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:  # an interruption stops soon
            for future in waiting:
                future.cancel()


def _left_or_error(life: Callable[[], Left]) -> Left | Exception:
    try:
        return life()
    except Exception as failed:
        return failed
