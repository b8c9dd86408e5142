"""Help requests: opened by members, answered by members or the founder, solved or given up."""

from __future__ import annotations

import enum

import numpy as np
from numpy import float64 as f8

from agents.compiled import compiled
from agents.record import Var
from sim.world.items import TOPICS

OLDEST = np.int64(0)
BOARD = 32
LONGEST_BOARD = 512
"""Open requests per topic that a small and a very large community keep; older ones are given up
first (assumption)."""


class Ticket(enum.IntEnum):
    """State of a request (mechanisms.md 1.4, shortened)."""

    OPEN = 0
    SOLVED = 1
    GIVEN_UP = 2


REQUEST: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by asker and day", "design 5"),
    Var("asked_at", "i8", "item", "number of the next item when it was asked", "M20"),
    Var("asker", "i4", "row", "who asks", "M21", -1),
    Var("difficulty", "f4", "1", "quality an answer needs to solve it, 0 to 1", "M21"),
    Var("opened", "i2", "day", "day of opening", "M20"),
    Var("closed", "i2", "day", "day of solution or giving up", "T17", -1),
    Var("answers", "i2", "answers", "answers received", "M21"),
    Var("topic", "i1", "topic", "skill needed", "M21"),
    Var("ticket", "i1", "Ticket", "open, solved or given up", "T17"),
)


@compiled()
def open_request(t, uid, asker, topic, difficulty, day):
    """Put a request on the board of its topic.

    Parameters
    ----------
    t : Tables
        The community's tables.
    uid : uint64
        Identity of the request.
    asker, topic, day : int
        Who asks, for which skill, when.
    difficulty : float
        Quality an answer needs, 0 to 1.
    """
    clock = t.clock[0]
    slot = clock.n_requests % t.requests.shape[0]
    request = t.requests[slot]
    request.uid = uid
    request.asker = asker
    request.asked_at = clock.item_head
    request.topic = topic
    request.difficulty = difficulty
    request.opened = day
    request.closed = -1
    request.answers = 0
    request.ticket = Ticket.OPEN
    clock.n_requests += 1
    n = t.board_size[topic]
    if n >= t.board.shape[1]:
        oldest = t.requests[t.board[topic, 0]]
        _close(oldest, day)
        take_down(t, topic, OLDEST)
        n = t.board_size[topic]
    t.board[topic, n] = slot
    t.board_size[topic] = n + 1


@compiled()
def oldest_open(t, latest):
    """Topic and place of the open request that has waited longest; -1 for none.

    Parameters
    ----------
    t : Tables
        The community's tables.
    latest : int
        Day of opening up to which requests count.

    Returns
    -------
    tuple of int
        Topic and place on its board.
    """
    best = np.int64(-1)
    best_place = OLDEST
    oldest = latest + 1
    for topic in range(TOPICS):
        for place in range(t.board_size[topic]):
            request = t.requests[t.board[topic, place]]
            if request.ticket == Ticket.OPEN:
                if request.opened < oldest:
                    oldest = np.int64(request.opened)
                    best = np.int64(topic)
                    best_place = np.int64(place)
                break
    return best, best_place


@compiled()
def take_down(t, topic, place):
    """Remove the request at ``place`` of a topic's board, keeping the order of the rest."""
    n = t.board_size[topic]
    for k in range(place, n - 1):
        t.board[topic, k] = t.board[topic, k + 1]
    t.board_size[topic] = n - 1


@compiled()
def give_up_old(t, patience, day):
    """Give up requests that have waited longer than ``patience`` days."""
    for topic in range(TOPICS):
        while t.board_size[topic] > 0:
            request = t.requests[t.board[topic, 0]]
            if day - request.opened <= patience:
                break
            _close(request, day)
            take_down(t, topic, OLDEST)


@compiled()
def _close(request, day):
    if request.ticket == Ticket.OPEN:
        request.ticket = Ticket.GIVEN_UP
        request.closed = day


@compiled()
def look_on(t, value):
    """Visitors learn from what was solved today in the field of their main interest (M21).

    Parameters
    ----------
    t : Tables
        The community's tables.
    value : float
        Most that looking on is worth.
    """
    for k in range(t.clock[0].n_visitors):
        m = t.members[t.visitors[k]]
        seen = f8(t.solved_today[m.topic])
        if seen > 0.0 and m.helped_today == 0:
            worth = f8(m.worth)
            m.worth = worth + (1.0 - 0.5**seen) * value * (1.0 - worth)
