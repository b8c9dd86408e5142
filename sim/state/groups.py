"""Groups: what a community is divided in; who belongs where, and who sees what.

A run has one group or several. Each has a range of topics it is about; a newcomer is placed by her
tag or at random. Members see the items of their own group and answer its requests. A group's
*stream* lists its published items, oldest first; with one group the stream is the feed itself, a
place in it is the number of an item, and nothing is stored.
"""

from __future__ import annotations

import enum

import numpy as np
from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled, inlined
from plaza_lab.engine.elementary import power
from plaza_lab.sim import draw_ids
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, mix, uniform


class Kinds(enum.IntEnum):
    """What the groups are about."""

    ALIKE = 0
    THEMED = 1
    MATRIX = 2


class Placement(enum.IntEnum):
    """How a newcomer's group is chosen."""

    RANDOM = 0
    INTEREST = 1


class GrowthCap(enum.IntEnum):
    """What brakes growth."""

    NONE = 0
    ABSORPTION = 1


ALONE = np.int64(0)
"""The group of everybody where there is one only."""

NONE = np.int64(-1)
ALL_TOPICS = 8
COMMON = 2.0 / 3.0
"""Lower topics are more common: a share ``(k / 8) ** COMMON`` of people has one below ``k``."""


class Industry(enum.IntEnum):
    """What a group is to the brand (E20)."""

    CORE = 0
    ADJACENT = 1
    CROSS_INDUSTRY = 2


GROUP: tuple[Var, ...] = (
    Var("n_members", "i8", "members", "members now", "T01"),
    Var("stream_size", "i8", "items", "items in the group's stream today", "E22"),
    Var("attention", "f8", "hours/day", "founder time for this group", "M63"),
    Var("fit", "f8", "1", "fit of the group's items with its members' interests", "M14"),
    Var("opened", "i2", "day", "day of opening", "E20"),
    Var("parent", "i1", "group", "group it was split from, -1 for none", "E20", -1),
    Var("industry", "i1", "Industry", "core, adjacent or cross-industry", "E20"),
    Var("first_topic", "i1", "topic", "first topic it is about", "M14"),
    Var("past_topic", "i1", "topic", "first topic it is no longer about", "M14", ALL_TOPICS),
)


@compiled()
def open_groups(t):
    """Set up the groups of day 0, themes shared out so that each suits about as many people."""
    lever = t.policy[0].groups
    n = i8(lever.number)
    t.groups_state[0].n_groups = n
    if lever.kinds == Kinds.ALIKE:
        return
    for g in range(n):
        t.groups[g].first_topic = _first_topic(g, n)
        t.groups[g].past_topic = _first_topic(g + 1, n)
        if lever.kinds == Kinds.MATRIX and g > 0:
            is_near = 2 * g <= n
            t.groups[g].industry = Industry.ADJACENT if is_near else Industry.CROSS_INDUSTRY


@compiled()
def _first_topic(g, n):
    """First topic of group ``g`` of ``n``; every group has at least one."""
    wanted = i8(ALL_TOPICS * power(f8(g) / n, 1.0 / COMMON) + 0.5)
    return min(max(wanted, g), ALL_TOPICS - (n - g))


@compiled()
def place_of(t, uid, topic):
    """Group a newcomer is placed in.

    Returns
    -------
    int
        Group, the next one with room when the right one is full (M14).
    """
    n = i8(t.groups_state[0].n_groups)
    if n <= 1:
        return ALONE
    lever = t.policy[0].groups
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.PLACE, ALWAYS), uid)
    is_tagged = lever.placement == Placement.INTEREST and uniform(key, U64(0)) < lever.tag_accuracy
    suited = 0
    for g in range(n):
        suited += i8(not is_tagged or _is_about(t.groups[g], topic))
    chosen = i8(suited * uniform(key, U64(1)))
    best = ALONE
    for g in range(n):
        if not is_tagged or _is_about(t.groups[g], topic):
            if chosen == 0:
                best = i8(g)
            chosen -= 1
    for further in range(n):
        g = (best + further) % n
        if lever.capacity <= 0 or t.groups[g].n_members < lever.capacity:
            return g
    return best


