"""Collections of agents as Mesa knows them, over rows of tables instead of Python objects.

Where a state variable is named, work is done on whole columns; where a function is given, each
agent is handed to it as a face.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from plaza_lab.agents.columns import Columns
from plaza_lab.agents.view import Face, GroupBy
from plaza_lab.agents.views import KINDS


class Groups(GroupBy):
    """Groups of agents; columns are aggregated whole."""

    def agg(self, attr_name: str, func: Any) -> dict[Any, Any]:
        """Aggregate an attribute in every group, as :meth:`Collection.agg` does."""
        return {name: group.agg(attr_name, func) for name, group in self.groups.items()}


class Collection(Columns):
    """Agents of one kind: selecting, ordering, grouping and acting, as ``mesa.agent.AgentSet``."""

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
