"""The output folder: written beside its final place and renamed when whole.

Nothing half-written ever carries the final name. A study stopped by Ctrl-C is kept under a name
that says so.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "manifest.json"


def default_folder(verb: str, name: str, now: datetime | None = None) -> Path:
    """Name the output folder of a study that was given none.

    Parameters
    ----------
    verb : str
        Command.
    name : str
        What is studied.
    now : datetime, optional
        Time in the name; default: now.

    Returns
    -------
    pathlib.Path
        ``plaza-out/<verb>-<name>-<time>``, relative to the working directory.
    """
    time = (now or datetime.now()).strftime("%Y%m%d-%H%M%S")
    return Path("plaza-out") / "-".join(filter(None, (verb, slug(name), time)))


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

    Raises
    ------
    UserError
        On entering, if the folder exists or cannot be made or written to.
    """

    def __init__(self, final: Path, *, may_replace: bool = False) -> None:
        self.final, self.may_replace = final, may_replace
        self.partial = final.with_name(f"{final.name}.partial-{os.getpid()}")
        self._made: list[Path] = []

    def __enter__(self) -> OutputFolder:
        self._refuse_existing()
        with disk_errors(self.final):
            self._make_parents()
            self.partial.mkdir()
            (self.partial / ".writable").touch()
            (self.partial / ".writable").unlink()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self.partial, ignore_errors=True)
        for parent in reversed(self._made):
            with contextlib.suppress(OSError):
                parent.rmdir()

    def keep(self) -> Path:
        """Give the folder its final name.

        Returns
        -------
        pathlib.Path
            Where it is now.
        """
        with disk_errors(self.final):
            self._refuse_existing()
            replaced = self.final.with_name(f"{self.final.name}.replaced-{os.getpid()}")
            if self.final.exists():
                self.final.rename(replaced)
            self.partial.rename(self.final)
            shutil.rmtree(replaced, ignore_errors=True)
        return self.final

    def keep_interrupted(self) -> Path:
        """Give the folder the name of a study that was stopped: ``<name>-interrupted``.

        Returns
        -------
        pathlib.Path
            Where it is now; numbered if such a folder is there already.
        """
        place, count = self.final.with_name(f"{self.final.name}-interrupted"), 1
        while place.exists():
            count += 1
            place = self.final.with_name(f"{self.final.name}-interrupted-{count}")
        with disk_errors(place):
            self.partial.rename(place)
        return place

    def _make_parents(self) -> None:
        missing = [parent for parent in self.final.parents if not parent.exists()]
        for parent in reversed(missing):
            parent.mkdir(exist_ok=True)
            self._made.append(parent)

    def _refuse_existing(self) -> None:
        with disk_errors(self.final):
            if not os.path.lexists(self.final):
                return
            is_ours = (self.final / MANIFEST).is_file()
        if not self.may_replace:
            raise UserError(
                f"{self.final} exists already; give run.out another name, or run.overwrite=true"
            )
        if not is_ours:
            raise UserError(
                f"{self.final} is no output folder of Plaza (it has no {MANIFEST}) and is not "
                "overwritten; give run.out another name"
            )


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
    """Write a small file under a temporary name and rename it.

    Parameters
    ----------
    path : pathlib.Path
        Its name; a file that is there is replaced.
    text : str
        Its content.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write each table as ``<name>.parquet``.

    Parameters
    ----------
    folder : pathlib.Path
        An existing folder.
    tables : mapping of str to pandas.DataFrame
        Name to table.
    """
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write ``manifest.json`` with the list of the files beside it.

    Parameters
    ----------
    folder : pathlib.Path
        A folder that holds everything else already.
    manifest : mapping
        What reproduces the study.
    """
    files = sorted(file.name for file in folder.iterdir())
    text = json.dumps({**manifest, "files": [*files, MANIFEST]}, indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
