"""Feedback: complaints find a channel, wait for a reply, and leave ideas behind."""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.engine.elementary import exp
from plaza_lab.engine.prefetch import AHEAD, prefetch
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, poisson, uniform
from plaza_lab.sim.state import cases
from plaza_lab.sim.state.cases import Channel
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt, part

SOURCE = "M70; F28, F93; C34"
METRICS = (
    Metric("complaints", "complaints", "complaints and requests for redress", "T53"),
    Metric("complaints_open", "complaints", "complaints without a reply", "T53"),
    Metric("replies_given", "replies", "first replies to complaints", "T53"),
    Metric("reply_hours", "hours", "waiting time of those replies, summed", "T53"),
    Metric("closed_7d", "complaints", "of these, within 7 days", "T53"),
    Metric("ideas", "ideas", "suggestions received", "T53"),
    Metric("improvements", "ideas", "suggestions implemented", "T53"),
)
STATE: tuple[Var, ...] = (
    Var("n_complaints", "i8", "rows", "complaints on the list", "M70"),
    Var("improvement", "f8", "1", "what implemented ideas are worth, 0 to 1", "M70"),
)


@levers("feedback")
class Levers:
    """Channel, speed of reply, and what becomes of ideas."""

    channel: Channel = quantity(Channel.NONE, "channel", source="M70")
    """Where complaints and ideas go."""
    response_hours: float = quantity(24.0, "hours", (0.0, 336.0), "F93 (24 hours)")
    """Until the first reply, while staff are not overloaded."""
    implement_rate: float = quantity(0.1, "share", (0.0, 1.0), "assumption (M70)")
    """Ideas that are put into practice."""
    publish_fixes: bool = quantity(False, "flag", source="M70")
    """Improvements are announced."""
    panel_members: int = quantity(30, "members", (1, 10_000), "assumption (M70)")
    """Members of a research panel."""


SHOWN_DAYS = 3
"""Days for which an answered complaint stays in sight of an open forum; assumption."""


@params()
class Params:
    """When members complain, and what a reply, or none, is worth."""

    complain: float = quantity(0.05, "1/visit", (0.0, 1.0), "assumption (M70)")
    """Complaints on a visit, of a member without any satisfaction."""
    content_at: float = quantity(0.7, "1", (0.01, 1.0), "assumption (M70)")
    """Satisfaction from which nobody complains."""
    hotline_share: float = quantity(
        0.5, "share", (0.0, 1.0), "assumption (M70: the hidden channel stops contact)"
    )
    """Complaints that reach a hotline, of those that would be written in a forum."""
    tolerated_hours: float = quantity(
        36.0, "hours", (1.0, 336.0), "assumption (between F93, 24 hours, and A35, 48)"
    )
    """Waiting time at which a reply does neither good nor harm."""
    reply_trust: float = quantity(0.1, "1", (0.0, 1.0), "assumption (M70)")
    """Trust an instant reply gains, and one twice too late loses."""
    reply_satisfaction: float = quantity(0.1, "1", (0.0, 1.0), "assumption (M70)")
    """Satisfaction likewise."""
    forum_reach: float = quantity(0.3, "share", (0.0, 1.0), "assumption (M70: visibility)")
    """Visitors who look at an open forum that is full of complaints."""
    forum_threads: float = quantity(5.0, "complaints", (0.1, 1000.0), "assumption (M70)")
    """Complaints in sight that make a forum worth looking at."""
    open_cost: float = quantity(0.02, "1/look", (0.0, 1.0), "assumption (M70: short-term exposure)")
    """Trust lost to the sight of complaints that wait."""
    open_gain: float = quantity(
        0.03, "1/look", (0.0, 1.0), "assumption (M70: trust if answered fast)"
    )
    """Trust gained, or lost, by the sight of complaints answered at once, or late."""
    peer_day: float = quantity(0.2, "1/day", (0.0, 1.0), "assumption (M70: peer answers)")
    """Chance that another member answers an open complaint."""
    idea_share: float = quantity(0.3, "share", (0.0, 1.0), "assumption (M70)")
    """Complaints in an open forum that hold an idea."""
    hidden_ideas: float = quantity(0.2, "share", (0.0, 1.0), "assumption (M70)")
    """Part of these ideas that comes through a hotline or a panel."""
    listening_ideas: float = quantity(0.5, "share", (0.0, 1.0), "assumption (M70)")
    """Part of these ideas that a brand finds which only reads."""
    peer_hours: float = quantity(12.0, "hours", (0.0, 24.0), "assumption (half a day)")
    """Hours of the day after which another member answers a complaint."""
    panel_ideas_week: float = quantity(
        0.1, "ideas/member and week", (0.0, 10.0), "assumption (M70, F28)"
    )
    """Ideas of a member of a research panel."""
    enough_ideas: float = quantity(0.05, "ideas/member", (1e-4, 100.0), "assumption (M70)")
    """Implemented ideas per member that bring 63 % of what improvement can bring."""
    improvement_gain: float = quantity(0.02, "1/visit", (0.0, 1.0), "assumption (M70)")
    """Satisfaction a visit gains from full improvement."""
    unseen_share: float = quantity(0.5, "share", (0.0, 1.0), "assumption (M70: publish fixes)")
    """Part of that which is felt without an announcement."""


