"""The CB-1 day the way Plaza writes a day: records, small compiled rules, addressed draws.

The workload is defined in :mod:`benchmarks.cb1_setup`. Three things make it fast, besides being
compiled: the daily draw of everybody is screened without branches on two short arrays, who has
posted lately is a bitset that stays in the cache, and the use of the hot list is summed up once a
day and topic instead of once a reader.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy import float32 as f4
from numpy import int64 as i8

from benchmarks.cb1_setup import (
    COUNTS,
    FEED,
    FROM_TIES,
    HOT,
    LEAVE,
    LEVELS,
    OFF_TOPIC,
    RHYTHM,
    START_BELONGING,
    START_SATISFACTION,
    TOPICS,
    WINDOW,
    People,
)  # fmt: skip
from plaza_lab.agents.record import Var, blank
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.engine.prefetch import prefetch
from plaza_lab.sim.randomness import U64, agent_key, day_key, mix, run_key, uniform

FATE, POST, QUALITY, START, REACT = range(5)
GOLDEN = U64(0x9E3779B97F4A7C15)
HALF = 4294967296.0
BLOCK = 512
AHEAD = 12

MEMBER: tuple[Var, ...] = (
    Var("rate", "f4", "1/day", "base hazard of visiting"),
    Var("post_chance", "f4", "1/visit", "chance to post on a visit"),
    Var("satisfaction", "f4", "1", "0 to 1", default=START_SATISFACTION),
    Var("belonging", "f4", "1", "0 to 1", default=START_BELONGING),
    Var("points", "f4", "points", "points held"),
    Var("received", "i4", "reactions", "reactions received"),
    Var("topic", "i1", "topic", "main interest"),
    Var("level", "i1", "level", "level reached"),
    Var("has_posted", "i1", "flag", "posted at the last visit"),
    Var("is_first", "i1", "flag", "nobody had her place before her", default=1),
)
ITEM: tuple[Var, ...] = (
    Var("quality", "f4", "1", "0.2 to 1"),
    Var("author", "i4", "row", "who wrote it"),
    Var("reactions", "i4", "reactions", "up to yesterday"),
    Var("topic", "i1", "topic", "the author's"),
)


class Town(NamedTuple):
    """Everything a day reads and writes."""

    visit_hazard: np.ndarray
    leave_hazard: np.ndarray
    last_visit: np.ndarray
    newest: np.ndarray
    members: np.recarray
    first_tie: np.ndarray
    ties: np.ndarray
    items: np.recarray
    first_item: np.ndarray
    posted: np.ndarray
    visitors: np.ndarray
    leavers: np.ndarray
    reacted: np.ndarray
    mask: np.ndarray
    hot: np.ndarray
    hot_score: np.ndarray
    hot_use: np.ndarray
    seen: np.ndarray
    seen_use: np.ndarray
    counts: np.ndarray


def found(people: People, days: int) -> Town:
    """Tables of day 0.

    Parameters
    ----------
    people : People
        Traits and ties.
    days : int
        Days the community may live.

    Returns
    -------
    Town
        Ready for :func:`live`.
    """
    n = people.rate.size
    room = (n + BLOCK - 1) // BLOCK * BLOCK
    members = blank(MEMBER, n)
    members.rate, members.post_chance, members.topic = people.rate, people.post_chance, people.topic
    visit_hazard, leave_hazard = np.zeros((2, room), np.float32)
    start = 0.4 + 0.8 * START_SATISFACTION + 0.4 * START_BELONGING
    visit_hazard[:n] = people.rate * np.float32(start)
    leave_hazard[:n] = LEAVE
    length = 1 << math.ceil(math.log2(max(1024, 0.12 * n)))
    return Town(
        visit_hazard, leave_hazard, np.zeros(room, np.int16), np.full(n, -1, np.int32), members,
        people.first_tie, people.ties, blank(ITEM, length), np.zeros(days + 2, np.int64),
        np.zeros(n // 64 + 1, np.uint64), np.zeros(n, np.int32), np.zeros(n, np.int32),
        np.zeros(FEED * max(1000, n // 4), np.int32), np.zeros(BLOCK, np.uint8),
        np.zeros(2 * HOT, np.int32), np.zeros(HOT), np.zeros((TOPICS, 2 * HOT), np.float32),
        np.zeros(FEED, np.int32), np.zeros(FEED, np.float32),
        np.zeros((days + 1, len(COUNTS)), np.int64),
    )  # fmt: skip


@kernel()
def live(t, seed, first, last):
    """Live the days from ``first`` (at least 1) up to ``last``, ``last`` excluded.

    Parameters
    ----------
    t : Town
        The tables.
    seed : int
        Seed.
    first, last : int
        Days.
    """
    for day in range(first, last):
        key = run_key(seed, 0)
        n, n_left = _screen(t, day, day_key(key, FATE, day))
        for k in range(n_left):
            _begin_anew(t, i8(t.leavers[k]), day)
        head = _post(t, day, n, key)
        _mark_posters(t, day, head)
        n_hot = _rank(t, day, head)
        reads, n_reacted = _read_all(t, day, n, n_hot, key)
        for k in range(n_reacted):
            item = t.items[t.reacted[k]]
            item.reactions += 1
            t.members[item.author].received += 1
        counts = t.counts[day]
        counts[0], counts[1], counts[2] = n, head - t.first_item[day], reads
        counts[3], counts[4] = n_reacted, n_left


@compiled()
def _screen(t, day, key):
    """Phase A: find visitors and leavers; a bound is looked at first, for everybody."""
    n = 0
    n_left = 0
    rhythm = RHYTHM[day % 7]
    for start in range(0, t.members.shape[0], BLOCK):
        visit = t.visit_hazard[start : start + BLOCK]
        leave = t.leave_hazard[start : start + BLOCK]
        last = t.last_visit[start : start + BLOCK]
        base = key + U64(start) * GOLDEN
        mask = t.mask
        for j in range(BLOCK):
            u = np.float64(mix(base + U64(j) * GOLDEN) >> U64(11)) * (1.0 / 9007199254740992.0)
            stays = 1.0 - leave[j] * (1.0 + (day - last[j]) / 30.0)
            mask[j] = (u < visit[j] * rhythm) | (u >= stays)
        words = mask.view(np.uint64)
        for w in range(BLOCK // 8):
            if words[w] == U64(0):
                continue
            for j in range(8 * w, min(8 * w + 8, t.members.shape[0] - start)):
                if mask[j]:
                    i = start + j
                    fate = _fate(uniform(key, U64(i)), visit[j] * rhythm, leave[j], day - last[j])
                    if fate == 1:
                        t.visitors[n] = i
                        n += 1
                    elif fate == 2:
                        t.leavers[n_left] = i
                        n_left += 1
    return n, n_left


@compiled()
def _fate(u, visit, leave, idle):
    """Tell what a draw means: 0 nothing, 1 a visit, 2 leaving."""
    p = 1.0 - math.exp(-visit)
    if u < p:
        return 1
    h = 1.0 - math.exp(-leave * (1.0 + (idle - 0.5) / 30.0))
    return 2 if u >= 1.0 - (1.0 - p) * h else 0


@compiled()
def _begin_anew(t, i, day):
    m = t.members[i]
    m.satisfaction = START_SATISFACTION
    m.belonging = START_BELONGING
    m.points = 0.0
    m.level = 0
    m.received = 0
    m.is_first = 0
    t.newest[i] = -1
    t.posted[i >> 6] &= ~(U64(1) << U64(i & 63))
    _set_hazards(t, i, day)


@compiled()
def _set_hazards(t, i, day):
    m = t.members[i]
    t.visit_hazard[i] = m.rate * (f4(0.4) + f4(0.8) * m.satisfaction + f4(0.4) * m.belonging)
    t.leave_hazard[i] = f4(LEAVE) * np.exp(f4(3.0) * (f4(0.5) - m.satisfaction))
    t.last_visit[i] = day


@compiled()
def _post(t, day, n, key):
    """Phase B; returns the number of the next item."""
    post_key = day_key(key, POST, day)
    quality_key = day_key(key, QUALITY, day)
    last = t.items.shape[0] - 1
    head = t.first_item[day]
    for k in range(n):
        if k + AHEAD < n:
            prefetch(t.members, t.visitors[k + AHEAD])
        i = i8(t.visitors[k])
        m = t.members[i]
        m.has_posted = uniform(post_key, U64(i)) < m.post_chance
        if m.has_posted:
            item = t.items[head & last]
            item.quality = 0.2 + 0.8 * uniform(quality_key, U64(i))
            item.author = i
            item.reactions = 0
            item.topic = m.topic
            t.newest[i] = head
            head += 1
    t.first_item[day + 1] = head
    return head


@compiled()
def _mark_posters(t, day, head):
    """Keep the bitset of those who posted in the last days."""
    last = t.items.shape[0] - 1
    if day > WINDOW:
        oldest = t.first_item[day - WINDOW + 1]
        for number in range(t.first_item[day - WINDOW], oldest):
            author = t.items[number & last].author
            if t.newest[author] < oldest:
                t.posted[author >> 6] &= ~(U64(1) << U64(author & 63))
    for number in range(t.first_item[day], head):
        author = t.items[number & last].author
        t.posted[author >> 6] |= U64(1) << U64(author & 63)


@compiled()
def _rank(t, day, head):
    """Phase C: the hot list, twice over so that reading can start anywhere; returns its length."""
    last = t.items.shape[0] - 1
    n = 0
    for age in range(min(WINDOW, day)):
        end = head if age == 0 else t.first_item[day - age + 1]
        for number in range(t.first_item[day - age], end):
            item = t.items[number & last]
            score = item.quality * (1.0 + item.reactions) * 0.7**age
            if n == HOT and score <= t.hot_score[n - 1]:
                continue
            place = n if n < HOT else n - 1
            while place > 0 and t.hot_score[place - 1] < score:
                t.hot_score[place] = t.hot_score[place - 1]
                t.hot[place] = t.hot[place - 1]
                place -= 1
            t.hot_score[place] = score
            t.hot[place] = number & last
            n = min(n + 1, HOT)
    for k in range(n):
        t.hot[n + k] = t.hot[k]
        item = t.items[t.hot[k]]
        for topic in range(TOPICS):
            t.hot_use[topic, k] = item.quality * f4(1.0 if item.topic == topic else OFF_TOPIC)
            t.hot_use[topic, n + k] = t.hot_use[topic, k]
    return n


@compiled()
def _read_all(t, day, n, n_hot, key):
    """Phases D and E for all visitors; returns reads and reactions."""
    start_key = day_key(key, START, day)
    react_key = day_key(key, REACT, day)
    reads = 0
    reacted = 0
    for k in range(n):
        if k + 2 * AHEAD < n:
            later = t.visitors[k + 2 * AHEAD]
            prefetch(t.members, later)
            prefetch(t.first_tie, later)
        if k + AHEAD < n:
            later = i8(t.visitors[k + AHEAD])
            prefetch(t.ties, t.first_tie[later])
            prefetch(t.ties, min(t.first_tie[later] + 15, t.first_tie[later + 1]))
            prefetch(t.visit_hazard, later)
            prefetch(t.leave_hazard, later)
            prefetch(t.last_visit, later)
        i = i8(t.visitors[k])
        from_ties = _pick_from_ties(t, i)
        seen = _pick_from_hot(t, i, from_ties, n_hot, uniform(start_key, U64(i)))
        before = reacted
        total, reacted = _react(t, i, seen, agent_key(react_key, U64(i)), reacted)
        _learn(t, i, day, total, seen, from_ties, reacted - before)
        reads += seen
    return reads, reacted


@compiled()
def _pick_from_ties(t, i):
    n = 0
    for k in range(t.first_tie[i], t.first_tie[i + 1]):
        other = t.ties[k]
        t.seen[n] = other
        n += i8(t.posted[other >> 6] >> U64(other & 63) & U64(1))
        if n == FROM_TIES:
            break
    topic = t.members[i].topic
    for k in range(n):
        slot = t.newest[t.seen[k]] & (t.items.shape[0] - 1)
        item = t.items[slot]
        t.seen[k] = slot
        t.seen_use[k] = item.quality * f4(1.0 if item.topic == topic else OFF_TOPIC)
    return n


@compiled()
def _pick_from_hot(t, i, n, n_hot, u):
    more = min(FEED - n, n_hot)
    start = i8(u * n_hot)
    use = t.hot_use[i8(t.members[i].topic)]
    for k in range(more):
        t.seen[n + k] = t.hot[start + k]
        t.seen_use[n + k] = use[start + k]
    return n + more


@compiled()
def _react(t, i, n, key, reacted):
    """React to what was seen; half a draw is enough for each post."""
    mood = f4(0.25) * (f4(0.5) + t.members[i].satisfaction) * f4(HALF)
    total = f4(0.0)
    for k in range(n):
        draw = mix(key + U64(k >> 1) * GOLDEN)
        half = f4((draw >> (U64(32) * U64(k & 1))) & U64(0xFFFFFFFF))
        use = t.seen_use[k]
        total += use
        t.reacted[reacted] = t.seen[k]
        reacted += i8(half < use * mood)
    return total, reacted


@compiled()
def _learn(t, i, day, total, n, from_ties, reactions):
    """Phase E."""
    m = t.members[i]
    value = f4(0.0)
    share = f4(0.0)
    if n > 0:
        value = f4(1.6) * total / f4(n)
        share = f4(from_ties) / f4(n)
    posted = f4(m.has_posted)
    satisfaction = m.satisfaction + f4(0.1) * (value - m.satisfaction)
    m.satisfaction = min(f4(1.0), max(f4(0.0), satisfaction))
    belonging = m.belonging + f4(0.05) * (share + f4(0.5) * posted - m.belonging)
    m.belonging = min(f4(1.0), max(f4(0.0), belonging))
    m.points += f4(1.0) + f4(5.0) * posted + f4(0.2) * f4(reactions)
    while m.level < LEVELS.shape[0] and m.points >= LEVELS[m.level]:
        m.level += 1
    _set_hazards(t, i, day)
