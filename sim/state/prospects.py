"""Prospects: the pool of people outside, and how they come up to the gate.

Every route has a queue of potential persons, numbered slots. The expected number of arrivals
accumulates, and slot ``k`` arrives when it passes the sum of ``k + 1`` exponential draws. A policy
that speeds a route up brings the same persons earlier; it does not swap them for others.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np

from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled
from plaza_lab.sim import decisions
from plaza_lab.sim.randomness import day_key, exponential, lineage, uniform
from plaza_lab.sim.state import traits

ROUTES = 11
"""Routes by which people come, those of day 0 included."""

APPLICANT: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by lineage", "design 5"),
    Var("inviter", "i4", "row", "who invited, -1 for nobody", "M03", -1),
    Var("route", "i1", "Route", "how the person came", "T02"),
    Var("guest", "i1", "Guest", "whether the gate is open to this person already", "M08 M11"),
    Var("pull", "f4", "log-odds", "what the person has seen of the community", "M11"),
    Var("skill", "f4", "1", "expertise known beforehand, 0 for what lineage says", "M11"),
)

STATE: tuple[Var, ...] = (
    Var("n_applicants", "i8", "persons", "persons waiting at the gate", "M10"),
    Var(
        "exposure", f"({ROUTES},)f8", "persons", "expected arrivals so far, by route", "science A.1"
    ),
    Var(
        "threshold",
        f"({ROUTES},)f8",
        "persons",
        "exposure at which the next slot arrives",
        "science A.1",
    ),
    Var("slots", f"({ROUTES},)i8", "persons", "arrivals so far, by route", "science A.1"),
)


class Gate(enum.IntEnum):
    """Kinds of gate."""

    OPEN = 0
    FEE = 1
    MEMBER_INVITE = 2
    OWNER_ONLY = 3
    EXCLUSIVE = 4
    FEE_PLUS_CHALLENGE = 5


NOBODY = np.int64(-1)
BOUNDLESS = np.int64(1 << 60)
TRIES = 16
"""Persons looked at before an aimed message lands on whoever comes next."""


class Guest(enum.IntEnum):
    """Whether the gate is open already to somebody in the queue."""

    NO = 0
    PAYS = 1
    FREE = 2


class Aim(enum.IntEnum):
    """Whom a message is aimed at."""

    INTERESTED = 0
    SKILLED = 1


@dataclass(frozen=True)
class Params:
    """The pool outside (R05)."""

    is_shared: bool = quantity(False, "flag", source="assumption (R05)")
    """Whether paid reach, partners and invitations draw on the one pool too."""
    replenish_day: float = quantity(0.0, "persons/day", (0.0, 1e8), "assumption (R05)")
    """New prospects a day; 0 for a pool that depletes."""
    friends: float = quantity(0.0, "persons", (0.0, 30_000.0), "assumption (R05)")
    """Outside friends a member could bring, mean; 0 for no limit."""
    paid_reach: float = quantity(1.0, "share", (0.0, 1.0), "assumption (R05)")
    """Part of the pool that paid media can reach."""
    content_reach: float = quantity(0.6, "share", (0.0, 1.0), "assumption (R05)")
    """Part of the pool that sees shared items."""
    offline_reach: float = quantity(0.2, "share", (0.0, 1.0), "assumption (R05)")
    """Part of the pool that comes by a shop or an event."""
    influencer_reach: float = quantity(0.5, "share", (0.0, 1.0), "assumption (R05)")
    """Part of the pool that follows influencers."""


@compiled()
def left(t, day):
    """Prospects left in the pool on a day: never below 0.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.

    Returns
    -------
    float
        Market size and newcomers to it, less everybody who has come so far.
    """
    state = t.prospects_state[0]
    gone = t.run_state[0].n_founders + t.word_of_mouth_state[0].told_here
    for route in range(1, ROUTES):
        gone += state.slots[route]
    market = t.params[0].arrival.market_size + t.params[0].prospects.replenish_day * day
    return max(0.0, market - gone)


@compiled()
def still_out(t, route, reach, day):
    """Share of those whom a channel reaches who have not come yet.

    Parameters
    ----------
    t : Tables
        The community's tables.
    route : int
        Member of :class:`plaza_lab.agents.member.Route`.
    reach : float
        Part of the pool that the channel reaches.
    day : int
        Today.

    Returns
    -------
    float
        0 to 1: the rest of the pool, or of the channel's own part of it where that is emptier.
    """
    market = t.params[0].arrival.market_size + t.params[0].prospects.replenish_day * day
    if market <= 0.0 or reach <= 0.0:
        return 0.0
    of_all = left(t, day) / market
    of_reach = 1.0 - t.prospects_state[0].slots[route] / (market * reach)
    return max(0.0, min(of_all, of_reach))


@compiled()
def room_in_pool(t, day):
    """Most persons who may still come today."""
    return np.int64(left(t, day))


@compiled()
def line_up(t, uid, route, inviter):
    """Put a person at the end of the queue; False when the queue is full."""
    state = t.prospects_state[0]
    if state.n_applicants >= t.applicants.shape[0]:
        return False
    applicant = t.applicants[state.n_applicants]
    applicant.uid = uid
    applicant.route = route
    applicant.inviter = inviter
    applicant.guest = Guest.NO
    applicant.pull = 0.0
    applicant.skill = 0.0
    state.n_applicants += 1
    return True


@compiled()
def come(t, route, expected, most, aim, target):
    """Let those arrive whom a route brings today.

    Parameters
    ----------
    t : Tables
        The community's tables.
    route : int
        Member of :class:`plaza_lab.agents.member.Route`.
    expected : float
        Persons expected today.
    most : int
        Persons who may come at most.
    aim : float
        Part of the messages that is aimed, 0 to 1.
    target : int
        Member of :class:`Aim`.
    """
    state = t.prospects_state[0]
    state.exposure[route] += expected
    n = 0
    while state.exposure[route] >= state.threshold[route] and n < most:
        if not line_up(t, person(t, route, aim, target), route, NOBODY):
            return
        next_slot(t, route)
        n += 1


@compiled()
def next_slot(t, route):
    """Move on to the next slot of a route."""
    state = t.prospects_state[0]
    slot = state.slots[route]
    state.slots[route] = slot + 1
    key = day_key(t.run_state[0].seed_key, decisions.ARRIVE, route)
    state.threshold[route] += exponential(uniform(key, slot + 1))


@compiled()
def person(t, route, aim, target):
    """Identity of the next person of a route; an aimed message looks for one who suits."""
    first = lineage(route, t.prospects_state[0].slots[route])
    if aim <= 0.0:
        return first
    if uniform(day_key(t.run_state[0].seed_key, decisions.AIM, route), first) >= aim:
        return first
    uid = first
    for attempt in range(TRIES):
        if _suits(t, uid, target):
            return uid
        uid = lineage(first, attempt)
    return uid


@compiled()
def _suits(t, uid, target):
    if target == Aim.SKILLED:
        return traits.skill_of(t, uid) > 0.5
    return traits.interest_of(t, uid) > 0.0
