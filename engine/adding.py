"""Adding up the terms of a decision.

Numba would walk through a tuple with a jump for every term; in compiled code the terms are added
one after the other instead. In plain Python it is a loop.
"""

from __future__ import annotations

from collections.abc import Sequence

from plaza_lab.engine.lowered import lowered_by


@lowered_by("adding")
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
