"""Belonging: what a day does to a member's heart, and through it to what she does next.

Visitors take in what happened to them since their last visit; everybody else is looked at once a
week. Absence is made up for exactly when a member is next touched, so nobody has to be visited
daily just to fade.
"""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.buying import SELL
from plaza_lab.agents.decisions.leaving import exit_hazard
from plaza_lab.agents.decisions.visiting import visit_hazard
from plaza_lab.agents.member import Status
from plaza_lab.agents.rewards import buying_gain
from plaza_lab.engine.elementary import exp
from plaza_lab.engine.prefetch import prefetch
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Metric, params, quantity
from plaza_lab.sim.state import (
    audience,
    buyers,
    daily_draw,
    everyday,
    fetching,
    returns,
    ties,
    traits,
    trial,
    weekly,
)
from plaza_lab.sim.stepping import as_part, compiled, f8, i8, kernel, mt, part

SOURCE = "science.md A.9, A.16; M15"
METRICS = (
    Metric("social_value", "points", "value of being answered and helped", "T19"),
    Metric("help_value", "points", "of that, of being helped", "M135"),
    Metric("belonging_brought", "belonging", "brought by contact, without shared values", "M135"),
    Metric("belonging_shared", "belonging", "brought by contact through shared values", "M135"),
)


@params()
class Params:
    """Speeds of feeling."""

    belonging_gain: float = quantity(0.025, "1/contact", (0.0, 1.0), "science A.9 (k_b .003-.03)")
    """Belonging gained from contact."""
    reaction_contact: float = quantity(0.2, "contacts/reaction", (0.0, 10.0), "assumption")
    """Contact in a reaction received, where a reply received is one contact."""
    reply_contact: float = quantity(0.5, "contacts/reply", (0.0, 10.0), "assumption")
    """Contact in a reply given, where an answer given is one contact."""
    solved_contact: float = quantity(1.5, "contacts/request", (0.0, 10.0), "assumption (M21)")
    """Contact in an own request that was solved."""
    post_contact: float = quantity(0.3, "contacts/day", (0.0, 10.0), "assumption")
    """Contact in a day of posting."""
    contact_surfeit: float = quantity(0.2, "1/contact", (0.0, 10.0), "assumption")
    """How fast further contact of the same day gives less; 0 for never."""
    heard_reaction: float = quantity(0.3, "replies/reaction", (0.0, 10.0), "assumption")
    """What a reaction counts for in being heard, where a reply counts one."""
    heard_replies: float = quantity(2.0, "replies", (0.01, 100.0), "assumption")
    """Replies that make one feel heard to two thirds."""
    belonging_decay: float = quantity(0.004, "1/day", (0.0, 1.0), "science A.9 (k_d .001-.01)")
    """Belonging lost without contact."""
    satisfaction_gain: float = quantity(0.06, "1", (0.0, 1.0), "science A.9 (k_s .02-.15)")
    """Satisfaction per unit of surprise."""
    loss_factor: float = quantity(2.0, "1", (1.0, 10.0), "science A.9 (Kahneman & Tversky 1979)")
    """How much more losses weigh."""
    satisfaction_rest: float = quantity(0.004, "1/day", (0.0, 1.0), "assumption")
    """Return of satisfaction to the middle."""
    harm_weight: float = quantity(0.08, "1", (0.0, 1.0), "science A.9 (k_h)")
    """Satisfaction lost to harm seen."""
    expectation_gain: float = quantity(0.05, "1/visit", (0.0, 1.0), "science A.9 (.05)")
    """Speed at which expectation follows experience."""
    social_value: float = quantity(
        0.25, "value", (0.0, 1.0), "assumption (mechanisms.md 2.0 item 3)"
    )
    """Value of being answered."""
    help_value: float = quantity(0.35, "value", (0.0, 1.0), "assumption (M21)")
    """Value of a solved request."""
    trust_gain: float = quantity(0.01, "1/visit", (0.0, 1.0), "science A.16 (k+)")
    """Trust gained on a good visit."""
    trust_loss: float = quantity(0.06, "1", (0.0, 1.0), "science A.16 (k-/k+ 3-10)")
    """Trust lost to harm seen."""
    reputation_decay: float = quantity(0.008, "1/day", (0.0, 1.0), "assumption (M42)")
    """Fading of reputation."""
    owner_exempt_trust: float = quantity(0.003, "1/visit", (0.0, 1.0), "assumption (M69)")
    """Trust lost on a visit while the owner is exempt from the rules."""
    usual_belonging: float = quantity(0.3, "1", (0.0, 1.0), "assumption")
    """Belonging at which it moves no decision."""
    usual_satisfaction: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """Satisfaction to which it returns, and at which it moves no decision."""
    usual_trust: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """Trust at which it moves no decision."""


