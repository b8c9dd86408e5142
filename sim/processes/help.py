"""Help: members ask, capable members and the founder answer, the best answers are noted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy import float64 as f8
from numpy import int64 as i8

from agents.choices import answer_probability, reward_log_odds
from agents.compiled import compiled, kernel
from agents.member import Flag
from agents.quantity import quantity
from sim import decisions
from sim.policy.comms import Protocol
from sim.prefetch import AHEAD, prefetch
from sim.randomness import U64, agent_key, day_key, normal, uniform
from sim.recording import metrics as mt
from sim.world import archive, items, people, ties
from sim.world import requests as board

SOURCE = "M20, M21, M43, M53; science.md A.10"
READS = (
    "visitors",
    "clock.n_visitors",
    "clock.prize_cents",
    "clock.last_answerers",
    "fate",
    "operator.founder_hours_day",
    "members.skill",
    "members.skill_topic",
    "members.motive",
    "fading",
    "stock",
    "clock.n_archive",
    "members.belonging",
    "members.topic",
)
WRITES = (
    "requests",
    "board",
    "board_size",
    "clock.n_requests",
    "clock.n_answerers",
    "members.answers",
    "members.answers_today",
    "members.week_score",
    "members.solved",
    "members.helped_today",
    "members.reputation",
    "members.last_act",
    "members.n_ties",
    "ties",
    "acts",
    "daily.requests",
    "daily.solved",
    "daily.answers",
    "daily.founder_answers",
    "daily.archive_served",
    "entries",
    "clock.n_collected",
)


FIRST = np.int64(0)
"""Place of the oldest request on a board."""

NONE = np.int64(-1)


@dataclass(frozen=True)
class Params:
    """Asking and answering."""

    request_week: float = quantity(
        0.12,
        unit="1/week",
        low=0.0,
        high=7.0,
        source="assumption (M21)",
        doc="Requests an active member opens a week.",
    )
    answer_base: float = quantity(
        -2.6,
        unit="log-odds",
        low=-20.0,
        high=20.0,
        source="assumption",
        doc="Willingness to answer, at motive 0.5 without reward.",
    )
    motive_weight: float = quantity(
        3.0,
        unit="log-odds",
        low=0.0,
        high=20.0,
        source="assumption (science A.10)",
        doc="Per unit of intrinsic motive.",
    )
    belonging_weight: float = quantity(
        1.0,
        unit="log-odds",
        low=0.0,
        high=20.0,
        source="assumption (M15)",
        doc="Per unit of belonging.",
    )
    written_cost: float = quantity(
        0.5,
        unit="log-odds",
        low=0.0,
        high=10.0,
        source="assumption (M20: rigidity)",
        doc="Extra effort of a written answer.",
    )
    written_depth: float = quantity(
        0.15,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M20: deeper answers)",
        doc="Quality a written answer gains.",
    )
    answer_noise: float = quantity(
        0.12, unit="1", low=0.0, high=1.0, source="assumption", doc="Spread of answer quality."
    )
    off_skill: float = quantity(
        0.45,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption",
        doc="What is left of skill outside one's field.",
    )
    difficulty_mean: float = quantity(
        0.5, unit="1", low=0.0, high=1.0, source="assumption", doc="Mean difficulty of a request."
    )
    difficulty_spread: float = quantity(
        0.3,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption",
        doc="Half width of the difficulty of requests.",
    )
    patience_days: int = quantity(
        14, unit="days", low=1, high=364, source="assumption", doc="Days an asker waits."
    )
    session_days: int = quantity(
        7,
        unit="days",
        low=1,
        high=56,
        source="F06 (one ranking a week)",
        doc="Days a written problem takes answers, from the end of its lead time.",
    )
    looks: int = quantity(
        2,
        unit="requests/visit",
        low=0,
        high=32,
        source="assumption",
        doc="Open requests a visitor looks at.",
    )
    founder_skill: float = quantity(
        0.75, unit="1", low=0.0, high=1.0, source="assumption (E09)", doc="Quality of the founder."
    )
    founder_per_hour: float = quantity(
        2.0,
        unit="answers/hour",
        low=0.0,
        high=60.0,
        source="assumption",
        doc="Requests the founder answers in an hour.",
    )
    tie_weight: float = quantity(
        2.0,
        unit="contacts",
        low=0.0,
        high=100.0,
        source="mechanisms.md 1.5 (help tie)",
        doc="Contact an answer makes between asker and answerer.",
    )


@kernel()
def step(t, day):
    """Open requests, answer them, give up on the old.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    clock = t.clock[0]
    p = t.params[0].help
    if day % 7 == 0:
        clock.n_answerers = 0
    patience = p.patience_days
    if t.policy[0].comms.protocol != Protocol.FREE_CHAT:
        patience = t.policy[0].comms.lead_days + p.session_days
    board.give_up_old(t, patience, day)
    ask_key = day_key(clock.seed_key, decisions.REQUEST, day)
    answer_key = day_key(clock.seed_key, decisions.ANSWER, day)
    reward = 0.0
    if t.policy[0].incentive.has_prize:
        reward = clock.prize_cents / 100.0 / (1.0 + clock.last_answerers)
    for k in range(clock.n_visitors):
        if k + AHEAD < clock.n_visitors:
            coming = i8(t.visitors[k + AHEAD])
            prefetch(t.fate, coming)
            prefetch(t.members, coming)
        i = i8(t.visitors[k])
        _ask(t, i, day, ask_key, p)
        _look_and_answer(t, i, day, answer_key, reward, p)
    _founder_answers(t, day, p)