def is_on(policy, world):
    """Whether there is a channel for complaints and ideas."""
    return bool(policy.feedback.channel != Channel.NONE)


@kernel()
def step(t, day):
    """Reply to what is due, show what is open, hear who complains."""
    lever = t.policy[0].feedback
    if lever.channel == Channel.NONE:
        return
    p = t.params[0].feedback
    is_open = lever.channel == Channel.OPEN_FORUM
    _complain(t, day, lever, p)
    if lever.channel == Channel.RESEARCH_PANEL:
        key = day_key(t.run_state[0].seed_key, draw_ids.COMPLAIN, day)
        mean = p.panel_ideas_week / 7.0 * min(lever.panel_members, t.people_state[0].n_members)
        for k in range(poisson(uniform(key, U64(0)), mean)):
            _have_idea(t, day, agent_key(key, U64(k + 1)), lever, p)
    _reply(t, day, is_open, lever.channel == Channel.FORUM_LISTENING, p)
    _show(t, is_open, lever, p)
    t.daily[day, mt.COMPLAINTS_OPEN] = _waiting(t)


@compiled()
def _complain(t, day, lever, p):
    people_state = t.people_state[0]
    key = day_key(t.run_state[0].seed_key, draw_ids.COMPLAIN, day)
    is_hidden = lever.channel == Channel.HOTLINE or lever.channel == Channel.RESEARCH_PANEL
    willing = p.hotline_share if is_hidden else 1.0
    ideas = p.idea_share
    if is_hidden:
        ideas *= p.hidden_ideas
    elif lever.channel == Channel.FORUM_LISTENING:
        ideas *= p.listening_ideas
    # an overloaded staff replies later than promised
    hours = lever.response_hours * max(1.0, t.operator[0].staff_load)
    for k in range(people_state.n_visitors):
        if k + AHEAD < people_state.n_visitors:
            coming = i8(t.visitors[k + AHEAD])
            prefetch(t.fate, coming)
            prefetch(t.members, coming)
        i = i8(t.visitors[k])
        m = t.members[i]
        lack = max(0.0, 1.0 - f8(m.satisfaction) / p.content_at)
        draws = agent_key(key, t.fate[i].uid)
        if uniform(draws, U64(0)) >= willing * p.complain * (lack + part(m.harm)):
            continue
        due = day + min(1000, i8(hours / 24.0))
        if cases.add_complaint(t, draws, i, day, due, hours):
            t.daily[day, mt.COMPLAINTS] += 1.0
            if uniform(draws, U64(1)) < ideas:
                _have_idea(t, day, agent_key(draws, U64(2)), lever, p)


