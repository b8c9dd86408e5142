"""Outcomes of shocks: how long a community needs to be back where it was (M131)."""

from __future__ import annotations

import math

import numpy as np

from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.tables import Tables

WEEKS_BEFORE = 8
"""Weeks before a shock whose mean is the usual level; assumption."""
WEEKS_TOGETHER = 4
"""Weeks whose mean is compared with it; assumption."""
BACK = 0.9
"""Part of the usual level at which a community is back; assumption."""


def shock_outcomes(tables: Tables, daily: np.ndarray) -> dict[str, float]:
    """Compute the outcomes of this family.

    Parameters
    ----------
    tables : Tables
        Tables after the last day.
    daily : numpy.ndarray
        Day book of the days lived, shape ``(days, metrics)``.

    Returns
    -------
    dict of str to float
        ``recovery_weeks``, counted from the first day of the last shock; NaN without one.
    """
    p = tables.params[0].shocks
    names = p.dtype.names
    days = [int(p[name]) for name in names if name.endswith("_day")]
    came = [day for day in days if 0 < day < len(daily)]
    active = daily[:, mt.ACTIVE_7D]
    return {"recovery_weeks": recovery_weeks(active, max(came)) if came else math.nan}


def recovery_weeks(active: np.ndarray, day: int) -> float:
    """Weeks from a shock until activity is back.

    Parameters
    ----------
    active : numpy.ndarray
        Members with an act in the seven days up to each day, shape ``(days,)``.
    day : int
        First day of the shock.

    Returns
    -------
    float
        The first week from which the mean of four weeks is at least nine tenths of the mean of the
        eight weeks before (or of those there are); where there is none, the whole weeks from the
        shock to the last day, which is the least that recovery takes. NaN with less than a week
        before, or four after.
    """
    before = active[:day][::-1][::WEEK][:WEEKS_BEFORE]
    if day < WEEK or len(active) - day < WEEK * WEEKS_TOGETHER:
        return math.nan
    after = active[day + WEEK - 1 :: WEEK]
    means = np.convolve(after, np.ones(WEEKS_TOGETHER) / WEEKS_TOGETHER, "valid")
    back = np.flatnonzero(means >= BACK * before.mean())
    return float(back[0]) if back.size else float(len(after))
