"""Elsewhere: what other processes have made or have in hand, so that two share a study's runs."""

from __future__ import annotations

import math
import os
import random
import socket
import time
from collections.abc import Sequence
from typing import TypeVar

from plaza_lab.scenarios.store.claims import living_claims
from plaza_lab.scenarios.store.index import Index, read_index
from plaza_lab.scenarios.store.layout import Store

LOOK_EVERY_S = 0.5
CLOCK_S = 0.05
"""Two changes of a folder that lie nearer than this may bear the same time."""
HERE = (socket.gethostname(), os.getpid())
Task = TypeVar("Task")


class Elsewhere:
    """Runs of a store that others finished, or have announced, as last looked up.

    Parameters
    ----------
    store : Store
        A store others may write to.
    study : str
        Name of the study that is shared.
    """

    def __init__(self, store: Store, study: str) -> None:
        self.store, self.study = store, study
        self._index = Index()
        self._in_hand: set[str] = set()
        self._looked = -math.inf
        self._seen = self._seen_at = -1

    def has_made(self, key: str) -> bool:
        """Whether a run lies in the store by now."""
        self._look()
        return key in self._index

    def has_made_by_now(self, key: str) -> bool:
        """Whether a run lies in the store, looked up anew if anything was written meanwhile.

        To be asked once a run is taken: who had it before has written it before giving it back.
        """
        stamp = self._stamp()
        if stamp != self._seen or stamp > self._seen_at - 1e9 * CLOCK_S:
            self._looked = -math.inf
        return self.has_made(key)

    def has_in_hand(self, key: str) -> bool:
        """Whether some process has said that it has begun a run, and not yet written it."""
        self._look()
        return key in self._in_hand

    def order(self, tasks: Sequence[Task]) -> list[Task]:
        """Order in which this process goes through the runs, so that processes seldom meet.

        Parameters
        ----------
        tasks : sequence
            Runs to be made.

        Returns
        -------
        list
            As they are for the process that began first, backwards for the second, which meets
            the first once; shuffled for any other.
        """
        began_before = self._began_before()
        if began_before == 0:
            return list(tasks)
        if began_before == 1:
            return list(reversed(tasks))
        return random.Random(began_before).sample(tasks, len(tasks))

    def _began_before(self) -> int:
        """Count the processes that work for the study since before this one."""
        claims = living_claims(self.store)
        began = {
            (claim.get("since", 0.0), writer): (claim["host"], claim["pid"]) == HERE
            for writer, claim in claims.items()
            if claim["study"] == self.study
        }
        own = min((when for when, is_own in began.items() if is_own), default=(math.inf, ""))
        return sum(when < own for when, is_own in began.items() if not is_own)

    def _stamp(self) -> int:
        """When a segment was last written, by the clock of the file system."""
        return self.store.runs.stat().st_mtime_ns

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < LOOK_EVERY_S:
            return
        self._looked = now
        self._in_hand = {
            key
            for claim in living_claims(self.store).values()
            if claim["study"] == self.study
            for key in claim["in_flight"]
        }
        self._seen, self._seen_at = self._stamp(), time.time_ns()
        # after the claims: what was finished in between is then in the store
        self._index = read_index(self.store, known=self._index)
