"""Content items: a feed of limited length, oldest pushed out first.

Items have running numbers; number ``k`` lies in slot ``k & (capacity - 1)``. The capacity is a
power of two, because a division for every item read would cost more than reading it. An item lives
for ``WINDOW`` days. When a day brings more than the feed holds, the oldest leave early, which is
counted (metric ``expired_early``) so that it can never pass unseen.
"""

from __future__ import annotations

import enum

import numpy as np
from numpy import int64 as i8

from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric

METRICS = (
    Metric("expired_early", "items", "items pushed out because the feed was full", ""),
    Metric("items_created", "items", "items added to the feed, whoever made them", "T13"),
    Metric("items_left", "items", "items whose life ended", "T34"),
    Metric("left_hidden", "items", "of these: not on show at the end", "T34"),
    Metric("left_unseen", "items", "of these: without any view", "T34"),
    Metric("brand_left", "items", "of these: of brand or partners, imported ones too", "T35"),
    Metric("brand_unseen", "items", "brand and partner items that left without any view", "T34"),
    Metric("member_made_left", "items", "items of members and KOCs whose life ended", "T35"),
    Metric("member_made_views", "views", "views of the member-made items that left", "T33"),
    Metric("member_made_shares", "shares", "shares of the member-made items that left", "T33"),
    Metric("brand_views", "views", "views of the brand and partner items that left", "T33"),
    Metric("brand_shares", "shares", "shares of the brand and partner items that left", "T33"),
    Metric("responses_left", "responses", "likes, comments and shares of items that left", "T32"),
    Metric("views_left", "views", "views of the items that left", "T32"),
)
STATE: tuple[Var, ...] = (
    Var("item_head", "i8", "item", "number of the next item", "E22"),
    Var("item_tail", "i8", "item", "oldest item alive", "E22"),
    Var("item_today", "i8", "item", "first item of today", "E22"),
)


class Review(enum.IntEnum):
    """When posts are reviewed, and by whom.

    ``FILTER_QUEUE`` lets a filter block risky posts at once and people review the rest afterwards;
    ``ASSISTED`` holds back what the filter suspects until people have looked at it.
    """

    NONE = 0
    POST = 1
    PRE = 2
    FILTER_QUEUE = 3
    ASSISTED = 4


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
    IMPORTED = 5


class Format(enum.IntEnum):
    """Form of an item (M29); two forms make a family that the same segment prefers."""

    TEXT = 0
    DOCUMENT = 1
    IMAGE = 2
    VIDEO = 3
    AUDIO = 4
    LIVE = 5


class Pick(enum.IntEnum):
    """What curation made of an item (M32)."""

    UNJUDGED = 0
    KEPT = 1
    PROMOTED = 2
    SUPPRESSED = 3


class Shown(enum.IntEnum):
    """Review state of an item (E22)."""

    QUEUED = 0
    PUBLISHED = 1
    REMOVED = 2
    SUPPRESSED = 3


ITEM: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by author, day and ordinal", "design 5"),
    Var("appeal", "f8", "1", "chance that a reader shares it on; -1 before any could", "M35", -1),
    Var(
        "author", "i4", "row", "member who wrote it, -1 for brand, -2 - k for partner k", "E22", -1
    ),
    Var("views", "i4", "views", "readers so far", "T31"),
    Var("reactions", "i4", "reactions", "reactions so far", "T32"),
    Var("replies", "i4", "replies", "replies so far", "T11"),
    Var("impressions", "i4", "impressions", "times shown while opening is modelled", "T31"),
    Var("completions", "i4", "views", "views that went to the end", "T31"),
    Var("shares", "i4", "shares", "times shared on", "T33"),
    Var("quality", "f4", "1", "quality, 0 to 1", "E22"),
    Var("risk", "f4", "1", "how doubtful it looks, 0 to 1", "M59"),
    Var("day", "i2", "day", "day of writing", "E22"),
    Var("topic", "i1", "topic", "topic", "M28"),
    Var("first_reply", "i1", "days", "days to the first reply, from 1; 0 before any", "T14"),
    Var("source", "i1", "Source", "who made it", "M30"),
    Var("shown", "i1", "Shown", "queued, published or removed", "M59"),
    Var("is_violation", "i1", "flag", "breaks the rules", "T49"),
    Var("is_promotion", "i1", "flag", "sells something", "M122"),
    Var("format", "i1", "Format", "form", "M29"),
    Var("is_centred", "i1", "flag", "about the brand itself", "M28"),
    Var("pick", "i1", "Pick", "what curation made of it", "M32"),
    Var("slot", "i1", "part of day", "part of the day it is timed for, -1 for none", "M27", -1),
)

