"""Ties between members: a bounded set of contacts each, strengthened by contact, fading without.

A tie is directed: what ``i`` holds of ``j``. Each member keeps at most ``SLOTS`` ties (bounded
attention); a new contact replaces the faintest. Strength fades exponentially and is brought up to
date only when looked at, so an untouched tie costs nothing.
"""

from __future__ import annotations

from numpy import float64 as f8
from numpy import int64 as i8

from agents.compiled import compiled
from agents.record import Var

SLOTS = 10
FIXED_POINT = 64.0
PER_CONTACT = 1.0 / FIXED_POINT
LARGEST = 65535.0

TIE: tuple[Var, ...] = (
    Var("other", "i4", "row", "the contact", "science A.8", -1),
    Var("strength", "u2", "1/64", "strength in sixty-fourths at the last contact", "science A.8"),
    Var("met", "i2", "day", "day of the last contact", "science A.8"),
)


@compiled()
def strength(t, tie, day):
    """Strength of a tie today.

    Parameters
    ----------
    t : Tables
        The community's tables; ``fading[d]`` is what ``d`` days without contact leave
        (science.md A.8: exponential, .005-.03 a day).
    tie : record of TIE
        The tie.
    day : int
        Today.

    Returns
    -------
    float
        Contacts remembered, at least 0.
    """
    return f8(tie.strength) * PER_CONTACT * t.fading[min(day - tie.met, t.fading.shape[0] - 1)]


@compiled()
def strengthen(t, i, j, amount, day):
    """Add a contact of ``i`` with ``j`` to what ``i`` holds of ``j``.

    Parameters
    ----------
    t : Tables
        The community's tables.
    i, j : int
        Rows of two different members.
    amount : float
        Weight of the contact (1 for a reply).
    day : int
        Today.

    Returns
    -------
    bool
        True when a new tie arose.
    """
    n = i8(t.members[i].n_ties)
    for k in range(n):
        tie = t.ties[i, k]
        if tie.other == j:
            _store(tie, j, strength(t, tie, day) + amount, day)
            return False
    if n < SLOTS:
        _store(t.ties[i, n], j, amount, day)
        t.members[i].n_ties = n + 1
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
def prune(t, i, day):
    """Drop ties of ``i`` that have faded away and count the strong ones.

    Parameters
    ----------
    t : Tables
        The community's tables.
    i : int
        Row of the member.
    day : int
        Today.
    """
    p = t.params[0].ties
    kept = 0
    strong = 0
    for k in range(i8(t.members[i].n_ties)):
        tie = t.ties[i, k]
        now = strength(t, tie, day)
        if now < p.forget_below:
            continue
        if now >= p.strong_at:
            strong += 1
        if kept != k:
            slot = t.ties[i, kept]
            slot.other = tie.other
            slot.strength = tie.strength
            slot.met = tie.met
        kept += 1
    t.members[i].n_ties = kept
    t.members[i].n_strong = strong


@compiled()
def _store(tie, other, value, day):
    tie.other = other
    tie.strength = i8(min(LARGEST, value * FIXED_POINT))
    tie.met = day
