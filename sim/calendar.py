"""Calendar: a tick is a day, a week 7, a year 364 = 52 weeks, dues fall due 12 times (C29)."""

from __future__ import annotations

from plaza_lab.engine.compiled import compiled

WEEK = 7
MONTH = 28
YEAR = 364
DUES_A_YEAR = 12


@compiled()
def is_dues_day(day):
    """Whether dues fall due: on day ``floor(364 k / 12)`` of a year, k = 0..11.

    Parameters
    ----------
    day : int
        Day of the run, from 0.
    """
    in_year = day % YEAR
    k = (in_year * DUES_A_YEAR + YEAR - 1) // YEAR
    return k < DUES_A_YEAR and YEAR * k // DUES_A_YEAR == in_year
