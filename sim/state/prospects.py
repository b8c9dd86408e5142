"""Prospects: the people outside, one stock for all routes, and how they come up to the gate.

Everybody of the market is outside, has come to the gate, or is or was a member::

    left + rival's + waiting + lost + rows - fakes = market

so the more have come, the less any effort brings: part of those it reaches have come already, by
this route or another, and those who are left are the less willing.

Every route has a queue of potential persons, numbered slots. The expected number of arrivals
accumulates, and slot ``k`` arrives when it passes the sum of ``k + 1`` exponential draws. A policy
that speeds a route up brings the same persons earlier; it does not swap them for others.
"""

from __future__ import annotations

import enum

import numpy as np
from numpy import float64 as f8

from plaza_lab.agents.member import Route
from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import power
from plaza_lab.sim import draw_ids
from plaza_lab.sim.levers import params
from plaza_lab.sim.randomness import day_key, exponential, lineage, uniform
from plaza_lab.sim.state import traits

ROUTES = 13
"""Routes by which people come, those of day 0 included."""

APPLICANT: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by lineage", "design 5"),
    Var("inviter", "i4", "row", "who invited, -1 for nobody", "M03", -1),
    Var("route", "i1", "Route", "how the person came", "T02"),
    Var("guest", "i1", "Guest", "whether the gate is open to this person already", "M08 M11"),
    Var("pull", "f4", "log-odds", "what the person has seen of the community", "M11"),
    Var("skill", "f4", "1", "expertise known beforehand, 0 for what lineage says", "M11"),
    Var("seeks", "i1", "Seeks", "what the person comes for besides the community", "M129"),
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
    Var("slots", f"({ROUTES},)i8", "persons", "next person of a route's own line", "science A.1"),
    Var("n_come", "i8", "persons", "who have come up to the gate out of the market", "R05"),
    Var("n_lost", "i8", "persons", "of these: who turned away for good", "R05"),
    Var("n_rivals", "f8", "persons", "who are with a rival community and look no further", "M132"),
    Var("n_fakes", "i8", "accounts", "accounts among the members that are nobody's", "M129"),
    Var(
        "audience",
        f"({ROUTES},)f8",
        "persons",
        "of those whom a route can reach: still outside",
        "R05",
    ),
    Var("by_themselves", "f8", "persons", "expected today without any instrument", "science A.1"),
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


class Seeks(enum.IntEnum):
    """What a person at the gate comes for besides the community (M129)."""

    NOTHING = 0
    REWARD = 1
    FAKE = 2
    GAIN = 3


@params()
class Params:
    """The market: one stock of persons that all routes draw on (R05)."""

    replenish_day: float = quantity(0.0, "persons/day", (0.0, 1e8), "assumption (R05)")
    """New prospects a day; 0 for a stock that depletes."""
    friends: float = quantity(0.0, "persons", (0.0, 30_000.0), "assumption (R05)")
    """Outside friends a member could bring, mean; 0 for no limit."""
    unlike: float = quantity(
        1.0,
        "1",
        (0.0, 10.0),
        "assumption (Ehrenberg 1959: rates are gamma over persons; exponential at 1)",
    )
    """Variance of how willing people are to come, relative to its squared mean; 0: all alike."""
    paid_reach: float = quantity(1.0, "share", (0.0, 1.0), "assumption (R05)")
    """Part of the market that paid media can reach."""
    content_reach: float = quantity(0.6, "share", (0.0, 1.0), "assumption (R05)")
    """Part of the market that sees shared items."""
    offline_reach: float = quantity(0.2, "share", (0.0, 1.0), "assumption (R05)")
    """Part of the market that comes by a shop or an event."""
    influencer_reach: float = quantity(0.5, "share", (0.0, 1.0), "assumption (R05)")
    """Part of the market that follows influencers."""


@compiled()
def market(t, day):
    """Everybody who belongs to the market by a day, those who founded the community included."""
    return t.params[0].arrival.market_size + t.params[0].prospects.replenish_day * day


@compiled()
def left(t, day):
    """Persons of the market who have not come yet: never below 0.

    Returns
    -------
    float
        The market, less founders, all who have come up to the gate, by whichever route, and those
        whom a rival keeps.
    """
    state = t.prospects_state[0]
    return max(0.0, market(t, day) - t.run_state[0].n_founders - state.n_come - state.n_rivals)


