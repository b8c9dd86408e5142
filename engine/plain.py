"""Plain Python twins of compiled rules, for debuggers, hooks and tests.

A compiled helper has no entry from Python, and its own source calls other compiled helpers. Its
twin is the same source, calling twins. With ``NUMBA_DISABLE_JIT=1`` a rule is its own twin.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np

SOURCES = ("engine", "agents", "sim")

_modules: dict[str, SimpleNamespace] = {}
_functions: dict[Any, FunctionType] = {}


@functools.cache
def plain(rule: Any) -> Callable[..., Any]:
    """Python function of a rule, helper, kernel or step; everything it calls is Python too.

    Parameters
    ----------
    rule : callable
        Something decorated with ``compiled``, ``inlined`` or ``kernel``, compiled or not.

    Returns
    -------
    callable
        Takes the same arguments. The wrap-around of 64-bit hashes raises no NumPy warning.

    Examples
    --------
    >>> from plaza_lab.agents.choices import sigmoid
    >>> plain(sigmoid)(0.0)
    0.5
    """
    return np.errstate(over="ignore")(_twin(rule))


def _is_ours(value: Any) -> bool:
    return _is_source(str(getattr(value, "__module__", "")))


def _is_source(module: str) -> bool:
    package, _, rest = module.partition(".")
    return package == "plaza_lab" and rest.partition(".")[0] in SOURCES


def _twin(value: Any) -> Any:
    """Twin of what a global name of a rule's module may stand for."""
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_twin(item) for item in value)
    if isinstance(value, ModuleType) and _is_source(value.__name__):
        return _twins_of(value.__name__)
    source = getattr(value, "py_func", value)
    if not (isinstance(source, FunctionType) and _is_ours(source)):
        return value
    if value not in _functions:
        scope = vars(_twins_of(source.__module__))
        twin = FunctionType(
            source.__code__, scope, source.__name__, source.__defaults__, source.__closure__
        )
        twin.__kwdefaults__ = source.__kwdefaults__
        _functions[value] = twin
    return _functions[value]


def _twins_of(module: str) -> SimpleNamespace:
    """Copy of a module in which compiled functions are replaced by their twins."""
    if module not in _modules:
        copy = SimpleNamespace(**vars(sys.modules[module]))
        _modules[module] = copy
        for name, value in list(vars(copy).items()):
            setattr(copy, name, _twin(value))
    return _modules[module]
