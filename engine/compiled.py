"""How rules and processes are compiled; the only place that names numba's options.

Compiled functions take tables or records and allocate nothing, so reference counting is switched
off. Division follows NumPy (no exception), as the rules guard their own denominators.

The decorators work in any module, a user's own too. Numba itself stays as it is: its settings are
not touched, and what :mod:`plaza_lab.engine.thrift` replaces in it is back when a compilation ends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit
from numba.core.dispatcher import Dispatcher

from plaza_lab.engine.kernel_cache import KernelCache
from plaza_lab.engine.linking import InnerCompiler, KernelCompiler

_COMMON: dict[str, Any] = {"_nrt": False, "error_model": "numpy"}
_INNER: dict[str, Any] = {
    **_COMMON,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": InnerCompiler,
}
_KERNEL: dict[str, Any] = {**_COMMON, "nogil": True, "pipeline_class": KernelCompiler}

Decorator = Callable[[Callable[..., Any]], Any]


def compiled(**options: Any) -> Decorator:
    """For rules and helpers: compiled into the kernels that call them, not callable from Python.

    Their Python source is ``rule.py_func(...)``; see also :func:`plaza_lab.engine.plain.plain`.

    Parameters
    ----------
    **options
        Further options of ``numba.njit``.

    Returns
    -------
    callable
        A decorator.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        return _marked(njit(**_INNER, **options)(function), decorate)

    return decorate


def inlined(**options: Any) -> Decorator:
    """For the few operations taken millions of times a day; otherwise as :func:`compiled`."""
    return compiled(forceinline=True, **options)


def kernel(cache: bool = True, **options: Any) -> Decorator:
    """For whole processes: kept on disk, run outside the interpreter lock.

    Parameters
    ----------
    cache : bool
        Whether the machine code is kept for the next process.
    **options
        Further options of ``numba.njit``.

    Returns
    -------
    callable
        A decorator.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        made = _marked(njit(**_KERNEL, **options)(function), decorate)
        if cache and isinstance(made, Dispatcher):
            made._cache = KernelCache(made.py_func)
        return made

    return decorate


def _marked(made: Any, decorate: Decorator) -> Any:
    """Let a compiled function know how to compile another one like it."""
    if isinstance(made, Dispatcher):  # not with NUMBA_DISABLE_JIT=1
        made.compile_like = decorate
    return made
