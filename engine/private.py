"""Folders that are the user's own: nobody else may write what Plaza runs as code.

The compiled kernels are read as pickles, so whoever can write them runs code as the user. A folder
is safe when the user or the system's owner made it and every folder above, and nobody else may
write to any of them; a folder like ``/tmp``, where everybody may write and nobody may rename what
is another's (the sticky bit), may be above but not the folder itself.

Systems that know no owners and modes (Windows) keep each user's folders apart by other means,
which are not looked at: there a folder is safe when it is no link.
"""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import tempfile
from pathlib import Path

OTHERS = stat.S_IWGRP | stat.S_IWOTH
"""Modes that let somebody else write."""


class UnsafeFolder(RuntimeError):
    """A folder named for the cache that is not the user's alone; the message is one line."""


def user_number() -> int | None:
    """Return the number of the user of this process; None where users have none (Windows)."""
    find = getattr(os, "geteuid", None)
    return None if find is None else int(find())


def _why_unsafe(folder: Path) -> str:
    """Tell why somebody else may come to write in a folder, or in one above; empty for nobody."""
    real, given = folder.resolve(), folder.absolute()
    for place in dict.fromkeys((given, *given.parents, real, *real.parents)):
        if place.is_symlink():
            why = _why_link(place)
        elif place.exists():
            why = _why_open(place, is_above=place not in (given, real))
        else:
            continue
        if why:
            return why
    return ""


def make_own(folder: Path, root: Path) -> None:
    """Make a folder and those between it and a root, each for the user alone.

    Parameters
    ----------
    folder : pathlib.Path
        Below the root.
    root : pathlib.Path
        Made like them when it is not there.

    Raises
    ------
    UnsafeFolder
        If the root is not the user's own, or one of the folders is a link or not the user's own.
    OSError
        If one cannot be made.
    """
    if not root.exists():
        missing = [place for place in root.parents if not place.exists()]
        for place in reversed(missing):
            place.mkdir(mode=0o700, exist_ok=True)
    between = [place for place in reversed(folder.parents) if root in place.parents]
    for place in dict.fromkeys((root, *between, folder)):
        place.mkdir(mode=0o700, exist_ok=True)
        why = _why_unsafe(place) if place == root else _why_foreign(place)
        if why:
            raise UnsafeFolder(why)
    if user_number() is not None:
        folder.chmod(0o700)  # what is made in it later is out of reach, whatever the umask


def passing_folder(prefix: str) -> Path:
    """Make a private folder that goes when this process ends."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _why_link(place: Path) -> str:
    """A link may be the user's own way to another disk; a stranger's is none."""
    me = user_number()
    owner = place.lstat().st_uid
    return "" if me is None or owner in (me, 0) else f"{place} is a link made by user {owner}"


def _why_foreign(place: Path) -> str:
    if place.is_symlink():
        return f"{place} is a link"
    return _why_open(place, is_above=False)


def _why_open(place: Path, *, is_above: bool) -> str:
    me, facts = user_number(), place.lstat()
    if not stat.S_ISDIR(facts.st_mode):
        return f"{place} is no folder"
    if me is None:
        return ""
    if facts.st_uid != me and not (is_above and facts.st_uid == 0):
        return f"{place} belongs to user {facts.st_uid}"
    if facts.st_mode & OTHERS and not (is_above and facts.st_mode & stat.S_ISVTX):
        return f"others may write to {place} (mode {stat.S_IMODE(facts.st_mode):o})"
    return ""
