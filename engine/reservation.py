"""Holding a name while its folder is made, so that nothing is computed for a name that is taken.

A name is held by a lock on a file beside it, ``.<name>.lock``. The system takes the lock away when
its process ends, however it ends, so that a name is never held by the dead; a file without a lock
means nothing and may be removed. Where a disk knows no locks, names are not held, and what comes
second is kept under a number.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from pathlib import Path
from typing import Any


class Taken(Exception):
    """Another process holds the name."""


class Reservation:
    """A name that no other process can take until it is let go.

    Parameters
    ----------
    place : pathlib.Path
        The name; the folder above it exists.

    Raises
    ------
    Taken
        If another process, or another part of this one, holds it.
    OSError
        If nothing can be written beside it.
    """

    def __init__(self, place: Path) -> None:
        self.path = place.with_name(f".{place.name}.lock")
        self._handle: int | None = None
        while self._handle is None:
            handle = os.open(
                self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600
            )
            try:
                _lock(handle)
                if self._is_still(handle):
                    self._handle = handle
            finally:
                if self._handle is None:
                    os.close(handle)

    def release(self) -> None:
        """Let the name go."""
        if self._handle is not None:
            with contextlib.suppress(OSError):
                if os.name != "nt":  # an open file cannot be removed there
                    self.path.unlink()
            os.close(self._handle)
            with contextlib.suppress(OSError):
                if os.name == "nt":
                    self.path.unlink()
            self._handle = None

    def _is_still(self, handle: int) -> bool:
        """Whether the file locked is the one that has the name: its last holder may remove it."""
        try:
            return os.path.samestat(os.fstat(handle), self.path.stat())
        except FileNotFoundError:
            return False


def _lock(handle: int) -> None:
    locks: Any = _module("fcntl")
    if locks is not None:
        try:
            locks.flock(handle, locks.LOCK_EX | locks.LOCK_NB)
        except BlockingIOError:
            raise Taken from None
        except OSError:
            return  # this disk knows no locks
        return
    locks = _module("msvcrt")
    if locks is not None:
        try:
            locks.locking(handle, locks.LK_NBLCK, 1)
        except OSError:
            raise Taken from None


def _module(name: str) -> Any:
    """A module that only some systems have."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
