"""Where things lie in a store, and whether a folder is one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.output_folder import disk_errors, replace_text

DEFAULT_STORE = "plaza-store"
FORMAT = 1
MARK = "store.json"
PARTS = ("runs", "days", "journal", "failed", "claims", "studies")


@dataclass(frozen=True)
class Store:
    """A folder of runs.

    Parameters
    ----------
    folder : pathlib.Path
        An existing store.
    """

    folder: Path

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


def open_store(folder: Path | str, *, may_make: bool = True) -> Store:
    """Open a store, or make one.

    Parameters
    ----------
    folder : pathlib.Path or str
        Its folder.
    may_make : bool
        Whether a folder that is missing or empty becomes a store; otherwise it is only read.

    Returns
    -------
    Store
        Ready to write, or to read if `may_make` is False.

    Raises
    ------
    UserError
        If it is no store, comes from a newer Plaza, or cannot be written.
    """
    folder = Path(folder).expanduser()
    mark = folder / MARK
    with disk_errors(folder, option="--store"):
        if mark.is_file():
            _check_format(mark)
        elif not may_make:
            raise UserError(_no_store(folder))
        else:
            _make(folder)
        store = Store(folder.resolve())
        if may_make:
            _check_writable(store)
    return store


def _no_store(folder: Path) -> str:
    if not folder.exists():
        return f"there is no store {folder}; plaza study run makes one, --store DIR names another"
    return f"{folder} is no store of Plaza (it has no {MARK}); --store DIR names another"


def _make(folder: Path) -> None:
    if folder.exists() and not (folder.is_dir() and _is_begun(folder)):
        raise UserError(
            f"{folder} holds other things and no {MARK}: give --store a new or empty folder"
        )
    for part in PARTS:
        (folder / part).mkdir(parents=True, exist_ok=True)
    replace_text(folder / MARK, json.dumps({"format": FORMAT, "is": "a store of Plaza"}) + "\n")


def _is_begun(folder: Path) -> bool:
    """Whether a folder is empty, or a store that another process makes or was killed making."""
    for item in folder.iterdir():
        is_part = item.name in PARTS and item.is_dir() and not any(item.iterdir())
        if not is_part and not item.name.startswith((MARK, f".{MARK}.")):
            return False
    return True


def _check_format(mark: Path) -> None:
    try:
        found = json.loads(mark.read_text(encoding="utf-8"))["format"]
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        reason = " ".join(str(wrong).split())
        raise UserError(f"{mark} cannot be read as the mark of a store: {reason}") from wrong
    if isinstance(found, bool) or not isinstance(found, int) or found > FORMAT:
        raise UserError(
            f"{mark.parent} was made by a newer Plaza (store format {found}, this one reads up to "
            f"{FORMAT}): update Plaza, or give --store another folder"
        )


def _check_writable(store: Store) -> None:
    import os
    import uuid

    for part in PARTS:
        (store.folder / part).mkdir(exist_ok=True)
    trial = store.claims / f".writable-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    trial.touch()
    trial.unlink()
