"""Bouts and wordiness from a log: what was put in is found again."""

from __future__ import annotations

import numpy as np
import pytest

from plaza_lab.scenarios.fit import bouts, posts
from plaza_lab.scenarios.fit.check import draw_active_days, draw_posts

LAW = np.array([0.6, 0.5, 0.5, 8.0])


def drawn(share: float, pace: float, n: int = 800, days: int = 700) -> tuple:
    rng = np.random.default_rng(4)
    return draw_active_days(np.zeros(n, np.int64), days - 1, LAW, rng, (share, pace))


@pytest.mark.parametrize(("share", "pace"), [(0.5, 10.0), (0.8, 25.0)])
def test_bouts_that_were_put_in_are_found(share, pace):
    member, day = drawn(share, pace)
    found = bouts.fit_bouts(member, day, 699, LAW)
    assert found["bout_share"].value == pytest.approx(share, abs=0.06)
    assert found["bout_pace"].value == pytest.approx(pace, rel=0.25)
    assert found["bout_share"].low < share + 0.03 and found["bout_share"].high > share - 0.03


def test_where_there_are_none_none_are_found():
    member, day = drawn(0.0, 1.0)
    found = bouts.fit_bouts(member, day, 699, LAW)
    assert found["bout_share"].value == 0.0 and found["bout_pace"].value == 1.0


def test_bouts_make_gaps_bursty():
    even, clumpy = drawn(0.0, 1.0), drawn(0.8, 25.0)
    assert bouts.burstiness(*even) < 0.0 < bouts.burstiness(*clumpy)


def test_burstiness_of_a_clock_and_of_one_long_gap():
    clock = np.arange(0, 200, 5)
    assert bouts.burstiness(np.zeros(40, np.int64), clock) == -1.0
    days = np.append(np.arange(12), 400)
    gaps = np.diff(days)
    expected = (gaps.std() - gaps.mean()) / (gaps.std() + gaps.mean())
    assert bouts.burstiness(np.zeros(13, np.int64), days) == pytest.approx(expected)
    assert np.isnan(bouts.burstiness(np.arange(5), np.arange(5)))


@pytest.mark.parametrize("share", [0.2, 0.73, 0.9])
def test_bouts_of_visits_give_those_of_posting_days(share):
    """Thinning: w s / (1 - (1 - w) s) for a chance w of writing on a visit."""
    visits, w = bouts.share_of_visits(share), bouts.WRITTEN
    assert w * visits / (1 - (1 - w) * visits) == pytest.approx(share)


@pytest.mark.parametrize("share", [0.0, 0.15, 0.4])
def test_the_part_of_persons_in_posts_is_found(share):
    rng = np.random.default_rng(7)
    member = np.repeat(np.arange(600), 25)
    counts = draw_posts(member.size, 3.0, 1.0, rng, member, share)
    found = posts.person_share(member, counts)
    assert found.value == pytest.approx(share, abs=0.04)
    assert found.low <= found.value <= found.high
