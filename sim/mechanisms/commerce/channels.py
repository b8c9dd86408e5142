"""Channels: members move between platforms, with or without what they hold."""

from __future__ import annotations

from dataclasses import dataclass

from numpy import float64 as f8

from plaza_lab.agents.member import Channel, Status
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim import decisions
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.randomness import ALWAYS, day_key, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import weekly

SOURCE = "M98"
READS = (
    "clock.n_rows",
    "clock.n_founders",
    "first_row",
    "fate.uid",
    "fate.status",
)
WRITES = (
    "members.channel",
    "members.points",
    "members.reputation",
    "members.belonging",
    "clock.points_held",
    "daily.channel_moves",
    "daily.second_channel",
)


@dataclass(frozen=True)
class Params:
    """Moving, and using several channels."""

    several_share: float = quantity(
        0.3,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption (M98)",
        doc="Members who use both channels where there are two.",
    )
    several_weight: float = quantity(
        0.3,
        unit="log-hazard",
        low=0.0,
        high=10.0,
        source="assumption (M98: active on several channels are retained better)",
        doc="On leaving, for those, while rights hold everywhere.",
    )
    move_week: float = quantity(
        0.005,
        unit="1/week",
        low=0.0,
        high=1.0,
        source="assumption (M98)",
        doc="Chance that a member makes the other channel her home.",
    )
    lost_part: float = quantity(
        0.3,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption (M98: migration cost)",
        doc="Belonging lost by moving where points and history stay behind.",
    )


def is_on(policy, world):
    """Whether there is a second channel."""
    return bool(policy.crm.channels >= 2)


@kernel()
def step(t, day):
    """Look at a seventh of the members: who moves, and with what she holds.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    if t.policy[0].crm.channels < 2:
        return
    clock = t.clock[0]
    p = t.params[0].channels
    key = day_key(clock.seed_key, decisions.MOVE_CHANNEL, day)
    trait = day_key(clock.seed_key, decisions.SEVERAL_CHANNELS, ALWAYS)
    for number in range(weekly.spans(t, day)):
        start, stop = weekly.span(t, number, day)
        for i in range(start, stop):
            if t.fate[i].status == Status.LEFT:
                continue
            uid = t.fate[i].uid
            if uniform(trait, uid) < p.several_share:
                t.members[i].channel |= Channel.SEVERAL
            if uniform(key, uid) < p.move_week:
                _move(t, i, day, p)
    if day % WEEK == WEEK - 1:
        n = 0
        for i in range(clock.n_rows):
            is_here = t.fate[i].status != Status.LEFT
            n += 1 if is_here and t.members[i].channel & Channel.SECOND else 0
        t.daily[day, mt.SECOND_CHANNEL] = n


@compiled()
def _move(t, i, day, p):
    """Make the other channel home; without common rights, points and standing stay behind."""
    m = t.members[i]
    m.channel ^= Channel.SECOND
    t.daily[day, mt.CHANNEL_MOVES] += 1.0
    if t.policy[0].crm.cross_platform:
        return
    t.clock[0].points_held -= m.points
    m.points = 0
    m.reputation = 0.0
    m.belonging = f8(m.belonging) * (1.0 - p.lost_part)
