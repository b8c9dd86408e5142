"""A community day by day under policies side by side: its network, and a member's diary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from plaza_lab.agents.member import Flag, Stance, Status
from plaza_lab.agents.partner import Deal
from plaza_lab.scenarios.app.lived import Course, looked_at
from plaza_lab.scenarios.app.question import Question, config_of
from plaza_lab.scenarios.language import Language, marked
from plaza_lab.sim.recording.metrics import NAMES
from plaza_lab.sim.tables import Tables

MOST_SHOWN = 140
"""Members drawn: those of day 0 by number, every tenth place for one who joins later."""
MOST_TIES = 4  # of each member; the picture shows the pattern, not every thread
ABSENT, SILENT, MEMBER, KOC, MODERATOR, FARMER, PARTNER = range(7)
ROLES = ("absent", "silent", "member", "KOC", "moderator", "farmer", "partner")

MOST_LINES = 40
ACTS = {
    "posts": marked("wrote {n} posts"), "replies": marked("replied {n} times"),
    "answers": marked("answered {n} requests"), "wins": marked("won a prize"),
    "purchases": marked("bought {n} times"),
}  # fmt: skip


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
    each = looked_at(course, seed, days, range(1, days + 1))
    return [_frame(tables, day) for day, tables in enumerate(each)]


def _rows(founders: int) -> np.ndarray:
    """Rows of the members drawn; newcomers' rows follow those of the founders."""
    late = MOST_SHOWN // 10
    first = np.arange(min(founders, MOST_SHOWN - late))
    return np.concatenate([first, np.arange(founders, founders + MOST_SHOWN - len(first))])


def _frame(tables: Tables, day: int) -> Frame:
    shown = _rows(int(tables.run_state[0].n_founders))
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


def diary_of(
    question: Question, seed: int, member: int, say: Language
) -> tuple[str, tuple[list[str], list[str]]]:
    """Live a run again under the first two policies and note one member.

    Parameters
    ----------
    question : Question
        Policies and horizon; a fork is left out.
    seed, member : int
        The run, and her number from 1.
    say : Language
        In which language.

    Returns
    -------
    tuple
        When and by what her two lives part, and lines for each policy: what she did on the days
        she did something.

    Raises
    ------
    UserError
        If there is no such member.
    """
    from plaza_lab.scenarios.explaining.replay import live_again, parting

    first, second = (config_of(question.words(place)).setting for place in (0, 1))
    diary = live_again(first, seed, question.weeks, member)
    twin = live_again(second, seed, question.weeks, 0, diary.uid)
    lines = _lines(diary.rows, say), _lines(twin.rows, say)
    return _parting(parting(diary, twin), say), lines


def _lines(rows: list[dict[str, Any]], say: Language) -> list[str]:
    found = []
    for row in rows:
        did = [say.tr(text, n=int(row[act])) for act, text in ACTS.items() if row[act]]
        if row["status"] == "left":
            did.append(say.tr("left the community"))
        if did:
            found.append(
                say.tr("Day {day}: {acts}; belonging {belonging}, satisfaction {satisfaction}",
                       day=row["day"] + 1, acts=", ".join(did),
                       belonging=f"{100 * row['belonging']:.0f} %",
                       satisfaction=f"{100 * row['satisfaction']:.0f} %")
            )  # fmt: skip
    if len(found) > MOST_LINES:
        more = say.tr("… and {n} more days with something to tell", n=len(found) - MOST_LINES)
        return [*found[:MOST_LINES], more]
    if rows and not found:
        return [say.tr("She only read, on all of her {n} days.", n=len(rows))]
    return found


def _parting(found: Any, say: Language) -> str:
    if found.day < 0 and found.act_day < 0:
        return say.tr("Her two lives never part.")
    parts = []
    if found.day >= 0:
        parts.append(
            say.tr("What weighs on her first differs on day {day}: {decision}, {term} ({a} and "
                   "{b}).", day=found.day + 1, decision=found.decision.replace("_", " "),
                   term=found.term.replace("_", " "), a=f"{found.first:.3g}",
                   b=f"{found.second:.3g}")
        )  # fmt: skip
    if found.act_day >= 0:
        parts.append(
            say.tr("What she does first differs on day {day}: {act}, {a} against {b}.",
                   day=found.act_day + 1, act=found.act, a=found.act_first, b=found.act_second)
        )  # fmt: skip
    return " ".join(parts)
