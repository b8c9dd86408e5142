"""Getting kernels ready before they are used: from the cache, or compiled on two cores.

Numba compiles under a lock, so a second process helps. The two share a folder of claims: whoever
creates the file of a kernel's name compiles it, and the other one finds it in the cache.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from plaza_lab.engine.cache_folder import cache_folder

Report = Callable[[int, int, str], None]
"""Told how many are done, of how many, and the name of the last."""
Kernels = Mapping[str, tuple[Any, Any]]
"""Name to kernel and the types of its arguments."""


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
        Module that, run with a folder and names, calls :func:`help_out` for them.
    report : callable, optional
        Called for each kernel that is compiled, and before the first.
    """
    if names := missing(kernels):
        _compile(kernels, names, helper, report or _silent)
    for kernel, signature in kernels.values():
        kernel.get_ready(signature)


def help_out(kernels: Kernels, claims: Path) -> None:
    """Compile what the other process has not claimed.

    Parameters
    ----------
    kernels : mapping
        Name to kernel and the types of its arguments.
    claims : pathlib.Path
        Folder of the claims.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for name in _claimed(list(kernels), claims):
        kernel, signature = kernels[name]
        kernel.compile(signature)


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
    with tempfile.TemporaryDirectory() as folder, _second(helper, folder, names) as other:
        claims = Path(folder)
        for name in _claimed(names, claims):
            kernel, signature = kernels[name]
            kernel.compile(signature)
            report(len(list(claims.iterdir())), total, name)
        other.wait()
    report(total, total, "")


@contextlib.contextmanager
def _second(helper: str, claims: str, names: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """The second process; it ends with this one, whatever ends this one."""
    apart: dict[str, Any] = {"process_group": 0}  # Ctrl-C is for this process
    if os.name == "nt":
        apart = {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    path = os.pathsep.join(sys.path)
    other = subprocess.Popen(
        [sys.executable, "-m", helper, claims, *names],
        stdin=subprocess.PIPE,
        # the very same folder of kernels, also where it is one for this process alone
        env=os.environ | {"PYTHONPATH": path, "PLAZA_CACHE": str(cache_folder().parents[1])},
        **apart,
    )
    try:
        yield other
    finally:
        other.terminate()
        other.communicate()


def _claimed(names: Sequence[str], claims: Path) -> Iterator[str]:
    """Kernels nobody has taken yet; taking one is creating its file."""
    for name in names:
        try:
            os.close(os.open(claims / name, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            continue
        yield name
