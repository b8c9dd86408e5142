"""Adding up terms in compiled code: one after the other, without a jump."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, overload

from plaza_lab.engine.adding import total


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
