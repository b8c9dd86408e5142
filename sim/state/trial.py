"""Trials: while one runs, a part of the members lives under another row of levers.

``t.policy`` has one row; during a trial it has two, the usual levers and those of the arm. A
mechanism that gives a lever member by member reads the row of :func:`arm`.
"""

from __future__ import annotations

from numpy import int64 as i8

from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled, inlined, kernel
from plaza_lab.sim import draw_ids
from plaza_lab.sim.randomness import ALWAYS, U64, day_key, uniform
from plaza_lab.sim.recording.metric import Metric

SOURCE = "M115; T70"
METRICS = (
    Metric("unproven", "flag", "the last look at a trial does not prove its policy", "A12", True),
)
STATE: tuple[Var, ...] = (
    Var("share", "f8", "share", "members, or groups, in the arm of the trial", "M115"),
    Var("has_group_arms", "i8", "flag", "whether whole groups are put into arms", "M115"),
    Var("first_groups", "i8", "groups", "groups at the beginning of the trial", "M115"),
    Var("draw", "i8", "1", "number of the draw of the arms", "M115"),
)


@inlined()
def arm(t, i):
    """Row of the levers under which a member lives: 0, or 1 in the arm of a trial."""
    return i8(0) if t.policy.shape[0] == 1 else _drawn(t, i)


@compiled()
def _drawn(t, i):
    """Put a member into an arm by an addressed draw, or all members of a group at once."""
    state = t.trial_state[0]
    key = day_key(t.run_state[0].seed_key, draw_ids.TRIAL_ARM, ALWAYS + state.draw)
    if state.has_group_arms == 0:
        return i8(uniform(key, t.fate[i].uid) < state.share)
    group = i8(t.members[i].group)
    own = uniform(key, U64(group))
    if group >= state.first_groups:  # opened since
        return i8(own < state.share)
    # as many groups as the share says, so that no arm is empty by bad luck
    before = 0
    for other in range(state.first_groups):
        before += 1 if uniform(key, U64(other)) < own else 0
    wanted = i8(state.share * state.first_groups + 0.5)
    return i8(before < min(max(wanted, 1), state.first_groups - 1))


@compiled()
def with_feed(t):
    """Row of the levers of those whose feed is not in the order of time; row 0 where none is."""
    return i8(0) if t.policy[0].distribution.feed != 0 else last(t)


@compiled()
def last(t):
    """Last row of the levers: that of the arm while a trial runs, otherwise the only one."""
    return t.policy.shape[0] - 1


@kernel()
def list_arms(t, into, draw):
    """Write the arm of every member into an array.

    Parameters
    ----------
    t : Tables
        Tables in which a trial runs.
    into : numpy.ndarray
        Int64, one place for each row of members.
    draw : int
        Number of the draw of the arms, from 0.
    """
    t.trial_state[0].draw = draw
    for i in range(t.people_state[0].n_rows):
        into[i] = arm(t, i)
