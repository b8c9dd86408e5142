"""A measure: a number that a function of one's own takes from a community at the end of a run."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

BETTER = ("higher", "lower", "neither")
MOST_DIGITS = 9


@dataclass(frozen=True)
class Measure:
    """A number that is read from a community when a run is over; an outcome like any other.

    Parameters
    ----------
    name : str
        Column of the runs; an identifier in lower case.
    function : callable
        Takes the community (:class:`plaza_lab.Community`) after its last day, gives a number.
    unit : str
        ``"share"`` is stored as 0-1 and shown as per cent, ``"1"`` is a bare number.
    doc : str
        What it is, in one line.
    better : {"neither", "higher", "lower"}
        The direction one wants.
    digits : int
        Decimals shown.

    Raises
    ------
    TypeError, ValueError
        With one line, if it cannot be read.
    """

    name: str
    function: Callable[[Any], float]
    unit: str = "1"
    doc: str = ""
    better: str = "neither"
    digits: int = 2

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.isidentifier() or not _is_low(self.name):
            raise ValueError(f"measure {self.name!r}: its name must be an identifier in lower case")
        if not callable(self.function) or not _takes_one(self.function):
            raise TypeError(f"measure {self.name!r}: a function of one community is expected")
        if self.better not in BETTER:
            raise ValueError(f"measure {self.name!r}: better is one of {', '.join(BETTER)}")
        if not isinstance(self.digits, int) or not 0 <= self.digits <= MOST_DIGITS:
            raise ValueError(f"measure {self.name!r}: digits is a whole number to {MOST_DIGITS}")

    def value(self, community: Any) -> float:
        """Take the number.

        Parameters
        ----------
        community : Community
            After its last day.

        Returns
        -------
        float
            NaN where it is not defined.

        Raises
        ------
        TypeError
            With one line, if the function gives no number.
        """
        found = self.function(community)
        try:
            return float(found)
        except (TypeError, ValueError):
            raise TypeError(f"measure {self.name!r} gives {found!r}, which is no number") from None


def _is_low(name: str) -> bool:
    return name == name.lower()


def _takes_one(function: Callable[[Any], float]) -> bool:
    try:
        inspect.signature(function).bind(None)
    except (TypeError, ValueError):
        return False
    return True
