"""Numbers that are handed in from Python: whole, in range, or refused in one line."""

from __future__ import annotations

import math
import operator
from typing import Any

LARGEST = 2**63 - 1
"""Largest seed: compiled code counts in 64 bits."""


def whole(name: str, value: Any, least: int, most: int = LARGEST) -> int:
    """Check a whole number.

    Parameters
    ----------
    name : str
        Of the argument, for the message.
    value : int
        A Python or NumPy integer; no bool, no fraction, no text.
    least, most : int
        Bounds, both included.

    Returns
    -------
    int
        The number, as Python's own.

    Raises
    ------
    TypeError
        If it is no whole number.
    ValueError
        If it is outside its bounds, or a fraction.
    """
    bounds = f"{least:,} or more" if most >= LARGEST else f"{least:,} to {most:,}"
    try:
        if type(value).__name__ in ("bool", "bool_"):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        is_number = hasattr(value, "__float__") and type(value).__name__ not in ("bool", "bool_")
        kind = ValueError if is_number else TypeError
        raise kind(f"{name}={value!r} is no whole number; choose {bounds}") from None
    if number < least:
        raise ValueError(f"{name}={number} is {_below(number, least)}; choose {bounds}")
    if number > most:
        raise ValueError(f"{name}={_short(number)} is more than {_short(most)}; choose less")
    return number


def amount(name: str, value: Any, least: float = 0.0) -> float:
    """Check a number that need not be whole.

    Parameters
    ----------
    name : str
        Of the argument, for the message.
    value : float
        A Python or NumPy number; no bool, no text, not infinite.
    least : float
        Lower bound, included.

    Returns
    -------
    float
        The number.

    Raises
    ------
    TypeError
        If it is no number.
    ValueError
        If it is below its bound, or not finite.
    """
    is_number = hasattr(value, "__float__") or hasattr(value, "__index__")
    if not is_number or type(value).__name__ in ("bool", "bool_"):
        raise TypeError(f"{name}={value!r} is no number")
    number = float(value)
    if not math.isfinite(number) or number < least:
        raise ValueError(f"{name}={value!r} is not an amount of {least:g} or more")
    return number


def _below(number: int, least: int) -> str:
    return "negative" if number < 0 and least == 0 else f"less than {least}"


def _short(number: int) -> str:
    return f"{number:,}" if abs(number) < 10**12 else f"{float(number):.4g}"