@compiled()
def _have_idea(t, day, draws, lever, p):
    t.daily[day, mt.IDEAS] += 1.0
    if uniform(draws, U64(0)) < lever.implement_rate:
        t.daily[day, mt.IMPROVEMENTS] += 1.0
        scale = p.enough_ideas * max(1, t.people_state[0].n_members)
        t.feedback_state[0].improvement += (1.0 - t.feedback_state[0].improvement) * (
            1.0 - exp(-1.0 / scale)
        )


@compiled()
def _worth_of(hours, p):
    """What a reply after some hours is worth: 1 at once, 0 when just tolerated, -1 far too late."""
    return max(-1.0, 1.0 - hours / p.tolerated_hours)


@compiled()
def _reply(t, day, is_open, is_silent, p):
    """Staff reply to what is due, peers to what they see; what was answered leaves the list."""
    key = day_key(t.run_state[0].seed_key, draw_ids.PEER_REPLY, day)
    for k in range(t.feedback_state[0].n_complaints - 1, -1, -1):
        row = t.complaints[k]
        if row.answered >= 0:
            if day - row.answered >= SHOWN_DAYS:
                cases.drop_complaint(t, k)
            continue
        waited = 24.0 * (day - row.opened)
        is_peer = is_open and uniform(key, row.uid) < p.peer_day
        if is_peer:
            row.hours = min(f8(row.hours), waited + p.peer_hours)
        if is_peer or (day >= row.due and not is_silent):
            row.answered = day
            _take(t, day, i8(row.member), f8(row.hours), p)
        elif is_silent and day - row.opened >= 14:
            _disappoint(t, i8(row.member), p)
            cases.drop_complaint(t, k)


@compiled()
def _take(t, day, i, hours, p):
    """The complainant takes the reply: the sooner the better, and worse than none when too late."""
    t.daily[day, mt.REPLIES_GIVEN] += 1.0
    t.daily[day, mt.REPLY_HOURS] += hours
    if hours <= 168.0:
        t.daily[day, mt.CLOSED_7D] += 1.0
    m = t.members[i]
    feelings.move_trust(m, p.reply_trust * _worth_of(hours, p))
    feelings.move_satisfaction(m, p.reply_satisfaction * _worth_of(hours, p))


@compiled()
def _disappoint(t, i, p):
    """Nobody ever replied."""
    m = t.members[i]
    feelings.move_trust(m, -p.reply_trust)
    feelings.move_satisfaction(m, -p.reply_satisfaction)


@compiled()
def _waiting(t):
    waiting = 0
    for k in range(t.feedback_state[0].n_complaints):
        waiting += i8(t.complaints[k].answered < 0)
    return waiting


@compiled()
def _show(t, is_open, lever, p):
    """What visitors see of it all: complaints in an open forum, and what got better."""
    people_state = t.people_state[0]
    state = t.feedback_state[0]
    sight = 0.0
    if is_open and state.n_complaints > 0:
        n = f8(state.n_complaints)
        worth = 0.0
        for k in range(state.n_complaints):
            row = t.complaints[k]
            if row.answered < 0:
                worth -= p.open_cost
            else:
                worth += p.open_gain * _worth_of(f8(row.hours), p)
        sight = p.forum_reach * (1.0 - exp(-n / p.forum_threads)) * worth / n
    better = p.improvement_gain * state.improvement
    better *= 1.0 if lever.publish_fixes else p.unseen_share
    if sight == 0.0 and better == 0.0:
        return
    for k in range(people_state.n_visitors):
        if k + AHEAD < people_state.n_visitors:
            prefetch(t.members, i8(t.visitors[k + AHEAD]))
        m = t.members[t.visitors[k]]
        feelings.move_trust(m, sight)
        feelings.move_satisfaction(m, better)
