"""Ties: friends of friends meet, and people of like interest are brought together."""

from __future__ import annotations

from plaza_lab.agents.member import Flag, Status
from plaza_lab.engine.prefetch import AHEAD, NEAR, SOON, prefetch
from plaza_lab.sim.declaring import params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.state import directory, ties
from plaza_lab.sim.stepping import compiled, draw_ids, i8, inlined, kernel

SOURCE = "science.md A.8; M99, M100"


MOST_LOOKS = 12
"""Visitors of today looked at until one is of the same group."""


@params()
class Params:
    """How ties arise and fade."""

    decay: float = quantity(0.01, "1/day", (0.0, 1.0), "science A.8 (.005-.03)")
    """Fading of a tie without contact."""
    strong_at: float = quantity(5.0, "contacts", (0.1, 1000.0), "science A.8 (W >= 5)")
    """Strength from which a tie is strong."""
    forget_below: float = quantity(0.15, "contacts", (0.0, 10.0), "assumption")
    """Strength below which a tie is forgotten."""
    strong_tie_meetings: int = quantity(4, "meetings", (1, 100), "F19, C26 (more than three; 3-6)")
    """Meetings face to face from which a tie is strong."""
    triad: float = quantity(0.05, "1/visit", (0.0, 1.0), "science A.8 (proposals .4-.7 by friends)")
    """Chance that a visitor meets a contact of a contact."""
    match: float = quantity(0.02, "1/visit", (0.0, 1.0), "assumption (M99)")
    """Chance that a visitor meets another visitor of today."""
    homophily: float = quantity(0.6, "1", (0.0, 1.0), "assumption (M99)")
    """How much rarer a meeting becomes a tie between unlike interests."""
    directory_factor: float = quantity(2.0, "1", (0.0, 10.0), "assumption (M12)")
    """Factor on matching for members listed in a shared directory."""
    masked_factor: float = quantity(0.5, "1", (0.0, 1.0), "assumption (M12: direct contact slows)")
    """Part of that factor's effect that is left when name and employer are hidden."""
    meeting: float = quantity(0.7, "contacts", (0.0, 100.0), "assumption")
    """Contact such a meeting makes."""


@kernel()
def step(t, day):
    """Bring visitors together."""
    people_state = t.people_state[0]
    run_state = t.run_state[0]
    p = t.params[0].ties
    triad_key = day_key(run_state.seed_key, draw_ids.TRIAD, day)
    match_key = day_key(run_state.seed_key, draw_ids.MATCH, day)
    listed = 1.0
    if directory.is_shared(t):
        part = p.masked_factor if directory.is_masked(t) else 1.0
        listed += part * (p.directory_factor - 1.0)
    for k in range(people_state.n_visitors):
        if k + AHEAD < people_state.n_visitors:
            prefetch(t.fate, i8(t.visitors[k + AHEAD]))
            prefetch(t.members.n_ties, i8(t.visitors[k + AHEAD]))
        if k + NEAR < people_state.n_visitors:
            coming = i8(t.visitors[k + NEAR])
            if uniform(triad_key, t.fate[coming].uid) < p.triad:
                prefetch(t.ties, coming)
        if k + SOON < people_state.n_visitors:
            _fetch_friend(t, i8(t.visitors[k + SOON]), triad_key, p)
        i = i8(t.visitors[k])
        uid = t.fate[i].uid
        if uniform(triad_key, uid) < p.triad:
            _meet_friend_of_friend(t, i, day, agent_key(triad_key, uid), p)
        chance = p.match
        if t.fate[i].circles & Flag.PROFILE:
            chance *= listed
        if uniform(match_key, uid) < chance:
            _meet_visitor(t, i, day, agent_key(match_key, uid), p)


@inlined()
def _friend(t, i, draws):
    """One of the contacts of ``i``, by lot; -1 for nobody."""
    n = i8(t.members[i].n_ties)
    return i8(t.ties[i, i8(n * uniform(draws, U64(0)))].other) if n > 0 else i8(-1)


@inlined()
def _fetch_friend(t, i, triad_key, p):
    """Ask for the rows of the friend through whom ``i``, whose rows have come, meets somebody."""
    uid = t.fate[i].uid
    if uniform(triad_key, uid) < p.triad:
        j = _friend(t, i, agent_key(triad_key, uid))
        if j >= 0:
            prefetch(t.members.n_ties, j)
            prefetch(t.ties, j)


@compiled()
def _meet_friend_of_friend(t, i, day, draws, p):
    j = _friend(t, i, draws)
    if j < 0:
        return
    n = i8(t.members[j].n_ties)
    if n == 0:
        return
    other = i8(t.ties[j, i8(n * uniform(draws, U64(1)))].other)
    _meet(t, i, other, day, draws, ties.Origin.INTRODUCTION.value, p)


@compiled()
def _meet_visitor(t, i, day, draws, p):
    n = t.people_state[0].n_visitors
    other = i8(t.visitors[i8(n * uniform(draws, U64(0)))])
    for look in range(MOST_LOOKS):
        if t.members[other].group == t.members[i].group:
            _meet(t, i, other, day, draws, ties.Origin.PROFILE.value, p)
            return
        other = i8(t.visitors[i8(n * uniform(draws, U64(10 + look)))])


@compiled()
def _meet(t, i, j, day, draws, origin, p):
    if i == j or t.fate[j].status == Status.LEFT:
        return
    a = t.members[i]
    b = t.members[j]
    is_alike = a.topic == b.topic or a.topic == b.skill_topic or a.skill_topic == b.topic
    if not is_alike and uniform(draws, U64(2)) < p.homophily:
        return
    ties.strengthen_from(t, i, j, p.meeting, day, origin)
    ties.strengthen_from(t, j, i, p.meeting, day, origin)
