"""People: admitting a newcomer with traits drawn from her lineage, marking acts, and leaving."""

from __future__ import annotations

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.visiting import visit_hazard
from plaza_lab.agents.member import Contact, Route, Stance, Status
from plaza_lab.agents.packed import as_part
from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.randomness import U64, beta, mix, normal, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric
from plaza_lab.sim.state import buyers, groups, traits, trial
from plaza_lab.sim.state.items import TOPICS

METRICS = (Metric("exits", "members", "members who left", "T23"),)
STATE: tuple[Var, ...] = (
    Var("n_rows", "i8", "rows", "member rows in use", "design 3"),
    Var("n_members", "i8", "members", "members now", "T01"),
    Var("n_silent", "i8", "members", "silent members now", "science A.14"),
    Var("n_visitors", "i8", "members", "visitors today", "T10"),
)


NOT_LEFT = 32767
LONG_AGO = -32000
MOST_READ = 60
"""Items a visit has time for at most; assumption."""
HISTORY = 32
"""Days of act history kept before day 0, so that windows of 28 days never run out of range."""


@compiled()
def admit(t, uid, route, inviter, day):
    """Give a person a row: traits from lineage, state from how she came; the new row.

    Parameters
    ----------
    t : Tables
        The community's tables; there must be room for one more row.
    uid : uint64
        Identity.
    route : int
        Member of :class:`plaza_lab.agents.member.Route`.
    inviter : int
        Row of the inviter, or -1.
    day : int
        Day of joining, or a negative tenure.
    """
    state = t.people_state[0]
    p = t.params[0].activity
    i = i8(state.n_rows)
    state.n_rows += 1
    state.n_members += 1
    key = traits.key_of(t, uid)
    z = traits.interest_of(t, uid)
    m = t.members[i]
    fate = t.fate[i]
    fate.uid = uid
    fate.status = Status.ENGAGED
    m.inviter = inviter
    m.joined = day
    m.left = NOT_LEFT
    m.touched = max(day, 0)
    m.last_visit = LONG_AGO
    m.last_act = LONG_AGO
    m.last_buy = LONG_AGO
    m.last_win = LONG_AGO
    m.last_event = LONG_AGO
    m.route = route
    m.told = 0
    m.topic = traits.topic_of(t, uid)
    m.group = groups.place_of(t, uid, i8(m.topic))
    t.groups[m.group].n_members += 1
    m.skill_topic = (
        m.topic if uniform(key, U64(1)) < p.own_skill else i8(TOPICS * uniform(key, U64(2)))
    )
    m.seen_to = t.items_state[0].item_head - 1
    m.last_item = -1
    m.replier = -1
    traits.draw_activity(t, i, key, z, p)
    buyers.draw_buying(t, i, buyers.buying_key(t, uid))
    m.skill = traits.skill_of(t, uid)
    attention = exp(p.attention_ln_mean + p.attention_ln_sd * normal(uniform(key, U64(6))))
    m.attention = i8(min(MOST_READ, max(1.0, attention)))
    m.frailty = traits.frailty_of(key, p)
    m.native_motive = beta(mix(key + U64(8)), p.motive_a, p.motive_b)
    feelings.begin_motive(m)
    m.expectation = p.first_expectation
    m.returns = as_part(t.params[0].returns.usual)
    belonging = min(0.9, max(0.02, p.first_belonging * exp(p.belonging_ln_sd * z)))
    feelings.begin(m, belonging, feelings.USUAL, feelings.USUAL)
    if uniform(key, U64(9)) < p.responder_share:
        m.stance = Stance.RESPONDER
    if inviter >= 0:
        feelings.set_belonging(m, min(0.9, f8(m.belonging) + p.referred_belonging))
    if route == Route.PAID or route == Route.REWARD:
        traits.make_seeker(t, i)
    traits.draw_involvement(t, i)
    fate.visit_hazard = visit_hazard(m, t, t.policy[trial.arm(t, i)], t.params[0])
    fate.exit_hazard = 0.0
    fate.buy_hazard = 0.0
    return i


@compiled()
def mark_act(t, i, day):
    """Note that member ``i`` did something active today (T06); who has left today does no more."""
    if t.fate[i].status == Status.LEFT:
        return
    m = t.members[i]
    if m.last_act != day:
        if m.last_act >= -HISTORY:
            t.acts[m.last_act + HISTORY] -= 1
        if day >= -HISTORY:
            t.acts[day + HISTORY] += 1
        m.last_act = day


@compiled()
def rouse(t, i):
    """Let a silent member come by again at her own pace."""
    t.fate[i].status = Status.ENGAGED
    t.people_state[0].n_silent -= 1
    pace = traits.pace_of(t, i)
    policy = t.policy[trial.arm(t, i)]
    t.fate[i].visit_hazard = pace * visit_hazard(t.members[i], t, policy, t.params[0])


@compiled()
def leave(t, i, day):
    """Let member ``i`` leave the membership; the row stays, never reused."""
    m = t.members[i]
    fate = t.fate[i]
    if m.last_act >= -HISTORY:
        t.acts[m.last_act + HISTORY] -= 1
    if fate.status == Status.SILENT:
        t.people_state[0].n_silent -= 1
    fate.status = Status.LEFT
    fate.visit_hazard = 0.0
    fate.exit_hazard = 0.0
    fate.buy_hazard = 0.0
    if m.contact & Contact.ARREARS:
        t.dues_state[0].n_arrears -= 1
        m.contact &= 127 - Contact.ARREARS
    m.left = day
    t.people_state[0].n_members -= 1
    t.groups[m.group].n_members -= 1
    t.points_state[0].points_held -= m.points
    t.daily[day, mt.POINTS_EXPIRED] += m.points
    m.points = 0
    t.daily[day, mt.EXITS] += 1.0
