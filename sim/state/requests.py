"""Help requests: opened by members, answered by members or the founder, solved or given up."""

from __future__ import annotations

import enum

import numpy as np
from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents import feelings
from plaza_lab.agents.packed import as_part, part
from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import power
from plaza_lab.sim.state import fetching, returns
from plaza_lab.sim.state.items import TOPICS

OLDEST = np.int64(0)
NONE = np.int64(-1)
BOARD = 32
LONGEST_BOARD = 512
"""Open requests per group and topic that a small and a very large community keep; older ones are
given up first (assumption)."""


class Ticket(enum.IntEnum):
    """State of a request (mechanisms.md 1.4, shortened)."""

    OPEN = 0
    SOLVED = 1
    GIVEN_UP = 2


REQUEST: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by asker and day", "design 5"),
    Var("asked_at", "i8", "item", "number of the next item when it was asked", "M20"),
    Var("asker", "i4", "row", "who asks", "M21", -1),
    Var("helper", "i4", "row", "who was found and is asked directly, -1 for nobody", "M12", -1),
    Var("difficulty", "f4", "1", "quality an answer needs to solve it, 0 to 1", "M21"),
    Var("opened", "i2", "day", "day of opening", "M20"),
    Var("called", "i2", "day", "day from which the one asked directly knows", "M12"),
    Var("closed", "i2", "day", "day of solution or giving up", "T17", -1),
    Var("answers", "i2", "answers", "answers received", "M21"),
    Var("topic", "i1", "topic", "skill needed", "M21"),
    Var("ticket", "i1", "Ticket", "open, solved or given up", "T17"),
)


@compiled()
def row_of(group, topic):
    """Board of a group and topic: the row of ``t.board`` and ``t.board_size``."""
    return group * TOPICS + topic


@compiled()
def open_request(t, uid, asker, topic, difficulty, day):
    """Put a request on the board of its topic in the asker's group.

    Parameters
    ----------
    uid : uint64
        Identity of the request.
    asker, topic, day : int
        Who asks, for which skill, when.
    difficulty : float
        Quality an answer needs, 0 to 1.
    """
    help_state = t.help_state[0]
    row = row_of(i8(t.members[asker].group), topic)
    slot = help_state.n_requests % t.requests.shape[0]
    request = t.requests[slot]
    request.uid = uid
    request.asker = asker
    request.asked_at = t.items_state[0].item_head
    request.topic = topic
    request.helper = -1
    request.difficulty = difficulty
    request.opened = day
    request.closed = -1
    request.answers = 0
    request.ticket = Ticket.OPEN
    help_state.n_requests += 1
    n = t.board_size[row]
    if n >= t.board.shape[1]:
        oldest = t.requests[t.board[row, 0]]
        give_up(t, oldest, day)
        take_down(t, row, OLDEST)
        n = t.board_size[row]
    t.board[row, n] = slot
    t.board_size[row] = n + 1


@compiled()
def take_down(t, row, place):
    """Remove the request at ``place`` of a board, keeping the order of the rest."""
    n = t.board_size[row]
    for k in range(place, n - 1):
        t.board[row, k] = t.board[row, k + 1]
    t.board_size[row] = n - 1


@compiled()
def give_up_old(t, patience, day):
    """Give up requests that have waited longer than ``patience`` days."""
    for row in range(t.board.shape[0]):
        while t.board_size[row] > 0:
            request = t.requests[t.board[row, 0]]
            if day - request.opened <= patience:
                break
            give_up(t, request, day)
            take_down(t, row, OLDEST)


@compiled()
def with_requests(t, group, first):
    """Find the first board of a group, from topic ``first`` on, that has requests; -1 for none."""
    for step_on in range(TOPICS):
        row = row_of(group, (first + step_on) % TOPICS)
        if t.board_size[row] > 0:
            return row
    return NONE


@compiled()
def oldest_open(t, group, newest):
    """Find board and place, -1 for none, of the open request of a group that has waited longest.

    Parameters
    ----------
    group : int
        The group.
    newest : int
        Day before which it must have been opened.
    """
    best = NONE
    best_place = OLDEST
    oldest = newest
    for topic in range(TOPICS):
        row = row_of(group, i8(topic))
        for place in range(t.board_size[row]):
            request = t.requests[t.board[row, place]]
            if request.ticket == Ticket.OPEN:
                if request.opened < oldest:
                    oldest = i8(request.opened)
                    best = row
                    best_place = i8(place)
                break
    return best, best_place


@compiled()
def give_up(t, request, day):
    """Close a request that nobody has solved; who asked in vain is disappointed."""
    if request.ticket != Ticket.OPEN:
        return
    request.ticket = Ticket.GIVEN_UP
    request.closed = day
    asker = t.members[request.asker]
    asker.unsolved = min(120, asker.unsolved + 1)
    world = t.params[0]
    returns.receive(asker, -world.belonging.help_value, world.returns)


@compiled()
def look_on(t, p):
    """Visitors learn from what was solved in the field of their main interest since they last came.

    Parameters
    ----------
    p : record of ``plaza_lab.sim.mechanisms.help.help.Params``
        What looking on is worth, and for how many days a problem is talked about.
    """
    for k in range(t.people_state[0].n_visitors):
        fetching.visitor(t, k)
        i = t.visitors[k]
        m = t.members[i]
        rate = f8(t.solved_lately[m.topic])
        if rate > 0.0 and m.helped_today == 0:
            days = min(f8(p.patience_days), 1.0 / max(1e-3, f8(t.fate[i].visit_hazard)))
            learned = (1.0 - power(0.5, rate * days)) * p.learning
            worth = part(m.worth)
            m.worth = as_part(feelings.raised(worth, learned))
            returns.receive(m, learned, t.params[0].returns)
