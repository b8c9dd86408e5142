"""Several processes share the runs of a study: who has taken which, and what is made elsewhere.

A run is taken by a file that is made by ``O_EXCL``, which one process alone can do, on shared file
systems as well; it names the claim of its process. Who finds the file of a process that is gone
takes it over.
"""

from __future__ import annotations

import contextlib
import math
import os
import random
import socket
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from plaza_lab.scenarios.store.claims import LOST_S, age_of, is_alive, living_claims
from plaza_lab.scenarios.store.index import Index, read_index
from plaza_lab.scenarios.store.layout import Store

ENDING = ".run"
LOOK_EVERY_S, WAIT_S = 0.5, 0.2
CLOCK_S = 0.05
"""Two changes of a folder that lie nearer than this may bear the same time."""
HERE = (socket.gethostname(), os.getpid())


class Kept(Protocol):
    """A run to be made, as far as it matters here."""

    @property
    def key(self) -> str:
        """Key it is kept under."""


Run = TypeVar("Run", bound=Kept)


class Taken:
    """The runs that this process has taken.

    Parameters
    ----------
    store : Store
        Where they will be written.
    """

    def __init__(self, store: Store) -> None:
        self.store, self.owner = store, ""
        self._held: set[str] = set()

    def begin(self, owner: str) -> None:
        """Say in whose name runs are taken: that of a claim that is told already."""
        self.owner = owner

    def take(self, key: str) -> bool:
        """Take a run; False when a living process has it.

        Raises
        ------
        UserError
            If the disk refuses.
        """
        place = _file_of(self.store, key)
        with self.store.writing(place):
            if not self._make(place):
                if is_held(self.store, place, by=self.owner):
                    return False
                _put_away(place)
                if not self._make(place):
                    return False
        self._held.add(key)
        return True

    def release(self, keys: Iterable[str] | None = None) -> None:
        """Give runs back once they are written, or will not be; by default all that are held."""
        for key in list(self._held if keys is None else keys):
            if key in self._held:
                self._held.discard(key)
                with contextlib.suppress(OSError):
                    _file_of(self.store, key).unlink()

    def _make(self, place: Path) -> bool:
        try:
            handle = os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
        except FileExistsError:
            return False
        try:
            os.write(handle, self.owner.encode())
        finally:
            os.close(handle)
        return True


def _file_of(store: Store, key: str) -> Path:
    return store.claims / f"{key}{ENDING}"


def _put_away(place: Path) -> None:
    """Take away the file of a process that is gone; of several that try, one does."""
    aside = place.with_name(f".{place.name}.{uuid.uuid4().hex[:8]}")
    with contextlib.suppress(FileNotFoundError):
        place.rename(aside)
        aside.unlink()


def is_held(store: Store, place: Path, *, by: str = "") -> bool:
    """Return whether a living process has taken a run, as its file tells, or a claim by its name.

    A file that names nobody yet counts for two minutes: its process may be about to.
    """
    try:
        owner = place.read_text(encoding="utf-8", errors="replace")[:200]
    except OSError:
        owner = ""
    if by and owner == by:
        return True
    if not owner:
        with contextlib.suppress(OSError):
            return age_of(place) <= LOST_S
        return False
    if Path(owner).name != owner:
        return False
    try:
        return is_alive(store.claims / f"{owner}.json")
    except (OSError, ValueError):  # its claim is over
        return False


def _is_free(store: Store, key: str) -> bool:
    place = _file_of(store, key)
    return not place.exists() or not is_held(store, place)


class _Elsewhere:
    """Runs of a store that others finished, or have announced, as last looked up."""

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

    def order(self, runs: Sequence[Run]) -> list[Run]:
        """Order in which this process goes through the runs, so that processes seldom meet.

        As they are for the process that began first, backwards for the second, which meets the
        first once; shuffled for any other.
        """
        began_before = self._began_before()
        if began_before == 0:
            return list(runs)
        if began_before == 1:
            return list(reversed(runs))
        return random.Random(began_before).sample(runs, len(runs))

    def _began_before(self) -> int:
        """Count the processes that work for the study since before this one."""
        began = {
            (claim.get("since", 0.0), writer): (claim["host"], claim["pid"]) == HERE
            for writer, claim in living_claims(self.store).items()
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


class Share(Iterable[Run]):
    """The runs that this process takes, one by one, while others take theirs.

    Runs that another process has announced come last; runs that another has taken are left to it.

    Parameters
    ----------
    store : Store
        Where others may write.
    study : str
        Name of the study that is shared.
    runs : sequence
        Runs to be made.
    on_made : callable
        Called for each that turns out to be made elsewhere.
    """

    def __init__(
        self, store: Store, study: str, runs: Sequence[Run], on_made: Callable[[], None]
    ) -> None:
        self.taken, self._elsewhere = Taken(store), _Elsewhere(store, study)
        self.runs, self.on_made = runs, on_made
        self._left: list[Run] = []

    def __iter__(self) -> Iterator[Run]:
        announced = []
        for run in self._elsewhere.order(self.runs):
            if self._elsewhere.has_in_hand(run.key) and not self._elsewhere.has_made(run.key):
                announced.append(run)
            elif self._is_mine(run):
                yield run
        for run in announced:
            if self._is_mine(run):
                yield run

    def _is_mine(self, run: Run) -> bool:
        if self._elsewhere.has_made(run.key):
            self.on_made()
        elif not self.taken.take(run.key):
            self._left.append(run)
        elif self._elsewhere.has_made_by_now(run.key):
            self.taken.release([run.key])
            self.on_made()
        else:
            return True
        return False

    def freed(self) -> list[Run]:
        """Wait until others have made the runs they took, or given some back; return what is open.

        This process has nothing in hand meanwhile, so that no two wait for each other. Who makes
        nothing for two minutes is waited for no longer.
        """
        store, left, since = self.taken.store, self._left, time.monotonic()
        while left:
            there = [run for run in left if not self._elsewhere.has_made_by_now(run.key)]
            for _ in range(len(left) - len(there)):
                self.on_made()
                since = time.monotonic()
            left = there
            is_over = time.monotonic() - since > LOST_S
            for run in left if is_over else ():
                _file_of(store, run.key).unlink(missing_ok=True)
            if any(_is_free(store, run.key) for run in left):
                break
            if left:
                time.sleep(WAIT_S)
        return left
