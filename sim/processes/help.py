"""Help: members ask, capable members and the founder answer, the best answers are noted."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy import float64 as f8
from numpy import int64 as i8

from agents.choices import answer_probability
from agents.compiled import compiled, kernel
from agents.member import Flag, Status
from agents.quantity import quantity
from agents.rewards import ASKER, money_pull, role_act
from sim import decisions
from sim.calendar import MONTH
from sim.policy.comms import Protocol
from sim.policy.onboarding import Directory
from sim.prefetch import AHEAD, prefetch
from sim.randomness import ALWAYS, U64, agent_key, day_key, normal, uniform
from sim.recording import metrics as mt
from sim.world import directory, groups, items, people, rewards, talk, ties, tipping
from sim.world import requests as board

SOURCE = "M20, M21, M43, M53; science.md A.10"
READS = (
    "members.post_rate",
    "talk",
    "clock.n_talk",
    "visitors",
    "clock.n_visitors",
    "clock.prize_cents",
    "clock.last_answerers",
    "clock.token_price_cents",
    "clock.repeat_share",
    "clock.tip_norm",
    "clock.talent_hope",
    "clock.loop",
    "balances",
    "members.wins",
    "members.posts",
    "members.buys",
    "members.level",
    "members.stance",
    "fate",
    "operator.founder_hours_day",
    "operator.service_hours_day",
    "operator.staff_fatigue",
    "clock.steward_push",
    "members.fairness",
    "members.skill",
    "members.skill_topic",
    "fading",
    "members.belonging",
    "members.topic",
    "members.group",
    "members.joined",
    "clock.n_groups",
    "clock.n_founders",
    "clock.dilution",
    "clock.helping_norm",
)
WRITES = (
    "requests",
    "board",
    "board_size",
    "clock.n_requests",
    "clock.n_answerers",
    "clock.tips_today",
    "clock.tip_cents_today",
    "clock.tippable_today",
    "members.motive",
    "members.answers",
    "members.answers_today",
    "members.week_score",
    "members.solved",
    "members.helped_today",
    "members.reputation",
    "members.last_act",
    "members.n_ties",
    "members.origins",
    "ties",
    "acts",
    "talk",
    "clock.n_talk",
    "daily.requests",
    "daily.solved",
    "daily.answers",
    "daily.founder_answers",
    "daily.answer_quality",
)


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
    asked_directly: float = quantity(
        1.5,
        unit="log-odds",
        low=0.0,
        high=10.0,
        source="assumption (M12: direct contact)",
        doc="Effort spared when one is asked directly instead of having to look.",
    )
    right_person: float = quantity(
        0.15,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M12: the right helper)",
        doc="Quality gained when the one asked directly holds the very skill.",
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
    reader_cost: float = quantity(
        2.5,
        unit="log-odds",
        low=0.0,
        high=20.0,
        source="assumption (science A.4: those who only read hardly ever write)",
        doc="Cost of answering for somebody who never writes.",
    )
    writer_rate: float = quantity(
        0.1,
        unit="1/visit",
        low=0.001,
        high=1.0,
        source="assumption",
        doc="Base chance of writing on a visit from which on that cost is gone.",
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
        reward = rewards.prize_expected(t)
    sure = rewards.pay_expected(t, day, t.policy[0].incentive.token_answer)
    sure += rewards.tip_expected(t)
    # askers who get nothing out of it ask less
    asking = math.exp(role_act(clock, t.params[0], ASKER))
    for k in range(clock.n_visitors):
        if k + AHEAD < clock.n_visitors:
            coming = i8(t.visitors[k + AHEAD])
            prefetch(t.fate, coming)
            prefetch(t.members, coming)
        i = i8(t.visitors[k])
        _ask(t, i, day, ask_key, asking, p)
        _look_and_answer(t, i, day, answer_key, reward, sure, p)
    if t.policy[0].onboarding.directory > Directory.NONE:
        _called_answer(t, day, reward, sure, p)
    _founder_answers(t, day, p)


@compiled()
def _ask(t, i, day, ask_key, asking, p):
    """Open a request with a chance per visit that makes up the weekly rate of the member."""
    hazard = max(0.02, f8(t.fate[i].visit_hazard))
    per_visit = min(0.5, 0.5 * p.request_week / 7.0 * (1.0 + 0.5 * hazard) / hazard)
    draws = agent_key(ask_key, t.fate[i].uid)
    if uniform(draws, U64(0)) >= per_visit * asking:
        return
    topic = i8(t.members[i].topic)
    if topic == t.members[i].skill_topic or uniform(draws, U64(1)) < 0.3:
        topic = i8(items.TOPICS * uniform(draws, U64(2)))
    difficulty = p.difficulty_mean
    difficulty += p.difficulty_spread * (2.0 * uniform(draws, U64(3)) - 1.0)
    if i >= t.clock[0].n_founders and day - t.members[i].joined < MONTH:
        difficulty += t.params[0].crowding.unclear * t.clock[0].dilution
    board.open_request(t, draws, i, topic, min(1.0, max(0.0, difficulty)), day)
    people.mark_act(t, i, day)
    t.daily[day, mt.REQUESTS] += 1.0


@compiled()
def _look_and_answer(t, i, day, answer_key, reward, sure, p):
    """Who is willing looks for a request: with a directory first in her own field."""
    own = agent_key(answer_key, t.fate[i].uid)
    is_listed = directory.is_shared(t) and t.fate[i].circles & Flag.PROFILE
    is_written = t.policy[0].comms.protocol != Protocol.FREE_CHAT
    effort = p.written_cost if is_written else 0.0
    group = i8(t.members[i].group)
    for look in range(p.looks):
        if not _decides(t, i, uniform(own, U64(3 * look)), reward, sure, effort):
            continue
        first = i8(t.members[i].skill_topic)
        if not is_listed:
            first = i8(items.TOPICS * uniform(own, U64(3 * look + 1)))
        row = board.with_requests(t, group, first)
        if row < 0:
            continue
        place = i8(t.board_size[row] * uniform(own, U64(3 * look + 2)))
        request = t.requests[t.board[row, place]]
        is_early = is_written and day - request.opened < t.policy[0].comms.lead_days
        if request.asker != i and not is_early:
            _answer(t, i, row, place, day, is_written, p)


@compiled()
def _called_answer(t, day, reward, sure, p):
    """Whoever was found and asked directly decides once, here or not (M12)."""
    key = day_key(t.clock[0].seed_key, decisions.CALLED, ALWAYS)
    is_written = t.policy[0].comms.protocol != Protocol.FREE_CHAT
    effort = (p.written_cost if is_written else 0.0) - p.asked_directly
    for row in range(t.board.shape[0]):
        place = t.board_size[row] - 1
        while place >= 0:
            request = t.requests[t.board[row, place]]
            helper = i8(request.helper)
            if helper >= 0 and request.called <= day and request.ticket == board.Ticket.OPEN:
                u = uniform(key, request.uid)
                is_there = t.fate[helper].status == Status.ENGAGED
                if is_there and _decides(t, helper, u, reward, sure, effort):
                    _answer(t, helper, i8(row), i8(place), day, is_written, p)
                request.helper = -1
            place -= 1


@compiled()
def _decides(t, i, u, reward, sure, effort):
    m = t.members[i]
    world = t.params[0]
    # those who believe they can win: the prize goes to the best, so skill scales what one expects
    expected = reward * (2.0 * f8(m.skill)) ** 2
    if m.wins == 0:
        expected *= 1.0 - t.params[0].incentives.repeat_discount * t.clock[0].repeat_share
    term = money_pull(expected + sure, t.policy[0], world)
    return u < answer_probability(m, term, effort, t.clock[0], t.policy[0], world)


@compiled()
def _answer(t, i, row, place, day, is_written, p):
    m = t.members[i]
    request = t.requests[t.board[row, place]]
    key = agent_key(request.uid, t.fate[i].uid)
    skill = f8(m.skill) * (1.0 if request.topic == m.skill_topic else p.off_skill)
    quality = 0.15 + 0.75 * skill + p.answer_noise * normal(uniform(key, U64(0)))
    if is_written:
        quality += p.written_depth
    if rewards.pay_today(t, day) > 0:
        gift = t.params[0].oneoff.quality_gain * t.policy[0].incentive.oneoff_related
        quality += t.params[0].calibration.scale * gift
    quality -= t.params[0].stewarding.push_quality_loss * t.clock[0].steward_push
    if request.helper == i:
        quality += p.right_person
    quality = min(1.0, max(0.0, quality))
    if f8(m.week_score) <= 0.0:
        t.clock[0].n_answerers += 1
    m.week_score = max(f8(m.week_score), max(0.01, quality))
    m.answers = min(32000, m.answers + 1)
    m.answers_today = min(120, m.answers_today + 1)
    m.reputation = f8(m.reputation) + quality
    t.daily[day, mt.ANSWERS] += 1.0
    t.daily[day, mt.ANSWER_QUALITY] += quality
    people.mark_act(t, i, day)
    asker = i8(request.asker)
    talk.note(t, talk.Said.ANSWER, i, asker, day)
    origin = ties.Origin.HELP.value
    ties.strengthen_from(t, asker, i, p.tie_weight, day, origin)
    ties.strengthen_from(t, i, asker, p.tie_weight * 0.5, day, origin)
    if t.policy[0].incentive.has_tips:
        tipping.may_tip(t, i, request, quality, day)
    _settle(t, row, place, quality, day)


@compiled()
def _settle(t, row, place, quality, day):
    """Count an answer; a good one solves the request.

    In free chat a solved request is dropped. A written problem stays open for more answers until
    its session, where they are ranked.
    """
    request = t.requests[t.board[row, place]]
    request.answers += 1
    if quality < f8(request.difficulty) or request.ticket == board.Ticket.SOLVED:
        return
    request.ticket = board.Ticket.SOLVED
    request.closed = day
    asker = t.members[request.asker]
    asker.solved = min(32000, asker.solved + 1)
    asker.helped_today = min(120, asker.helped_today + 1)
    t.daily[day, mt.SOLVED] += 1.0
    if t.policy[0].comms.protocol == Protocol.FREE_CHAT:
        board.take_down(t, row, place)


@compiled()
def _founder_answers(t, day, p):
    """The founder and staff take the oldest requests of each group, as far as hours reach."""
    n_groups = t.clock[0].n_groups
    hours = groups.attention(t) + t.operator[0].service_hours_day / max(1, n_groups)
    capacity = hours * p.founder_per_hour
    capacity *= 1.0 - t.params[0].fatigue.answer_effect * t.operator[0].staff_fatigue
    for group in range(n_groups):
        _founder_answers_group(t, i8(group), capacity, day, p)


@compiled()
def _founder_answers_group(t, group, capacity, day, p):
    key = day_key(t.clock[0].seed_key, decisions.FOUNDER, day)
    if group > 0:
        key = agent_key(key, U64(group))
    # written problems circulate before anybody answers, the founder included
    is_written = t.policy[0].comms.protocol != Protocol.FREE_CHAT
    newest = day + 1 - (t.policy[0].comms.lead_days if is_written else 0)
    n = i8(capacity)
    if uniform(key, U64(0)) < capacity - n:
        n += 1
    for k in range(n):
        row, place = board.oldest_open(t, group, newest)
        if row < 0:
            return
        t.daily[day, mt.FOUNDER_ANSWERS] += 1.0
        quality = p.founder_skill + p.answer_noise * normal(uniform(key, U64(k + 1)))
        request = t.requests[t.board[row, place]]
        _settle(t, row, place, quality, day)
        if request.ticket == board.Ticket.OPEN:
            # what the founder cannot solve, the founder closes
            request.ticket = board.Ticket.GIVEN_UP
            request.closed = day
            board.take_down(t, row, place)
