"""Many questions at once: Holm for named contrasts, Benjamini-Hochberg for grids.

Holm keeps the chance of even one false claim; it serves the few contrasts a study was made for.
Benjamini-Hochberg keeps the expected share of false claims among the claims; it serves a grid
that is searched for what deserves a closer look.

References: Holm (1979); Benjamini & Hochberg (1995); Benjamini & Yekutieli (2001) for its validity
when the p values depend on each other positively, as those of points compared with one baseline
at the same seeds do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def holm(p: Sequence[float] | np.ndarray) -> np.ndarray:
    """Holm's step-down adjustment; NaN stays NaN and does not count.

    Parameters
    ----------
    p : sequence of float or numpy.ndarray
        Two-sided p values of one family.

    Returns
    -------
    numpy.ndarray
        Adjusted values, shape ``(len(p),)``, at most 1.
    """
    raw = np.asarray(p, dtype=float)
    adjusted = np.full(raw.shape, np.nan)
    known = np.flatnonzero(~np.isnan(raw))
    order = known[np.argsort(raw[known], kind="stable")]
    factors = np.arange(order.size, 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(raw[order] * factors))
    return adjusted


def benjamini_hochberg(p: Sequence[float] | np.ndarray) -> np.ndarray:
    """Benjamini-Hochberg adjustment; NaN stays NaN and does not count.

    Parameters
    ----------
    p
        As for :func:`holm`.

    Returns
    -------
    numpy.ndarray
        Adjusted values, shape ``(len(p),)``: claiming those at most q makes the expected share of
        false claims at most q.
    """
    from scipy.stats import false_discovery_control

    raw = np.asarray(p, dtype=float)
    adjusted = np.full(raw.shape, np.nan)
    known = ~np.isnan(raw)
    if known.any():
        adjusted[known] = false_discovery_control(raw[known], method="bh")
    return adjusted


def shared_level(level: float, questions: int) -> float:
    """Coverage of each of some `questions`, 1 or more, so that all hold together (Bonferroni).

    `level` is the coverage wanted of all together; both lie in (0, 1).
    """
    return 1 - (1 - level) / questions
