"""Cases: open quarrels between members, and complaints that wait for a reply.

Both lists are kept without gaps: a closed case gives its row to the last one.
"""

from __future__ import annotations

import enum

from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled


class Channel(enum.IntEnum):
    """Where members turn with complaints and ideas."""

    NONE = 0
    HOTLINE = 1
    OPEN_FORUM = 2
    FORUM_LISTENING = 3
    RESEARCH_PANEL = 4


QUARREL: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by the first party and day", "design 5"),
    Var("one", "i4", "row", "a party", "M65", -1),
    Var("other", "i4", "row", "the other party", "M65", -1),
    Var("opened", "i2", "day", "day it broke out", "M65"),
)

COMPLAINT: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by member and day", "design 5"),
    Var("member", "i4", "row", "who complains", "M70", -1),
    Var("opened", "i2", "day", "day of the complaint", "M70"),
    Var("due", "i2", "day", "day on which staff reply", "M70"),
    Var("hours", "f4", "hours", "waiting time until that reply", "T53"),
    Var("answered", "i2", "day", "day of the first reply, -1 before", "T53", -1),
)


@compiled()
def open_quarrel(t, uid, one, other, day):
    """Put a quarrel on the list; False when the list is full."""
    conflict_state = t.conflict_state[0]
    if conflict_state.n_quarrels >= t.quarrels.shape[0]:
        return False
    row = t.quarrels[conflict_state.n_quarrels]
    row.uid = uid
    row.one = one
    row.other = other
    row.opened = day
    conflict_state.n_quarrels += 1
    return True


@compiled()
def close_quarrel(t, k):
    """Take quarrel ``k`` off the list."""
    conflict_state = t.conflict_state[0]
    conflict_state.n_quarrels -= 1
    last = t.quarrels[conflict_state.n_quarrels]
    row = t.quarrels[k]
    row.uid = last.uid
    row.one = last.one
    row.other = last.other
    row.opened = last.opened


@compiled()
def add_complaint(t, uid, member, day, due, hours):
    """Put a complaint on the list; False when the list is full."""
    feedback_state = t.feedback_state[0]
    if feedback_state.n_complaints >= t.complaints.shape[0]:
        return False
    row = t.complaints[feedback_state.n_complaints]
    row.uid = uid
    row.member = member
    row.opened = day
    row.due = due
    row.hours = hours
    row.answered = -1
    feedback_state.n_complaints += 1
    return True


@compiled()
def drop_complaint(t, k):
    """Take complaint ``k`` off the list."""
    feedback_state = t.feedback_state[0]
    feedback_state.n_complaints -= 1
    last = t.complaints[feedback_state.n_complaints]
    row = t.complaints[k]
    row.uid = last.uid
    row.member = last.member
    row.opened = last.opened
    row.due = last.due
    row.hours = last.hours
    row.answered = last.answered
