"""Bits of a number, in compiled code: the register as it is."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, overload

from plaza_lab.engine.elementary import bits_of, number_of


@intrinsic
def _as_bits(typing_context: Any, number: Any) -> Any:
    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), lower


@intrinsic
def _as_number(typing_context: Any, bits: Any) -> Any:
    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), lower


@overload(bits_of)
def _bits_compiled(number):  # type: ignore[no-untyped-def]
    return lambda number: _as_bits(number)


@overload(number_of)
def _number_compiled(bits):  # type: ignore[no-untyped-def]
    return lambda bits: _as_number(bits)
