"""Offering: which item a reader is offered next, by her ties and by the order of the feed."""

from __future__ import annotations

import enum

from numpy import int64 as i8

from plaza_lab.engine.compiled import inlined
from plaza_lab.engine.prefetch import prefetch
from plaza_lab.sim.randomness import U64, uniform
from plaza_lab.sim.state import groups, items, trial


class Feed(enum.IntEnum):
    """Order of the feed."""

    CHRONOLOGICAL = 0
    CURATED = 1
    PERSONALISED = 2


@inlined()
def newest_of(t, author, group):
    """Number of an author's newest item in a group's feed, -1 when there is none."""
    if t.posted[author >> 6] >> U64(author & 63) & U64(1):
        if group >= 0 and t.members[author].group != group:
            return i8(-1)
        return i8(t.members[author].last_item)
    return i8(-1)


@inlined()
def fetch(t, i):
    """Ask for what :func:`newest_of` reads of the contacts of ``i``, whose ties have come."""
    for k in range(i8(t.members[i].n_ties)):
        author = i8(t.ties[i, k].other)
        if t.posted[author >> 6] >> U64(author & 63) & U64(1):
            prefetch(t.members.last_item, author)


@inlined()
def fetch_newest(t, i):
    """Ask for the newest items of the contacts of ``i``, whose rows have come."""
    for k in range(i8(t.members[i].n_ties)):
        number = newest_of(t, i8(t.ties[i, k].other), i8(-1))
        if number >= t.items_state[0].item_tail:
            prefetch(t.items, number & (t.items.shape[0] - 1))


@inlined()
def next_item(t, i, own, tries, moment, oldest, group, first, last):
    """Number of the next item the feed offers; below ``oldest`` when it has nothing more."""
    lever = t.policy[trial.arm(t, i)].distribution
    place = last - 1 - tries
    newest = groups.item_at(t, group, place) if place >= first else i8(-1)
    if lever.feed == Feed.CHRONOLOGICAL:
        return newest
    u = uniform(own, U64(10 + 2 * tries))
    if u < lever.explore_share:
        place = first + i8(uniform(own, U64(11 + 2 * tries)) * (last - first))
        return groups.item_at(t, group, place)
    board = items.TOPICS
    if (
        lever.feed == Feed.PERSONALISED
        and uniform(own, U64(1)) < t.incidents_state[0].feed_accuracy
    ):
        board = i8(t.members[i].topic)
    board += max(0, group) * (items.TOPICS + 1)
    if tries < t.hot_size[board]:
        number = t.hot[board, tries]
        if number < moment and number >= oldest:
            return number
    return newest
