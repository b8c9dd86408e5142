"""Lots: one draw a member and day, of which coming by, buying and leaving each take a part.

Looking at everybody is the most frequent thing a day does, so everybody is looked at once a day:
one hash is cut into a coarse lot for each of the three decisions. A coarse lot above the hazard
settles the matter, which is so for nearly everybody. For the few others a second draw adds what the
coarse lot leaves open; lot and second draw together are one uniform draw.

Whoever is still in question for a decision that is taken later in the day is marked, one bit a row.
"""

from __future__ import annotations

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.engine.compiled import compiled, inlined
from plaza_lab.engine.intrinsics import lowest
from plaza_lab.sim import draw_ids
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform

BITS = U64(21)
LOTS = 2097152.0
"""Coarse lots there are: 2 ** 21."""
LAST = U64(2097151)
PLACE = {draw_ids.VISIT: 0, draw_ids.BUY: 1, draw_ids.EXIT: 2}
"""Which third of the hash belongs to which decision."""

ALERT = 1.0 / 256.0
"""Hazard of leaving above which somebody is marked when it is written, whatever her lot."""


@inlined()
def coarse(lots, place):
    """Coarse lot for one decision, a whole number below :data:`LOTS`.

    Parameters
    ----------
    lots : uint64
        The member's lots of the day, from :func:`lots_of`.
    place : int
        Place of the decision, from :data:`PLACE`.
    """
    return f8(i8((lots >> (BITS * U64(place))) & LAST))


@inlined()
def lots_of(key, uid):
    """All lots of a member on a day; ``key`` is the day's key of ``draw_ids.LOT``."""
    return agent_key(key, uid)


@compiled()
def draw(t, day, decision, place, uid):
    """Exact draw in [0, 1) of one decision: the coarse lot, and what it leaves open.

    Parameters
    ----------
    decision, place : int
        The decision and its place.
    uid : uint64
        Identity.
    """
    seed_key = t.run_state[0].seed_key
    lot = coarse(lots_of(day_key(seed_key, draw_ids.LOT, day), uid), place)
    return (lot + uniform(day_key(seed_key, decision, day), uid)) / LOTS


@inlined()
def mark(marks, row):
    """Mark a row."""
    marks[row >> 6] |= U64(1) << U64(row & 63)


@compiled()
def clear(marks, n_rows):
    """Take the marks off all rows in use, and off those that may be before tomorrow."""
    marks[: (n_rows >> 6) + 1] = U64(0)


@compiled()
def next_marked(marks, row, n_rows):
    """First marked row from ``row`` on, ``n_rows`` when there is none."""
    while row < n_rows:
        word = marks[row >> 6] >> U64(row & 63)
        if word != U64(0):
            return min(n_rows, row + lowest(word))
        row = (row | 63) + 1
    return n_rows
