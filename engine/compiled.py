"""How Plaza's rules and processes are compiled; the only place that names numba's options.

Compiled functions take tables or records and allocate nothing, so reference counting is switched
off. Division follows NumPy (no exception), as the rules guard their own denominators.

Numba's disk cache looks only at the file of the function itself, so an edited helper in another
file would leave a stale kernel in its caller. The cache folder is therefore keyed by a hash of all
sources that hold compiled code, the versions of numba and Python, and the processor.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import sys
import tempfile
from pathlib import Path

import numba
from llvmlite import binding as llvm
from numba import njit
from numba.core import config

from plaza_lab.engine import thrift  # noqa: F401  (numba's own time, before anything is compiled)
from plaza_lab.engine.linking import InnerCompiler, KernelCompiler

SOURCES = ("engine", "agents", "sim")
"""Folders, beside each other, that hold compiled code."""

FACES = frozenset(
    (
        "engine/plain.py", "agents/view.py", "agents/views.py", "agents/columns.py",
        "agents/agent_set.py", "sim/__init__.py", "sim/mesa/__init__.py", "sim/mesa/community.py",
        "sim/mesa/data_collector.py", "sim/mesa/agent_sets.py", "sim/mesa/editing.py",
        "sim/recording/frames.py",
    )
)  # fmt: skip
"""Files in them that hold none: editing them leaves the kernels as they are."""


@functools.cache
def fingerprint() -> str:
    """Hash of everything a kernel is made of: sources, numba, Python, processor."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if name in FACES:
                continue
            digest.update(name.encode())
            digest.update(path.read_bytes())
    processor = f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"
    for part in (numba.__version__, sys.version, platform.machine(), processor):
        digest.update(part.encode())
    return digest.hexdigest()[:16]


@functools.cache
def cache_folder() -> Path:
    """Folder of this version's kernels; a temporary one when the user's cache is not writable."""
    base = os.environ.get("PLAZA_CACHE") or os.environ.get("XDG_CACHE_HOME")
    folders = [Path(base)] if base else [Path.home() / ".cache"]
    folders.append(Path(tempfile.gettempdir()) / f"plaza-{os.getuid()}")
    for root in folders:
        folder = root / "plaza" / "kernels" / fingerprint()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError:
            continue
        return folder
    return Path(tempfile.mkdtemp(prefix="plaza-kernels-"))


config.CACHE_DIR = str(cache_folder())

_COMMON = {"_nrt": False, "error_model": "numpy"}
_INNER = {
    **_COMMON,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": InnerCompiler,
}

compiled = functools.partial(njit, **_INNER)
"""For rules and helpers: compiled into the kernels that call them, not callable from Python.

Their Python source is: ``rule.py_func(...)``.
"""

inlined = functools.partial(njit, forceinline=True, **_INNER)
"""For the few operations taken millions of times a day."""

kernel = functools.partial(njit, cache=True, nogil=True, pipeline_class=KernelCompiler, **_COMMON)
"""For whole processes: cached on disk, run outside the interpreter lock."""
