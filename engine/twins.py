"""Twins: copies of functions in which what they call is a copy too, or something else.

A function finds what it calls by name, in its module. Its twin has the same code and another set of
names. Plain Python twins (:mod:`plaza_lab.engine.plain`) are made of these, and variants: a kernel
in which some functions are others, wherever it reaches them. So a model gets terms or mechanisms of
its own without a change to the functions that call them. The functions between the kernel and what
is replaced are compiled anew, all others are shared.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from types import CellType, FunctionType, ModuleType
from typing import Any

from plaza_lab.engine.compiled import Compiled
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


def variant(kernel: Any, replaced: Mapping[Any, Any]) -> Any:
    """Make a kernel that calls other functions.

    Parameters
    ----------
    kernel : callable
        Something decorated with ``kernel``, ``compiled`` or ``inlined``; a variant may be varied
        again.
    replaced : mapping
        Functions that it reaches, to functions with the same arguments that stand in their place.
        A plain Python function is compiled like the one it replaces. What stands in the place of
        another may call that other one.

    Returns
    -------
    callable
        A new kernel, the same one whenever it is asked for again; ``kernel`` itself where nothing
        is replaced. It is kept on disk like any other, by what it is made of.

    Raises
    ------
    ValueError
        When the kernel does not reach a function that is to be replaced, or the other one takes
        other arguments.

    Examples
    --------
    >>> from plaza_lab.engine.compiled import compiled, kernel
    >>> @compiled()
    ... def weight(x):
    ...     return 2.0 * x
    >>> @kernel(cache=False)
    ... def weighed(x):
    ...     return weight(x) + 1.0
    >>> variant(weighed, {weight: lambda x: 10.0 * x})(3.0)
    31.0
    """
    if not replaced:
        return kernel
    return _variant(kernel, tuple(replaced.items()))


@functools.cache
def _variant(kernel: Any, pairs: tuple[tuple[Any, Any], ...]) -> Any:
    for old, new in pairs:
        _check(kernel, old, new)
    stand_ins = {source_of(old): _like(old, new) for old, new in pairs}
    twins = Twins(stand_ins, _like, lambda value: source_of(value) in stand_ins)
    return twins.of(kernel)


def _check(kernel: Any, old: Any, new: Any) -> None:
    name = _name(old)
    sought = source_of(old)
    if not Twins({}, _like, lambda value: source_of(value) is sought).leads(kernel):
        raise ValueError(f"{_name(kernel)} does not call {name}, which was to be replaced")
    wanted, given = (list(inspect.signature(source_of(f)).parameters) for f in (old, new))
    if len(wanted) != len(given):
        raise ValueError(
            f"{_name(new)}({', '.join(given)}) cannot stand in the place of "
            f"{name}({', '.join(wanted)}): it takes other arguments"
        )


def _like(old: Any, new: Any) -> Any:
    """Compile a function like another; what is compiled already stays as it is."""
    if not hasattr(old, "py_func") or not isinstance(new, FunctionType):
        return new
    if isinstance(old, Compiled):
        return old.compile_like(new)
    from numba import njit

    return njit(**old.targetoptions)(new)  # a user's own, by numba's decorator


def _name(function: Any) -> str:
    source = source_of(function)
    return f"{source.__module__}.{source.__qualname__}"
