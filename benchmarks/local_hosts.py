"""A Dask scheduler and workers on this machine, each a process of its own, reached over TCP."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class LocalHosts:
    """A scheduler and workers on this machine, each a process of its own.

    Parameters
    ----------
    paths : tuple of str
        Folders that the workers can import from, besides this checkout.
    """

    paths: tuple[str, ...] = ()
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    address: str = ""

    def start_scheduler(self) -> None:
        """Start ``dask scheduler`` on a free port."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self._start("scheduler", "--host", "127.0.0.1", "--port", str(port))

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start ``dask worker`` with one thread and no guard that would start it again.

        Returns
        -------
        subprocess.Popen
            The worker itself.
        """
        return self._start(
            "worker", self.address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny"
        )

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join([str(ROOT), *self.paths])
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *words, "--dashboard-address", "127.0.0.1:0"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": paths, "NUMBA_NUM_THREADS": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def wait_for_workers(self, count: int, most_s: float = 60.0) -> None:
        """Wait until so many workers are there.

        Parameters
        ----------
        count : int
            How many.
        most_s : float
            Seconds after which it fails.
        """
        from distributed import Client

        with Client(self.address, timeout=most_s, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(count, timeout=most_s)

    def cpu_seconds(self) -> float:
        """Processor seconds that all of them have taken so far."""
        import psutil  # type: ignore[import-untyped]

        times = [psutil.Process(process.pid).cpu_times() for process in self.processes]
        return sum(each.user + each.system for each in times)

    def end(self) -> None:
        """Kill every process that was started, each with its children, by its id."""
        for process in reversed(self.processes):
            with contextlib.suppress(ProcessLookupError):
                if hasattr(os, "killpg"):
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()
            process.wait()


@contextlib.contextmanager
def local_hosts(workers: int, *paths: str) -> Iterator[LocalHosts]:
    """A scheduler and workers that are gone afterwards, whatever happens.

    Parameters
    ----------
    workers : int
        How many.
    *paths : str
        Folders that the workers can import from.

    Yields
    ------
    LocalHosts
        Ready.
    """
    hosts = LocalHosts(paths)
    try:
        hosts.start_scheduler()
        for _ in range(workers):
            hosts.start_worker()
        if workers:
            hosts.wait_for_workers(workers)
        yield hosts
    finally:
        hosts.end()
