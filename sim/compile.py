"""Getting the kernels ready: from the disk cache, or compiled once, on two cores, with progress."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numba

from agents.compiled import cache_folder

Report = Callable[[int, int, str], None]
_is_ready = False


def warm(report: Report | None = None) -> None:
    """Compile what is not in the cache yet, and load the kernels.

    Parameters
    ----------
    report : callable, optional
        Called with done, total and the name of what was compiled, only when something must be
        compiled.
    """
    global _is_ready
    if _is_ready or numba.config.DISABLE_JIT:
        return
    marker = cache_folder() / "complete"
    if not marker.exists():
        _compile_all(report)
        marker.touch()
    _load()
    _is_ready = True


def load() -> None:
    """Make sure the kernels are ready, silently."""
    warm(None)


def _parts() -> list[str]:
    """Names of the kernels that can be compiled on their own, longest first."""
    from sim.day import PROCESSES

    names = [module.__name__ + ".step" for module in PROCESSES]
    names += ["sim.recording.daybook.open_day", "sim.recording.daybook.close_day"]
    return names


def _compile_all(report: Report | None) -> None:
    """Compile the processes in a second process as well as here, then the day around them."""
    names = _parts()
    total = len(names) + 2
    if report is not None:
        report(0, total, "kernels of the day")
    helper = subprocess.Popen(
        [sys.executable, "-m", "sim.compile", *names[1::2]],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parent.parent,
    )
    done = 0
    for name in names[0::2]:
        _compile_part(name)
        done += 1
        if report is not None:
            report(done, total, name)
    for line in helper.stdout or ():
        done += 1
        if report is not None:
            report(done, total, line.strip())
    helper.wait()
    _load()
    if report is not None:
        report(total, total, "the whole day")


def _compile_part(name: str) -> None:
    from numba import types

    from sim.handle import TABLES

    module, function = name.rsplit(".", 1)
    getattr(importlib.import_module(module), function).compile((TABLES, types.int64))


def _load() -> None:
    from numba import types

    from sim.day import live
    from sim.founding import found
    from sim.handle import TABLES

    live.compile((TABLES, types.int64, types.int64))
    found.compile(
        (TABLES, types.int64, types.int64, types.int64, types.float64, types.float64)
    )


if __name__ == "__main__":
    import sim.setting  # noqa: F401  (declares the dtypes the kernels are compiled for)

    for part in sys.argv[1:]:
        _compile_part(part)
        print(part, flush=True)  # noqa: T201
