"""Feed: rank what is on show, so that each reader can be given her share of it."""

from __future__ import annotations

from plaza_lab.engine.elementary import log
from plaza_lab.sim.declaring import levers, params, quantity
from plaza_lab.sim.randomness import U64
from plaza_lab.sim.state import groups, items, ranking, trial
from plaza_lab.sim.state.offering import Feed
from plaza_lab.sim.stepping import compiled, f8, i8, kernel

SOURCE = "science.md A.6 (log reactions against age); M32, M33"


@levers("distribution")
class Levers:
    """Order of the feed."""

    feed: Feed = quantity(Feed.CHRONOLOGICAL, "feed", source="M32 M33")
    """How items are ordered."""
    score_hours: float = quantity(16.0, "hours", (1.0, 240.0), "science A.6 (tau 8-24 h)")
    """Age at which one more e-fold of reactions is needed to rank as high."""


EVERYTHING = i8(items.TOPICS)
"""Board that ranks items of all topics."""

BOARDS = i8(items.TOPICS + 1)
"""Boards of a group."""


@params()
class Params:
    """What a ranking can know about an item."""

    curated_quality: float = quantity(2.0, "1", (0.0, 20.0), "assumption (M32)")
    """Weight of judged quality in a curated feed."""
    hot_list_boost: float = quantity(1.5, "1", (0.0, 20.0), "assumption (M32)")
    """Score an item on the hot list gains."""
    koc_boost: float = quantity(0.5, "1", (0.0, 10.0), "assumption (M51)")
    """Score a KOC's item gains from followers outside one's ties."""


@kernel()
def step(t, day):
    """Mark who has an item alive, and rank items where the policy ranks them."""
    groups_state = t.groups_state[0]
    amplification_state = t.amplification_state[0]
    items_state = t.items_state[0]
    capacity = t.items.shape[0]
    t.posted[:] = 0
    t.hot_size[:] = 0
    t.groups.stream_size[:] = 0
    lever = t.policy[trial.with_feed(t)].distribution
    p = t.params[0].feed
    for number in range(items_state.item_tail, items_state.item_head):
        item = t.items[number & (capacity - 1)]
        if item.shown != items.Shown.PUBLISHED:
            continue
        if item.author >= 0:
            t.posted[item.author >> 6] |= U64(1) << U64(item.author & 63)
        if t.groups.shape[0] > 1:
            _list(t, number, item)
        if lever.feed == Feed.CHRONOLOGICAL:
            continue
        score = log(1.0 + item.reactions + 2.0 * item.replies)
        score -= 24.0 * (day - item.day) / lever.score_hours
        if lever.feed == Feed.CURATED:
            score += p.curated_quality * f8(item.quality)
        if item.source == items.Source.KOC:
            score += p.koc_boost * amplification_state.koc_credit
        if item.pick == items.Pick.PROMOTED:
            score += p.hot_list_boost
        voice = t.policy[0].incentive.reputation_voice
        if voice > 0.0 and item.author >= 0:
            score += voice * log(1.0 + f8(t.members[item.author].reputation))
        for group in range(groups_state.n_groups):
            if groups_state.n_groups > 1 and not groups.reaches(t, item, group):
                continue
            _rank(t, group * BOARDS + EVERYTHING, number, score)
            if lever.feed == Feed.PERSONALISED:
                _rank(t, group * BOARDS + i8(item.topic), number, score)


@compiled()
def _list(t, number, item):
    """Put an item into the stream of every group it reaches; numbers come in order."""
    for group in range(t.groups_state[0].n_groups):
        if groups.reaches(t, item, group):
            t.streams[group, t.groups[group].stream_size] = number
            t.groups[group].stream_size += 1


@compiled()
def _rank(t, board, number, score):
    """Insert into a board of the best ``HOT`` items; ties keep the earlier item first."""
    n, most = i8(t.hot_size[board]), i8(items.HOT)
    n = ranking.put(t.hot[board], t.hot_score[board], n, most, number, score)
    t.hot_size[board] = n
