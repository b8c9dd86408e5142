"""From a record to the tables, in compiled code."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, overload

from plaza_lab.engine.lowering.handle import TABLES
from plaza_lab.engine.own_rows import row_of, tables_of


@intrinsic
def _load_address(typing: Any, world: Any) -> Any:
    if not isinstance(world, types.Record):
        return None

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = ir.IntType(64)
        size = ir.Constant(word, signature.args[0].size)
        behind = builder.add(builder.ptrtoint(args[0], word), size)
        load = builder.load(builder.inttoptr(behind, word.as_pointer()))
        load.align = 1
        return load

    return TABLES(world), generate


@intrinsic
def _count_rows(typing: Any, first: Any, row: Any) -> Any:
    if not isinstance(first, types.Record) or first != row:
        return None

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = ir.IntType(64)
        start, here = (builder.ptrtoint(arg, word) for arg in args)
        return builder.sdiv(builder.sub(here, start), ir.Constant(word, signature.args[0].size))

    return types.int64(first, row), generate


@overload(tables_of)
def _tables_of(world):  # type: ignore[no-untyped-def]
    return lambda world: _load_address(world)


@overload(row_of)
def _row_of(first, row):  # type: ignore[no-untyped-def]
    return lambda first, row: _count_rows(first, row)
