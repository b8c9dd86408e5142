"""Answering: what an answer is worth, when a request is solved, and the founder's share."""

from __future__ import annotations

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.decisions.answering import ANSWER, answer_probability
from plaza_lab.agents.member import Stance
from plaza_lab.agents.packed import as_part
from plaza_lab.engine.compiled import compiled
from plaza_lab.sim import draw_ids
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.randomness import U64, agent_key, day_key, normal, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric
from plaza_lab.sim.state import archive, groups, people, reply_log, rewards, ties, trial
from plaza_lab.sim.state import requests as board
from plaza_lab.sim.state.archive import Protocol

METRICS = (
    Metric("solved", "requests", "help requests solved", "T17"),
    Metric("answers", "answers", "answers of members to requests", "T11"),
    Metric("founder_answers", "answers", "answers of the founder to requests", "T17"),
    Metric("answer_quality", "1", "quality of the answers given, summed", "T28"),
)


@compiled()
def effort(t):
    """Log-odds cost of the form the protocol asks of an answer (M20)."""
    p = t.params[0].help
    comms = t.policy[0].comms
    if comms.protocol == Protocol.FREE_CHAT:
        return 0.0
    return p.written_cost + p.bureaucracy * comms.rigidity


@ANSWER.term("effort", source="M20")
def effort_deters(effort):
    """Log-odds of answering that the protocol's form costs."""
    return -effort


@compiled()
def willingness(t, i, prize, sure, cost):
    """Chance that somebody answers, from what she may win, is sure of, and the effort."""
    m = t.members[i]
    pull = rewards.answers_pull(t, i, prize, sure)
    return answer_probability(m, pull, cost, t, t.policy[trial.arm(t, i)], t.params[0])


@compiled()
def answer(t, i, row, place, day, is_written):
    """Give an answer of a quality that follows from skill, form, pay and pressure.

    Parameters
    ----------
    i : int
        Row of who answers.
    row, place : int
        Where the request stands on the board.
    is_written : bool
        Whether the protocol asks for a written answer.
    """
    p = t.params[0].help
    m = t.members[i]
    request = t.requests[t.board[row, place]]
    key = agent_key(request.uid, t.fate[i].uid)
    skill = f8(m.skill) * (1.0 if request.topic == m.skill_topic else p.off_skill)
    quality = p.quality_base + p.quality_skill * skill
    quality += p.answer_noise * normal(uniform(key, U64(0)))
    if is_written:
        quality += p.written_depth
    if rewards.pay_today(t, day) > 0:
        gift = t.params[0].oneoff.quality_gain * t.policy[0].incentive.oneoff_related
        quality += t.params[0].calibration.scale * gift
    quality -= t.params[0].stewarding.push_quality_loss * t.stewarding_state[0].steward_push
    if request.helper == i:
        quality += p.right_person
    has_stake = m.stance & Stance.INSIDER
    if has_stake:
        quality += t.params[0].insiders.authority
        t.daily[day, mt.INSIDER_ANSWERS] += 1.0
    quality = min(1.0, max(0.0, quality))
    if not has_stake:  # who answers for her firm wins no prize
        if m.week_score == 0 and rewards.may_compete(t, i):
            t.help_state[0].n_answerers += 1
        m.week_score = max(i8(m.week_score), as_part(max(0.01, quality)))
    m.answers = min(32000, m.answers + 1)
    m.answers_today = min(120, m.answers_today + 1)
    m.reputation = f8(m.reputation) + quality
    t.daily[day, mt.ANSWERS] += 1.0
    t.daily[day, mt.ANSWER_QUALITY] += quality
    people.mark_act(t, i, day)
    asker = i8(request.asker)
    reply_log.note(t, reply_log.Said.ANSWER, i, asker, day)
    origin = ties.Origin.HELP.value
    ties.strengthen_from(t, asker, i, p.tie_weight, day, origin)
    ties.strengthen_from(t, i, asker, p.tie_weight * 0.5, day, origin)
    if t.policy[trial.arm(t, i)].incentive.has_tips:
        rewards.may_tip(t, i, request, quality, day)
    solves = request.ticket == board.Ticket.OPEN and quality >= f8(request.difficulty)
    if solves and t.policy[0].content.has_archive:
        archive.collect(t, i8(request.topic), i, quality)
    _settle(t, row, place, quality, day)


@compiled()
def note_solved(t, i, day):
    """Let the asker know that her request is solved, and count it."""
    asker = t.members[i]
    asker.solved = min(32000, asker.solved + 1)
    asker.helped_today = min(120, asker.helped_today + 1)
    t.daily[day, mt.SOLVED] += 1.0


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
    note_solved(t, i8(request.asker), day)
    t.solved_lately[request.topic] += 1.0 / WEEK
    if t.policy[0].comms.protocol == Protocol.FREE_CHAT:
        board.take_down(t, row, place)


@compiled()
def founder_answers(t, day):
    """Let founder and staff take the oldest requests of each group, as far as hours reach."""
    p = t.params[0].help
    n_groups = t.groups_state[0].n_groups
    team = t.operator[0].service_hours_day * (1.0 - t.shocks_state[0].strike)
    hours = groups.attention(t) + team / max(1, n_groups)
    capacity = hours * p.founder_per_hour
    capacity *= 1.0 - t.params[0].fatigue.answer_effect * t.operator[0].staff_fatigue
    for group in range(n_groups):
        _founder_answers_group(t, i8(group), capacity, day, p)


@compiled()
def _founder_answers_group(t, group, capacity, day, p):
    key = day_key(t.run_state[0].seed_key, draw_ids.FOUNDER, day)
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
            board.give_up(t, request, day)
            board.take_down(t, row, place)
