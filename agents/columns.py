"""Rows of tables as a Mesa agent set: who is in it, and its state variables as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

import numpy as np

from plaza_lab.agents.view import AgentSet, Face, Stored


class Columns(AgentSet):
    """Agents of one kind.

    Parameters
    ----------
    model : Community
        The community.
    kind : type
        Kind of agent, a subclass of :class:`plaza_lab.agents.view.Face`.
    index : numpy.ndarray or callable
        Rows; a callable is asked anew whenever the community has changed, so that
        ``community.members`` is always who is a member now. Parts taken of a collection
        (``select``, ``sort``, slices, groups) hold the rows of that moment.
    """

    def __init__(self, model: Any, kind: type[Face], index: Any) -> None:
        self.model, self.kind, self._index = model, kind, index

    @property
    def index(self) -> np.ndarray:  # type: ignore[override]
        """Rows, int64."""
        return self._index() if callable(self._index) else self._index

    @property
    def random(self) -> Any:  # type: ignore[override]
        """The model's generator of the standard library."""
        return self.model.random

    def everyone(self) -> Self:
        """Also those who have left, lapsed or gone off duty: every row ever used."""
        return self._with(self.model.rows_of(self.kind, everyone=True))

    def _with(self, index: np.ndarray) -> Self:
        return type(self)(self.model, self.kind, index)

    def _update(self, agents: Any) -> Self:
        self._index = agents
        return self

    def _result(self, index: np.ndarray, inplace: bool) -> Self:
        return self._update(index) if inplace else self._with(index)

    # who is in it

    def __len__(self) -> int:
        return len(self.index)

    def __iter__(self) -> Iterator[Face]:
        return (self._face(code) for code in self.index.tolist())

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, slice):
            return self._with(self.index[item])
        return self._face(int(self.index[item]))

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, Face) or agent.model is not self.model:
            return False
        code = self._code(agent)
        return code is not None and bool((self.index == code).any())

    def _face(self, code: int) -> Face:
        return self.kind(self.model, code)

    def _code(self, agent: Face) -> int | None:
        return agent.row if type(agent) is self.kind else None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Columns):
            return NotImplemented
        is_alike = self.model is other.model and self.kind is other.kind
        return is_alike and np.array_equal(np.sort(self.index), np.sort(other.index))

    __hash__ = None  # type: ignore[assignment]

    def __and__(self, other: Any) -> Self:
        return self._with(self.index[np.isin(self.index, self._like(other))])

    def __sub__(self, other: Any) -> Self:
        return self._with(self.index[~np.isin(self.index, self._like(other))])

    def __or__(self, other: Any) -> Self:
        rest = self._like(other)
        return self._with(np.concatenate((self.index, rest[~np.isin(rest, self.index)])))

    def _like(self, other: Any) -> np.ndarray:
        if not (isinstance(other, Columns) and other.kind is self.kind):
            raise TypeError(f"only a collection of {self.kind.__name__} can be combined with this")
        return other.index

    def to_list(self) -> list[Face]:
        """All agents, as a list."""
        return list(self)

    def copy(self) -> Self:
        """Return the same agents, whoever joins or leaves afterwards."""
        return self._with(self.index.copy())

    __copy__ = copy

    def __deepcopy__(self, memo: Any) -> Self:
        return self.copy()

    def add(self, agent: Any) -> None:
        """Refuse: members join by living days, and leave by ``member.leave()``."""
        raise TypeError("a collection shows the community's tables; use select, & and -")

    discard = remove = add

    # columns

    def field(self, name: str) -> Stored | None:
        """Return the declared or added state variable of that name, or None."""
        return self.kind.fields.get(name) or self.model.own_fields(self.kind).get(name)

    def array(self, name: str) -> np.ndarray:
        """Copy of a state variable, as stored, in the order of the collection.

        Parameters
        ----------
        name : str
            Declared in the kind's records, or added with ``community.add_column``.

        Returns
        -------
        numpy.ndarray
            Shape ``(len(self),)``; enums as their numbers, members as their rows.

        Raises
        ------
        AttributeError
            If there is no such state variable.
        """
        stored = self.field(name)
        if stored is None:
            raise AttributeError(f"a {self.kind.__name__} has no state variable {name!r}")
        return stored.column(self.model)[self.index]

    def get(
        self, attr_names: Any, handle_missing: str = "error", default_value: Any = None
    ) -> list[Any]:
        """Attribute of each agent, or a list of several of each; see ``mesa.agent.AgentSet``."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"handle_missing={handle_missing!r} is neither 'error' nor 'default'")
        if not isinstance(attr_names, str):
            columns = [self.get(name, handle_missing, default_value) for name in attr_names]
            return [list(row) for row in zip(*columns, strict=True)]
        stored = self.field(attr_names)
        if stored is not None:
            values, shown = self.array(attr_names).tolist(), stored.shown(self.model)
            return values if shown is None else [shown(value) for value in values]
        if handle_missing == "error":
            return [getattr(agent, attr_names) for agent in self]
        return [getattr(agent, attr_names, default_value) for agent in self]

    def set(self, attr_name: str, value: Any) -> Self:
        """Write a state variable of every agent; hazards that depend on it follow.

        Parameters
        ----------
        attr_name : str
            State variable.
        value : object
            One value for all, or an array of as many as there are agents.

        Returns
        -------
        Columns
            This one.
        """
        stored = self.field(attr_name)
        if stored is None:
            raise AttributeError(f"a {self.kind.__name__} has no state variable {attr_name!r}")
        stored.write(self.model, self.index, value)
        return self

    def agg(self, attribute: str, func: Callable | Iterable[Callable]) -> Any:
        """Apply one function, or several, to the values of an attribute.

        Numbers are handed over as one array, in double precision, enums as their numbers.
        """
        if self.field(attribute) is None:
            values: Any = self.get(attribute)
        else:
            values = self.array(attribute)
            values = values.astype(np.float64) if values.dtype.kind == "f" else values
        return func(values) if callable(func) else [f(values) for f in func]

    def frame(self) -> Any:
        """Return a data frame of all state variables, one row an agent, by ``unique_id``."""
        return self.model.frame_of(self)

    def map(self, method: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Results of a method, or a function, of every agent."""
        if isinstance(method, str):
            return [getattr(agent, method)(*args, **kwargs) for agent in self]
        return [method(agent, *args, **kwargs) for agent in self]

    def __repr__(self) -> str:
        return f"<{len(self)} of {self.kind.__name__}>"

    def __reduce__(self) -> Any:
        raise TypeError("a collection cannot be stored; store its frame()")
