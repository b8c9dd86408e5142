"""Rates: a ratio whose base may be empty."""

from __future__ import annotations

import math


def ratio(top: float, bottom: float) -> float:
    """Divide; a rate with an empty base is undefined.

    Parameters
    ----------
    top, bottom : float
        Counts or sums.

    Returns
    -------
    float
        NaN when `bottom` is not positive.
    """
    return float(top) / float(bottom) if bottom > 0 else math.nan
