"""Prefetching: ask the processor for a row some steps before it is needed.

In a community of millions the rows of today's visitors lie scattered in memory, and waiting for
them costs more than computing on them. Asking early changes no result; in plain Python it is
nothing at all.
"""

from __future__ import annotations

from typing import Any

from plaza_lab.engine.lowered import lowered_by

AHEAD = 12
"""Visitors by which to ask for a row; anything from 8 to 16 does at a million members."""
NEAR = AHEAD // 2
"""Visitors by which to ask for what a row that has come leads to, such as a contact's."""
SOON = NEAR // 2
"""Visitors by which to ask for what such a row leads to in turn, such as what a contact wrote."""


@lowered_by("intrinsics")
def prefetch(table: Any, row: int) -> None:
    """Ask for a row of a table, or for one field of it: ``prefetch(t.members.motive, i)``.

    Parameters
    ----------
    table : numpy.ndarray
        One- or two-dimensional table, or a field of a one-dimensional one.
    row : int
        Row, within the table.
    """