@compiled()
def _ask(t, i, day, ask_key, p):
    """Open a request with a chance per visit that makes up the weekly rate of the member."""
    hazard = max(0.02, f8(t.fate[i].visit_hazard))
    per_visit = min(0.5, 0.5 * p.request_week / 7.0 * (1.0 + 0.5 * hazard) / hazard)
    draws = agent_key(ask_key, t.fate[i].uid)
    if uniform(draws, U64(0)) >= per_visit:
        return
    topic = i8(t.members[i].topic)
    if topic == t.members[i].skill_topic or uniform(draws, U64(1)) < 0.3:
        topic = i8(items.TOPICS * uniform(draws, U64(2)))
    spread = p.difficulty_spread * (2.0 * uniform(draws, U64(3)) - 1.0)
    difficulty = min(1.0, max(0.0, p.difficulty_mean + spread))
    if t.policy[0].content.has_archive and archive.serves(
        t, day, topic, difficulty, agent_key(draws, U64(4))
    ):
        _note_solved(t, i, day)
    else:
        board.open_request(t, draws, i, topic, difficulty, day)
    people.mark_act(t, i, day)
    t.daily[day, mt.REQUESTS] += 1.0


@compiled()
def _look_and_answer(t, i, day, answer_key, reward, p):
    """Who is willing looks for a request: with a directory first in her own field."""
    own = agent_key(answer_key, t.fate[i].uid)
    is_listed = t.policy[0].onboarding.has_directory and t.fate[i].circles & Flag.PROFILE
    is_written = t.policy[0].comms.protocol != Protocol.FREE_CHAT
    for look in range(p.looks):
        if not _decides(t, i, uniform(own, U64(3 * look)), reward, is_written, p):
            continue
        first = i8(t.members[i].skill_topic)
        if not is_listed:
            first = i8(items.TOPICS * uniform(own, U64(3 * look + 1)))
        topic = _topic_with_requests(t, first)
        if topic < 0:
            continue
        place = i8(t.board_size[topic] * uniform(own, U64(3 * look + 2)))
        request = t.requests[t.board[topic, place]]
        is_early = is_written and day - request.opened < t.policy[0].comms.lead_days
        if request.asker != i and not is_early:
            _answer(t, i, topic, place, day, is_written, p)


@compiled()
def _topic_with_requests(t, first):
    """The first topic from ``first`` on that has requests, -1 when there is none."""
    for step_on in range(items.TOPICS):
        topic = (first + step_on) % items.TOPICS
        if t.board_size[topic] > 0:
            return topic
    return NONE


@compiled()
def _decides(t, i, u, reward, is_written, p):
    m = t.members[i]
    world = t.params[0]
    lever = t.policy[0].incentive
    # those who believe they can win: the prize goes to the best, so skill scales what one expects
    expected = reward * (2.0 * f8(m.skill)) ** 2
    term = reward_log_odds(expected, world) if reward > 0.0 else 0.0
    if lever.has_points and t.fate[i].circles & Flag.RESPONDER:
        term += world.incentives.points_pull
    effort = p.written_cost if is_written else 0.0
    return u < answer_probability(m, term, effort, t.clock[0], t.policy[0], world)


