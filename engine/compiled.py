"""How Plaza's rules and processes are compiled; the only place that names numba's options.

Compiled functions take tables or records and allocate nothing, so reference counting is switched
off. Division follows NumPy (no exception), as the rules guard their own denominators.

Numba's disk cache looks only at the file of the function itself, so an edited helper in another
file would leave a stale kernel in its caller. The cache folder is therefore keyed by a hash of all
sources that hold compiled code, the versions of numba and Python, and the processor. Numba reads
its index with pickle, so the folder must be the user's alone (:mod:`plaza_lab.engine.private`).
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
from plaza_lab.engine.private import UnsafeFolder, make_own, passing_folder, user_number

SOURCES = ("engine", "agents", "sim")
"""Folders, beside each other, that hold compiled code."""

FACES = frozenset(
    (
        "engine/plain.py", "agents/view.py", "agents/views.py", "agents/columns.py",
        "agents/agent_set.py", "engine/private.py", "sim/__init__.py", "sim/checking.py",
        "sim/mesa/__init__.py", "sim/mesa/community.py", "sim/mesa/data_collector.py",
        "sim/mesa/agent_sets.py", "sim/mesa/editing.py",
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
    """Folder of this version's kernels, which nobody but the user may write to.

    Returns
    -------
    pathlib.Path
        Below ``PLAZA_CACHE``, ``XDG_CACHE_HOME`` or the user's home; where that cannot be written
        or is not the user's alone, below the temporary folder; else a folder for this process.

    Raises
    ------
    plaza_lab.engine.private.UnsafeFolder
        If the folder that a variable names belongs to somebody else, or others may write there.
    """
    part = Path("plaza", "kernels", fingerprint())
    for variable in ("PLAZA_CACHE", "XDG_CACHE_HOME"):
        if named := os.environ.get(variable):
            return _named_folder(variable, Path(named).absolute(), part) or _spare_folder(part)
    try:
        home = Path.home() / ".cache"
    except RuntimeError:  # nobody knows where it is
        return _spare_folder(part)
    return _usable(home, home / part) or _spare_folder(part)


def _named_folder(variable: str, root: Path, part: Path) -> Path | None:
    try:
        return _usable(root, root / part, may_refuse=True)
    except UnsafeFolder as refused:
        raise UnsafeFolder(
            f"{variable}={root} is not used for compiled code, which would run as you: {refused}; "
            "give it a folder that is yours and that nobody else may write to (chmod 700)"
        ) from None


def _spare_folder(part: Path) -> Path:
    """Below the temporary folder, where the next process finds it; else for this process only."""
    user = user_number()
    mine = Path(tempfile.gettempdir()) / f"plaza-{'user' if user is None else user}"
    is_link = mine.is_symlink()
    return (None if is_link else _usable(mine, mine / part)) or _passing(part)


def _passing(part: Path) -> Path:
    root = passing_folder("plaza-kernels-")
    try:
        make_own(root / part, root)
    except UnsafeFolder as refused:
        raise UnsafeFolder(
            f"no folder is safe for compiled code, which would run as you: {refused}; set "
            "PLAZA_CACHE to a folder that is yours and that nobody else may write to"
        ) from None
    return root / part


def _usable(root: Path, folder: Path, *, may_refuse: bool = False) -> Path | None:
    """Make the folder and try to write in it; None when it cannot be used."""
    try:
        make_own(folder, root)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".probe-"):
            pass
    except UnsafeFolder:
        if may_refuse:
            raise
        return None
    except OSError:
        return None
    return folder


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