KIND: tuple[Var, ...] = (
    Var("items", "i8", "items", "items of this source and form whose life is over", "T32"),
    Var("views", "i8", "views", "their views", "T31"),
    Var("impressions", "i8", "impressions", "times they were shown", "T31"),
    Var("completions", "i8", "views", "their views that went to the end", "T31"),
    Var("reactions", "i8", "reactions", "reactions to them", "T32"),
    Var("replies", "i8", "replies", "replies to them", "T32"),
    Var("shares", "i8", "shares", "times they were shared", "T32"),
)
"""Counts by source and form, row ``source * len(Format) + form``, over the whole run."""

N_FORMATS = len(Format)
N_KINDS = len(Source) * N_FORMATS


@compiled()
def is_official(t, number):
    """Whether an item was published by the brand or a partner."""
    return t.items[number & (t.items.shape[0] - 1)].author < 0


@compiled()
def add(t, day, uid, author, topic, source, quality, risk, is_violation, is_promotion, is_queued):
    """Append an item to the feed; its number.

    Parameters
    ----------
    uid : uint64
        Identity of the item.
    author, topic, source : int
        See :data:`ITEM`.
    quality, risk : float
        0 to 1.
    is_violation, is_promotion, is_queued : bool
        Flags.
    """
    state = t.items_state[0]
    capacity = t.items.shape[0]
    number = state.item_head
    if number - state.item_tail >= capacity:
        _retire(t, t.items[state.item_tail & (capacity - 1)], day)
        state.item_tail += 1
        t.daily[day, mt.EXPIRED_EARLY] += 1.0
    item = t.items[number & (capacity - 1)]
    item.uid = uid
    item.appeal = -1.0
    item.author = author
    item.views = 0
    item.reactions = 0
    item.replies = 0
    item.first_reply = 0
    item.impressions = 0
    item.completions = 0
    item.shares = 0
    item.quality = quality
    item.risk = risk
    item.day = day
    item.topic = topic
    item.source = source
    item.shown = Shown.QUEUED if is_queued else Shown.PUBLISHED
    item.is_violation = is_violation
    item.is_promotion = is_promotion
    item.format = Format.TEXT
    item.is_centred = 0
    item.pick = Pick.UNJUDGED
    item.slot = -1
    t.daily[day, mt.ITEMS_CREATED] += 1.0
    state.item_head = number + 1
    return number


@compiled()
def forget_appeal(t):
    """Let what makes an item be shared on be worked out anew, as it may hang on the day."""
    state = t.items_state[0]
    for number in range(state.item_tail, state.item_head):
        t.items[number & (t.items.shape[0] - 1)].appeal = -1.0


@compiled()
def expire(t, day):
    """Let items older than the window leave the feed."""
    state = t.items_state[0]
    capacity = t.items.shape[0]
    while state.item_tail < state.item_head:
        item = t.items[state.item_tail & (capacity - 1)]
        if item.day > day - WINDOW:
            break
        _retire(t, item, day)
        state.item_tail += 1


@compiled()
def is_member_made(source):
    """Whether members made it, KOCs among them: neither the institution nor filler (T35)."""
    return source == Source.MEMBER or source == Source.KOC


@compiled()
def is_institutional(source):
    """Whether the brand or a partner published it."""
    return source == Source.BRAND or source == Source.PARTNER or source == Source.IMPORTED


@compiled()
def _retire(t, item, day):
    """Close an item's account; credit the author with its views once an item, not once a view."""
    if item.author >= 0:
        t.members[item.author].exposures += item.views
    row = t.daily[day]
    row[mt.ITEMS_LEFT] += 1.0
    row[mt.VIEWS_LEFT] += item.views
    row[mt.RESPONSES_LEFT] += item.reactions + item.replies + item.shares
    if item.shown != Shown.PUBLISHED:
        row[mt.LEFT_HIDDEN] += 1.0
    if item.views == 0:
        row[mt.LEFT_UNSEEN] += 1.0
    if is_member_made(item.source):
        row[mt.MEMBER_MADE_LEFT] += 1.0
        row[mt.MEMBER_MADE_VIEWS] += item.views
        row[mt.MEMBER_MADE_SHARES] += item.shares
    elif is_institutional(item.source):
        row[mt.BRAND_LEFT] += 1.0
        row[mt.BRAND_VIEWS] += item.views
        row[mt.BRAND_SHARES] += item.shares
        if item.views == 0:
            row[mt.BRAND_UNSEEN] += 1.0
    kind = t.kinds[i8(item.source) * N_FORMATS + item.format]
    kind.items += 1
    kind.views += item.views
    kind.impressions += item.impressions
    kind.completions += item.completions
    kind.reactions += item.reactions
    kind.replies += item.replies
    kind.shares += item.shares


@compiled()
def fit(item_topic, interest):
    """Fit of an item's topic with a main interest: 1 for the same, less for another."""
    if item_topic == interest:
        return 1.0
    return OFF_TOPIC_FIT
