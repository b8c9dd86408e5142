"""Events: what was organised, who could come, who came, and what it cost (T54)."""

from __future__ import annotations

import enum
import math

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import power
from plaza_lab.sim import draw_ids
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, normal, uniform
from plaza_lab.sim.state import ties


class Schedule(enum.IntEnum):
    """What moves the programme from one stage to the next."""

    FIXED = 0
    STAGED_BY_TIME = 1
    STAGED_BY_METRIC = 2


MOST_FINALISTS = 16
MARGIN = 1.08
"""A little more than needed, so that a tie just made strong is still so at the weekly count."""


class Kind(enum.IntEnum):
    """Kinds of events, in the order of the lists of ``world.events``."""

    ONLINE = 0
    EXPERT = 1
    OFFLINE = 2
    IMMERSIVE = 3
    CHARITY = 4
    COCREATION = 5


class Stage(enum.IntEnum):
    """Stages of a community (E04)."""

    INCUBATION = 0
    GROWTH = 1
    MATURITY = 2


EVENT: tuple[Var, ...] = (
    Var("day", "i4", "day", "day of the event", "E25"),
    Var("kind", "i1", "Kind", "what it was", "E25"),
    Var("topic", "i1", "topic", "theme", "M17"),
    Var("here", "i4", "members", "members of that day", "T54"),
    Var("reachable", "i4", "members", "members invited and within reach", "T54"),
    Var("registered", "i4", "members", "members who registered", "T54"),
    Var("attended", "i4", "members", "members who came", "T54"),
    Var("contacts", "i4", "contacts", "meetings of two guests", "T11"),
    Var("hours", "f8", "hours", "staff hours", "M17"),
    Var("cost_cents", "i8", "cents", "cost booked", "M17"),
    Var("income_cents", "i8", "cents", "proceeds that stay in the fund", "M26"),
    Var("donated_cents", "i8", "cents", "proceeds that went to the partner", "M26"),
)


@compiled()
def is_due(day, a_month, phase):
    """Whether something due ``a_month`` times in any 28 days, evenly spread, happens today.

    Parameters
    ----------
    a_month : float
        Times in 28 days.
    phase : float
        Part of the interval that has gone by on day 0, so that kinds do not fall together.
    """
    if a_month <= 0.0:
        return False
    before = math.floor(day * a_month / MONTH + phase)
    return math.floor((day + 1) * a_month / MONTH + phase) > before


@compiled()
def place_of(t, uid):
    """How far from the usual venue a person lives, 0 to 1, known from lineage alone."""
    return uniform(day_key(t.run_state[0].seed_key, draw_ids.EVENT_PLACE, ALWAYS), uid)


@compiled()
def tech_of(t, uid):
    """How much a person avoids new technology, 0 to 1, known from lineage alone."""
    return uniform(day_key(t.run_state[0].seed_key, draw_ids.EVENT_TECH, ALWAYS), uid)


@compiled()
def taste_of(t, uid):
    """How much a person likes to take part in events, standard normal, from lineage alone."""
    return normal(uniform(day_key(t.run_state[0].seed_key, draw_ids.EVENT_TASTE, ALWAYS), uid))


@compiled()
def add(t, kind, topic, day):
    """Open a row for an event; returns its number, -1 when the table is full."""
    state = t.events_state[0]
    number = i8(state.n_events)
    if number >= t.events.shape[0]:
        return i8(-1)
    state.n_events = number + 1
    event = t.events[number]
    event.day = day
    event.kind = kind
    event.topic = topic
    event.here = t.people_state[0].n_members
    return number


@compiled()
def is_open(t, stage):
    """Whether the programme has reached the package of a stage (M71)."""
    return t.policy[0].programme.schedule == 0 or t.programme_state[0].stage >= stage


@compiled()
def too_early(t, stage):
    """Stages by which a tool of ``stage`` comes before the community is ripe for it (M71)."""
    return f8(max(0, stage - t.programme_state[0].ripeness))


@compiled()
def novelty_of(t, kind, day):
    """What is left of the novelty of a form of event, 0 to 1; only virtual spaces have any."""
    if kind != Kind.IMMERSIVE:
        return 0.0
    return power(0.5, f8(day - t.events_state[0].space_since) / t.params[0].events.novelty_halflife)


@compiled()
def is_invited(t, i, day, kind, p):
    """Whether member ``i`` has seen the invitation and the event is within her reach."""
    if t.members[i].last_visit < day - p.invited_days:
        return False
    if kind == Kind.OFFLINE:
        return place_of(t, t.fate[i].uid) < p.near_share
    if kind == Kind.IMMERSIVE:
        return tech_of(t, t.fate[i].uid) < p.tech_share
    return True


@compiled()
def room(rows):
    """Most guests of one event, by the rows of members in use (assumption: a sixteenth)."""
    return max(i8(256), rows // 16)


@compiled()
def face_to_face(t, meetings):
    """Contact of one talk face to face, so much that ``meetings`` monthly ones tie strongly."""
    kept = 0.0
    for k in range(meetings):
        kept += t.fading[min(MONTH * k, t.fading.shape[0] - 1)]
    return MARGIN * t.params[0].ties.strong_at / kept


@compiled()
def meet_again(t, day, event, contact, most, is_offline):
    """Guests of an event first talk to those they know; each remembers it on her side.

    Parameters
    ----------
    event : record of EVENT
        The event, whose guests stand in ``t.guests``.
    contact : float
        Contact of one talk.
    most : float
        Most talks of a guest.
    is_offline : int
        Whether they meet face to face, which is counted and makes strong ties (M18).
    """
    origin = ties.Origin.EVENT.value
    for k in range(event.attended):
        i = i8(t.guests[k])
        met = 0
        for slot in range(i8(t.members[i].n_ties)):
            j = i8(t.ties[i, slot].other)
            if met < most and t.members[j].last_event == day:
                if not is_offline:
                    ties.strengthen_from(t, i, j, contact, day, origin)
                elif i < j or not ties.holds(t, j, i):
                    ties.meet(t, i, j, contact, day, origin)
                met += 1
        event.contacts += met


@compiled()
def meet_others(t, day, event, contact, most, is_offline):
    """Then they talk to others who happen to sit beside them; arguments as :func:`meet_again`."""
    if event.attended < 2:
        return
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.EVENT_SEAT, day), U64(event.kind))
    origin = ties.Origin.EVENT.value
    for k in range(event.attended):
        i = i8(t.guests[k])
        draws = agent_key(key, t.fate[i].uid)
        for seat in range(i8(0.5 * most + 0.5)):
            j = i8(t.guests[i8(event.attended * uniform(draws, U64(seat)))])
            if j != i and not ties.holds(t, i, j):
                if is_offline:
                    ties.meet(t, i, j, contact, day, origin)
                else:
                    ties.strengthen_from(t, i, j, contact, day, origin)
                    ties.strengthen_from(t, j, i, contact, day, origin)
                event.contacts += 1
