"""Twins: copies of functions in which what they call is a copy too, or something else.

A function finds what it calls by name, in its module. Its twin has the same code and another set of
names. Plain Python twins (:mod:`plaza_lab.engine.plain`) and variants of kernels
(:mod:`plaza_lab.engine.variant`) are made of these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import CellType, FunctionType, ModuleType
from typing import Any

from plaza_lab.engine.ingredients import compiled_of, is_foreign, reached, source_of
from plaza_lab.engine.reading import read

Test = Callable[[Any], bool]


class Twins:
    """A family of twins that know each other.

    Parameters
    ----------
    replaced : mapping
        Python functions to what stands in their place.
    finish : callable
        Takes something that is called and the twin of its Python function; returns what the twins
        call instead.
    is_sought : callable
        Whether something is a reason to be copied: functions that do not lead to such a thing are
        left as they are.
    """

    def __init__(
        self,
        replaced: Mapping[FunctionType, Any],
        finish: Callable[[Any, FunctionType], Any],
        is_sought: Test,
    ) -> None:
        self._replaced = replaced
        self._finish = finish
        self._is_sought = is_sought
        self._made: dict[FunctionType, Any] = {}
        self._modules: dict[ModuleType, ModuleType] = {}
        self._leading: dict[FunctionType, bool] = {}

    def of(self, value: Any) -> Any:
        """Return the twin of what a name stands for, or the thing itself where it needs none.

        Parameters
        ----------
        value : object
            A function, compiled or not, a module, a tuple of such; anything else has no twin.

        Returns
        -------
        object
            The same one at every call.
        """
        value = compiled_of(value)
        if type(value) is tuple:
            return tuple(self.of(item) for item in value)
        if isinstance(value, ModuleType):
            return value if is_foreign(value.__name__) else self._module(value)
        source = source_of(value)
        if not isinstance(source, FunctionType):
            return value
        if source in self._replaced:
            return self._replaced[source]
        if not self.leads(value):
            return value
        if source not in self._made:
            self._copy(value, source)
        return self._made[source]

    def leads(self, value: Any) -> bool:
        """Whether something is sought, or calls what leads to something sought.

        Parameters
        ----------
        value : callable
            Compiled or not.

        Returns
        -------
        bool
            What belongs to Python, numpy or numba leads nowhere.
        """
        source = source_of(value)
        if source not in self._leading:
            self._leading[source] = any(self._is_sought(item) for item in reached(value))
        return self._leading[source]

    def _copy(self, value: Any, source: FunctionType) -> None:
        reading = read(source.__code__)
        scope = dict(source.__globals__)
        cells = [CellType() for _ in source.__closure__ or ()]
        twin = FunctionType(
            source.__code__, scope, source.__name__, source.__defaults__, tuple(cells) or None
        )
        twin.__kwdefaults__ = source.__kwdefaults__
        twin.__qualname__ = source.__qualname__
        twin.__doc__ = source.__doc__
        self._made[source] = self._finish(value, twin)  # known before what calls it back is copied
        for name, *_ in reading.from_module:
            if name in scope:
                scope[name] = self.of(scope[name])
        for cell, old in zip(cells, source.__closure__ or (), strict=True):
            cell.cell_contents = self.of(old.cell_contents)

    def _module(self, module: ModuleType) -> ModuleType:
        if module not in self._modules:  # a variant's has the same name as the real one
            self._modules[module] = _ModuleOfTwins(module, self)
        return self._modules[module]


class _ModuleOfTwins(ModuleType):
    """A module whose attributes are the twins of another's, made when they are asked for."""

    def __init__(self, module: ModuleType, twins: Twins) -> None:
        super().__init__(module.__name__)
        self.__dict__["_of"] = (module, twins)

    def __getattr__(self, name: str) -> Any:
        module, twins = self.__dict__["_of"]
        value = twins.of(getattr(module, name))
        self.__dict__[name] = value
        return value
