"""What all Mesa faces share: a view of one row that reads and writes the community's tables.

A face is made when somebody asks for it and holds nothing but its model and its row, so that a
million members cost nothing until they are looked at. Its attributes are made from the declared
state variables. Mesa is imported here, and everywhere else from here: Mesa 3.3 changes how
:mod:`multiprocessing` starts processes as it is imported, which is put back.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar

import numpy as np

from plaza_lab.agents.koc import Stage
from plaza_lab.agents.member import Flag, Kind, Route, Status
from plaza_lab.agents.moderator import Duty
from plaza_lab.agents.partner import Deal
from plaza_lab.agents.record import Var


@contextlib.contextmanager
def _start_method_kept() -> Iterator[None]:
    before = multiprocessing.get_start_method(allow_none=True)
    yield
    if multiprocessing.get_start_method(allow_none=True) != before:
        multiprocessing.set_start_method(before, force=True)


with _start_method_kept():
    from mesa import Agent, DataCollector, Model
    from mesa.agent import AgentSet

    try:
        from mesa.agentset import GroupBy
    except ImportError:  # Mesa before 3.4
        from mesa.agent import GroupBy

__all__ = ["Agent", "AgentSet", "DataCollector", "Face", "GroupBy", "Model", "Stored"]

ENUMS: dict[str, type[IntEnum]] = {
    kind.__name__: kind for kind in (Status, Kind, Route, Stage, Duty, Deal)
}
"""Units of state variables that are shown as members of an enum."""

SHOWN = ENUMS.keys() | {"Flag", "row"}
"""Units of state variables that are shown as something else than the number stored."""


@dataclass(frozen=True)
class Stored:
    """One state variable of a kind of agent: where it is kept and how it is shown.

    Parameters
    ----------
    table : str
        Name of the table; ``""`` for a column of the researcher's own.
    var : Var
        The declaration. Enums are shown as enums, sets of flags as frozen sets, rows of members
        as members (or None).
    """

    table: str
    var: Var

    def __post_init__(self) -> None:
        text = f"{self.var.doc[:1].upper()}{self.var.doc[1:]} [{self.var.unit}; {self.var.source}]."
        object.__setattr__(self, "__doc__", text)

    def column(self, model: Any) -> np.ndarray:
        """All rows of the variable, a view that writes through."""
        return model.column(self.table, self.var.name)

    def shown(self, model: Any) -> Callable[[Any], Any] | None:
        """Return the function from a stored number to what is shown; None when the same."""
        unit = self.var.unit
        if unit in ENUMS:
            return ENUMS[unit]
        if unit == "Flag":
            return lambda bits: frozenset(flag for flag in Flag if bits & flag)
        if unit == "row":
            return lambda row: model.member_at(row) if row >= 0 else None
        return None

    def __get__(self, face: Face | None, owner: type | None = None) -> Any:
        if face is None:
            return self
        model = face.model
        value = model.column(self.table, self.var.name)[face.row].item()
        if self.var.unit not in SHOWN:
            return value
        shown = self.shown(model)
        return value if shown is None else shown(value)

    def write(self, model: Any, rows: np.ndarray, value: Any) -> None:
        """Write rows, and tell the model which have changed.

        Parameters
        ----------
        model : Community
            The community.
        rows : numpy.ndarray
            int64, shape ``(n,)``.
        value : object
            One value, or ``n`` of them; as shown, or as stored.

        Raises
        ------
        ValueError
            If somebody would leave, or come back, by a change of status, or a value is outside the
            bounds of the variable.
        """
        column = self.column(model)
        old = column[rows]
        new = np.empty_like(old)
        try:
            new[:] = self._stored(value)
        except OverflowError:
            raise OverflowError(f"{self.var.name}={value!r} is more than can be kept") from None
        except (TypeError, ValueError):
            if isinstance(value, (str, bytes, type(None))) or np.ndim(value) == 0:
                raise ValueError(f"{self.var.name}={value!r} is no number") from None
            raise
        if self.var.unit == "Status" and ((old == Status.LEFT) != (new == Status.LEFT)).any():
            raise ValueError("leaving is final and has its own method: member.leave()")
        if self.table:
            self._check(new)
        column[rows] = new
        model.wrote(self, rows[new != old])

    def _check(self, new: np.ndarray) -> None:
        """Refuse a number outside the bounds, and what is no number."""
        if self.var.unit in ENUMS:
            known = [int(member) for member in ENUMS[self.var.unit]]
            if strange := [one for one in new.ravel().tolist() if one not in known]:
                members = ", ".join(member.name.lower() for member in ENUMS[self.var.unit])
                raise ValueError(f"{self.var.name}={strange[0]} is none of {members}")
            return
        low, high = self.var.span
        with np.errstate(invalid="ignore"):
            wrong = ~((new >= low) & (new <= high)) | ~np.isfinite(new)
        if not wrong.any():
            return
        name, value = self.var.name, new[wrong].flat[0]
        if np.isfinite(value):
            ends = f"{low:g} to {high:g}" if np.isfinite(high) else f"at least {low:g}"
            raise ValueError(f"{name}={value:g} is outside its bounds: {ends} {self.var.unit}")
        raise ValueError(f"{name}={value:g} is no number that can be kept; write a finite one")

    def _stored(self, value: Any) -> Any:
        if self.var.unit == "Flag" and isinstance(value, (set, frozenset)):
            return sum(value)
        if self.var.unit == "row":
            return -1 if value is None else getattr(value, "row", value)
        return value


class Face(Agent):
    """A Mesa agent that is a view of one row.

    Two faces of the same row of the same community are equal. A face has no memory of its own:
    only declared state variables, and columns added with ``community.add_column``, can be set.

    Parameters
    ----------
    model : Community
        The community.
    row : int
        Row of the agent; rows never move and are never reused.
    """

    TABLES: ClassVar[dict[str, tuple[Var, ...]]] = {}
    CODE: ClassVar[int] = 0
    SHIFT: ClassVar[int] = 40
    ROW: ClassVar[int] = (1 << SHIFT) - 1
    fields: ClassVar[dict[str, Stored]] = {}

    model: Any
    row: int

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        declared = [(table, var) for table, group in cls.TABLES.items() for var in group]
        cls.fields = {var.name: Stored(table, var) for table, var in declared}
        for name, stored in cls.fields.items():
            if not hasattr(cls, name):  # a rule of the same name comes first
                setattr(cls, name, stored)

    def __init__(self, model: Any, row: int) -> None:
        self.__dict__.update(model=model, row=int(row))

    @property
    def unique_id(self) -> int:  # type: ignore[override]
        """Number of the agent among all of its community, from 1."""
        return (self.CODE << self.SHIFT) + self.row + 1

    @property
    def pos(self) -> None:  # type: ignore[override]
        """Agents of a community have no place."""

    @property
    def _tables(self) -> Any:
        return self.model.tables

    def __getattr__(self, name: str) -> Any:
        own = {} if name.startswith("_") else self.model.own_fields(type(self))
        if name in own:
            return own[name].__get__(self)
        row = None if name.startswith("_") else self.model.own_row(self, name)
        if row is not None:
            return row
        raise AttributeError(f"a {type(self).__name__} has no {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        stored = self.fields.get(name) or self.model.own_fields(type(self)).get(name)
        if stored is None:
            raise AttributeError(
                f"a {type(self).__name__} has no state variable {name!r}; "
                f"add one with community.add_column({name!r})"
            )
        stored.write(self.model, np.array([self.row]), value)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.row == self.row and other.model is self.model

    def __hash__(self) -> int:
        return hash((id(self.model), self.CODE, self.row))

    def __deepcopy__(self, memo: Any) -> Face:
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.row}>"

    def remove(self) -> None:
        """Refuse: only members can leave."""
        raise TypeError(f"a {type(self).__name__} cannot be removed")
