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
MOST_COLD = 30.0
MOST_WARM = 2.0
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
) -> tuple[float, str]:
    """Wall seconds and output of a fresh Python process.

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
        Seconds and standard output.

    Raises
    ------
    RuntimeError
        When the process fails.
    """
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    if cache is not None:
        environment["PLAZA_CACHE"] = cache
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"{arguments} failed: {done.stderr.strip()[-300:]}")
    return seconds, done.stdout


def first_result() -> float:
    """Seconds until the command line has one 500-member year, with its report, on disk."""
    arguments = ["-m", "plaza_lab", "run", "population=learning_500", "run.replicates=1"]
    with tempfile.TemporaryDirectory() as folder:
        return seconds_of(arguments, folder=folder)[0]


def measure(is_quick: bool) -> list[Figure]:
    """Cold start once, warm start and help in a few rounds; wall clock, of fresh processes."""
    figures = []
    if not is_quick:
        with tempfile.TemporaryDirectory() as folder:
            seconds, out = seconds_of(["-c", WARM_UP], folder)
        lines = len(out.splitlines())
        note = f"empty cache, {lines} lines of progress"
        figures.append(
            Figure("cold start, the demo's kernels ready", "s", [seconds], MOST_COLD, False, note)
        )
    kernels.warm()
    rounds = range(2 if is_quick else 5)
    engine = [seconds_of(["-c", FIRST_RESULT])[0] for _ in rounds]
    note = "fresh process, warm cache"
    figures.append(Figure("500-member year, engine", "s", engine, MOST_WARM, False, note))
    try:
        command = [first_result() for _ in rounds]
        figures.append(
            Figure(
                "500-member year, plaza run", "s", command, MOST_WARM, False, f"{note}, with report"
            )
        )
    except RuntimeError as error:
        print(f"start: no figure for plaza run: {error}")
    help_ = [seconds_of(["-m", "plaza_lab", "--help"])[0] for _ in rounds]
    figures.append(Figure("plaza --help", "s", help_, MOST_HELP, False))
    return figures
