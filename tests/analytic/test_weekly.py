"""Weekly looks: everybody once a week, on a weekday of her own."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from plaza_lab.engine.plain import plain
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.state import weekly

JOINS = st.lists(st.integers(0, 30), min_size=2 * WEEK, max_size=6 * WEEK)


def community(founders: int, joins: list[int]) -> SimpleNamespace:
    """What the weekly look reads: how many founders there are, and who joined on which day."""
    first_row = founders + np.concatenate(([0], np.cumsum(joins)))
    return SimpleNamespace(run_state=[SimpleNamespace(n_founders=founders)], first_row=first_row)


def looked_at(t: SimpleNamespace, day: int) -> list[int]:
    spans = [plain(weekly.span)(t, number, day) for number in range(plain(weekly.spans)(t, day))]
    return [row for start, stop in spans for row in range(start, stop)]


@given(st.integers(0, 400), JOINS)
def test_everybody_is_looked_at_once_in_seven_days(founders, joins):
    t = community(founders, joins)
    last = len(joins) - 1
    rows = [row for day in range(last - WEEK + 1, last + 1) for row in looked_at(t, day)]
    assert sorted(rows) == list(range(t.first_row[last + 1]))


@given(st.integers(0, 400), JOINS)
def test_a_weekday_is_kept(founders, joins):
    t = community(founders, joins)
    for day in range(len(joins) - WEEK):
        before, after = looked_at(t, day), looked_at(t, day + WEEK)
        newest = range(t.first_row[day + WEEK], t.first_row[day + WEEK + 1])
        assert sorted(set(after) - set(newest)) == sorted(before)


@given(st.integers(1, 400), JOINS, JOINS)
def test_who_else_joins_changes_nobodys_weekday(founders, joins, others):
    """Founders keep theirs whoever joins; one who joins on a day has that day's."""
    one, two = community(founders, joins), community(founders, others)
    for day in range(min(len(joins), len(others))):
        assert [r for r in looked_at(one, day) if r < founders] == [
            r for r in looked_at(two, day) if r < founders
        ]
        for t in (one, two):
            joined = [int(np.searchsorted(t.first_row, row, "right")) - 1
                      for row in looked_at(t, day) if row >= founders]  # fmt: skip
            assert all(earlier % WEEK == day % WEEK for earlier in joined)


def test_founders_are_spread_evenly_over_the_week():
    """Whatever their number, by at most a block; from 56 on, every weekday has somebody."""
    for founders in (56, 57, 100, 500, 10_000):
        t = community(founders, [0] * WEEK)
        counts = [len(looked_at(t, day)) for day in range(WEEK)]
        assert sum(counts) == founders
        assert min(counts) > 0 and max(counts) - min(counts) <= weekly.BLOCK


def test_one_founder_more_changes_nobodys_weekday():
    for founders in (1, 55, 56, 299, 300):
        few, many = community(founders, [0] * WEEK), community(founders + 1, [0] * WEEK)
        for few_rows, many_rows in ((looked_at(few, d), looked_at(many, d)) for d in range(WEEK)):
            assert [row for row in many_rows if row != founders] == few_rows
            assert all(a < b for a, b in pairwise(many_rows))
