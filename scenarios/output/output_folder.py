"""The output folder: written beside its final place and renamed when whole.

Nothing half-written ever carries the final name. A study stopped by Ctrl-C is kept under a name
that says so. The name is held from the start (``reservation.py``); what stands in the
way is replaced only when asked, and only if Plaza wrote all of it (``manifest.py``).
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from plaza_lab.engine.reservation import Reservation, Taken
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.output.manifest import remove_listed, why_not_ours

if TYPE_CHECKING:
    import pandas as pd

MOST_NUMBERS = 10_000
"""Folders of one name in one second."""


def output_folder(
    out: str | Path | None,
    verb: str,
    title: str,
    *,
    may_replace: bool = False,
    option: str = "run.out",
) -> OutputFolder:
    """Return the output folder a user named, or else one named after the study.

    Parameters
    ----------
    out : str or pathlib.Path or None
        What the user named; empty for none.
    verb, title : str
        For :func:`default_folder`.
    may_replace : bool
        Whether an output folder of Plaza in its place is replaced.
    option : str
        What the user named it with.

    Returns
    -------
    OutputFolder
        To be entered before anything is computed.
    """
    from plaza_lab.scenarios.files.places import place_of

    if out:
        return OutputFolder(place_of(out, option), may_replace=may_replace, option=option)
    return OutputFolder(default_folder(verb, title), may_number=True)


def default_folder(verb: str, name: str, now: datetime | None = None) -> Path:
    """Name the folder of a study that was given none: ``plaza-out/<verb>-<name>-<time>``."""
    time = (now or datetime.now()).strftime("%Y%m%d-%H%M%S")
    return Path("plaza-out") / named_after(verb, name, time)


def named_after(verb: str, name: str, moment: str = "") -> str:
    """Name what nobody has named: by the command, what is studied, and the moment.

    The moment is now, to the microsecond, unless given; parts that are empty are left out.
    """
    moment = moment or f"{datetime.now():%Y%m%d-%H%M%S-%f}"
    return "-".join(filter(None, (verb, slug(name), moment)))


def slug(text: str) -> str:
    """Turn a name into a part of a file name of at most 60 characters and 120 bytes."""
    kept = [sign if sign in "_." or unicodedata.category(sign)[0] in "LMN" else "-"
            for sign in unicodedata.normalize("NFC", text)]  # fmt: skip
    joined = re.sub("-+", "-", "".join(kept)).strip("-.")[:60]
    return joined.encode()[:120].decode(errors="ignore").rstrip("-.")


class OutputFolder:
    """Claims an output folder before a study and gives it its name when it is whole.

    Parameters
    ----------
    final : pathlib.Path
        The name it will have.
    may_replace : bool
        Whether an output folder of Plaza in its place is replaced.
    may_number : bool
        Whether ``-2`` and so on is added to a name that is taken; for names nobody chose.
    option : str
        What a user sets to choose another place.

    Raises
    ------
    UserError
        On entering, if the folder exists, another process is at work on it, or it cannot be made
        or written to.
    """

    def __init__(
        self,
        final: Path,
        *,
        may_replace: bool = False,
        may_number: bool = False,
        option: str = "run.out",
    ) -> None:
        self.final, self.may_replace, self.may_number = final, may_replace, may_number
        self.option = option
        self.partial = final.with_name(f"{final.name}.partial-{os.getpid()}")
        self._made: list[Path] = []
        self._reservation: Reservation | None = None

    def __enter__(self) -> OutputFolder:
        if not self.may_number:
            self._refuse_existing()
        try:
            with disk_errors(self.final, option=self.option):
                self._make_parents()
                self._reserve()
                self.partial = _made_beside(self.final)
                (self.partial / ".writable").touch()
                (self.partial / ".writable").unlink()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self.partial, ignore_errors=True)
        self._leave()

    def _leave(self) -> None:
        if self._reservation is not None:
            self._reservation.release()
        for parent in reversed(self._made):
            with contextlib.suppress(OSError):
                parent.rmdir()

    def _reserve(self) -> None:
        """Hold the name, or the next number of it."""
        wanted = self.final
        for number in range(2, MOST_NUMBERS):
            with contextlib.suppress(Taken):
                self._reservation = Reservation(self.final)
                if not self.may_number or not os.path.lexists(self.final):
                    self._refuse_existing()
                    return
                self._reservation.release()
            if not self.may_number:
                raise UserError(
                    f"{self.final} is being written by another process; "
                    f"give {self.option} another name"
                )
            self.final = wanted.with_name(f"{wanted.name}-{number}")
        raise UserError(f"{wanted} and all its numbers are taken; give {self.option} another name")

    def keep(self) -> Path:
        """Give the folder its final name, and return where it is now.

        What was computed is never thrown away: when something came into the way meanwhile, the
        next number is added to the name.
        """
        with disk_errors(self.final, option=self.option):
            is_free = not os.path.lexists(self.final)
            if not is_free and (not self.may_replace or why_not_ours(self.final)):
                self.final = _numbered(self.final)
                is_free = True
            replaced = _numbered(self.final.with_name(f"{self.final.name}.replaced-{os.getpid()}"))
            if not is_free:
                self.final.rename(replaced)
            try:
                self.partial.rename(self.final)
            except OSError:
                if not is_free:
                    replaced.rename(self.final)
                raise
            if not is_free and not remove_listed(replaced):
                raise UserError(
                    f"kept in {self.final}; something came into the folder it replaces, which "
                    f"is kept in {replaced}"
                )
        return self.final

    def keep_interrupted(self) -> Path:
        """Name the folder ``<name>-interrupted``, numbered if there is one; return where it is."""
        place = _numbered(self.final.with_name(f"{self.final.name}-interrupted"))
        with disk_errors(place, option=self.option):
            self.partial.rename(place)
        return place

    def _make_parents(self) -> None:
        missing = [parent for parent in self.final.parents if not parent.exists()]
        for parent in reversed(missing):
            parent.mkdir(exist_ok=True)
            self._made.append(parent)

    def _refuse_existing(self) -> None:
        with disk_errors(self.final, option=self.option):
            if not os.path.lexists(self.final):
                return
            why = why_not_ours(self.final) if self.may_replace else ""
        if not self.may_replace:
            raise UserError(
                f"{self.final} exists already; give {self.option} another name, or "
                "run.overwrite=true"
            )
        if why:
            raise UserError(
                f"{self.final} is not overwritten: {why}; give {self.option} another name, or "
                "take away what you want to keep"
            )


def _numbered(place: Path) -> Path:
    """The name, or the first number of it that is free."""
    free, count = place, 1
    while os.path.lexists(free):
        count += 1
        free = place.with_name(f"{place.name}-{count}")
    return free


def _made_beside(final: Path) -> Path:
    """Make the folder for what is not whole yet; one that a killed process left stays as it is."""
    while True:
        partial = _numbered(final.with_name(f"{final.name}.partial-{os.getpid()}"))
        with contextlib.suppress(FileExistsError):
            partial.mkdir()
            return partial


@contextlib.contextmanager
def disk_errors(
    place: Path, *, option: str = "run.out", kept: str = "nothing was kept"
) -> Iterator[None]:
    """Turn what the file system refuses into a :class:`UserError` of one line.

    Parameters
    ----------
    place : pathlib.Path
        Shown in the line.
    option : str
        What a user sets to choose another place.
    kept : str
        What is kept when the disk is full.
    """
    try:
        yield
    except OSError as refused:
        if refused.errno == errno.ENOSPC or "No space left" in str(refused):
            raise UserError(
                f"{place} cannot be written: no space left on the disk; {kept}, free "
                f"some space or give {option} a folder on another disk"
            ) from refused
        why = refused.strerror or " ".join(str(refused).split())
        raise UserError(
            f"{place} cannot be written: {why}; give {option} a folder you may write to"
        ) from refused


def replace_text(path: Path, text: str) -> None:
    """Write a small file under a temporary name and rename it; one that is there is replaced."""
    partial = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write each table as ``<name>.parquet`` into an existing folder."""
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
