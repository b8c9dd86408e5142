"""Bits of a word."""

from __future__ import annotations

from plaza_lab.engine.lowered import lowered_by


@lowered_by("bits")
def lowest(word: int) -> int:
    """Place of the lowest bit that is set, 0 to 63.

    Parameters
    ----------
    word : uint64
        Not 0.
    """
    return (int(word) & -int(word)).bit_length() - 1
