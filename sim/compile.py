"""Getting the kernels ready: from the disk cache, or compiled once, on two cores, with progress."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba.core.config as numba_config

from plaza_lab.engine.kernel_cache import missing

Report = Callable[[int, int, str], None]
_ready: list[bool] = []


def warm(report: Report | None = None) -> None:
    """Compile what is not in the cache yet, and load the kernels.

    Parameters
    ----------
    report : callable, optional
        Called with done, total and the name of what was compiled, only when something must be
        compiled.
    """
    if _ready or numba_config.DISABLE_JIT:
        return
    if not is_cached():
        _compile_all(report or _silent)
    _load()
    _ready.append(True)


def is_cached() -> bool:
    """Whether every kernel is in the cache."""
    return not any(missing([_kernel(name) for name in _parts()]))


def load() -> None:
    """Make sure the kernels are ready, silently."""
    warm(None)


def _silent(done: int, total: int, name: str) -> None:
    pass


def _parts() -> list[str]:
    """Names of the kernels, each compiled on its own."""
    from plaza_lab.sim.day import DAY

    steps = [f"{step.__module__}.{step.py_func.__name__}" for step in DAY]
    return ["plaza_lab.sim.founding.found", *steps, "plaza_lab.sim.day.live_compiled"]


def _compile_all(report: Report) -> None:
    """Compile in a second process as well as here; whoever is free takes the next kernel."""
    total = len(_parts())
    report(0, total, "")
    with tempfile.TemporaryDirectory() as claims:
        helper = subprocess.Popen(
            [sys.executable, "-m", "plaza_lab.sim.compile", claims],
            process_group=0,  # Ctrl-C is for this process; it ends the other itself
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        try:
            for name in _claimed(Path(claims)):
                compile_part(name)
                report(len(list(Path(claims).iterdir())), total, name)
            helper.wait()
        finally:
            helper.terminate()
    report(total, total, "")


def _claimed(claims: Path) -> Iterator[str]:
    """Kernels nobody has taken yet; taking one is creating its file."""
    for name in _parts():
        try:
            os.close(os.open(claims / name, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            continue
        yield name


def compile_part(name: str) -> None:
    """Compile one kernel, or load it from the cache.

    Parameters
    ----------
    name : str
        Dotted name of the kernel.
    """
    kernel, signature = _kernel(name)
    kernel.compile(signature)


def _kernel(name: str) -> tuple[Any, Any]:
    """Kernel of a dotted name, and what it is compiled for."""
    from numba import types

    from plaza_lab.engine.handle import STEP, TABLES

    signatures = {
        "found": (TABLES, types.int64, types.int64, types.int64, types.float64, types.float64),
        "live_compiled": (TABLES, types.int64, types.int64, types.Array(types.int64, 1, "C")),
    }
    module, function = name.rsplit(".", 1)
    return getattr(importlib.import_module(module), function), signatures.get(function, STEP)


def _load() -> None:
    for name in _parts():
        compile_part(name)


if __name__ == "__main__":
    import plaza_lab.sim.setting  # noqa: F401  (declares the dtypes the kernels are compiled for)

    for part in _claimed(Path(sys.argv[1])):
        compile_part(part)
