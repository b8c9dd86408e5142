"""Upkeep of a store: what killed processes left, damaged segments, runs nobody asks for."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.store.claims import Claim, age_of, is_alive, is_gone, living_claims
from plaza_lab.scenarios.store.index import read_index
from plaza_lab.scenarios.store.layout import MARK, Store
from plaza_lab.scenarios.store.segments import write_parts
from plaza_lab.scenarios.store.sharing import ENDING, is_held

PARTS = ("days", "journal", "runs")
ASIDE = ".damaged"
REMOVED = ".removed-"
"""Begins the name of a study's folder while its files are being removed."""
YOUNG_S = 3600.0
"""A file younger than this may belong to a process on a machine one cannot see from here."""


@dataclass
class Garbage:
    """What upkeep found.

    Parameters
    ----------
    files : list of pathlib.Path
        Left by processes that are gone: temporary files, parts of segments that never counted,
        claims; and damaged segments set aside earlier.
    damaged : dict of str to str
        Segments that count no more, and why.
    """

    files: list[Path] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)

    @property
    def n_bytes(self) -> int:
        """Bytes the files take."""
        sizes = 0
        for file in self.files:
            with contextlib.suppress(OSError):
                sizes += file.stat().st_size
        return sizes


def set_aside(store: Store, damaged: dict[str, str]) -> None:
    """Take damaged segments out of the way, so that their runs are run again.

    Their files are kept beside, with ``.damaged`` at the end, until ``plaza study gc``.
    """
    for name in damaged:
        for part in reversed(PARTS):
            file = store.folder / part / name
            with contextlib.suppress(FileNotFoundError):
                file.rename(file.with_name(file.name + ASIDE))


def find_garbage(store: Store) -> Garbage:
    """Look for what no living process will need, while others may be writing."""
    # a segment may be finished while one looks: what counts is asked after what is there
    parts = [file for part in PARTS[:-1] for file in (store.folder / part).glob("*.parquet")]
    temporary = list(_temporary(store))
    living = set(living_claims(store))
    damaged = dict(read_index(store).damaged)
    counted = {file.name for file in store.runs.glob("*.parquet")}
    garbage = Garbage(damaged=damaged)
    for part in PARTS:
        garbage.files += sorted((store.folder / part).glob(f"*{ASIDE}"))
    for file in (*temporary, *(file for file in parts if file.name not in counted)):
        if _writer(file.name) not in living and _is_abandoned(file):
            garbage.files.append(file)
    for file in sorted(store.claims.glob("*.json")):
        with contextlib.suppress(OSError):
            if not _holds(file):
                garbage.files.append(file)
    for file in sorted(store.claims.glob(f"[!.]*{ENDING}")):
        if not is_held(store, file):
            garbage.files.append(file)
    return garbage


def _temporary(store: Store) -> Iterator[Path]:
    """Files under a name that begins with a dot: being written, or left by a process killed."""
    for part in (*PARTS, "failed", "claims"):
        yield from (store.folder / part).glob(".*")
    yield from store.folder.glob(f".{MARK}.*")
    yield from store.studies.glob(f"{REMOVED}*")
    for pattern in (".*", "jobs/.*", "points/.*", "answer.partial-*", "answer.replaced-*"):
        for file in store.studies.glob(f"*/{pattern}"):
            if file.parent.resolve() == file.parent:  # no link leads there from the store
                yield file


def _writer(name: str) -> str:
    """Name of the process that wrote a file of a segment: the file's without its number."""
    return re.sub(r"-\d{5,}\.parquet.*$|\.json.*$", "", name.removeprefix("."))


def _is_abandoned(file: Path) -> bool:
    """Whether the process that wrote a file is gone, or is not heard of for long."""
    with contextlib.suppress(OSError):
        return is_gone(_writer(file.name)) or age_of(file) > YOUNG_S
    return False


def _holds(claim: Path) -> bool:
    try:
        return is_alive(claim)
    except ValueError:  # no claim one can read
        return not _is_abandoned(claim)


def sweep_out(store: Store, garbage: Garbage) -> None:
    """Remove what :func:`find_garbage` found."""
    for file in garbage.files:
        if file.is_dir() and not file.is_symlink():
            shutil.rmtree(file, ignore_errors=True)
        else:
            file.unlink(missing_ok=True)
    for name in garbage.damaged:
        _remove(store, name)


def keep_only(store: Store, keys: Collection[str]) -> int:
    """Take out every finished run that is not among these, and second copies; count the runs.

    A segment that holds some of both is written anew with what stays, before the old one goes; a
    process killed in between leaves twins, which count once, as second copies do here.

    Raises
    ------
    UserError
        If other processes work in the store.
    """
    others = living_claims(store)
    if others:
        raise UserError(
            f"{len(others)} process{'es are' if len(others) > 1 else ' is'} at work in "
            f"{store.folder}, and may keep runs that no study asks for yet; wait for the end"
        )
    wanted = set(keys)
    with Claim(store, "gc") as claim:
        index = read_index(store)
        number = 0
        for segment, inside in index.keys_in.items():
            staying = [key for key in inside if key in wanted and index.segment_of[key] == segment]
            if len(staying) == len(inside):
                continue
            if staying:
                _rewrite(store, segment, staying, f"{claim.writer}-{number:05d}.parquet")
                number += 1
            _remove(store, segment)
    return len(set(index.segment_of) - wanted)


def _remove(store: Store, segment: str) -> None:
    for part in reversed(PARTS):
        (store.folder / part / segment).unlink(missing_ok=True)


def _rewrite(store: Store, segment: str, keys: list[str], name: str) -> None:
    import numpy as np
    import pyarrow.parquet as pq

    tables = {}
    for part in PARTS:
        with pq.ParquetFile(store.folder / part / segment) as opened:
            table = opened.read()
        stays = np.isin(table["run_id"].to_numpy().astype(str), keys)
        tables[part] = table.filter(stays)
    write_parts(store, name, tables)