@kernel()
def step(t, day):
    """Update visitors, and everybody whose weekday it is."""
    people_state = t.people_state[0]
    p = t.params[0].belonging
    _note_fading(t, p)
    is_everyday = everyday.is_everyday(t)
    for k in range(people_state.n_visitors):
        fetching.visitor(t, k)
        _take_in(t, i8(t.visitors[k]), day, p, is_everyday)
    for number in range(weekly.spans(t, day)):
        start, stop = weekly.span(t, number, day)
        for i in range(start, stop):
            fetching.looked_at(t, i)
            prefetch(t.ties, min(weekly.later(t, i), people_state.n_rows - 1))
            if t.fate[i].status != Status.LEFT:
                if t.members[i].touched <= day:
                    _fade(t, i, day)
                ties.prune(t, i, day)
                _set_hazards(t, i, day, is_everyday)


@compiled()
def _take_in(t, i, day, p, is_everyday):
    if t.fate[i].status == Status.LEFT:
        return
    m = t.members[i]
    replies = f8(m.unread_replies)
    reactions = f8(m.unread_reactions)
    contact = replies + p.reaction_contact * reactions
    contact += p.reply_contact * m.replies_today
    contact += m.answers_today
    contact += p.solved_contact * m.helped_today + (p.post_contact if m.posts_today > 0 else 0.0)
    _fade(t, i, day)
    shared = _resonance(t, m)
    gain = p.belonging_gain * (1.0 + shared)
    before = f8(m.belonging)
    feelings.raise_belonging(m, gain * contact / (1.0 + p.contact_surfeit * contact))
    brought = f8(m.belonging) - before
    t.daily[day, mt.BELONGING_BROUGHT] += brought / (1.0 + shared)
    t.daily[day, mt.BELONGING_SHARED] += brought * shared / (1.0 + shared)
    social = p.social_value * feelings.heard(m, p)
    experience = part(m.worth) + social
    if m.helped_today > 0:
        social += p.help_value
        experience += p.help_value
        t.daily[day, mt.HELP_VALUE] += p.help_value
    t.daily[day, mt.SOCIAL_VALUE] += social
    returns.receive(m, social, t.params[0].returns)
    _judge(m, min(1.0, experience), p)
    trust = f8(m.trust)
    if experience >= f8(m.expectation):
        trust = feelings.raised(trust, p.trust_gain)
    trust = feelings.lowered(trust, p.trust_loss * part(m.harm))
    if t.policy[0].moderation.owner_exempt:
        trust = feelings.lowered(trust, p.owner_exempt_trust)
    feelings.set_trust(m, trust)
    m.unread_replies = 0
    m.unread_reactions = 0
    m.helped_today = 0
    _set_hazards(t, i, day, is_everyday)


@compiled()
def _resonance(t, m):
    """Added rate at which contact becomes belonging in a shared culture, if there is use in it."""
    closeness = t.culture_state[0].culture
    if closeness <= 0.0:
        return 0.0
    p = t.params[0].culture
    use = min(1.0, part(m.worth) / max(1e-6, p.utility_floor))
    return t.params[0].calibration.scale * p.conversion * closeness * use


@compiled()
def _judge(m, experience, p):
    """Satisfaction moves with experience against expectation; losses weigh more."""
    gap = experience - f8(m.expectation)
    change = p.satisfaction_gain * gap
    if gap < 0.0:
        change *= p.loss_factor
    change -= p.harm_weight * part(m.harm)
    feelings.shift_satisfaction(m, change)
    m.expectation = min(1.0, max(0.0, f8(m.expectation) + p.expectation_gain * gap))


