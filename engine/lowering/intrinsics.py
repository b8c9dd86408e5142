"""What functions of the engine are in compiled code: each a few instructions."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, overload

from plaza_lab.engine.elementary import bits_of, number_of
from plaza_lab.engine.intrinsics import lowest, row_of, tables_of, total
from plaza_lab.engine.lowering.handle import TABLES
from plaza_lab.engine.prefetch import prefetch

LINE = 64
"""Bytes the processor fetches at a time."""


@intrinsic
def _add_up(typing_context: Any, terms: Any) -> Any:
    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        added = ir.Constant(ir.DoubleType(), 0.0)
        for k, kind in enumerate(terms):
            term = builder.extract_value(arguments[0], k)
            added = builder.fadd(added, context.cast(builder, term, kind, types.float64))
        return added

    return types.float64(terms), lower


@overload(total)
def _total_compiled(terms):  # type: ignore[no-untyped-def]
    return lambda terms: _add_up(terms)  # type: ignore[call-arg]


@intrinsic
def _count_zeros(typing_context: Any, word: Any) -> Any:
    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), lower


@overload(lowest)
def _lowest_compiled(word):  # type: ignore[no-untyped-def]
    return lambda word: _count_zeros(word)


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


@intrinsic
def _ask(typing_context: Any, table: Any, row: Any) -> Any:
    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(table)(context, builder, value=arguments[0])
        byte, word, number = ir.IntType(8), ir.IntType(64), ir.IntType(32)
        stride = builder.extract_value(array.strides, 0)
        start = builder.add(builder.ptrtoint(array.data, word), builder.mul(arguments[1], stride))
        width = context.get_abi_sizeof(context.get_data_type(table.dtype))
        offsets = [ir.Constant(word, at) for at in range(0, width, LINE)]
        if table.ndim == 2:
            # a row of a two-dimensional table is taken to be at most two lines long
            offsets.append(builder.sub(stride, ir.Constant(word, 1)))
        elif width > LINE // 8:
            offsets.append(ir.Constant(word, width - 1))
        kind = ir.FunctionType(ir.VoidType(), [byte.as_pointer(), number, number, number])
        name = "llvm.prefetch.p0i8"
        function = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
        hints = [ir.Constant(number, hint) for hint in (0, 3, 1)]
        for offset in offsets:
            address = builder.inttoptr(builder.add(start, offset), byte.as_pointer())
            builder.call(function, [address, *hints])
        return context.get_dummy_value()

    return types.void(table, types.int64), lower


@overload(prefetch)
def _prefetch_compiled(table, row):  # type: ignore[no-untyped-def]
    return lambda table, row: _ask(table, row)
