"""Sweeps: how many runs of 500 members and 364 days a second, the same with 1 and 2 workers."""

from __future__ import annotations

import hashlib
import time

import numpy as np

from benchmarks.figures import Figure
from plaza_lab.sim import engine
from plaza_lab.sim.setting import Setting

LEAST_RUNS = 120.0


def digest(results: list[engine.RunResult]) -> str:
    """SHA-256 of daily metrics, journals and outcomes of all runs."""
    sha = hashlib.sha256()
    for result in results:
        sha.update(result.days.tobytes())
        for field in result.journal.dtype.names or ():
            # field by field: the padding between fields is not part of the result
            sha.update(np.ascontiguousarray(result.journal[field]).tobytes())
        sha.update(np.array(list(result.outcomes.values())).tobytes())
    return sha.hexdigest()


def sweep(runs: int, days: int, workers: int) -> tuple[float, float, str]:
    """Live some runs; returns wall seconds, processor seconds and the digest."""
    wall, cpu = time.perf_counter(), time.process_time()
    results = engine.simulate(Setting(), range(1, runs + 1), days, workers)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return wall, cpu, digest(results)


def measure(is_quick: bool) -> list[Figure]:
    """Count runs a second with 1 and 2 workers, in turn, and compare the bytes of their results."""
    runs, rounds = (4, 2) if is_quick else (40, 5)
    name = "runs of 500 members x 364 days"
    speed: dict[int, list[float]] = {1: [], 2: []}
    by_cpu: list[float] = []
    digests = set()
    engine.run_one(Setting(), 1)
    for _ in range(rounds):
        for workers, found in speed.items():
            wall, cpu, sha = sweep(runs, 364, workers)
            found.append(runs / wall)
            digests.add(sha)
            if workers == 2:
                by_cpu.append(2 * runs / cpu)
    same = "same bytes for 1 and 2 workers" if len(digests) == 1 else "RESULTS DIFFER"
    print(f"sweep: {same}, SHA-256 {sorted(digests)[0][:16]}")
    return [
        Figure(f"{name}, 1 worker", "runs/s", speed[1], note="wall clock"),
        Figure(f"{name}, 2 workers", "runs/s", speed[2], LEAST_RUNS, note=f"wall clock; {same}"),
        Figure(f"{name}, two free cores", "runs/s", by_cpu, note="from processor time"),
    ]
