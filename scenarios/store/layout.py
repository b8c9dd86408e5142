"""Where things lie in a store, what a run is called there, and whether a folder is one."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import stat
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.output.output_folder import disk_errors, replace_text
from plaza_lab.scenarios.output.provenance import code_fingerprint
from plaza_lab.scenarios.store.checksums import has_seal, sealed

DEFAULT_STORE = "plaza-store"
FORMAT = 1
MARK = "store.json"
_USUAL: ContextVar[str] = ContextVar("usual", default=DEFAULT_STORE)
PARTS = ("runs", "days", "journal", "failed", "claims", "studies")


def run_key(point: str, weeks: int, seed: int, code: str | None = None) -> str:
    """Name a run by what made it, and nothing else.

    Parameters
    ----------
    point : str
        Fingerprint of the resolved configuration.
    weeks, seed : int
        Weeks lived through, and its seed.
    code : str, optional
        Fingerprint of the engine; default: the engine that is installed.

    Returns
    -------
    str
        16 hex digits. A changed engine makes other keys, so that its runs are never mixed.
    """
    text = f"{point} {weeks} {code or code_fingerprint()} {seed}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def usual_store() -> str:
    """Return the store of a command that names none."""
    return _USUAL.get()


@contextlib.contextmanager
def another_store(folder: Path) -> Iterator[None]:
    """Let commands that name no store take this one: what lies in theirs would not be run again."""
    token = _USUAL.set(str(folder))
    try:
        yield
    finally:
        _USUAL.reset(token)


@dataclass(frozen=True)
class Store:
    """A folder of runs.

    Parameters
    ----------
    folder : pathlib.Path
        An existing store.
    is_trusted : bool
        Whether the user vouches for who made it (``--trust``): its configurations may then hold
        resolvers.
    option : str
        What the user sets to choose another folder.
    """

    folder: Path
    is_trusted: bool = False
    option: str = "--store"

    def writing(
        self, place: Path, *, kept: str = "the runs written before are kept"
    ) -> AbstractContextManager[None]:
        """Turn what the file system refuses while something is written into one line."""
        return disk_errors(place, option=self.option, kept=kept)

    @property
    def runs(self) -> Path:
        """Segments of outcomes; a segment counts when it is here."""
        return self.folder / "runs"

    @property
    def days(self) -> Path:
        """Segments of daily metrics."""
        return self.folder / "days"

    @property
    def journal(self) -> Path:
        """Segments of transfers."""
        return self.folder / "journal"

    @property
    def failed(self) -> Path:
        """One file for each run that could not be finished."""
        return self.folder / "failed"

    @property
    def claims(self) -> Path:
        """One file for each process that writes."""
        return self.folder / "claims"

    @property
    def studies(self) -> Path:
        """One folder for each study."""
        return self.folder / "studies"


def open_store(
    folder: Path | str, *, may_make: bool = True, is_trusted: bool = False, option: str = "--store"
) -> Store:
    """Open a store, or make one.

    Parameters
    ----------
    folder : pathlib.Path or str
        Its folder.
    may_make : bool
        Whether a folder that is missing or empty becomes a store; otherwise it is only read.
    is_trusted : bool
        Whether the user vouches for who made it.
    option : str
        What the user sets to choose another folder.

    Returns
    -------
    Store
        Ready to write, or to read if `may_make` is False.

    Raises
    ------
    UserError
        If it is no store, comes from a newer Plaza, has a link among its folders, or cannot be
        written.
    """
    folder = Path(folder).expanduser()
    mark = folder / MARK
    with disk_errors(folder, option=option):
        if mark.is_file():
            _check_format(mark, option)
        elif not may_make:
            raise UserError(_no_store(folder))
        else:
            _make(folder, option)
        store = Store(folder.resolve(), is_trusted, option)
        refuse_links(store.folder)
        if may_make:
            _check_writable(store)
    return store


def _no_store(folder: Path) -> str:
    if not folder.exists():
        return f"there is no store {folder}; plaza study run makes one, --store DIR names another"
    return f"{folder} is no store of Plaza (it has no {MARK}); --store DIR names another"


def _make(folder: Path, option: str) -> None:
    if folder.exists() and not (folder.is_dir() and _is_begun(folder)):
        raise UserError(
            f"{folder} holds other things and no {MARK}: give {option} a new or empty folder"
        )
    for part in PARTS:
        (folder / part).mkdir(parents=True, exist_ok=True)
    replace_text(folder / MARK, sealed({"format": FORMAT, "is": "a store of Plaza"}))


def _is_begun(folder: Path) -> bool:
    """Whether a folder is empty, or a store that another process makes or was killed making."""
    for item in folder.iterdir():
        is_part = item.name in PARTS and item.is_dir() and not any(item.iterdir())
        if not is_part and not item.name.startswith((MARK, f".{MARK}.")):
            return False
    return True


def _check_format(mark: Path, option: str) -> None:
    try:
        text = read_regular(mark).decode("utf-8")
        content = json.loads(text)
        found = content["format"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as wrong:
        reason = " ".join(str(wrong).split())
        raise UserError(f"{mark} cannot be read as the mark of a store: {reason}") from wrong
    if isinstance(found, bool) or not isinstance(found, int) or found > FORMAT:
        raise UserError(
            f"{mark.parent} was made by a newer Plaza (store format {found}, this one reads up to "
            f"{FORMAT}): update Plaza, or give {option} another folder"
        )
    try:
        has_seal(text, is_promised=set(content) != {"format", "is"})
    except ValueError as wrong:
        raise UserError(f"{mark} cannot be read as the mark of a store: {wrong}") from wrong


def remove_empty(store: Store) -> None:
    """Remove a store that holds nothing; any file or folder in it keeps it."""
    folders = [store.folder / part for part in PARTS]
    with contextlib.suppress(OSError):
        there = {place for place in store.folder.iterdir() if place.name != MARK}
        if there <= set(folders) and not any(any(folder.iterdir()) for folder in there):
            for folder in there:
                folder.rmdir()
            (store.folder / MARK).unlink()
            store.folder.rmdir()


def refuse_links(folder: Path) -> None:
    """Refuse a folder that is a link, or has one in it: what is done there could reach elsewhere.

    Raises
    ------
    UserError
        With the link.
    """
    for place in (folder, *sorted(folder.iterdir())):
        if place.is_symlink():
            raise UserError(
                f"{place} is a link; a store holds none: put the files themselves there"
            )


def regular_size(file: Path) -> int:
    """Return the size of a file of the store's own, in bytes.

    Raises
    ------
    OSError
        If it is a link, or something that is no plain file.
    """
    found = file.lstat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is a link or no plain file", str(file))
    return found.st_size


def read_regular(file: Path) -> bytes:
    """Read a file of the store's own; raises OSError as :func:`regular_size`."""
    regular_size(file)
    return file.read_bytes()


def _check_writable(store: Store) -> None:
    for part in PARTS:
        (store.folder / part).mkdir(exist_ok=True)
    trial = store.claims / f".writable-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    trial.touch()
    trial.unlink()
