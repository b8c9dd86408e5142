"""Tables of mechanisms that are not Plaza's: records of their own, behind all of Plaza's.

A mechanism called ``birthday`` has up to four: ``t.birthday`` with a row a member,
``t.birthday_levers`` and ``t.birthday_params`` with one row, and ``t.birthday_daily`` with a row a
day. Plaza's tables keep their places and layouts, so that no kernel of Plaza's knows of them. A
table has the same place in every community of a process; two layouts of one name have two places,
and the name stands for the one whose kernels are compiled next.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.agents.record import Var, blank

if TYPE_CHECKING:
    from plaza_lab.sim.model import Model

PARTS = ("", "_levers", "_params", "_daily")
"""What follows the name of a mechanism in those of its tables."""

NOTHING = np.zeros(0)
"""Stands in the place of a table that a community does not have."""

_places: list[tuple[str, np.dtype[Any]]] = []
_now: dict[str, int] = {}


def settle(name: str, dtype: np.dtype[Any]) -> bool:
    """Let a name stand for a table of a layout in what is compiled from now on.

    Parameters
    ----------
    name : str
        Name of the table.
    dtype : numpy.dtype
        Its layout.

    Returns
    -------
    bool
        Whether it stood for something else before.
    """
    if (name, dtype) not in _places:
        _places.append((name, dtype))
    place = _places.index((name, dtype))
    was, _now[name] = _now.get(name), place
    return was != place


def own_schema() -> dict[str, tuple[np.dtype[Any], int]]:
    """Name, dtype and dimensions of all of them, in the order of their places."""
    return {
        name if _now[name] == place else f"{name} {place}": (dtype, 1)
        for place, (name, dtype) in enumerate(_places)
    }


@dataclass(frozen=True, eq=False)
class OwnTables:
    """The tables that one community has besides Plaza's.

    Parameters
    ----------
    model : Model
        Its mechanisms.
    arrays : dict of str to numpy.recarray
        By name of the table.
    """

    model: Model
    arrays: dict[str, Any]

    def in_places(self) -> list[np.ndarray]:
        """List the arrays in the order of their places."""
        found = []
        for name, dtype in _places:
            array = self.arrays.get(name, NOTHING)
            found.append(array if array.dtype == dtype else NOTHING)
        return found

    def grown(self, rows: int) -> OwnTables:
        """Copy with room for so many members; new rows hold the declared defaults."""
        longer = dict(self.arrays)
        for mechanism in self.model.own:
            old = self.arrays.get(mechanism.name)
            if old is not None and len(old) < rows:
                longer[mechanism.name] = blank(mechanism.state, rows)
                longer[mechanism.name][: len(old)] = old
        return dataclasses.replace(self, arrays=longer)

    def copy(self) -> OwnTables:
        """Copy that is written to by itself."""
        return dataclasses.replace(self, arrays={k: v.copy() for k, v in self.arrays.items()})


def opened(model: Model, rows: int, days: int) -> OwnTables:
    """Tables of a model's own mechanisms on the eve of day 0.

    Parameters
    ----------
    model : Model
        With mechanisms of its own.
    rows : int
        Member rows.
    days : int
        Days the run may last.

    Returns
    -------
    OwnTables
        Defaults in all rows.
    """
    arrays: dict[str, Any] = {}
    for mechanism in model.own:
        arrays |= mechanism.arrays(rows, days)
    return OwnTables(model, arrays)


def columns(mechanism: Any) -> tuple[Var, ...]:
    """Columns of a mechanism's daily table; what is held is no number until it is measured."""
    return tuple(
        Var(metric.name, "f8", metric.unit, metric.doc, default=np.nan if metric.is_held else 0.0)
        for metric in mechanism.metrics
    )


def daily(own: OwnTables, days: int) -> dict[str, np.ndarray]:
    """Daily metrics of a community's own mechanisms.

    Parameters
    ----------
    own : OwnTables
        Its tables.
    days : int
        Days lived.

    Returns
    -------
    dict of str to numpy.ndarray
        Metric to float64, shape ``(days,)``; what is held is carried over from day to day.
    """
    found = {}
    for mechanism in own.model.own:
        for metric in mechanism.metrics:
            values = own.arrays[mechanism.name + "_daily"][metric.name][:days].copy()
            if metric.is_held:
                last = np.maximum.accumulate(np.where(np.isnan(values), 0, np.arange(days)))
                values = np.nan_to_num(values[last])
            found[metric.name] = values
    return found
