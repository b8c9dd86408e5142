"""Places: where a community lives, and which of its contacts are held where.

A community is in one place or in two. The brand holds a contact with each member in one of them or
in both (bits of ``channel`` in the member's row). What a place is like is a parameter of hosting,
a list with one entry for each place, in the order of :class:`Place`.
"""

from __future__ import annotations

import enum

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.member import Channel
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import log
from plaza_lab.sim.randomness import U64, uniform
from plaza_lab.sim.recording.metric import Metric

METRICS = (
    Metric("channel_herfindahl", "1", "members active in 7 days, by channel: squared shares",
           "T67", True),
)  # fmt: skip


class Place(enum.IntEnum):
    """Where a community can live (mechanisms.md 1.3)."""

    NONE = 0
    OPEN_GROUP = 1
    CLOSED_GROUP = 2
    FEED = 3
    SHORT_VIDEO = 4
    OFFICIAL_ACCOUNT = 5
    OWN_APP = 6
    FORUM = 7
    SHOP_FLOOR = 8


THIRD_PARTY = (
    Place.OPEN_GROUP,
    Place.CLOSED_GROUP,
    Place.FEED,
    Place.SHORT_VIDEO,
    Place.OFFICIAL_ACCOUNT,
)
"""Places that belong to somebody else, who makes the rules there."""

PAID = (
    Place.SHORT_VIDEO,
    Place.OFFICIAL_ACCOUNT,
    Place.OWN_APP,
    Place.FORUM,
    Place.SHOP_FLOOR,
)
"""Places that are paid for each month."""


@compiled()
def is_third_party(place):
    """Whether a place belongs to somebody else."""
    return Place.OPEN_GROUP <= place <= Place.OFFICIAL_ACCOUNT


@compiled()
def held(m):
    """Where a member's contact is held: bits of ``HELD_FIRST`` and ``HELD_SECOND``."""
    return i8(m.channel) & (Channel.HELD_FIRST | Channel.HELD_SECOND)


@compiled()
def herfindahl(first, second):
    """Concentration of activity by channel: the sum of squared shares (T67).

    Parameters
    ----------
    first, second : float
        Activity in either channel, at least 0.

    Returns
    -------
    float
        0.5 where both have the same, 1 where one has all, 0 without any activity.
    """
    total = first + second
    return (first * first + second * second) / (total * total) if total > 0.0 else 0.0


@compiled()
def left(m, t):
    """What rule changes have left of the way to a member.

    Returns
    -------
    float
        0 to 1; the better of the places she is held in, and 1 where none is recorded.
    """
    state = t.hosting_state[0]
    where = held(m)
    if where == Channel.HELD_FIRST:
        return state.left_first
    if where == Channel.HELD_SECOND:
        return state.left_second
    return max(state.left_first, state.left_second) if where != 0 else 1.0


@compiled()
def log_left(m, t):
    """Log of :func:`left`: what is added to the log-hazard of coming by."""
    return log(max(1e-9, left(m, t)))


@compiled()
def owner_adds(t):
    """Whether only the owner can add members, in every place the community has (M04)."""
    lever = t.policy[0].hosting
    if lever.first == 0:
        return False
    adds = t.params[0].hosting.owner_adds
    is_first = adds[i8(lever.first) - 1] > 0.0
    return is_first and (lever.second == 0 or adds[i8(lever.second) - 1] > 0.0)


@compiled()
def lets_through(t, draws, is_promotion):
    """Whether an item of the brand comes to be shown at all; every one where nothing is hosted.

    A place shows an item to part of the contacts. Parts are taken item by item, so that an item is
    shown to all or to nobody, as often as the part says.

    Parameters
    ----------
    draws : uint64
        Key of the item's draws.
    is_promotion : int
        Whether it sells something; places hold some of these back.
    """
    if t.policy[0].hosting.first == 0:
        return True
    state = t.hosting_state[0]
    chance = state.coverage
    if is_promotion:
        chance *= 1.0 - state.held_back
    return uniform(draws, U64(7)) < chance


@compiled()
def friends_with(t, i, channel, alone):
    """Share, 0 to 1, of a member's ties who have a bit of ``channel`` set.

    Parameters
    ----------
    i : int
        Her row.
    channel : int
        Bits of :class:`plaza_lab.agents.member.Channel`.
    alone : float
        For who has no ties.
    """
    n = i8(t.members[i].n_ties)
    there = 0
    for k in range(n):
        there += 1 if t.members[i8(t.ties[i, k].other)].channel & channel else 0
    return f8(there) / n if n > 0 else alone


@compiled()
def accuracy(t):
    """Chance that a member's segment is known, by the data that the places give.

    Returns
    -------
    float
        The policy's accuracy where there is no hosting; without any data, that of a guess among
        four segments.
    """
    said = f8(t.policy[0].crm.accuracy)
    if t.policy[0].hosting.first == 0:
        return said
    guess = 0.25
    return guess + (said - guess) * t.hosting_state[0].data_share if said > guess else said
