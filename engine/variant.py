"""Variants: a kernel in which some functions are others, wherever it reaches them.

So a model gets terms or mechanisms of its own without a change to the functions that call them. The
functions between the kernel and what is replaced are compiled anew, all others are shared.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from types import FunctionType
from typing import Any

from plaza_lab.engine.compiled import Compiled
from plaza_lab.engine.ingredients import source_of
from plaza_lab.engine.twins import Twins


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
