"""Ties between members: a bounded set of contacts each, strengthened by contact, fading without.

A tie is directed: what ``i`` holds of ``j``. Each member keeps at most ``SLOTS`` ties (bounded
attention); a new contact replaces the faintest. Strength fades exponentially and is brought up to
date only when looked at, so an untouched tie costs nothing. A tie is strong by its strength, or
because the two have met face to face often enough; the latter stays until the tie is forgotten.
"""

from __future__ import annotations

import enum

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled
from plaza_lab.sim.randomness import U64, mix

SLOTS = 10
FIXED_POINT = 64.0
PER_CONTACT = 1.0 / FIXED_POINT
LARGEST = 65535.0
ORIGIN_BITS = 3
ORIGIN_MASK = 7
PROBES = 8
MOST_MEETINGS = 32000


class Origin(enum.IntEnum):
    """How a tie arose (E31)."""

    TALK = 0
    HELP = 1
    FRIEND = 2
    GUIDE = 3
    INTRODUCTION = 4
    PROFILE = 5
    EVENT = 6
    MEETING = 7


TIE: tuple[Var, ...] = (
    Var("other", "i4", "row", "the contact", "science A.8", -1),
    Var("strength", "u2", "1/64", "strength in sixty-fourths at the last contact", "science A.8"),
    Var(
        "met",
        "i2",
        "day",
        "day of the last contact; -1 - day when strong by meetings face to face",
        "science A.8, C26",
    ),
)

MEETING: tuple[Var, ...] = (
    Var("pair", "u8", "1", "lower row, then higher row; 0 for a free row", "E31"),
    Var("meetings", "i2", "meetings", "meetings face to face so far", "E31"),
    Var("last", "i2", "day", "day of the last of them", "E31"),
)


@compiled()
def strength(t, tie, day):
    """Strength of a tie today: contacts remembered, at least 0.

    Parameters
    ----------
    t : Tables
        The community's tables; ``fading[d]`` is what ``d`` days without contact leave
        (science.md A.8: exponential, .005-.03 a day).
    tie : record of TIE
        The tie.
    """
    met = i8(tie.met)
    if met < 0:
        met = -1 - met
    return f8(tie.strength) * PER_CONTACT * t.fading[min(day - met, t.fading.shape[0] - 1)]


@compiled()
def is_strong(t, tie, day):
    """Whether a tie is strong: by its strength, or by meetings face to face (T55, C26)."""
    return tie.met < 0 or strength(t, tie, day) >= t.params[0].ties.strong_at


@compiled()
def strengthen(t, i, j, amount, day):
    """Add a contact of ``i`` with ``j``, who talk, to what ``i`` holds; True for a new tie.

    Parameters
    ----------
    i, j : int
        Rows of two different members.
    amount : float
        Weight of the contact (1 for a reply).
    """
    return strengthen_from(t, i, j, amount, day, Origin.TALK.value)


@compiled()
def strengthen_from(t, i, j, amount, day, origin):
    """Add a contact as :func:`strengthen`; ``origin`` is kept when a new tie arises."""
    n = i8(t.members[i].n_ties)
    for k in range(n):
        tie = t.ties[i, k]
        if tie.other == j:
            now = strength(t, tie, day)
            _store(tie, j, now + amount, -1 - day if tie.met < 0 else day)
            return False
    if n < SLOTS:
        _store(t.ties[i, n], j, amount, day)
        t.members[i].n_ties = n + 1
        _set_origin(t, i, n, origin)
        return True
    faintest = -1
    faintest_strength = 1e300
    for k in range(n):
        now = strength(t, t.ties[i, k], day)
        if now < faintest_strength:
            faintest_strength = now
            faintest = k
    if amount > faintest_strength:
        _store(t.ties[i, faintest], j, amount, day)
        _set_origin(t, i, faintest, origin)
        return True
    return False


@compiled()
def holds(t, i, j):
    """Whether ``i`` holds a tie to ``j``."""
    for k in range(i8(t.members[i].n_ties)):
        if t.ties[i, k].other == j:
            return True
    return False


@compiled()
def origin_of(t, i, k):
    """How the ``k``-th tie of ``i`` arose (:class:`Origin`)."""
    return (i8(t.members[i].origins) >> (ORIGIN_BITS * k)) & ORIGIN_MASK


@compiled()
def _set_origin(t, i, k, origin):
    place = ORIGIN_BITS * k
    others = i8(t.members[i].origins) & ~(ORIGIN_MASK << place)
    t.members[i].origins = others | (origin << place)


@compiled()
def meet(t, i, j, amount, day, origin):
    """Let two members meet face to face (M18): both hold the tie; how often the two have met.

    Parameters
    ----------
    i, j : int
        Rows of two different members.
    amount : float
        Weight of the contact.
    origin : int
        Member of :class:`Origin`, for a tie that arises here.
    """
    n = _count_meeting(t, i, j, day)
    strengthen_from(t, i, j, amount, day, origin)
    strengthen_from(t, j, i, amount, day, origin)
    if n >= t.params[0].ties.strong_tie_meetings:
        _make_strong(t, i, j)
        _make_strong(t, j, i)
    return n


@compiled()
def _make_strong(t, i, j):
    for k in range(i8(t.members[i].n_ties)):
        tie = t.ties[i, k]
        if tie.other == j and tie.met >= 0:
            tie.met = -1 - tie.met


@compiled()
def _count_meeting(t, i, j, day):
    """Meetings of a pair with today's; of a crowded table the pair longest apart is forgotten."""
    pair = (U64(min(i, j)) << U64(32)) | U64(max(i, j))
    last = t.meetings.shape[0] - 1
    first = i8(mix(pair) & U64(last))
    oldest = first
    for probe in range(PROBES):
        slot = (first + probe) & last
        row = t.meetings[slot]
        if row.pair == pair or row.pair == U64(0):
            oldest = slot
            break
        if row.last < t.meetings[oldest].last:
            oldest = slot
    row = t.meetings[oldest]
    if row.pair != pair:
        row.pair = pair
        row.meetings = 0
    row.meetings = min(MOST_MEETINGS, row.meetings + 1)
    row.last = day
    return i8(row.meetings)


@compiled()
def prune(t, i, day):
    """Drop ties of ``i`` that have faded away and count the strong ones."""
    p = t.params[0].ties
    n = i8(t.members[i].n_ties)
    faded = 0
    strong = 0
    for k in range(n):  # without branches, which could not be predicted
        tie = t.ties[i, k]
        now = strength(t, tie, day)
        faded += now < p.forget_below
        strong += (now >= p.strong_at) | (tie.met < 0)
    t.members[i].n_strong = strong
    if faded > 0:
        _drop_faded(t, i, n, day, p)


@compiled()
def _drop_faded(t, i, n, day, p):
    kept = 0
    strong = 0
    for k in range(n):
        tie = t.ties[i, k]
        now = strength(t, tie, day)
        if now < p.forget_below:
            continue
        strong += (now >= p.strong_at) | (tie.met < 0)
        if kept != k:
            slot = t.ties[i, kept]
            slot.other = tie.other
            slot.strength = tie.strength
            slot.met = tie.met
            _set_origin(t, i, kept, origin_of(t, i, k))
        kept += 1
    t.members[i].n_ties = kept
    t.members[i].n_strong = strong


@compiled()
def _store(tie, other, value, met):
    tie.other = other
    tie.strength = i8(min(LARGEST, value * FIXED_POINT))
    tie.met = met