@compiled()
def keep_away(t, persons, day):
    """Take persons of the market out of reach, or give some back where there are fewer than none.

    Whoever goes is of every route's audience in proportion; who comes back, by a route's reach.
    """
    state = t.prospects_state[0]
    outside = left(t, day)
    state.n_rivals += persons
    for route in range(ROUTES):
        if persons > 0.0:
            state.audience[route] *= max(0.0, 1.0 - persons / max(1.0, outside))
        else:
            state.audience[route] -= reach(t, route) * persons


@compiled()
def visibility_of(n_members, p):
    """How easily a community is found, relative to one of the usual part of the market.

    Parameters
    ----------
    n_members : float
        Members now; one at least.
    p : record of :class:`plaza_lab.sim.mechanisms.joining.arrival.Params`
        The market.

    Returns
    -------
    float
        1 at the usual part of the market. Twice the members of twice the market are found by the
        same part of it.
    """
    if p.market_size <= 0.0:
        return 0.0
    return power(max(1.0, f8(n_members)) / (p.usual_share * p.market_size), p.visibility)


@compiled()
def reach(t, route):
    """Part of the market that a route can reach."""
    p = t.params[0].prospects
    if route == Route.PAID:
        return p.paid_reach
    if route == Route.CONTENT:
        return p.content_reach
    if route == Route.OFFLINE:
        return p.offline_reach
    if route == Route.INFLUENCER:
        return p.influencer_reach
    return 1.0


@compiled()
def fill(t):
    """Fill the audiences on day 0, once the founders are in."""
    outside = left(t, 0)
    for route in range(ROUTES):
        t.prospects_state[0].audience[route] = reach(t, route) * outside


@compiled()
def replenish(t, day):
    """Add the day's new persons to the audiences; day 0 begins with the market as it is."""
    new = t.params[0].prospects.replenish_day
    if new > 0.0 and day > 0:
        for route in range(ROUTES):
            t.prospects_state[0].audience[route] += reach(t, route) * new


@compiled()
def take(t, route, day):
    """Note that a person has come by a route: she is out of the market for all of them.

    Audiences overlap by chance: whoever comes by one route was in the audience of another with the
    share of the outside that this audience makes up.
    """
    state = t.prospects_state[0]
    outside = left(t, day)
    state.n_come += 1
    for other in range(ROUTES):
        audience = state.audience[other]
        in_it = 1.0 if other == route else audience / max(1.0, outside)
        state.audience[other] = max(0.0, audience - in_it)


@compiled()
def still_out(t, route, day):
    """Share, 0 to 1, of those whom a route reaches who have not come yet, by any route."""
    whole = market(t, day) * reach(t, route)
    if whole <= 0.0:
        return 0.0
    return min(1.0, t.prospects_state[0].audience[route] / whole)


@compiled()
def willing(t, day):
    """How willing those who are left are to come, relative to the market as it was.

    Who is more willing comes sooner. Where willingness is a gamma variate over persons of relative
    variance ``v``, the mean of those left is ``S ** v``, ``S`` the share that is left.
    """
    at_first = market(t, day) - t.run_state[0].n_founders
    if at_first <= 0.0:
        return 0.0
    return power(left(t, day) / at_first, t.params[0].prospects.unlike)


@compiled()
def response(t, route, day):
    """What is left of a channel's response: some it reaches have come, the others are less willing.

    Returns
    -------
    float
        0 to 1, by which what an effort brings is multiplied.
    """
    return still_out(t, route, day) * willing(t, day)


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
    applicant.seeks = Seeks.NOTHING
    state.n_applicants += 1
    return True


@compiled()
def come(t, route, expected, day, aim, target):
    """Let those arrive whom a route brings today.

    Parameters
    ----------
    expected : float
        Persons expected today.
    aim : float
        Part of the messages that is aimed, 0 to 1.
    target : int
        Member of :class:`Aim`.
    """
    state = t.prospects_state[0]
    state.exposure[route] += expected
    while state.exposure[route] >= state.threshold[route] and left(t, day) >= 1.0:
        if not line_up(t, person(t, route, aim, target), route, NOBODY):
            return
        next_slot(t, route)
        take(t, route, day)


@compiled()
def next_slot(t, route):
    """Move on to the next slot of a route."""
    state = t.prospects_state[0]
    slot = state.slots[route]
    state.slots[route] = slot + 1
    key = day_key(t.run_state[0].seed_key, draw_ids.ARRIVE, route)
    state.threshold[route] += exponential(uniform(key, slot + 1))


@compiled()
def person(t, route, aim, target):
    """Identity of the next person of a route; an aimed message looks for one who suits."""
    first = lineage(route, t.prospects_state[0].slots[route])
    if aim <= 0.0:
        return first
    if uniform(day_key(t.run_state[0].seed_key, draw_ids.AIM, route), first) >= aim:
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
