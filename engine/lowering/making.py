"""Making a numba dispatcher of a function: the only place that names numba's options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numba import njit
from numba.core import types

from plaza_lab.engine.handle import TABLES as TABLES_NAME
from plaza_lab.engine.lowering import handle, intrinsics
from plaza_lab.engine.lowering.linking import InnerCompiler, KernelCompiler, on_inner
from plaza_lab.engine.lowering.numba_cache import KernelCache, note_compiled

LOADED = (handle, intrinsics)
"""Modules that tell numba what functions of the engine mean."""

_COMMON: dict[str, Any] = {"_nrt": False, "error_model": "numpy"}
_OPTIONS: dict[str, dict[str, Any]] = {
    "inner": {
        **_COMMON,
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
        "pipeline_class": InnerCompiler,
    },
    "kernel": {**_COMMON, "nogil": True, "pipeline_class": KernelCompiler},
}

on_inner.append(note_compiled)


def dispatcher_of(made: Any) -> Any:
    """Make the dispatcher of a :class:`plaza_lab.engine.compiled.Compiled`."""
    options = dict(made.targetoptions)
    kind = options.pop("kind")
    dispatcher: Any = njit(**_OPTIONS[kind], **options)(made.py_func)
    if made.files is not None:
        dispatcher._cache = KernelCache(made.files)
    return dispatcher


def types_of(signature: Sequence[Any]) -> Any:
    """Types of arguments that may be given by name.

    Parameters
    ----------
    signature : sequence
        Names, such as ``("PlazaTables", "int64")``, or a signature of numba's.

    Returns
    -------
    tuple of numba types, or what was given
    """
    if not isinstance(signature, tuple):
        return signature
    named = {TABLES_NAME: handle.TABLES}
    return tuple(
        (named.get(kind) or getattr(types, kind)) if isinstance(kind, str) else kind
        for kind in signature
    )


def address_of(dispatcher: Any, kinds: Sequence[str]) -> int:
    """Address of what a dispatcher has compiled, called as C does."""
    result = dispatcher.overloads[types_of(tuple(kinds))]
    name = result.fndesc.llvm_cfunc_wrapper_name
    return int(result.library.get_pointer_to_function(name))
