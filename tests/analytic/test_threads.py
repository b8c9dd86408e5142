"""Threads and timetables against their definitions (T12, T14, T15, T17)."""

from __future__ import annotations

import numpy as np
import pytest
from communities import CLOSED, lived, outcome, setting

from plaza_lab.engine.plain import plain
from plaza_lab.sim.mechanisms.engagement import topics
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import events as book
from plaza_lab.sim.state.requests import Ticket

SOME = {**CLOSED, "population.initial_members": 150}


@pytest.mark.parametrize(
    ("hours", "replies", "score"),
    [(0, 0, 0.0), (2, 6, 1.0), (4, 3, 0.3 + 0.2 + 0.24), (48, 12, 0.7),
     (26, 1, 0.15 + 0.4 / 6 + 0.12)],
)  # fmt: skip
def test_the_score_of_a_thread(hours, replies, score):
    """T14: 0.3 timeliness + 0.4 depth + 0.3 breadth."""
    assert plain(topics.thread_score)(float(hours), float(replies)) == pytest.approx(score)


@pytest.mark.parametrize("a_month", [0.0, 0.3, 1.0, 2.5, 4.0, 28.0])
def test_events_fall_evenly(a_month):
    due = np.array([plain(book.is_due)(day, a_month, 0.25) for day in range(280)])
    assert due.sum() == pytest.approx(10 * a_month)
    if a_month >= 1.0:
        assert np.ptp(np.diff(np.nonzero(due)[0])) <= 1


def test_outcomes_of_threads_and_requests(kernels):
    """T11, T12, T15, T17 from what the run left."""
    which = setting(SOME)
    tables = lived(which, 3, 112)
    daily = tables.daily[:112]
    total = daily.sum(axis=0)

    def found(name):
        return outcome(which, name, [3], 112)[0]

    parts = [mt.REPLIES, mt.REACTIONS, mt.ANSWERS, mt.EVENT_CONTACTS]
    assert (daily[:, mt.INTERACTIONS] == daily[:, parts].sum(axis=1)).all()
    interactions = daily[:, mt.INTERACTIONS]
    growth = interactions[84:].sum() / interactions[56:84].sum() - 1.0
    assert found("interaction_growth") == pytest.approx(growth)
    assert 0.0 <= found("quality_threads") <= found("thread_quality") / 0.6
    assert 0.0 < found("off_topic_share") < 1.0
    written = total[mt.POSTS] + total[mt.FILLER_ITEMS] + total[mt.KOC_ITEMS]
    assert total[mt.THREADS_CLOSED] <= written
    requests = tables.requests[: int(tables.help_state[0].n_requests)]
    solved = requests[requests.ticket == Ticket.SOLVED]
    hours = np.maximum(8.0, 24.0 * (solved.closed.astype(float) - solved.opened))
    assert found("solve_hours_median") == pytest.approx(np.median(hours))
    assert found("unsolved_hours") > hours.mean()


def test_who_is_alone_opens_threads_though_threads_are_rare(kernels):
    """Where there is nobody to answer, what she came to say opens a thread, and no day is lost."""
    alone = {**CLOSED, "population.initial_members": 1}
    days = []
    for share in (1.0, 1e-6, 0.0):
        which = setting({**alone, "world.activity.start_share": share})
        posts = [lived(which, seed, 100).daily[:100, mt.POSTS] for seed in range(20)]
        days.append(int((np.array(posts) > 0).sum()))
    assert days[1] > 0.6 * days[0] > 0
    assert days[2] == 0
