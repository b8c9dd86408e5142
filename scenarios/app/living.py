"""The network day by day: who is there, who talks to whom, under two policies side by side."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plaza_lab.agents.member import Flag, Stance, Status
from plaza_lab.agents.partner import Deal
from plaza_lab.scenarios.app.lived import Course
from plaza_lab.sim.engine import live_until, open_tables
from plaza_lab.sim.recording.metrics import NAMES
from plaza_lab.sim.setting import to_record
from plaza_lab.sim.tables import Tables

MOST_SHOWN = 140
"""Members drawn: those of day 0 by number, every tenth place for one who joins later."""
MOST_TIES = 4  # of each member; the picture shows the pattern, not every thread
ABSENT, SILENT, MEMBER, KOC, MODERATOR, FARMER, PARTNER = range(7)
ROLES = ("absent", "silent", "member", "KOC", "moderator", "farmer", "partner")


@dataclass(frozen=True)
class Frame:
    """A day of the picture.

    Parameters
    ----------
    roles : numpy.ndarray
        Role of each place, int8; members first, then partners.
    ties : numpy.ndarray
        Shape ``(n, 2)``, places of members who know each other.
    members, joined, left : int
        In the whole community, that day.
    """

    roles: np.ndarray
    ties: np.ndarray
    members: int
    joined: int
    left: int


@dataclass(frozen=True)
class Film:
    """A community's days as pictures.

    Parameters
    ----------
    frames : list of Frame
        One a day.
    places : numpy.ndarray
        Shape ``(n, 2)``, where each place is drawn, in [-1, 1].
    """

    frames: list[Frame]
    places: np.ndarray


def films(courses: Sequence[Course], seed: int, days: int) -> list[Film]:
    """Live each course once, looking at every day; the same place is the same person in all.

    Parameters
    ----------
    courses : sequence of Course
        Policies side by side.
    seed, days : int
        The run.
    """
    found = [_frames(course, seed, days) for course in courses]
    # one layout for all, of the people and ties of every month and policy
    looks = [frame for frames in found for frame in (*frames[::28], frames[-1])]
    ties = np.concatenate([frame.ties for frame in looks])
    is_there = np.any([frame.roles != ABSENT for frame in looks], axis=0)
    places = _layout(is_there, MOST_SHOWN, ties)
    return [Film(frames, places) for frames in found]


def _frames(course: Course, seed: int, days: int) -> list[Frame]:
    tables = open_tables(course.setting, seed, days, levers=course.levers)
    founders = int(tables.run_state[0].n_founders)
    shown = _rows(founders)
    frames = []
    for day in range(days):
        if course.later is not None and day == course.day:
            tables = dataclasses.replace(tables, policy=to_record(course.later.policy))
        tables = live_until(tables, day, day + 1)
        frames.append(_frame(tables, shown, day))
    return frames


def _rows(founders: int) -> np.ndarray:
    """Rows of the members drawn; newcomers' rows follow those of the founders."""
    late = MOST_SHOWN // 10
    first = np.arange(min(founders, MOST_SHOWN - late))
    return np.concatenate([first, np.arange(founders, founders + MOST_SHOWN - len(first))])


def _frame(tables: Tables, shown: np.ndarray, day: int) -> Frame:
    n = int(tables.people_state[0].n_rows)
    roles = np.full(len(shown), ABSENT, np.int8)
    there = shown < n
    rows = shown[there]
    status = tables.fate["status"][rows]
    circles, stance = tables.fate["circles"][rows], tables.members["stance"][rows]
    own = np.where(status == Status.SILENT, SILENT, MEMBER)
    own = np.where((stance & Stance.FARMER) > 0, FARMER, own)
    own = np.where((circles & Flag.KOC) > 0, KOC, own)
    own = np.where((circles & Flag.MODERATOR) > 0, MODERATOR, own)
    roles[there] = np.where(status == Status.LEFT, ABSENT, own)
    at_work = (Deal.ACTIVE, Deal.IN_REVIEW, Deal.RENEWED)
    partners = np.isin(tables.partners["deal"], at_work) & (tables.partners["uid"] != 0)
    here = np.where(partners, PARTNER, ABSENT).astype(np.int8)
    counts = (int(tables.daily[day, NAMES.index(name)]) for name in ("members", "joins", "exits"))
    return Frame(np.concatenate([roles, here]), _ties(tables, shown, roles), *counts)


def _ties(tables: Tables, shown: np.ndarray, roles: np.ndarray) -> np.ndarray:
    places = np.flatnonzero(roles != ABSENT)
    rows = shown[places]
    place_of = np.full(int(tables.people_state[0].n_rows) + 1, -1, np.int32)  # the last: nobody
    place_of[rows] = places
    own = tables.ties[rows]
    held = np.arange(own.shape[1]) < tables.members["n_ties"][rows][:, None]
    other = place_of[np.where(held, own["other"], -1)]
    strength = np.where(other >= 0, own["strength"], 0)
    best = np.argsort(-strength.astype(np.int32), axis=1, kind="stable")[:, :MOST_TIES]
    ends = np.take_along_axis(other, best, axis=1)
    starts = np.broadcast_to(places[:, None], ends.shape)
    pairs = np.column_stack([starts[ends >= 0], ends[ends >= 0]])
    return np.unique(np.sort(pairs, axis=1), axis=0).astype(np.int16).reshape(-1, 2)


def _layout(is_there: np.ndarray, members: int, ties: np.ndarray) -> np.ndarray:
    """Members by who knows whom, partners in a ring around them."""
    import networkx as nx

    places = np.zeros((len(is_there), 2))
    shown = np.flatnonzero(is_there[:members])
    graph = nx.Graph()
    graph.add_nodes_from(shown.tolist())
    graph.add_edges_from(map(tuple, np.unique(ties, axis=0).tolist()))
    start = nx.circular_layout(graph)
    found = nx.spring_layout(graph, pos=start, seed=1, iterations=40, k=0.22)
    inner = np.array([found[k] for k in shown.tolist()])
    # ranks, so that a few far away do not squeeze the others together
    spread = inner.argsort(axis=0).argsort(axis=0) / max(1, len(shown) - 1) * 2 - 1
    places[shown] = 0.85 * (0.8 * spread + 0.2 * inner / max(1e-9, np.abs(inner).max()))
    angle = np.linspace(0, 2 * np.pi, len(is_there) - members, endpoint=False)
    places[members:] = np.column_stack([np.cos(angle), np.sin(angle)])
    return places
