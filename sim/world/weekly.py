"""Weekly looks: whose weekday it is.

Rows are looked at in blocks of a few neighbours, one block in seven a day, so that a day's rows are
found without asking everybody and lie side by side in memory. A row never changes its weekday, and
neighbouring rows are people who joined at about the same time, who differ in everything else.
"""

from __future__ import annotations

from agents.compiled import compiled, inlined
from sim.calendar import WEEK

BLOCK = 8
"""Rows looked at together: few enough for small communities to have every weekday."""


@compiled()
def due(n_rows, day):
    """Count the rows whose weekday it is, to go through with :func:`row`.

    Parameters
    ----------
    n_rows : int
        Rows in use.
    day : int
        Today.

    Returns
    -------
    int
        About a seventh of the rows.
    """
    whole = n_rows // (WEEK * BLOCK)
    rest = n_rows - WEEK * BLOCK * whole - BLOCK * (day % WEEK)
    return BLOCK * whole + min(BLOCK, max(0, rest))


@inlined()
def row(k, day):
    """Row of the ``k``-th member whose weekday it is, in rising order."""
    return (k // BLOCK * WEEK + day % WEEK) * BLOCK + k % BLOCK


def weekday(row: int) -> int:
    """Weekday, 0 to 6, on which a row is looked at.

    Parameters
    ----------
    row : int
        Member row, or an array of them.

    Returns
    -------
    int
        ``day % 7`` of its days.
    """
    return row // BLOCK % WEEK
