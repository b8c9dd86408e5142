"""Bits of a word, in compiled code: one instruction."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, overload

from plaza_lab.engine.bits import lowest


@intrinsic
def _count_zeros(typing_context: Any, word: Any) -> Any:
    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), lower


@overload(lowest)
def _lowest_compiled(word):  # type: ignore[no-untyped-def]
    return lambda word: _count_zeros(word)
