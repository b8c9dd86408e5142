"""People: admitting a newcomer with traits drawn from her lineage, marking acts, and leaving."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy import float64 as f8
from numpy import int64 as i8

from agents.compiled import compiled
from agents.member import Flag, Kind, Route, Status, visit_hazard
from agents.quantity import quantity
from sim import decisions
from sim.randomness import ALWAYS, U64, agent_key, beta, day_key, gamma, mix, normal, uniform
from sim.recording import metrics as mt
from sim.world.items import TOPICS

NOT_LEFT = 32767
LONG_AGO = -32000
BUYING = np.int64(5)
"""Series of trait draws that belong to buying."""
HISTORY = 32
"""Days of act history kept before day 0, so that windows of 28 days never run out of range."""


@dataclass(frozen=True)
class Params:
    """Traits of people (world group ``activity``)."""

    rate_shape: float = quantity(
        0.35,
        unit="1",
        low=0.01,
        high=10.0,
        source="science A.4 (r .03-.57)",
        doc="Shape of the gamma law of posting days.",
    )
    rate_weeks: float = quantity(
        0.30,
        unit="weeks",
        low=0.01,
        high=50.0,
        source="science A.4 (alpha .09-.43)",
        doc="Inverse scale of the gamma law of posting days.",
    )
    dropout_a: float = quantity(
        0.6,
        unit="1",
        low=0.01,
        high=50.0,
        source="science A.4 (a .5-2.6)",
        doc="First shape of the beta law of falling silent after a posting day.",
    )
    dropout_b: float = quantity(
        12.0,
        unit="1",
        low=0.01,
        high=500.0,
        source="science A.4 (b .6-25)",
        doc="Second shape of the beta law of falling silent after a posting day.",
    )
    lurker_share: float = quantity(
        0.55,
        unit="share",
        low=0.0,
        high=0.99,
        source="science A.4 (pi0 .5-.9)",
        doc="Members who practically never post.",
    )
    lurker_posting: float = quantity(
        0.03,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption",
        doc="Posting rate of a lurker relative to a poster.",
    )
    core_share: float = quantity(
        0.02,
        unit="share",
        low=0.0,
        high=0.3,
        source="science A.4 (.5-2 %)",
        doc="Members of the core.",
    )
    core_rate_factor: float = quantity(
        6.0,
        unit="1",
        low=1.0,
        high=50.0,
        source="science A.4 (x5-20)",
        doc="Posting rate of the core relative to a poster.",
    )
    core_dropout: float = quantity(
        0.001,
        unit="1",
        low=0.0,
        high=1.0,
        source="science A.4 (0-.005)",
        doc="Chance that a core member falls silent after a posting day.",
    )
    interest_weight: float = quantity(
        0.3,
        unit="1",
        low=0.0,
        high=2.0,
        source="assumption",
        doc="Log-rate of activity per standard deviation of interest.",
    )
    read_rate: float = quantity(
        0.06,
        unit="1/day",
        low=0.0,
        high=3.0,
        source="assumption (mechanisms.md 6.3: 28-day active share 40 %)",
        doc="Median hazard of visiting to read.",
    )
    visits_per_post_day: float = quantity(
        1.5,
        unit="1",
        low=1.0,
        high=20.0,
        source="assumption",
        doc="Visits for every posting day, over the visits to read.",
    )
    read_ln_sd: float = quantity(
        1.0,
        unit="1",
        low=0.0,
        high=3.0,
        source="assumption",
        doc="Spread of the hazard of visiting to read.",
    )
    weekday: list[float] = quantity(
        (1.05, 1.05, 1.05, 1.05, 1.0, 0.9, 0.9),
        unit="1",
        low=0.0,
        high=7.0,
        source="science A.4 (weekend/weekday .14-1.38)",
        doc="Rhythm of the week, Monday first, mean 1.",
    )
    posts_ln_mean: float = quantity(
        0.9,
        unit="ln items",
        low=-2.0,
        high=3.0,
        source="science A.4 (.81-1.09)",
        doc="Mean of the log number of posts on a posting day.",
    )
    posts_ln_sd: float = quantity(
        1.0,
        unit="ln items",
        low=0.0,
        high=3.0,
        source="science A.4 (.82-1.11)",
        doc="Spread of the log number of posts on a posting day.",
    )
    attention_ln_mean: float = quantity(
        2.71,
        unit="ln items",
        low=0.0,
        high=6.0,
        source="science A.5 (median 15)",
        doc="Mean of the log reading budget of a visit.",
    )
    attention_ln_sd: float = quantity(
        0.8,
        unit="ln items",
        low=0.0,
        high=3.0,
        source="science A.5 (.8)",
        doc="Spread of the log reading budget of a visit.",
    )
    skill_a: float = quantity(
        2.5, unit="1", low=0.1, high=50.0, source="assumption", doc="First shape of skill."
    )
    skill_b: float = quantity(
        2.5, unit="1", low=0.1, high=50.0, source="assumption", doc="Second shape of skill."
    )
    motive_a: float = quantity(
        2.0,
        unit="1",
        low=0.1,
        high=50.0,
        source="assumption",
        doc="First shape of intrinsic motive.",
    )
    motive_b: float = quantity(
        3.0,
        unit="1",
        low=0.1,
        high=50.0,
        source="assumption",
        doc="Second shape of intrinsic motive.",
    )
    frailty_variance: float = quantity(
        0.5,
        unit="1",
        low=0.01,
        high=5.0,
        source="assumption (science A.14: frailty)",
        doc="Variance of the factor on the exit hazard.",
    )
    responder_share: float = quantity(
        0.2,
        unit="share",
        low=0.0,
        high=1.0,
        source="science A.10 (Hoernle 2022, .05-.30)",
        doc="Members who respond to points and goals.",
    )
    first_expectation: float = quantity(
        0.35,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption",
        doc="Value a newcomer expects of a visit.",
    )
    first_belonging: float = quantity(
        0.2, unit="1", low=0.0, high=1.0, source="assumption", doc="Belonging of a newcomer."
    )
    referred_belonging: float = quantity(
        0.05,
        unit="1",
        low=0.0,
        high=1.0,
        source="science A.2 (Schmitt et al. 2011)",
        doc="Belonging an invited newcomer has in advance.",
    )


@compiled()
def interest_of(t, uid):
    """Latent interest of a person, standard normal, known from lineage alone.

    It raises the rate of activity, the willingness to pay the entry fee and first belonging, so
    that gates select without anybody setting what they select for.
    """
    return normal(uniform(day_key(t.clock[0].seed_key, decisions.TRAITS, ALWAYS), uid))


@compiled()
def topic_of(t, uid):
    """Main interest of a person, known from lineage alone; lower topics are more common."""
    u = uniform(day_key(t.clock[0].seed_key, decisions.TRAITS, 1), uid)
    return i8(TOPICS * u * math.sqrt(u)) % TOPICS


@compiled()
def admit(t, uid, route, inviter, day):
    """Give a person a row: traits from lineage, state from how she came.

    Parameters
    ----------
    t : Tables
        The community's tables; there must be room for one more row.
    uid : uint64
        Identity.
    route : int
        Member of :class:`agents.member.Route`.
    inviter : int
        Row of the inviter, or -1.
    day : int
        Day of joining, or a negative tenure.

    Returns
    -------
    int
        The new row.
    """
    clock = t.clock[0]
    p = t.params[0].activity
    i = i8(clock.n_rows)
    clock.n_rows += 1
    clock.n_members += 1
    key = agent_key(day_key(clock.seed_key, decisions.TRAITS, 2), uid)
    z = interest_of(t, uid)
    m = t.members[i]
    fate = t.fate[i]
    fate.uid = uid
    fate.status = Status.ENGAGED
    fate.circles = 0
    fate.review_day = i8(7.0 * uniform(key, U64(0)))
    m.inviter = inviter
    m.joined = day
    m.left = NOT_LEFT
    m.touched = max(day, 0)
    m.last_visit = LONG_AGO
    m.last_act = LONG_AGO
    m.last_buy = LONG_AGO
    m.last_win = LONG_AGO
    m.route = route
    m.topic = topic_of(t, uid)
    m.skill_topic = m.topic if uniform(key, U64(1)) < 0.6 else i8(TOPICS * uniform(key, U64(2)))
    m.seen_to = clock.item_head - 1
    m.last_item = -1
    _draw_activity(t, i, key, z, p)
    _draw_buying(t, i, buying_key(t, uid))
    m.skill = beta(mix(key + U64(5)), p.skill_a, p.skill_b)
    m.attention = math.exp(p.attention_ln_mean + p.attention_ln_sd * normal(uniform(key, U64(6))))
    m.frailty = gamma(mix(key + U64(7)), 1.0 / p.frailty_variance) * p.frailty_variance
    m.native_motive = beta(mix(key + U64(8)), p.motive_a, p.motive_b)
    m.motive = m.native_motive
    m.satisfaction = 0.5
    m.expectation = p.first_expectation
    m.trust = 0.5
    m.belonging = min(0.9, max(0.02, p.first_belonging * math.exp(0.3 * z)))
    if uniform(key, U64(9)) < p.responder_share:
        fate.circles |= Flag.RESPONDER
    if route == Route.REFERRAL and inviter >= 0:
        m.belonging = min(0.9, f8(m.belonging) + p.referred_belonging)
    fate.visit_hazard = visit_hazard(m, t.params[0].visiting)
    fate.exit_hazard = 0.0
    fate.buy_hazard = 0.0
    return i


@compiled()
def _draw_activity(t, i, key, z, p):
    """Draw class, rates and dropout of a new member (science.md A.4: three layers)."""
    m = t.members[i]
    fate = t.fate[i]
    u = uniform(key, U64(3))
    days_week = gamma(mix(key + U64(3)), p.rate_shape) / p.rate_weeks
    days_week *= math.exp(p.interest_weight * z - 0.5 * p.interest_weight * p.interest_weight)
    leave = beta(mix(key + U64(4)), p.dropout_a, p.dropout_b)
    read = p.read_rate * math.exp(p.read_ln_sd * normal(uniform(key, U64(4))))
    if u < p.core_share:
        fate.kind = Kind.CORE
        days_week = max(days_week, p.rate_shape / p.rate_weeks) * p.core_rate_factor
        leave = p.core_dropout
    elif u < p.core_share + p.lurker_share:
        fate.kind = Kind.LURKER
        days_week *= p.lurker_posting
    else:
        fate.kind = Kind.POSTER
    hazard = days_week / 7.0
    post_day = 1.0 - math.exp(-hazard)
    m.visit_rate = min(3.0, read + hazard * p.visits_per_post_day)
    m.post_rate = min(0.95, post_day / (1.0 - math.exp(-f8(m.visit_rate))))
    m.quit = leave


@compiled()
def _draw_buying(t, i, key):
    """Draw the purchase law of a new member (BG/NBD and Gamma-Gamma, science.md A.13)."""
    p = t.params[0].purchase
    m = t.members[i]
    m.buy_rate = 0.0
    if uniform(key, U64(0)) < p.buyer_share:
        m.buy_rate = gamma(mix(key + U64(1)), p.rate_shape) / p.rate_weeks / 7.0


@compiled()
def buying_key(t, uid):
    """Key of the draws that make a person a customer; traits used rarely are drawn when needed."""
    key = agent_key(day_key(t.clock[0].seed_key, decisions.TRAITS, BUYING), uid)
    return mix(key + U64(77))


@compiled()
def buy_quit_of(t, uid):
    """Chance that a person is lost as a customer after a purchase (BG/NBD)."""
    p = t.params[0].purchase
    return beta(mix(buying_key(t, uid) + U64(2)), p.dropout_a, p.dropout_b)


@compiled()
def spend_rate_of(t, uid):
    """Rate of a person's gamma spend, 1/yuan (Gamma-Gamma)."""
    p = t.params[0].purchase
    rate = gamma(mix(buying_key(t, uid) + U64(3)), p.spend_mix) / p.spend_scale_yuan
    return max(1e-6, rate)


@compiled()
def mark_act(t, i, day):
    """Note that member ``i`` did something active today (T06)."""
    m = t.members[i]
    if m.last_act != day:
        if m.last_act > LONG_AGO:
            t.acts[m.last_act + HISTORY] -= 1
        t.acts[day + HISTORY] += 1
        m.last_act = day


@compiled()
def leave(t, i, day):
    """Let member ``i`` leave the membership; the row stays, never reused."""
    m = t.members[i]
    fate = t.fate[i]
    if m.last_act > LONG_AGO:
        t.acts[m.last_act + HISTORY] -= 1
    if fate.status == Status.SILENT:
        t.clock[0].n_silent -= 1
    fate.status = Status.LEFT
    fate.visit_hazard = 0.0
    fate.exit_hazard = 0.0
    fate.buy_hazard = 0.0
    m.left = day
    t.clock[0].n_members -= 1
    t.clock[0].points_held -= m.points
    m.points = 0
    t.daily[day, mt.EXITS] += 1.0
