"""Claims: which process has which runs in flight, so that status can tell and gc can be careful."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from plaza_lab.scenarios.command_line.printing import harmless
from plaza_lab.scenarios.output.output_folder import replace_text
from plaza_lab.scenarios.store.layout import Store, read_regular

BEAT_S = 20.0
JOIN_S = 5.0
"""A disk that hangs does not keep the process."""
LOST_S = 120.0
"""A claim that was not renewed for so long belongs to a process that is gone."""


class Claim:
    """The claim of this process; renewed by a thread while it lives.

    Parameters
    ----------
    store : Store
        Where it writes.
    study : str
        What it works for.
    """

    def __init__(self, store: Store, study: str) -> None:
        self.writer = f"{socket.gethostname()[:24]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.store, self.study = store, study
        self.path = store.claims / f"{self.writer}.json"
        self.since = time.time()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._last = 0.0

    def __enter__(self) -> Claim:
        self.tell(())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(JOIN_S)
        self.path.unlink(missing_ok=True)

    def tell(self, in_flight: Iterable[str], *, at_most_every_s: float = 0.0) -> None:
        """Say which runs are in flight, unless the last word is younger than some seconds."""
        now = time.monotonic()
        if now - self._last < at_most_every_s:
            return
        self._last = now
        content = {
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "study": self.study,
            "since": self.since,
            "in_flight": list(in_flight),
        }
        with self.store.writing(self.path):
            replace_text(self.path, json.dumps(content))

    def _beat(self) -> None:
        while not self._over.wait(BEAT_S):
            with contextlib.suppress(OSError):
                os.utime(self.path)  # makes no file, should the claim just be over


def living_claims(store: Store) -> dict[str, dict[str, Any]]:
    """Read the claims of processes that still live.

    Returns
    -------
    dict of str to dict
        Writer to ``host, pid, study, since, in_flight``; ``since`` in seconds of the epoch.
    """
    found = {}
    for file in store.claims.glob("*.json"):
        with contextlib.suppress(OSError, ValueError):
            if is_alive(file):
                found[file.stem] = _read_claim(file)
    return found


def _read_claim(file: Path) -> dict[str, Any]:
    """Read a claim, each field of its kind, texts as a terminal shows them."""
    try:
        told = json.loads(read_regular(file))
        pid, in_flight = told["pid"], told["in_flight"]
        if isinstance(pid, bool) or not isinstance(pid, int) or not 0 < pid < 2**31:
            raise ValueError(f"{pid!r} is no process")
        if not isinstance(in_flight, list):
            raise ValueError("runs in flight are a list")
        return {
            "host": harmless(told["host"])[:100],
            "pid": pid,
            "study": str(told["study"]),
            "since": float(told.get("since", 0.0)),
            "in_flight": [str(key) for key in in_flight],
        }
    except (KeyError, TypeError, RecursionError, AttributeError) as wrong:
        raise ValueError(f"{file.name} is no claim") from wrong


def at_work_on(store: Store, study: str) -> list[str]:
    """Say which living processes work for a study, such as ``lab-2, process 4711``."""
    claims = living_claims(store).values()
    return [f"{c['host']}, process {c['pid']}" for c in claims if c["study"] == study]


def is_alive(file: Path) -> bool:
    """Tell whether the process behind a claim still lives, as far as one can see from here.

    Returns
    -------
    bool
        False when its process is gone from this machine, or was silent for two minutes; a claim
        dated further ahead than that is no sign of life either.

    Raises
    ------
    OSError, ValueError
        If it is no claim one can read.
    """
    if age_of(file) > LOST_S:
        return False
    content = _read_claim(file)
    if content["host"] != harmless(socket.gethostname())[:100]:
        return True
    return _is_running(content["pid"])


def age_of(file: Path) -> float:
    """Return how far the time of a file is from now, in seconds: clocks may go ahead as well."""
    return abs(time.time() - file.stat().st_mtime)


def _is_running(pid: int) -> bool:
    """Return whether a process of this machine is there; where one cannot look, True."""
    if os.name == "nt":  # where os.kill ends a process, whatever the signal
        try:
            import psutil  # type: ignore[import-untyped]
        except ImportError:
            return True
        return bool(psutil.pid_exists(pid))
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_gone(writer: str) -> bool:
    """Return whether a writer was a process of this machine that is there no more.

    False for writers of other machines: one cannot see them from here.
    """
    host, pid, _ = (*writer.rsplit("-", 2), "", "")[:3]
    return host == socket.gethostname()[:24] and pid.isdigit() and not _is_running(int(pid))
