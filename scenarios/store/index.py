"""What a store holds: which run lies in which segment, what is damaged, which runs failed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.command_line.printing import harmless
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.output.output_folder import replace_text
from plaza_lab.scenarios.store.checksums import DIFFERS, PROMISE, is_whole, mark_of, warn_of_age
from plaza_lab.scenarios.store.layout import Store, read_regular, regular_size
from plaza_lab.scenarios.store.segments import MARKS

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class Index:
    """Runs by key.

    Parameters
    ----------
    segment_of : dict of str to str
        Run key to the segment that holds it. A run that two processes made at once lies in two
        segments with the same bytes; the first by name counts.
    has_twins : bool
        Whether there is such a run.
    damaged : dict of str to str
        Segment to what is wrong with it; its runs do not count.
    keys_in : dict of str to list of str
        Whole segment to the keys of its runs, twins among them.
    """

    segment_of: dict[str, str] = field(default_factory=dict)
    has_twins: bool = False
    damaged: dict[str, str] = field(default_factory=dict)
    keys_in: dict[str, list[str]] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.segment_of

    def segments(self, keys: Iterable[str]) -> list[str]:
        """Return the segments that hold these runs, in order of name."""
        return sorted({self.segment_of[key] for key in keys if key in self.segment_of})


def read_index(store: Store, known: Index | None = None) -> Index:
    """Look for every whole segment of a store that others may be writing to.

    Parameters
    ----------
    store : Store
        Where.
    known : Index, optional
        An earlier look at the same store: segments it names are not opened again.
    """
    index = Index()
    for file in sorted(store.runs.glob("*.parquet")):
        try:
            seen = None if known is None else known.keys_in.get(file.name)
            keys = _keys_of(store, file) if seen is None else seen
        except FileNotFoundError:  # gc was at work between the listing and now
            continue
        except (OSError, ValueError) as wrong:
            index.damaged[file.name] = in_one_line(wrong)
            continue
        index.keys_in[file.name] = keys
        for key in keys:
            if index.segment_of.setdefault(key, file.name) != file.name:
                index.has_twins = True
    return index


def _keys_of(store: Store, file: Path) -> list[str]:
    marks, table = read_runs(store, file.name, ["run_id"])
    for part, mark in MARKS.items():
        _check_size(store.folder / part / file.name, part, marks.get(mark, b""))
    return [str(key) for key in table["run_id"].to_pylist()]


def read_runs(
    store: Store, segment: str, columns: list[str] | None = None
) -> tuple[dict[bytes, bytes], pa.Table]:
    """Read the file of a segment in ``runs/``, against the checksum within it.

    Parameters
    ----------
    store, segment
        Which file.
    columns : list of str, optional
        Columns wanted; default: all.

    Returns
    -------
    tuple
        Marks of the files beside it, and the table.

    Raises
    ------
    ValueError
        If it is not what was written.
    OSError
        If it cannot be read, or is no file of the store's own.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = read_regular(store.runs / segment)
    try:
        with pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True) as opened:
            marks = dict(opened.schema_arrow.metadata or {})
            if not is_whole(data):
                if any(mark.decode().endswith(PROMISE) for mark in marks.values()):
                    raise ValueError(DIFFERS)
                warn_of_age(store.folder)
            # here: another thread may be the last to let go of `data`, which aborts a process
            # whose interpreter is ending
            return marks, opened.read(columns, use_threads=False)
    except (pa.ArrowException, KeyError) as wrong:
        raise ValueError(f"it is no whole Parquet file ({in_one_line(wrong)})") from wrong


def _check_size(file: Path, part: str, mark: bytes) -> None:
    try:
        size = regular_size(file)
    except FileNotFoundError:
        raise ValueError(f"its file in {part}/ is missing") from None
    expected = mark.decode().partition(" ")[0]
    if str(size) != expected:
        raise ValueError(f"its file in {part}/ has {size} bytes and not {expected}")


def find_corruption(store: Store, segments: Iterable[str]) -> dict[str, str]:
    """Read segments to the last byte, against their checksums; return what is wrong with which.

    :func:`read_index` sees what is missing or cut off; a byte that changed on the disk is seen
    only here.
    """
    damaged: dict[str, str] = {}
    for name in segments:
        try:
            marks, _ = read_runs(store, name)
            for part, mark in MARKS.items():
                written = marks.get(mark, b"").decode().removesuffix(PROMISE)
                if mark_of(store.folder / part / name) != written:
                    damaged[name] = f"its file in {part}/ is not what was written"
                    break
        except FileNotFoundError:  # gc was at work, or it is told by read_index
            continue
        except (OSError, ValueError) as wrong:
            damaged[name] = f"it cannot be read ({in_one_line(wrong)})"
    return damaged


def in_one_line(wrong: BaseException) -> str:
    """Return what an error says, on one line of at most 160 characters."""
    return " ".join(str(wrong).split())[:160]


def refuse_damage(store: Store, damaged: dict[str, str]) -> None:
    """Stop when a segment is damaged.

    Raises
    ------
    UserError
        With the first damaged file and what to do.
    """
    for name, why in damaged.items():
        raise UserError(
            f"{store.runs / name} is damaged: {why}; plaza study resume sets it aside and runs "
            "its runs again, everything else is kept"
        )


@dataclass(frozen=True)
class Failure:
    """Why a run could not be finished.

    Parameters
    ----------
    run_id, study : str
        Its key, and the study that asked.
    policy, seed
        Which run it is.
    reason : str
        One line.
    again : str
        Command line that runs it again.
    """

    run_id: str
    study: str
    policy: str
    seed: int
    reason: str
    again: str


def keep_failure(store: Store, failure: Failure) -> None:
    """Keep why a run could not be finished."""
    text = json.dumps(asdict(failure), ensure_ascii=False)
    with store.writing(store.failed):
        replace_text(store.failed / f"{failure.run_id}.json", text)


def forget_failure(store: Store, key: str) -> None:
    """Forget that a run failed once: it is finished now."""
    (store.failed / f"{key}.json").unlink(missing_ok=True)


def failures_of(store: Store, keys: Iterable[str]) -> list[Failure]:
    """Read the failures among some runs, in the order of their keys."""
    there = {file.stem for file in store.failed.glob("[!.]*.json")}
    found = []
    for key in keys:
        if key in there:
            with contextlib.suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
                told = json.loads(read_regular(store.failed / f"{key}.json"))
                found.append(_failure(key, told))
    return found


def _failure(key: str, told: dict[str, Any]) -> Failure:
    """Take over what a file tells, as texts of one line that a terminal can show."""
    study, policy, reason, again = (
        " ".join(harmless(told[name]).split()) for name in ("study", "policy", "reason", "again")
    )
    return Failure(key, study, policy, int(told["seed"]), reason, again)