@compiled()
def _is_about(group, topic):
    return topic >= group.first_topic and topic < group.past_topic


@compiled()
def split(t, parent, day):
    """Open a sub-group of ``parent`` and move half of the members there (E20).

    The sub-group takes the later half of the parent's topics where it has several, else every
    other member.

    Parameters
    ----------
    t : Tables
        The community's tables; there must be room for one more group.
    parent : int
        The group to split.
    """
    state = t.groups_state[0]
    child = i8(state.n_groups)
    state.n_groups += 1
    old, new = t.groups[parent], t.groups[child]
    middle = (i8(old.first_topic) + i8(old.past_topic)) // 2
    is_by_topic = t.policy[0].groups.kinds != Kinds.ALIKE and middle > old.first_topic
    new.opened = day
    new.parent = parent
    new.industry = old.industry
    new.attention = old.attention
    new.past_topic = old.past_topic
    new.first_topic = middle if is_by_topic else i8(old.first_topic)
    if is_by_topic:
        old.past_topic = middle
    key = day_key(t.run_state[0].seed_key, draw_ids.SPLIT, day)
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        if m.group != parent:
            continue
        goes = m.topic >= middle if is_by_topic else uniform(key, t.fate[i].uid) < 0.5
        if goes:
            m.group = child
            if m.left > day:
                old.n_members -= 1
                new.n_members += 1


@compiled()
def founder_hours(t):
    """Hours a day the founder has for this community (M63).

    What is systematised runs by itself in every group; the rest is divided by the groups the
    founder runs.
    """
    lever = t.policy[0].stewarding
    by_itself = lever.systematised
    return lever.founder_hours_week / 7.0 * (by_itself + (1.0 - by_itself) / lever.groups)


@compiled()
def attention(t):
    """Hours a day of the founder for each group of this community (M63)."""
    by_itself = t.policy[0].stewarding.systematised
    part = by_itself + (1.0 - by_itself) / max(1, t.groups_state[0].n_groups)
    return t.operator[0].founder_hours_day * part


@inlined()
def stream_of(t, i):
    """Stream that member ``i`` reads: her group's; -1 for the feed itself where all are in one."""
    return i8(t.members[i].group) if t.groups.shape[0] > 1 else NONE


@inlined()
def place_in_stream(t, group, number):
    """Place of the first item from ``number`` on in a stream of :func:`stream_of`."""
    if group < 0:
        return number
    return _search(t, group, number)


@inlined()
def item_at(t, group, place):
    """Number of the item at a place of a stream of :func:`stream_of`."""
    if group < 0:
        return place
    return i8(t.streams[group, place])


@compiled()
def _search(t, group, number):
    low = ALONE
    high = i8(t.groups[group].stream_size)
    while low < high:
        middle = (low + high) >> 1
        if t.streams[group, middle] < number:
            low = middle + 1
        else:
            high = middle
    return low


@compiled()
def reaches(t, item, group):
    """Whether an item is shown in a group: a member's in her own, a brand's by the industry.

    Returns
    -------
    bool
        Items of brands and partners go to every group of the core; to others with a chance that
        hangs on the item's own address.
    """
    if item.author >= 0:
        return t.members[item.author].group == group
    p = t.params[0].groups
    industry = t.groups[group].industry
    if industry == Industry.CORE:
        return True
    reach = p.reach_adjacent if industry == Industry.ADJACENT else p.reach_cross_industry
    return uniform(mix(item.uid), U64(group)) < reach


@compiled()
def takes_one_more(t, day):
    """Whether the groups have room for a member, and the community can absorb one (M119).

    Returns
    -------
    bool
        False when every group is full, or when growth is capped and one more joiner would bring
        the joiners of the last 28 days above what can be absorbed.
    """
    people_state = t.people_state[0]
    capacity = t.policy[0].groups.capacity
    if capacity > 0 and people_state.n_members >= capacity * t.groups_state[0].n_groups:
        return False
    lever = t.policy[0].onboarding
    if lever.growth_cap == GrowthCap.NONE:
        return True
    first = t.run_state[0].n_founders if day < MONTH else t.first_row[day - MONTH + 1]
    return people_state.n_rows - first + 1 <= lever.absorption_capacity * (
        people_state.n_members + 1
    )
