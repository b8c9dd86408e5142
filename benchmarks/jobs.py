"""Jobs: what Hydra's own launcher and Plaza's Dask launcher cost for each job that does nothing.

The Dask scheduler and two workers are processes of their own, reached over TCP on this machine and
started as the documentation says. A sweep runs in a fresh process; what does not fit into the time
limit is left out and said so.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.figures import Figure
from benchmarks.local_hosts import ROOT, local_hosts

MOST_S = 240.0
"""Seconds a sweep may take."""
WORKERS = 2
ALONE = "import sys; from benchmarks import jobs; jobs.sweep_here(int(sys.argv[1]), *sys.argv[2:])"

BASIC = ("hydra/launcher=basic", "hydra/sweeper=basic")
UNCHECKED = ("hydra/launcher=basic", "hydra/sweeper=jobs")
DASK = ("hydra/launcher=dask", "hydra/sweeper=jobs")


def nothing(_: Any) -> int:
    """The job."""
    return 0


@dataclass(frozen=True)
class Cost:
    """What a sweep took: wall seconds, and processor seconds of the process that asked for it."""

    wall: float
    cpu: float


def sweep_cost(n_jobs: int, words: tuple[str, ...], most_s: float = MOST_S) -> Cost | None:
    """Run a sweep of empty jobs in a fresh process; its imports are left out.

    Parameters
    ----------
    n_jobs : int
        How many.
    words : tuple of str
        Launcher and sweeper.
    most_s : float
        Seconds it may take.

    Returns
    -------
    Cost or None
        None when it did not end in time.

    Raises
    ------
    RuntimeError
        If the sweep fails.
    """
    with tempfile.TemporaryDirectory(prefix="plaza-jobs-") as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-c", ALONE, str(n_jobs), folder, *words],
                cwd=ROOT, capture_output=True, text=True, timeout=most_s, check=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None
        except subprocess.CalledProcessError as failed:
            raise RuntimeError(f"jobs: {failed.stderr.strip()[-300:]}") from failed
    wall, cpu = map(float, done.stdout.split()[-2:])
    return Cost(wall, cpu)


def sweep_here(n_jobs: int, folder: str, *words: str) -> None:
    """Run a sweep of empty jobs in this process and print its wall seconds.

    Parameters
    ----------
    n_jobs : int
        How many.
    folder : str
        Of the sweep.
    *words : str
        Launcher and sweeper.
    """
    from plaza_lab.scenarios.settings.composing import launch

    here = [f"folder='{folder}'", f"hydra.sweep.dir='{folder}'"]
    wall, cpu = time.perf_counter(), time.process_time()
    launch("bench", ["--multirun", f"part=range(0,{n_jobs})", *here, *words], nothing, config="job")
    print(time.perf_counter() - wall, time.process_time() - cpu)


def measure(is_quick: bool) -> list[Figure]:
    """Milliseconds a job for sweeps of growing size, and how they grow."""
    sizes = (30, 100) if is_quick else (100, 1_000, 10_000)
    return [
        *_of_way("Hydra's basic launcher and sweeper", BASIC, sizes, lambda: 0.0),
        *_of_way("basic launcher, sweeper=jobs", UNCHECKED, sizes, lambda: 0.0),
        *over_dask(sizes),
    ]


def over_dask(sizes: tuple[int, ...]) -> list[Figure]:
    """Milliseconds a job by Plaza's Dask launcher, for sweeps of growing size."""
    with local_hosts(WORKERS) as hosts:
        dask = (*DASK, f"hydra.launcher.address={hosts.address}")
        name = f"Dask over TCP, {WORKERS} workers, sweeper=jobs"
        return _of_way(name, dask, sizes, hosts.cpu_seconds)


def _of_way(
    name: str, words: tuple[str, ...], sizes: tuple[int, ...], others_cpu: Callable[[], float]
) -> list[Figure]:
    """Figures of one way; a sweep of one job, measured apart, pays for all that begins."""
    figures: list[Figure] = []
    costs: dict[int, Cost] = {}
    # workers outlive a sweep: what they import for the first one is no part of any job
    sweep_cost(1, words)
    for size in (1, *sizes):
        if len(costs) > 1:
            expected = costs[max(costs)].wall * size / max(costs)
            if expected > MOST_S:
                print(f"jobs: {name}: {size:,} jobs left out, about {expected:,.0f} s")
                break
        before = others_cpu()
        cost = sweep_cost(size, words)
        if cost is None:
            print(f"jobs: {name}: {size:,} jobs did not end within {MOST_S:g} s")
            break
        costs[size] = Cost(cost.wall, cost.cpu + others_cpu() - before)
        if size > 1:
            figures.append(_figure(name, size, costs))
    return figures


def _figure(name: str, size: int, costs: dict[int, Cost]) -> Figure:
    def each(n: int) -> Cost:
        whole, first = costs[n], costs[1]
        return Cost(
            1e3 * (whole.wall - first.wall) / (n - 1), 1e3 * (whole.cpu - first.cpu) / (n - 1)
        )

    smallest = sorted(costs)[1]
    note = (
        f"{each(size).cpu:.0f} ms of processor time (x{each(size).cpu / each(smallest).cpu:.2f} "
        f"of {smallest:,} jobs); {costs[size].wall:.0f} s in all, {costs[1].wall:.1f} s for 1 job"
    )
    return Figure(f"{size:,} empty jobs, {name}", "ms/job", [each(size).wall], None, False, note)
