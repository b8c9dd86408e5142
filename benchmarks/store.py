"""What keeping costs: the same runs bare and as a study in a store, in turn; and peak memory.

The bare engine throws every result away. The study plans, writes days, journal and outcomes to
Parquet, tells its progress and looks its runs up again. The cost is said in processor time as
well, which other programs on the machine disturb less than the wall clock.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.figures import Figure
from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.experiments.launching import carry_out_plan
from plaza_lab.scenarios.experiments.placing import Where
from plaza_lab.scenarios.experiments.plan import Plan, make_plan
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, save_plan
from plaza_lab.scenarios.experiments.spec import spec_of
from plaza_lab.scenarios.experiments.stored_study import open_study
from plaza_lab.scenarios.store import open_store

LEAST_RUNS, MOST_COST = 60.0, 25.0
POLICIES = ["thanks_only", "weekly_prize", "points", "prize_and_points"]


def plan(seeds: int, weeks: int, population: str, name: str = "bench") -> Plan:
    """Plan a study of four policies."""
    run = {"replicates": seeds, "weeks": weeks}
    content = {"policies": POLICIES, "settings": [f"population={population}"], "run": run}
    return make_plan(spec_of(content, name))


def bare(whole: Plan) -> int:
    """Run a plan and keep nothing; returns the runs made."""
    from plaza_lab.sim.engine import simulate_each

    settings = [whole.point(place).setting for place in range(len(whole.rows))]
    asked = (whole.run_of(number) for number in range(whole.n_runs))
    runs = simulate_each(((settings[place], seed) for place, seed in asked), 7 * whole.weeks)
    return sum(not isinstance(result, Exception) for result in runs)


def kept(whole: Plan) -> int:
    """Run a plan into a new store and read its outcomes; returns the runs found there."""
    folder = Path(tempfile.mkdtemp(prefix="plaza-bench-"))
    try:
        study = StudyFolder(open_store(folder), whole.spec.name)
        save_plan(study, whole, "plaza bench")
        carry_out_plan(study, whole, Progress(whole.n_runs, is_quiet=True), Where())
        return len(open_study(study, whole).runs_table())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def timed(act: Callable[[Plan], int], whole: Plan) -> tuple[float, float]:
    """Return wall and processor seconds of an act."""
    wall, cpu = time.perf_counter(), time.process_time()
    assert act(whole) == whole.n_runs
    return time.perf_counter() - wall, time.process_time() - cpu


def peak_memory(seeds: int) -> float:
    """Run a study of a tiny community in a process of its own; returns its peak memory, MB.

    What the system tells of a process's own time would not do: ``ru_maxrss`` begins with what the
    process that started it had.
    """
    text = (
        "from benchmarks.figures import peak_bytes; from benchmarks.store import kept, plan; "
        f"kept(plan({seeds}, 8, 'learning_52')); print(peak_bytes())"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1]) / 1e6


def measure(is_quick: bool) -> list[Figure]:
    """Compare a study in a store with the bare engine, and memory at two sizes."""
    seeds, rounds = (2, 2) if is_quick else (50, 5)
    whole = plan(seeds, 52, "learning_500")
    bare(plan(1, 1, "learning_500"))
    speeds: list[float] = []
    by_wall: list[float] = []
    by_cpu: list[float] = []
    for _ in range(rounds):
        without, with_store = timed(bare, whole), timed(kept, whole)
        speeds.append(whole.n_runs / with_store[0])
        by_wall.append(100 * (with_store[0] / without[0] - 1))
        by_cpu.append(100 * (with_store[1] / without[1] - 1))
    small, large = (25, 50) if is_quick else (250, 2500)
    memory = [peak_memory(size) for size in (small, large)]
    unit = f"{whole.n_runs} runs of 500 members x 364 days"
    sizes = f"{4 * small:,} and {4 * large:,} runs"
    return [
        Figure(f"study in a store, {unit}", "runs/s", speeds, LEAST_RUNS, note="wall clock"),
        Figure("cost of keeping, wall clock", "%", by_wall, MOST_COST, is_more_better=False,
               note="of the bare engine"),
        Figure("cost of keeping, processor time", "%", by_cpu, MOST_COST, is_more_better=False,
               note="of the bare engine"),
        Figure("peak memory, larger study / smaller", "ratio", [memory[1] / memory[0]],
               note=f"{sizes}: {memory[0]:.0f} and {memory[1]:.0f} MB"),
    ]  # fmt: skip