@compiled()
def _left_after(away, p, recovery, world):
    """What so many days leave: belonging, unrest, reputation, lost motive, hurt and the rest."""
    return (
        exp(-p.belonging_decay * away),
        exp(-p.satisfaction_rest * away),
        exp(-p.reputation_decay * away),
        exp(-recovery * away),
        exp(-away / world.company.toxic_days),
        exp(-away / world.incentives.practice_days),
        exp(-away / world.badges.honour_days),
    )


@compiled()
def _note_fading(t, p):
    """Work out what up to a week leaves, once a day instead of once a member."""
    world = t.params[0]
    one = _left_after(1, p, world.incentives.recovery, world)
    for k in range(t.absence.shape[1]):
        t.absence[0, k] = 1.0
    for away in range(1, t.absence.shape[0]):
        for k in range(t.absence.shape[1]):
            t.absence[away, k] = t.absence[away - 1, k] * one[k]


@compiled()
def _fade(t, i, day):
    """Apply the decay of the days since the member was last touched; hardly ever over a week."""
    m = t.members[i]
    away = day - m.touched
    if away <= 0:
        return
    while away > WEEK:
        _fade_days(t, m, WEEK)
        away -= WEEK
    _fade_days(t, m, away)
    m.touched = day


@compiled()
def _fade_days(t, m, away):
    left = t.absence[away]
    feelings.fade_belonging(m, left[0])
    feelings.fade_satisfaction(m, left[1], t.params[0].belonging.usual_satisfaction)
    m.reputation = f8(m.reputation) * left[2]
    feelings.settle_motive(m, 1.0 - left[3])
    m.hurt = f8(m.hurt) * left[4]
    m.practice = as_part(part(m.practice) * left[5])
    m.honour = as_part(part(m.honour) * left[6])


@compiled()
def set_hazards(t, i, day):
    """Write a member's hazards for the days to come.

    Parameters
    ----------
    t : Tables
        The community's tables.
    i : int
        Row of a member who has not left.
    day : int
        Today.
    """
    _set_hazards(t, i, day, False)


@compiled()
def _set_hazards(t, i, day, is_everyday):
    m = t.members[i]
    fate = t.fate[i]
    policy = t.policy[trial.arm(t, i)]
    cocreation_state = t.cocreation_state[0]
    amplification_state = t.amplification_state[0]
    churn = t.params[0].churn
    is_silent = fate.status == Status.SILENT
    # worked out before either is written, so that what both look at is read and reckoned once
    world = t.params[0]
    if is_everyday:
        visits = everyday.visit_hazard(m, t, policy, world)
        leaves = everyday.exit_hazard(m, day, is_silent, t, policy, world)
    else:
        visits = visit_hazard(m, t, policy, world)
        leaves = exit_hazard(m, day, is_silent, t, policy, world)
    visits = traits.pace_of(t, i) * visits
    if is_silent:
        idle = f8(max(0, day - m.last_visit))
        visits = churn.return_hazard * exp(-idle / churn.return_days)
    fate.visit_hazard = visits
    fate.exit_hazard = leaves
    if f8(fate.exit_hazard) > daily_draw.ALERT:
        daily_draw.mark(t.leaving, i)
    fate.buy_hazard = buyers.hazard_of(t, i)
    if amplification_state.koc_pull != 0.0:
        fate.buy_hazard = f8(fate.buy_hazard) * exp(amplification_state.koc_pull)
    if t.policy[0].incentive.has_reputation or t.policy[0].incentive.has_privileges:
        fate.buy_hazard *= exp(buying_gain(m, t, policy, t.params[0]))
    if cocreation_state.product > 0.0:
        fate.buy_hazard *= exp(t.params[0].cocreation.product_pull * cocreation_state.product)
    if t.policy[0].selling.tactic > 0:
        saw_offer = m.kinds_seen & audience.SAW_OFFER
        hazard = f8(fate.buy_hazard)
        fate.buy_hazard = hazard * exp(SELL(m, hazard, saw_offer, t.params[0]))
