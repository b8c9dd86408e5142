"""The reply log: who replied to whom, noted for an observer who asks for it.

The log has no room unless ``open_tables`` is asked for it, and then an observer
between days empties it; a run that nobody observes pays one comparison for each reply.
"""

from __future__ import annotations

import enum

from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled

STATE: tuple[Var, ...] = (Var("n_talk", "i8", "rows", "rows of the talk log in use", "T11"),)


class Said(enum.IntEnum):
    """What was said."""

    REPLY = 0
    ANSWER = 1


TALK: tuple[Var, ...] = (
    Var("who", "i4", "row", "who speaks", "T11"),
    Var("whom", "i4", "row", "to whom", "T11"),
    Var("day", "i2", "day", "day of speaking", "T11"),
    Var("said", "i1", "Said", "reply or answer", "T11"),
)


@compiled()
def note(t, said, who, whom, day):
    """Note one reply or answer, if there is room in the log.

    Parameters
    ----------
    said : int
        Member of :class:`Said`.
    who, whom : int
        Rows of members.
    """
    state = t.reply_log_state[0]
    if state.n_talk < t.talk.shape[0]:
        row = t.talk[state.n_talk]
        row.who = who
        row.whom = whom
        row.day = day
        row.said = said
        state.n_talk += 1
