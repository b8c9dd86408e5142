"""What a store holds: which run lies in which segment, and which segments are damaged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from scenarios.errors import UserError
from scenarios.store.layout import Store
from scenarios.store.segments import DAYS_BYTES, JOURNAL_BYTES


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
    """

    segment_of: dict[str, str] = field(default_factory=dict)
    has_twins: bool = False
    damaged: dict[str, str] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.segment_of

    def segments(self, keys: Iterable[str]) -> list[str]:
        """Return the segments that hold these runs, in order of name."""
        return sorted({self.segment_of[key] for key in keys if key in self.segment_of})


def read_index(store: Store) -> Index:
    """Look through a store.

    Parameters
    ----------
    store : Store
        A store; others may be writing to it.

    Returns
    -------
    Index
        Every whole segment that was there.
    """
    index = Index()
    for file in sorted(store.runs.glob("*.parquet")):
        try:
            keys = _keys_of(store, file)
        except FileNotFoundError:  # gc was at work between the listing and now
            continue
        except (OSError, ValueError) as wrong:
            index.damaged[file.name] = " ".join(str(wrong).split())[:200]
            continue
        for key in keys:
            if index.segment_of.setdefault(key, file.name) != file.name:
                index.has_twins = True
    return index


def _keys_of(store: Store, file: Path) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as opened:
            metadata = opened.schema_arrow.metadata or {}
            for part, label in (("days", DAYS_BYTES), ("journal", JOURNAL_BYTES)):
                _check_size(store.folder / part / file.name, metadata.get(label), part)
            return [str(key) for key in opened.read(["run_id"])["run_id"].to_pylist()]
    except pa.ArrowException as wrong:
        raise ValueError(f"{file.name} is no whole Parquet file: {wrong}") from wrong


def _check_size(file: Path, expected: bytes | None, part: str) -> None:
    try:
        size = file.stat().st_size
    except FileNotFoundError:
        raise ValueError(f"its file in {part}/ is missing") from None
    if expected is not None and size != int(expected):
        raise ValueError(f"its file in {part}/ has {size} bytes and not {int(expected)}")


def refuse_damage(store: Store, index: Index) -> None:
    """Stop when a segment is damaged.

    Parameters
    ----------
    store : Store
        A store.
    index : Index
        What it holds.

    Raises
    ------
    UserError
        With the first damaged file and what to do.
    """
    for name, why in index.damaged.items():
        raise UserError(
            f"{store.runs / name} is damaged: {why}; plaza study resume sets it aside and runs "
            "its runs again, everything else is kept"
        )
