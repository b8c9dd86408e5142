"""The store: every finished run once, whole or not at all, shared by studies and processes.

A store is a folder::

    store.json                 format of the store
    runs/<segment>.parquet     one row per run with its outcomes; this file makes a segment count
    days/<segment>.parquet     one row per run and day
    journal/<segment>.parquet  one row per transfer of money
    failed/<run_id>.json       why a run could not be finished, and how to see it again
    claims/<writer>.json       which process has which runs in flight
    claims/<run_id>.run        which of them has taken this run
    studies/<name>/            what was asked: plan, design points, answers

A segment holds the runs one process finished within about a second. Its days and journal get
their names first and its runs last, each by one rename: a process killed at any moment leaves a
whole segment or none. Nothing is ever written twice into one file, so that any number of
processes, on any number of machines that share the folder, may write at once.
"""

from plaza_lab.scenarios.store.index import Index, read_index
from plaza_lab.scenarios.store.layout import (
    DEFAULT_STORE,
    Store,
    another_store,
    open_store,
    usual_store,
)
from plaza_lab.scenarios.store.segments import SegmentWriter

__all__ = [
    "DEFAULT_STORE", "Index", "SegmentWriter", "Store", "another_store", "open_store",
    "read_index", "usual_store",
]  # fmt: skip
