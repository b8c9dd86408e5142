"""Where compiled kernels are kept: in the user's own cache folder, and not for ever.

Whoever can write there runs code as the user, so the folder must be the user's alone
(:mod:`plaza_lab.engine.private`).
"""

from __future__ import annotations

import functools
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from plaza_lab.engine.private import UnsafeFolder, make_own, passing_folder, user_number

PART = Path("plaza", "kernels")
SUFFIX = ".kernel"
MOST_BYTES = 256 * 2**20
"""Kernels of all versions together; the least recently used go first."""
MOST_DAYS = 90
"""Days after which a kernel that nobody has used goes."""
DAY_S = 86_400.0


@functools.cache
def cache_folder() -> Path:
    """Folder of the kernels, which nobody but the user may write to.

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
    for variable in ("PLAZA_CACHE", "XDG_CACHE_HOME"):
        if named := os.environ.get(variable):
            return _named_folder(variable, Path(named).absolute()) or _spare_folder()
    try:
        home = Path.home() / ".cache"
    except RuntimeError:  # nobody knows where it is
        return _spare_folder()
    return _usable(home) or _spare_folder()


def _named_folder(variable: str, root: Path) -> Path | None:
    try:
        return _usable(root, may_refuse=True)
    except UnsafeFolder as refused:
        raise UnsafeFolder(
            f"{variable}={root} is not used for compiled code, which would run as you: {refused}; "
            "give it a folder that is yours and that nobody else may write to (chmod 700)"
        ) from None


def _spare_folder() -> Path:
    """Below the temporary folder, where the next process finds it; else for this process only."""
    user = user_number()
    mine = Path(tempfile.gettempdir()) / f"plaza-{'user' if user is None else user}"
    is_link = mine.is_symlink()
    return (None if is_link else _usable(mine)) or _passing()


def _passing() -> Path:
    root = passing_folder("plaza-kernels-")
    try:
        make_own(root / PART, root)
    except UnsafeFolder as refused:
        raise UnsafeFolder(
            f"no folder is safe for compiled code, which would run as you: {refused}; set "
            "PLAZA_CACHE to a folder that is yours and that nobody else may write to"
        ) from None
    return root / PART


def _usable(root: Path, *, may_refuse: bool = False) -> Path | None:
    """Make the folder and try to write in it; None when it cannot be used."""
    folder = root / PART
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


def note_use(path: Path) -> None:
    """Remember that a kernel is still in use: the time of its file says when it last was."""
    with suppress(OSError):
        if time.time() - path.stat().st_mtime > DAY_S:
            os.utime(path)


def prune(folder: Path) -> None:
    """Let go of kernels that are old, and of the least used where they are too many.

    Parameters
    ----------
    folder : pathlib.Path
        The cache folder; a process that has one of its kernels loaded does not mind.
    """
    found = []
    for path in folder.glob(f"*{SUFFIX}"):
        with suppress(OSError):
            facts = path.stat()
            found.append((facts.st_mtime, facts.st_size, path))
    kept = 0
    oldest = time.time() - MOST_DAYS * DAY_S
    for last_used, size, path in sorted(found, reverse=True):
        kept += size
        if last_used < oldest or kept > MOST_BYTES:
            with suppress(OSError):
                path.unlink()
    for path in folder.glob(f".*{SUFFIX}.lock"):  # of processes that were killed
        with suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()
