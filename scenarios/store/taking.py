"""Taking runs: one file for each run in hand, so that no two processes make the same one.

The file is made by ``O_EXCL``, which one process alone can do, on shared file systems as well; it
names the claim of its process. Who finds the file of a process that is gone takes it over.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterable
from pathlib import Path

from plaza_lab.scenarios.output.output_folder import disk_errors
from plaza_lab.scenarios.store.claims import LOST_S, age_of, is_alive
from plaza_lab.scenarios.store.layout import Store

ENDING = ".run"


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
        """Take a run.

        Parameters
        ----------
        key : str
            Its key.

        Returns
        -------
        bool
            False when a living process has it.

        Raises
        ------
        UserError
            If the disk refuses.
        """
        place = self._place(key)
        with disk_errors(place, option="--store", kept="the runs written before are kept"):
            if not self._make(place):
                if self._is_held(place):
                    return False
                self._put_away(place)
                if not self._make(place):
                    return False
        self._held.add(key)
        return True

    def release(self, keys: Iterable[str] | None = None) -> None:
        """Give runs back once they are written, or will not be.

        Parameters
        ----------
        keys : iterable of str, optional
            Keys of runs; default: all that are held.
        """
        for key in list(self._held if keys is None else keys):
            if key in self._held:
                self._held.discard(key)
                with contextlib.suppress(OSError):
                    self._place(key).unlink()

    def _place(self, key: str) -> Path:
        return self.store.claims / f"{key}{ENDING}"

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

    def _is_held(self, place: Path) -> bool:
        owner = owner_of(place)
        return owner == self.owner or is_held_by(self.store, place, owner)

    def _put_away(self, place: Path) -> None:
        """Take away the file of a process that is gone; of several that try, one does."""
        aside = place.with_name(f".{place.name}.{uuid.uuid4().hex[:8]}")
        with contextlib.suppress(FileNotFoundError):
            place.rename(aside)
            aside.unlink()


def owner_of(place: Path) -> str:
    """Return the claim that has taken a run; empty when its file is gone or not written yet."""
    try:
        return place.read_text(encoding="utf-8", errors="replace")[:200]
    except OSError:
        return ""


def is_held_by(store: Store, place: Path, owner: str) -> bool:
    """Return whether a living process has taken a run.

    Parameters
    ----------
    store : Store
        A store.
    place : pathlib.Path
        The file of the run.
    owner : str
        Claim that it names.

    Returns
    -------
    bool
        A file that names nobody yet counts for two minutes: its process may be about to.
    """
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


def is_free(store: Store, key: str) -> bool:
    """Return whether no living process has taken a run."""
    place = store.claims / f"{key}{ENDING}"
    return not place.exists() or not is_held_by(store, place, owner_of(place))
