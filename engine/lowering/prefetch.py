"""Prefetching in compiled code."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, overload

from plaza_lab.engine.prefetch import prefetch

LINE = 64
"""Bytes the processor fetches at a time."""


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
