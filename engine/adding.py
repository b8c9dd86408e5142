"""Adding up the terms of a decision.

Numba would walk through a tuple with a jump for every term; in compiled code the terms are added
one after the other instead. In plain Python it is a loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, overload


def total(terms: Sequence[float]) -> float:
    """Sum of a tuple of terms, in their order.

    Parameters
    ----------
    terms : tuple of float
        Log-odds or log-hazards.

    Returns
    -------
    float
        Their sum.
    """
    log_scale = 0.0
    for term in terms:
        log_scale += term
    return log_scale


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
