"""Weekly looks: whose weekday it is.

Founders are cut into blocks of a few neighbours, one block in seven a day; whoever joins later is
looked at on the weekday of her joining. So a member has her weekday for good, the same in every run
that she joins on the same day, and a day's rows are found without asking everybody and lie side by
side in memory::

    for number in range(weekly.spans(t, day)):
        start, stop = weekly.span(t, number, day)
        for i in range(start, stop):
"""

from __future__ import annotations

from numpy import int64 as i8

from plaza_lab.engine.compiled import compiled, inlined
from plaza_lab.sim.calendar import WEEK

BLOCK = 8
"""Founders looked at together: few enough for small communities to have every weekday."""


@compiled()
def spans(t, day):
    """Count the spans of rows whose weekday it is.

    Returns
    -------
    int
        Blocks of founders, and a span for each day of joining.
    """
    return _blocks(t, day) + day // WEEK + 1


@compiled()
def span(t, number, day):
    """One span of rows whose weekday it is.

    Parameters
    ----------
    t : Tables
        The community's tables, after those who join today have entered.
    number : int
        From 0, below the number of spans.

    Returns
    -------
    start, stop : int
        Rows, ``start`` the first of them and ``stop`` the one after the last.
    """
    weekday = day % WEEK
    blocks = _blocks(t, day)
    if number < blocks:
        start = (number * WEEK + weekday) * BLOCK
        return start, min(start + BLOCK, i8(t.run_state[0].n_founders))
    joining = weekday + WEEK * (number - blocks)
    return i8(t.first_row[joining]), i8(t.first_row[joining + 1])


@inlined()
def later(t, i):
    """Row that is looked at some rows after ``i``, if there is one: to be fetched in advance."""
    return i + (WEEK * BLOCK if i < t.run_state[0].n_founders else BLOCK)


@compiled()
def _blocks(t, day):
    """Blocks of founders whose weekday it is: those that begin before the last founder."""
    before = BLOCK * (day % WEEK)
    return max(0, (i8(t.run_state[0].n_founders) - before + WEEK * BLOCK - 1) // (WEEK * BLOCK))
