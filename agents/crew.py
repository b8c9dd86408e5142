"""Crews: members who gather for one order, share what it brings, and disperse."""

from __future__ import annotations

import enum

from numpy import float64 as f8

from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled

MOST = 12
"""Members of the largest crew."""


class Crew(enum.IntEnum):
    """How an order stands; one that is over is remembered until its ties are counted."""

    FREE = 0
    GATHERING = 1
    AT_WORK = 2
    DISPERSED = 3


class Proceeds(enum.IntEnum):
    """How a crew shares what its order brings."""

    EQUAL = 0
    CONTRIBUTION = 1


CREW: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by day and number", "design 5"),
    Var("stage", "i1", "Crew", "how the order stands", "M138"),
    Var("topic", "i1", "topic", "field of the order", "M138"),
    Var("seats", "i1", "members", "seats that were taken", "M138"),
    Var("opened", "i2", "day", "day of the order; of dispersal, once dispersed", "M138"),
    Var("due", "i2", "day", "last day in time", "M138"),
    Var("done", "f4", "hours", "work done", "M138"),
    Var("members", f"({MOST},)i4", "row", "who is in it; -1 for who has left", "M138"),
    Var("gave", f"({MOST},)f4", "hours", "work that each has done", "M138"),
)

CREWS = 64
"""Most crews at a time."""


@compiled()
def effort(is_equal, size, free_riding):
    """Part of a full effort that a member gives.

    Parameters
    ----------
    is_equal : bool
        Whether the proceeds are shared equally, whoever did the work.
    size : int
        Members of the crew, 1 at least.
    free_riding : float
        Part of the effort that equal shares cost in a crew of four.

    Returns
    -------
    float
        1 where she keeps all that she adds: alone, or where shares follow contributions. Source:
        Erev, Bornstein & Galili 1993 (four pickers: 30 % less), in proportion to the part of her
        work that goes to others.
    """
    if not is_equal:
        return 1.0
    return max(0.0, 1.0 - free_riding * (1.0 - 1.0 / f8(size)) / 0.75)
