"""Asking for rows in advance: those of visitors, and of whoever is looked at this weekday.

Who is read soon is asked for some rows before; see :mod:`plaza_lab.engine.prefetch`. What is done
for one member after another begins with one of these lines, and results stay as they are.
"""

from __future__ import annotations

from numpy import int64 as i8

from plaza_lab.engine.compiled import inlined
from plaza_lab.engine.prefetch import AHEAD, prefetch
from plaza_lab.sim.state import weekly


@inlined()
def front(t, i):
    """Ask for what nearly every step reads of ``i``: her screening row, 128 bytes of her row."""
    prefetch(t.fate, i)
    prefetch(t.members.belonging, i)
    prefetch(t.members.expectation, i)
    prefetch(t.members.unsolved, i)


@inlined()
def visitor(t, k):
    """Ask for the front of a visitor's rows who comes some places after the ``k``-th."""
    if k + AHEAD < t.people_state[0].n_visitors:
        front(t, i8(t.visitors[k + AHEAD]))


@inlined()
def whole_visitor(t, k):
    """Ask for all of a visitor's rows who comes some places after the ``k``-th."""
    if k + AHEAD < t.people_state[0].n_visitors:
        coming = i8(t.visitors[k + AHEAD])
        prefetch(t.fate, coming)
        prefetch(t.members, coming)


@inlined()
def looked_at(t, i):
    """Ask for the rows of who is looked at some rows after ``i``, today's weekday being hers."""
    coming = weekly.later(t, i)
    if coming < t.people_state[0].n_rows:
        prefetch(t.fate, coming)
        prefetch(t.members, coming)


@inlined()
def contacts(t, i):
    """Ask for the screening rows of the contacts of ``i``, whose ties have come."""
    for k in range(i8(t.members[i].n_ties)):
        prefetch(t.fate, i8(t.ties[i, k].other))
