"""Places for what a command keeps: looked at before any work, and written without a loss."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.output.output_folder import disk_errors

LONGEST_NAME = 220  # bytes; file systems take 255, and a folder is written under a longer name
LONGEST_PATH = 3800  # bytes; systems take 4,096, and there are files inside


def place_of(given: str | Path, option: str = "run.out") -> Path:
    """Read where something is to be kept; ``~`` is the home folder.

    `option` is what set it, for the error.

    Raises
    ------
    UserError
        If it names nothing, or nothing that a file system could take.
    """
    text = str(given)
    if "\0" in text:
        raise UserError(f"{option} holds a NUL byte; give it the name of a new folder")
    try:
        place = Path(text).expanduser()
    except RuntimeError:
        raise UserError(f"{option}={text}: there is no such user; give it a new folder") from None
    if place.name.strip() in ("", ".."):
        shown = text if text.strip() else "the empty name"
        raise UserError(f"{shown} exists already; give {option} a new folder, such as results")
    for part in place.parts:
        size = len(os.fsencode(part))
        if size > LONGEST_NAME:
            raise UserError(
                f"{option}: the name {part[:40]}... has {size:,} bytes; a name has at most "
                f"{LONGEST_NAME}"
            )
    if len(os.fsencode(place)) > LONGEST_PATH:
        raise UserError(f"{option}: the path {text[:40]}... is longer than {LONGEST_PATH:,} bytes")
    return place


def new_place(given: str | Path, option: str) -> Path:
    """Read where something new is to be kept, and look whether it can be.

    Raises
    ------
    UserError
        If something is there already, or the folder it will be in may not be written to.
    """
    place = place_of(given, option)
    with disk_errors(place, option=option):
        if os.path.lexists(place):
            raise UserError(f"{place} exists already; give {option} a new folder")
    check_parent(place, option)
    return place


def check_parent(place: Path, option: str) -> None:
    """Refuse a place whose folder is none, or may not be written to.

    Raises
    ------
    UserError
        With what is in the way.
    """
    with disk_errors(place, option=option):
        above = next(folder for folder in place.absolute().parents if os.path.lexists(folder))
        if not above.is_dir():
            raise UserError(
                f"{place} cannot be written: {above} is no folder; give {option} another place"
            )
        Path(tempfile.mkdtemp(prefix=".plaza-", dir=above)).rmdir()  # root may not write to all


def write_whole(path: str | Path, content: bytes) -> Path:
    """Write a file under a temporary name and rename it, so that no half file is ever seen.

    Raises
    ------
    UserError
        One line when the folder cannot be made or written, or the disk is full.
    """
    path = Path(path)
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        return Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise UserError(
            f"{path} cannot be written: {error.strerror or error} (see --out)"
        ) from None


def keep_earlier(path: Path, content: bytes) -> Path | None:
    """Copy a file beside itself before other content is written in its place.

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
