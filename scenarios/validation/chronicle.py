"""Chronicles: what an observer of one community writes down, as a real log would hold it.

Validation compares the model with logs of real communities, so it looks at the model through the
same keyhole: who wrote when, who replied to whom, who joined, who was invited by whom. A chronicle
is taken from outside, between days; the run is the same run with or without an observer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from plaza_lab.agents.member import Stance
from plaza_lab.scenarios.fit.activity import ActiveDays
from plaza_lab.sim.engine import day_by_day
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.setting import Setting
from plaza_lab.sim.state.items import Shown
from plaza_lab.sim.state.reply_log import Said
from plaza_lab.sim.tables import Tables

TALK_PER_MEMBER = 4
"""Replies a day and member the log has room for; more would say so by failing."""


@dataclass(frozen=True, eq=False)
class Threads:
    """Items that members wrote, in order.

    ``author`` (row), ``day`` of writing and ``replies`` received while in the feed are int64[n],
    ``is_violation`` and ``is_removed`` bool[n].
    """

    author: np.ndarray
    day: np.ndarray
    replies: np.ndarray
    is_violation: np.ndarray
    is_removed: np.ndarray


@dataclass(frozen=True, eq=False)
class Chronicle:
    """One community as an observer saw it.

    Attributes
    ----------
    n_days : int
        Days observed.
    written : ActiveDays
        Messages (posts, replies and answers) of each member and day with any.
    threads : Threads
        Posts of members and the replies they drew.
    who, whom, said_on : numpy.ndarray
        int64[m]: replies and answers in order: speaker, spoken to, day.
    is_answer : numpy.ndarray
        bool[m]: an answer to a request for help, no reply to a post.
    joined, route, inviter : numpy.ndarray
        int64[members]: by row; ``joined`` is negative for tenure before the observation.
    responds, has_reached : numpy.ndarray
        bool[members]: moved by points; was seen with the points of a reward.
    size : numpy.ndarray
        float64[n_days]: members at the end of each day.
    moderators : float
        Mean number of those who moderate: the founder, a steward on duty, volunteers.
    """

    n_days: int
    written: ActiveDays
    threads: Threads
    who: np.ndarray
    whom: np.ndarray
    said_on: np.ndarray
    is_answer: np.ndarray
    joined: np.ndarray
    route: np.ndarray
    inviter: np.ndarray
    responds: np.ndarray
    has_reached: np.ndarray
    size: np.ndarray
    moderators: float


_ITEM_FIELDS = ("author", "day", "replies", "is_violation", "shown")


def _no_items() -> dict[str, list[np.ndarray]]:
    return {name: [] for name in _ITEM_FIELDS}


@dataclass
class _Notes:
    """What is written down while days go by."""

    member: list[np.ndarray] = field(default_factory=list)
    day: list[np.ndarray] = field(default_factory=list)
    count: list[np.ndarray] = field(default_factory=list)
    talk: list[np.ndarray] = field(default_factory=list)
    items: dict[str, list[np.ndarray]] = field(default_factory=_no_items)
    reached: list[np.ndarray] = field(default_factory=list)


def observe(setting: Setting, seed: int, n_days: int) -> Chronicle:
    """Live a community of a checked setting for a day or more, and write down what one sees.

    The run itself is that of any other verb.
    """
    room = TALK_PER_MEMBER * (setting.population.initial_members + 2048)
    notes, oldest = _Notes(), 0
    for day, tables in enumerate(day_by_day(setting, seed, n_days, talk=room), -1):
        tail = int(tables.items_state[0].item_tail)
        if day >= 0:
            _note_day(tables, day, notes)
            _note_items(tables, oldest, tail, notes)
        oldest = tail
    _note_items(tables, oldest, int(tables.items_state[0].item_head), notes)
    return _chronicle(tables, n_days, notes)


def _note_day(tables: Tables, day: int, notes: _Notes) -> None:
    reply_log_state = tables.reply_log_state[0]
    visitors = tables.visitors[: tables.people_state[0].n_visitors].astype(np.int64)
    goal = tables.policy[0].incentive.points_reward
    notes.reached.append(visitors[tables.members.points[visitors] >= goal])
    posts = tables.members.posts_today[visitors].astype(np.int64)
    wrote = visitors[posts > 0]
    notes.member.append(wrote)
    notes.day.append(np.full(wrote.size, day))
    notes.count.append(posts[posts > 0])
    if reply_log_state.n_talk >= tables.talk.shape[0]:
        raise RuntimeError(f"day {day}: more talk than the observer has room for")
    notes.talk.append(tables.talk[: reply_log_state.n_talk].copy())
    reply_log_state.n_talk = 0


def _note_items(tables: Tables, tail: int, head: int, notes: _Notes) -> None:
    """Write down items that have left the feed; their slots are not yet taken again."""
    slots = np.arange(tail, head) & (tables.items.shape[0] - 1)
    for name, values in notes.items.items():
        values.append(tables.items[name][slots].astype(np.int64))


def _chronicle(tables: Tables, n_days: int, notes: _Notes) -> Chronicle:
    if tables.daily[:n_days, mt.EXPIRED_EARLY].any():
        raise RuntimeError("items were pushed out of a full feed; observe a smaller community")
    rows = int(tables.people_state[0].n_rows)
    members = tables.members[:rows]
    talk = np.concatenate(notes.talk)
    items = {name: np.concatenate(values) for name, values in notes.items.items()}
    is_member = items["author"] >= 0
    items = {name: values[is_member] for name, values in items.items()}
    has_reached = np.zeros(rows, bool)
    has_reached[np.concatenate(notes.reached)] = True
    return Chronicle(
        n_days=n_days,
        written=_written(notes, talk),
        threads=Threads(
            items["author"], items["day"], items["replies"],
            items["is_violation"] > 0, items["shown"] == Shown.REMOVED,
        ),
        who=talk["who"].astype(np.int64),
        whom=talk["whom"].astype(np.int64),
        said_on=talk["day"].astype(np.int64),
        is_answer=talk["said"] == Said.ANSWER,
        joined=members.joined.astype(np.int64),
        route=members.route.astype(np.int64),
        inviter=members.inviter.astype(np.int64),
        responds=(members.stance & Stance.RESPONDER) != 0,
        has_reached=has_reached,
        size=tables.daily[:n_days, mt.MEMBERS].copy(),
        moderators=1.0 + float(tables.daily[:n_days, [mt.STAFFED, mt.VOLUNTEERS]].sum(1).mean()),
    )  # fmt: skip


def _written(notes: _Notes, talk: np.ndarray) -> ActiveDays:
    """Messages of every member and day with any: posts, and what was said to others."""
    member = np.concatenate([*notes.member, talk["who"].astype(np.int64)])
    day = np.concatenate([*notes.day, talk["day"].astype(np.int64)])
    count = np.concatenate([*notes.count, np.ones(len(talk), np.int64)])
    key, place = np.unique(member * 32768 + day, return_inverse=True)
    return ActiveDays(key // 32768, key % 32768, np.bincount(place, count).astype(np.int64))
