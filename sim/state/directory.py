"""The directory: what skills there are, who holds them, and who may look that up."""

from __future__ import annotations

import enum

from numpy import int64 as i8

from plaza_lab.engine.compiled import compiled
from plaza_lab.sim import draw_ids
from plaza_lab.sim.randomness import ALWAYS, agent_key, day_key, uniform
from plaza_lab.sim.state.items import TOPICS


class Directory(enum.IntEnum):
    """Who can look up the profiles that newcomers file."""

    NONE = 0
    PRIVATE = 1
    FULL = 2
    MASKED = 3
    STAGED = 4


SPECIALITIES = 8
"""Skills a field is made of: a request needs one of them (assumption)."""

SKILLS = TOPICS * SPECIALITIES
HELD = 8
"""Holders of a skill that are kept at hand, drawn from all of them."""


@compiled()
def is_shared(t):
    """Whether members can search the profiles."""
    return t.policy[0].onboarding.directory > Directory.PRIVATE


@compiled()
def is_masked(t):
    """Whether name and employer are hidden now (M12)."""
    lever = t.policy[0].onboarding
    if lever.directory == Directory.STAGED:
        return t.people_state[0].n_members > lever.mask_at
    return lever.directory == Directory.MASKED


@compiled()
def speciality_of(t, uid):
    """Speciality within the field, of a person or of a request, known from its identity alone."""
    return i8(
        SPECIALITIES * uniform(day_key(t.run_state[0].seed_key, draw_ids.SPECIALITY, ALWAYS), uid)
    )


@compiled()
def row_of(t, group, topic, uid):
    """Row of ``t.holders`` for a group, a field and the speciality of an identity."""
    return (group * TOPICS + topic) * SPECIALITIES + speciality_of(t, uid)


@compiled()
def enter(t, i, key):
    """Count a member among the holders of her skill; a few of them are kept, each as likely.

    `key` is that of this count's draws.
    """
    m = t.members[i]
    uid = t.fate[i].uid
    row = row_of(t, i8(m.group), i8(m.skill_topic), uid)
    n = t.n_holders[row]
    t.n_holders[row] = n + 1
    place = n
    if n >= HELD:
        place = i8((n + 1) * uniform(key, uid))
    if place < HELD:
        t.holders[row, place] = i


@compiled()
def search_key(t, day, uid):
    """Key of the draws of one request's search."""
    return agent_key(day_key(t.run_state[0].seed_key, draw_ids.SEARCH, day), uid)
