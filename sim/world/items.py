"""Content items: a feed of limited length, oldest pushed out first.

Items have running numbers; number ``k`` lies in slot ``k & (capacity - 1)``. The capacity is a
power of two, because a division for every item read would cost more than reading it. An item lives
for ``WINDOW`` days. When a day brings more than the feed holds, the oldest leave early, which is
counted (metric ``expired_early``) so that it can never pass unseen.
"""

from __future__ import annotations

import enum

import numpy as np

from agents.compiled import compiled
from agents.record import Var
from sim.recording import metrics as mt

WINDOW = 3
TOPICS = 8
HOT = 64
NO = np.int64(0)
YES = np.int64(1)
BRAND_AUTHOR = np.int64(-1)
OFF_TOPIC_FIT = 0.4
"""Use of an item outside one's main interest; assumption, as in the CB-1 reference workload."""


class Source(enum.IntEnum):
    """Who made an item (M30)."""

    MEMBER = 0
    KOC = 1
    BRAND = 2
    PARTNER = 3
    FILLER = 4


class Shown(enum.IntEnum):
    """Review state of an item (E22)."""

    QUEUED = 0
    PUBLISHED = 1
    REMOVED = 2


ITEM: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by author, day and ordinal", "design 5"),
    Var(
        "author", "i4", "row", "member who wrote it, -1 for brand, -2 - k for partner k", "E22", -1
    ),
    Var("views", "i4", "views", "readers so far", "T31"),
    Var("reactions", "i4", "reactions", "reactions so far", "T32"),
    Var("replies", "i4", "replies", "replies so far", "T11"),
    Var("quality", "f4", "1", "quality, 0 to 1", "E22"),
    Var("risk", "f4", "1", "how doubtful it looks, 0 to 1", "M59"),
    Var("day", "i2", "day", "day of writing", "E22"),
    Var("topic", "i1", "topic", "topic", "M28"),
    Var("first_reply", "i1", "days", "days to the first reply, from 1; 0 before any", "T14"),
    Var("source", "i1", "Source", "who made it", "M30"),
    Var("shown", "i1", "Shown", "queued, published or removed", "M59"),
    Var("is_violation", "i1", "flag", "breaks the rules", "T49"),
    Var("is_promotion", "i1", "flag", "sells something", "M122"),
)


@compiled()
def add(t, day, uid, author, topic, source, quality, risk, is_violation, is_promotion, is_queued):
    """Append an item to the feed.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    uid : uint64
        Identity of the item.
    author, topic, source : int
        See :data:`ITEM`.
    quality, risk : float
        0 to 1.
    is_violation, is_promotion, is_queued : bool
        Flags.

    Returns
    -------
    int
        Number of the item.
    """
    clock = t.clock[0]
    capacity = t.items.shape[0]
    number = clock.item_head
    if number - clock.item_tail >= capacity:
        _retire(t, t.items[clock.item_tail & (capacity - 1)])
        clock.item_tail += 1
        t.daily[day, mt.EXPIRED_EARLY] += 1.0
    item = t.items[number & (capacity - 1)]
    item.uid = uid
    item.author = author
    item.views = 0
    item.reactions = 0
    item.replies = 0
    item.first_reply = 0
    item.quality = quality
    item.risk = risk
    item.day = day
    item.topic = topic
    item.source = source
    item.shown = Shown.QUEUED if is_queued else Shown.PUBLISHED
    item.is_violation = is_violation
    item.is_promotion = is_promotion
    clock.item_head = number + 1
    return number


@compiled()
def expire(t, day):
    """Let items older than the window leave the feed."""
    clock = t.clock[0]
    capacity = t.items.shape[0]
    while clock.item_tail < clock.item_head:
        item = t.items[clock.item_tail & (capacity - 1)]
        if item.day > day - WINDOW:
            break
        _retire(t, item)
        clock.item_tail += 1


@compiled()
def _retire(t, item):
    """Credit the author with an item's views; once an item, not once a view."""
    if item.author >= 0:
        t.members[item.author].exposures += item.views


@compiled()
def fit(item_topic, interest):
    """Fit of an item's topic with a main interest: 1 for the same, less for another."""
    if item_topic == interest:
        return 1.0
    return OFF_TOPIC_FIT
