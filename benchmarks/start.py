"""Starting: with an empty kernel cache, with a full one, and for help."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure
from plaza_lab.sim import compile as kernels

ROOT = Path(__file__).resolve().parent.parent
MOST_COLD = 25.0
MOST_WARM = 0.9
MOST_COMMAND = 2.0
MOST_HELP = 0.3

WARM_UP = (
    "from plaza_lab.scenarios.experiments import compare as comparing; "
    "from plaza_lab.sim import compile as k; "
    "_, points = comparing.plan(comparing.DEMO, []); "
    "k.warm(lambda d, n, what: print(d, n), [point.setting for point in points])"
)
FIRST_RESULT = (
    "from plaza_lab.sim.setting import Setting; from plaza_lab.sim import engine; "
    "engine.run_one(Setting(), 1)"
)


def seconds_of(
    arguments: list[str], cache: str | None = None, folder: Path | str = ROOT
) -> tuple[float, float, str]:
    """Time a fresh Python process.

    Parameters
    ----------
    arguments : list of str
        What to hand to Python.
    cache : str, optional
        Folder for the kernel cache; that of this process when absent.
    folder : path
        Where to run it.

    Returns
    -------
    tuple
        Wall seconds, processor seconds of it and all it started, and standard output.

    Raises
    ------
    RuntimeError
        When the process fails.
    """
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a start without .pyc files is none
    if cache is not None:
        environment["PLAZA_CACHE"] = cache
    start, before = time.perf_counter(), os.times()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    seconds, after = time.perf_counter() - start, os.times()
    if done.returncode:
        raise RuntimeError(f"{arguments} failed: {done.stderr.strip()[-300:]}")
    spent = after.children_user + after.children_system
    return seconds, spent - before.children_user - before.children_system, done.stdout


def first_result() -> tuple[float, float]:
    """Seconds until the command line has one 500-member year, with its report, on disk."""
    arguments = ["-m", "plaza_lab", "run", "population=learning_500", "run.replicates=1"]
    with tempfile.TemporaryDirectory() as folder:
        return seconds_of(arguments, folder=folder)[:2]


def starts(item: str, seconds: list[tuple[float, float]], most: float, note: str) -> list[Figure]:
    """Wall clock and processor time of starts; on a machine that is not shared they are alike."""
    wall, spent = (list(values) for values in zip(*seconds, strict=True))
    return [
        Figure(item, "s", wall, most, False, ", ".join(filter(None, (note, "wall clock")))),
        Figure(item, "s", spent, most, False, ", ".join(filter(None, (note, "processor time")))),
    ]


def measure(is_quick: bool) -> list[Figure]:
    """Cold start once, warm start and help in a few rounds; wall clock, of fresh processes."""
    figures = []
    if not is_quick:
        with tempfile.TemporaryDirectory() as folder:
            wall, spent, out = seconds_of(["-c", WARM_UP], folder)
        note = f"empty cache, {len(out.splitlines())} lines of progress"
        figures += starts("cold start, the demo's kernels ready", [(wall, spent)], MOST_COLD, note)
    kernels.warm()
    rounds = range(2 if is_quick else 5)
    note = "fresh process, warm cache"
    engine = [seconds_of(["-c", FIRST_RESULT])[:2] for _ in rounds]
    figures += starts("500-member year, engine", engine, MOST_WARM, note)
    try:
        command = [first_result() for _ in rounds]
        note = f"{note}, with report"
        figures += starts("500-member year, plaza run", command, MOST_COMMAND, note)
    except RuntimeError as error:
        print(f"start: no figure for plaza run: {error}")
    help_ = [seconds_of(["-m", "plaza_lab", "--help"])[:2] for _ in rounds]
    return figures + starts("plaza --help", help_, MOST_HELP, "")
