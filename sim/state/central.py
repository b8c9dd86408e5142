"""How central: how many items and events are the brand's own, where members may take them over."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.engine.compiled import compiled
from plaza_lab.sim import draw_ids
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform

NONE = -1.0
"""A part without any cases: it is left out of the weight."""
LEAST_TARGET = 0.05
"""Targets below it do not multiply the calendar any further."""


@compiled()
def share(own, whole):
    """Part of the cases that is the brand's, or :data:`NONE` without cases."""
    return own / whole if whole > 0.0 else NONE


@compiled()
def weight(content, meetings, rules):
    """Central weight: the mean of its parts (partners.md 3).

    Parameters
    ----------
    content, meetings, rules : float
        The brand's share of item views, of guests at events and of decisions on rules, each 0 to 1
        or :data:`NONE`.

    Returns
    -------
    float
        0 to 1, or :data:`NONE` where there is nothing to judge by.
    """
    whole = 0.0
    parts = 0
    for part in (content, meetings, rules):
        if part >= 0.0:
            whole += part
            parts += 1
    return whole / parts if parts > 0 else NONE


@compiled()
def tuned(now, target, found, gap, gain):
    """What the operator's effort, 0 to 1, becomes at a review.

    Parameters
    ----------
    now : float
        Effort so far, 0 to 1.
    target, found : float
        Central weight wanted and measured; ``found`` may be :data:`NONE`.
    gap : float
        Difference that is let be.
    gain : float
        Part of the difference that is made up for.
    """
    if found < 0.0 or abs(target - found) <= gap:
        return now
    return min(1.0, max(0.0, now + gain * (target - found)))


@compiled()
def brand_items_day(t):
    """Items a day that the brand plans: its calendar, by size and by what steering made of it."""
    lever = t.policy[0].steering
    items = f8(t.policy[0].content.brand_posts_day)
    if lever.items_week > 0.0:
        items = lever.items_week * t.people_state[0].n_members / 7000.0
    if lever.is_steered:
        items *= t.steering_state[0].effort / max(LEAST_TARGET, lever.central_weight)
    return items


@compiled()
def is_member_hosted(t, day, kind):
    """Whether members host the event of a kind that is due today, instead of the brand.

    Returns
    -------
    bool
        By chance; under steering the more often the less the brand does itself.
    """
    lever = t.policy[0].steering
    chance = 1.0 - t.steering_state[0].effort if lever.is_steered else f8(lever.member_hosted)
    if chance <= 0.0:
        return False
    key = day_key(t.run_state[0].seed_key, draw_ids.MEMBER_HOSTS, day)
    return uniform(agent_key(key, U64(kind)), U64(0)) < chance
