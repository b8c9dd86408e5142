"""What a user may have edited is not overwritten without a copy."""

from __future__ import annotations

import os
from pathlib import Path


def keep_earlier(path: Path, content: bytes) -> Path | None:
    """Copy a file beside itself before something else is written in its place.

    Parameters
    ----------
    path : pathlib.Path
        It need not be there.
    content : bytes
        What will be written.

    Returns
    -------
    pathlib.Path or None
        The copy, ``<name>.earlier``, numbered when there is one; None where nothing is lost.
    """
    if not path.is_file():
        return None
    old, number = path.read_bytes(), 1
    if old == content:
        return None
    while True:
        copy = path.with_name(f"{path.name}.earlier" + (f"-{number}" if number > 1 else ""))
        try:
            handle = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            if copy.is_file() and copy.read_bytes() == old:
                return copy
            number += 1
            continue
        with os.fdopen(handle, "wb") as file:
            file.write(old)
        return copy


def earlier_line(path: Path, copy: Path) -> str:
    """Say in one line where a copy is."""
    return f"{path} was there already and is written anew; what it held is kept in {copy.name}"
