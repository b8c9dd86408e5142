"""Collections of agents as Mesa knows them, over rows of tables instead of Python objects.

Where a state variable is named, work is done on whole columns; where a function is given, each
agent is handed to it as a face.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

import numpy as np

from plaza_lab.agents.view import AgentSet, Face, GroupBy, Stored
from plaza_lab.agents.views import KINDS


class Groups(GroupBy):
    """Groups of agents; columns are aggregated whole."""

    def agg(self, attr_name: str, func: Any) -> dict[Any, Any]:
        """Aggregate an attribute in every group, as :meth:`Collection.agg` does."""
        return {name: group.agg(attr_name, func) for name, group in self.groups.items()}


class Collection(AgentSet):
    """Agents of one kind: who is in it, its columns; selecting, ordering, grouping and acting.

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
        if not isinstance(other, Collection):
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
        if not (isinstance(other, Collection) and other.kind is self.kind):
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
        Collection
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

    # selecting, ordering, grouping

    def select(
        self, filter_func: Any = None, at_most: float = math.inf, inplace: bool = False,
        agent_type: type | None = None,
    ) -> Self:  # fmt: skip
        """Agents that meet a condition.

        Parameters
        ----------
        filter_func : callable or numpy.ndarray, optional
            Function of an agent, or an array of flags (much faster), such as
            ``members.array("belonging") > 0.5``.
        at_most : int or float
            Number of agents, or a share of all when a float up to 1.
        inplace : bool
            Whether to change this collection.
        agent_type : type, optional
            Only agents of this kind.

        Returns
        -------
        Collection
            In the same order.
        """
        index = self._of_type(agent_type)
        most = len(self) * at_most if isinstance(at_most, float) and at_most <= 1.0 else at_most
        most = len(self) if math.isinf(most) else int(most)
        if isinstance(filter_func, np.ndarray):
            index = index[filter_func]
        elif filter_func is not None:
            index = self._first(filter_func, index, most)
        return self._result(index[:most], inplace)

    def _of_type(self, agent_type: type | None) -> np.ndarray:
        index = self.index
        return index if agent_type is None or issubclass(self.kind, agent_type) else index[:0]

    def _first(self, is_wanted: Callable, index: np.ndarray, most: int) -> np.ndarray:
        kept: list[int] = []
        for code in index.tolist():
            if len(kept) >= most:
                break
            if is_wanted(self._face(code)):
                kept.append(code)
        return np.array(kept, np.int64)

    def sort(self, key: Any, ascending: bool = False, inplace: bool = False) -> Self:
        """Agents in the order of a state variable, an attribute or a function; ties keep theirs."""
        keys = self._keys(key)
        order = np.argsort(keys, kind="stable")
        if not ascending:
            order = len(order) - 1 - np.argsort(keys[::-1], kind="stable")[::-1]
        return self._result(self.index[order], inplace)

    def _keys(self, key: Any) -> np.ndarray:
        if isinstance(key, str) and self.field(key) is not None:
            return self.array(key)
        return np.array(self.map(key) if callable(key) else self.get(key))

    def shuffle(self, inplace: bool = False) -> Self:
        """Agents in random order, drawn from ``community.rng``."""
        return self._result(self.model.rng.permutation(self.index), inplace)

    def groupby(self, by: Any, result_type: str = "agentset") -> Groups:
        """Agents in groups of equal value of a state variable, an attribute or a function."""
        stored = self.field(by) if isinstance(by, str) else None
        groups: dict[Any, Any] = {}
        if stored is not None:
            shown, column, index = stored.shown(self.model), self.array(by), self.index
            for value in np.unique(column).tolist():
                groups[shown(value) if shown else value] = index[column == value]
        else:
            for code, name in zip(self.index.tolist(), self._names(by), strict=True):
                groups.setdefault(name, []).append(code)
        parts = {name: self._with(np.asarray(rows)) for name, rows in groups.items()}
        if result_type == "agentset":
            return Groups(parts)
        return GroupBy({name: part.to_list() for name, part in parts.items()})

    def _names(self, by: Any) -> list[Any]:
        return self.map(by) if callable(by) else self.get(by)

    # acting

    def do(self, method: Any, *args: Any, **kwargs: Any) -> Self:
        """Call a method, or a function, of every agent in turn."""
        self.map(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: Any, *args: Any, **kwargs: Any) -> Self:
        """Call a method, or a function, of every agent in random order."""
        self.shuffle().do(method, *args, **kwargs)
        return self

    def __repr__(self) -> str:
        return f"<{len(self)} of {self.kind.__name__}>"

    def __reduce__(self) -> Any:
        raise TypeError("a collection cannot be stored; store its frame()")


class Mixed(Collection):
    """Agents of several kinds; ``select(agent_type=Member)`` gives those of one.

    Attributes are read from one agent after the other, as a million agents of one kind need not
    be: use ``community.members`` where time matters.
    """

    def _face(self, code: int) -> Face:
        return KINDS[code >> Face.SHIFT](self.model, code & Face.ROW)

    def _code(self, agent: Face) -> int | None:
        return agent.unique_id - 1

    def set(self, attr_name: str, value: Any) -> Self:
        """Write one value of an attribute to every agent."""
        for agent in self:
            setattr(agent, attr_name, value)
        return self

    def select(
        self, filter_func: Any = None, at_most: float = math.inf, inplace: bool = False,
        agent_type: type | None = None,
    ) -> Any:  # fmt: skip
        """Agents that meet a condition; see :meth:`Collection.select`."""
        if agent_type not in KINDS:
            return super().select(filter_func, at_most, inplace, agent_type)
        index = self.index
        codes = index[index >> Face.SHIFT == agent_type.CODE]
        if inplace:
            return self._update(codes).select(filter_func, at_most, inplace=True)
        return Collection(self.model, agent_type, codes & Face.ROW).select(filter_func, at_most)
