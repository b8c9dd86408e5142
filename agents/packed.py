"""Parts, 0 to 1, kept in two bytes of a member's row."""

from __future__ import annotations

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.engine.compiled import compiled

WHOLE = 65535.0
PART = 1.0 / WHOLE


@compiled()
def as_part(value):
    """Store a part, 0 to 1, in two bytes: as part of 65535."""
    return i8(min(1.0, max(0.0, value)) * WHOLE + 0.5)


@compiled()
def part(stored):
    """Read a part that :func:`as_part` stored."""
    return f8(stored) * PART
