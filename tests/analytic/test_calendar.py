"""Calendar: a week of 7 days, a year of 52 weeks, twelve dues days."""

from __future__ import annotations

import numpy as np
from communities import CLOSED, FAITHFUL, UNMOVED, daily, setting

from plaza_lab.sim.calendar import DUES_A_YEAR, MONTH, WEEK, YEAR, is_dues_day


def test_a_year_is_52_weeks_and_13_months():
    assert (WEEK, MONTH, YEAR, DUES_A_YEAR) == (7, 28, 364, 12)
    assert YEAR == 52 * WEEK == 13 * MONTH


def test_dues_fall_due_every_30_or_31_days():
    days = [day for day in range(3 * YEAR) if is_dues_day.py_func(day)]
    assert len(days) == 36
    assert set(np.diff(days)) == {30, 31}
    assert [day % YEAR for day in days[:12]] == [day % YEAR for day in days[24:]]


def test_the_week_has_its_rhythm(kernels):
    """Visits of a weekday are in proportion to 1 - exp(-hazard x rhythm): 8 runs of 12 weeks."""
    rhythm = [2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]
    which = setting(CLOSED, FAITHFUL, UNMOVED, {"world.activity.weekday": rhythm,
                                       "world.activity.read_rate": 0.02,
                                       "world.activity.read_ln_sd": 0.0,
                                       "world.activity.rate_shape": 0.01,
                                       "world.activity.core_share": 0.0})  # fmt: skip
    visits = daily(which, "visits", range(8), 84)[:, 7:].reshape(8, 11, 7).mean(axis=(0, 1))
    assert visits[6] == 0
    assert 1.7 < visits[0] / visits[1:6].mean() < 2.1
    assert visits[1:6].std() / visits[1:6].mean() < 0.1
