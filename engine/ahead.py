"""Getting kernels ready before they are used: from the cache, or compiled on two cores.

Numba compiles under a lock, so a second process helps. Whoever compiles a kernel holds the name of
its file meanwhile, so that no other process on the machine compiles the same one: not the helper,
and none of those that began at the same time, such as the workers of a test run.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from plaza_lab.engine.cache_folder import cache_folder
from plaza_lab.engine.reservation import Reservation, Taken

Report = Callable[[int, int, str], None]
"""Told how many are done, of how many, and the name of the last."""
Kernels = Mapping[str, tuple[Any, Any]]
"""Name to kernel and the types of its arguments."""
PAUSE_S = 0.05
"""How long to wait before looking again for what another process compiles."""


def missing(kernels: Kernels) -> list[str]:
    """List the kernels that are neither loaded nor in the cache.

    Parameters
    ----------
    kernels : mapping
        Name to kernel and the types of its arguments.

    Returns
    -------
    list of str
        Names, in their order.
    """
    return [
        name
        for name, (kernel, signature) in kernels.items()
        if not kernel.is_ready and kernel.files is not None and not kernel.files.has(signature)
    ]


def get_ready(kernels: Kernels, helper: str, report: Report | None = None) -> None:
    """Load kernels, after compiling what the cache lacks.

    Parameters
    ----------
    kernels : mapping
        Name to kernel and the types of its arguments.
    helper : str
        Module that, run with names, calls :func:`help_out` for them.
    report : callable, optional
        Called for each kernel that is compiled, and before the first.
    """
    if names := missing(kernels):
        _compile(kernels, names, helper, report or _silent)
    for kernel, signature in kernels.values():
        kernel.get_ready(signature)


def help_out(kernels: Kernels) -> None:
    """Compile what no other process is compiling, from the end.

    Parameters
    ----------
    kernels : mapping
        Name to kernel and the types of its arguments.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # from the end: on a disk that knows no locks the two meet in the middle
    for _ in _compiled_once(kernels, _files(kernels, list(kernels)[::-1]), is_patient=False):
        pass


def _end_with_parent() -> None:
    """End this process as soon as the one that started it has gone and closed its pipe."""
    while os.read(0, 1024):  # not through sys.stdin: its lock may be held when Python ends
        pass
    os._exit(1)


def _silent(done: int, total: int, name: str) -> None:
    pass


def _compile(kernels: Kernels, names: Sequence[str], helper: str, report: Report) -> None:
    total = len(names)
    report(0, total, "")
    files = _files(kernels, names)
    with _second(helper, names):
        for name in _compiled_once(kernels, files, is_patient=True):
            report(sum(file.exists() for file in files.values()), total, name)
    report(total, total, "")


def _files(kernels: Kernels, names: Sequence[str]) -> dict[str, Path]:
    """File of each kernel, in the order of the names."""
    own = {name: kernels[name][0].files for name in names}
    return {name: files.file(files.recipe(kernels[name][1]).key()) for name, files in own.items()}


def _compiled_once(
    kernels: Kernels, files: Mapping[str, Path], *, is_patient: bool
) -> Iterator[str]:
    """Compile what is not there and nobody compiles; with patience, until all are there."""
    left = list(files)
    while left:
        others = []
        for name in left:
            kernel, signature = kernels[name]
            try:
                with _holding(files[name]):
                    if not files[name].exists():  # another may have been faster
                        kernel.compile(signature)
            except Taken:
                others.append(name)
            else:
                yield name
        left = others if is_patient else []
        if left:
            time.sleep(PAUSE_S)


@contextlib.contextmanager
def _holding(file: Path) -> Iterator[None]:
    """Hold the name of a kernel's file; where nothing can be written, everybody compiles."""
    try:
        held = Reservation(file)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        held.release()


@contextlib.contextmanager
def _second(helper: str, names: Sequence[str]) -> Iterator[None]:
    """A second process that helps; it ends with this one, whatever ends this one."""
    apart: dict[str, Any] = {"process_group": 0}  # Ctrl-C is for this process
    if os.name == "nt":
        apart = {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    path = os.pathsep.join(sys.path)
    other = subprocess.Popen(
        [sys.executable, "-m", helper, *names],
        stdin=subprocess.PIPE,
        # the very same folder of kernels, also where it is one for this process alone
        env=os.environ | {"PYTHONPATH": path, "PLAZA_CACHE": str(cache_folder().parents[1])},
        **apart,
    )
    try:
        yield
    finally:
        other.terminate()
        other.communicate()
