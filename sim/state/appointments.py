"""Appointments: putting somebody into a role of the team, letting them go, counting who serves."""

from __future__ import annotations

import enum

import numpy as np
from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.member import Flag
from plaza_lab.agents.moderator import Duty
from plaza_lab.engine.compiled import compiled


class Staff(enum.IntEnum):
    """Who serves."""

    FOUNDER_ONLY = 0
    VOLUNTEERS = 1
    PAID_ROTATION = 2
    LAYERED = 3
    PROFESSIONAL = 4
    THIRD_PARTY = 5


OUTSIDER = np.int64(-1)
OPEN_END = np.int64(32767)


@compiled()
def appoint(t, i, day, until, duty, hours_week, skill):
    """Put somebody on duty in the first free row; False when there is no room.

    Parameters
    ----------
    i : int
        Row of the member, or -1 for somebody hired from outside.
    day, until : int
        First and last day of duty.
    duty : int
        Member of :class:`plaza_lab.agents.moderator.Duty`.
    hours_week : float
        Hours given a week.
    skill : float
        Accuracy of judgement, 0 to 1.
    """
    k = 1
    while k < t.team_state[0].n_moderators and t.moderators[k].duty != Duty.OFF:
        k += 1
    if k >= t.moderators.shape[0]:
        return False
    if k == t.team_state[0].n_moderators:
        t.team_state[0].n_moderators += 1
    moderator = t.moderators[k]
    moderator.member = i
    moderator.since = day
    moderator.until = until
    moderator.duty = duty
    moderator.hours_day = hours_week / 7.0
    moderator.skill = skill
    moderator.fatigue = 0.0
    moderator.drift = 0.0
    if i >= 0:
        t.fate[i].circles |= Flag.MODERATOR
    return True


@compiled()
def dismiss(t, k, day):
    """Let the one in row ``k`` go."""
    moderator = t.moderators[k]
    moderator.duty = Duty.OFF
    moderator.until = min(i8(moderator.until), day)
    if moderator.member >= 0:
        t.fate[moderator.member].circles &= 127 - Flag.MODERATOR


@compiled()
def on_duty(t, duty):
    """Number of those who serve in a role."""
    n = 0
    for k in range(t.team_state[0].n_moderators):
        if t.moderators[k].duty == duty:
            n += 1
    return n


@compiled()
def part_given(t, duty):
    """Part of a helper's hours that is given today: all, but in a strike (M131)."""
    return 1.0 if duty == Duty.FOUNDER else 1.0 - t.shocks_state[0].strike


@compiled()
def hours_on_duty(t):
    """Hours a day that everybody on duty gives."""
    hours = 0.0
    for k in range(t.team_state[0].n_moderators):
        if t.moderators[k].duty != Duty.OFF:
            hours += f8(t.moderators[k].hours_day) * part_given(t, t.moderators[k].duty)
    return hours