@compiled()
def _answer(t, i, topic, place, day, is_written, p):
    m = t.members[i]
    request = t.requests[t.board[topic, place]]
    key = agent_key(request.uid, t.fate[i].uid)
    skill = f8(m.skill) * (1.0 if topic == m.skill_topic else p.off_skill)
    quality = 0.15 + 0.75 * skill + p.answer_noise * normal(uniform(key, U64(0)))
    if is_written:
        quality += p.written_depth
    quality = min(1.0, max(0.0, quality))
    if f8(m.week_score) <= 0.0:
        t.clock[0].n_answerers += 1
    m.week_score = max(f8(m.week_score), max(0.01, quality))
    m.answers = min(32000, m.answers + 1)
    m.answers_today = min(120, m.answers_today + 1)
    m.reputation = f8(m.reputation) + quality
    t.daily[day, mt.ANSWERS] += 1.0
    people.mark_act(t, i, day)
    asker = i8(request.asker)
    ties.strengthen(t, asker, i, p.tie_weight, day)
    ties.strengthen(t, i, asker, p.tie_weight * 0.5, day)
    solves = request.ticket == board.Ticket.OPEN and quality >= f8(request.difficulty)
    if solves and t.policy[0].content.has_archive:
        archive.collect(t, topic, i, quality)
    _settle(t, topic, place, quality, day)


@compiled()
def _note_solved(t, i, day):
    """Let the asker know, and count it."""
    asker = t.members[i]
    asker.solved = min(32000, asker.solved + 1)
    asker.helped_today = min(120, asker.helped_today + 1)
    t.daily[day, mt.SOLVED] += 1.0


@compiled()
def _settle(t, topic, place, quality, day):
    """Count an answer; a good one solves the request.

    In free chat a solved request is dropped. A written problem stays open for more answers until
    its session, where they are ranked.
    """
    request = t.requests[t.board[topic, place]]
    request.answers += 1
    if quality < f8(request.difficulty) or request.ticket == board.Ticket.SOLVED:
        return
    request.ticket = board.Ticket.SOLVED
    request.closed = day
    _note_solved(t, i8(request.asker), day)
    if t.policy[0].comms.protocol == Protocol.FREE_CHAT:
        board.take_down(t, topic, place)


@compiled()
def _founder_answers(t, day, p):
    """The founder takes the oldest requests, as far as the hours of the day reach."""
    key = day_key(t.clock[0].seed_key, decisions.FOUNDER, day)
    capacity = t.operator[0].founder_hours_day * p.founder_per_hour
    n = i8(capacity)
    if uniform(key, U64(0)) < capacity - n:
        n += 1
    for k in range(n):
        topic, place = _oldest_open(t, day)
        if topic < 0:
            return
        t.daily[day, mt.FOUNDER_ANSWERS] += 1.0
        quality = p.founder_skill + p.answer_noise * normal(uniform(key, U64(k + 1)))
        request = t.requests[t.board[topic, place]]
        _settle(t, topic, place, quality, day)
        if request.ticket == board.Ticket.OPEN:
            # what the founder cannot solve, the founder closes
            request.ticket = board.Ticket.GIVEN_UP
            request.closed = day
            board.take_down(t, topic, place)


@compiled()
def _oldest_open(t, day):
    """Topic and place of the answerable request that has waited longest; -1 for none."""
    best = NONE
    best_place = FIRST
    # written problems circulate before anybody answers, the founder included
    is_written = t.policy[0].comms.protocol != Protocol.FREE_CHAT
    oldest = day + 1 - (t.policy[0].comms.lead_days if is_written else 0)
    for topic in range(items.TOPICS):
        for place in range(t.board_size[topic]):
            request = t.requests[t.board[topic, place]]
            if request.ticket == board.Ticket.OPEN:
                if request.opened < oldest:
                    oldest = i8(request.opened)
                    best = i8(topic)
                    best_place = i8(place)
                break
    return best, best_place
