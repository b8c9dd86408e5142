"""Founding: the people, ties, brands and money of day 0."""

from __future__ import annotations

import math

import numpy as np
from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.member import Route
from plaza_lab.agents.moderator import Duty
from plaza_lab.agents.packed import as_part
from plaza_lab.agents.partner import Deal
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim import decisions
from plaza_lab.sim.mechanisms.joining import entry
from plaza_lab.sim.mechanisms.money import settlement
from plaza_lab.sim.mechanisms.partners.partnership import Form
from plaza_lab.sim.mechanisms.visiting import belonging
from plaza_lab.sim.randomness import (
    ALWAYS,
    U64,
    agent_key,
    beta,
    day_key,
    exponential,
    lineage,
    mix,
    normal,
    poisson,
    run_key,
    uniform,
)
from plaza_lab.sim.state import fund, groups, people, ties
from plaza_lab.sim.state.prospects import ROUTES

FOUNDER_SKILL = 0.8
"""Accuracy of the founder's judgement; assumption (E09)."""

TENURE_BELONGING = 0.25
"""Belonging that long tenure adds on day 0; assumption."""

FIRST_DAY = np.int64(0)
NOBODY = np.int64(-1)
NO_WORTH = 0.3
"""Worth of the last visit before the run, neither good nor bad; assumption."""


@kernel()
def found(t, seed, replicate, initial_members, tenure_days, mean_ties):
    """Set up day 0.

    Parameters
    ----------
    t : Tables
        Freshly allocated tables.
    seed, replicate : int
        Address of the run.
    initial_members : int
        Members of day 0; there must be room for them.
    tenure_days : float
        Mean tenure; 0 when everybody joins on day 0 and pays the entry fee.
    mean_ties : float
        Mean number of ties each member brings.
    """
    run_state = t.run_state[0]
    people_state = t.people_state[0]
    prospects_state = t.prospects_state[0]
    run_state.seed_key = run_key(seed, replicate)
    lever = t.policy[0]
    t.dues_state[0].dues_share = lever.fund.dues_month_cents / t.params[0].churn.fair_dues_cents
    for route in range(1, ROUTES):
        key = day_key(run_state.seed_key, decisions.ARRIVE, route)
        prospects_state.threshold[route] = exponential(uniform(key, U64(0)))
    for d in range(t.fading.shape[0]):
        t.fading[d] = math.exp(-t.params[0].ties.decay * d)
    groups.open_groups(t)
    for k in range(initial_members):
        _admit_founder(t, lineage(U64(Route.FOUNDING), k), tenure_days)
    run_state.n_founders = people_state.n_rows
    for i in range(people_state.n_rows):
        _bring_ties(t, i, mean_ties)
    _appoint_founder(t)
    if lever.partnership.form != Form.NONE:
        _gather_partners(t)
    for i in range(people_state.n_rows):
        ties.prune(t, i, FIRST_DAY)
        belonging.set_hazards(t, i, FIRST_DAY)
    fund.transfer(
        t,
        FIRST_DAY,
        fund.BRAND_SUBSIDY,
        fund.BRAND,
        fund.BRAND_POOL,
        lever.fund.opening_cents,
        fund.NOBODY,
    )
    if tenure_days <= 0.0:
        entry.charge_entry(t, FIRST_DAY, run_state.n_founders, FIRST_DAY)
    settlement.open_week(t, FIRST_DAY, FIRST_DAY)


@compiled()
def _admit_founder(t, uid, tenure_days):
    key = agent_key(day_key(t.run_state[0].seed_key, decisions.TRAITS, 4), uid)
    tenure = FIRST_DAY
    if tenure_days > 0.0:
        tenure = 1 + min(3000, i8(tenure_days * exponential(uniform(key, U64(0)))))
    i = people.admit(t, uid, Route.FOUNDING.value, NOBODY, -tenure)
    m = t.members[i]
    m.worth = as_part(NO_WORTH)
    grown = TENURE_BELONGING * (1.0 - math.exp(-tenure / 180.0))
    m.belonging = f8(m.belonging) + grown * (1.0 - f8(m.belonging))


@compiled()
def _bring_ties(t, i, mean_ties):
    """Ties to other founders, more often to those of like interest."""
    key = agent_key(day_key(t.run_state[0].seed_key, decisions.FOUNDING_TIE, ALWAYS), t.fate[i].uid)
    n = min(ties.SLOTS, poisson(uniform(key, U64(0)), mean_ties))
    for k in range(n):
        for attempt in range(3):
            draw = uniform(key, U64(1 + 3 * k + attempt))
            j = i8(t.people_state[0].n_rows * draw)
            is_alike = t.members[j].topic == t.members[i].topic
            is_alike = is_alike and t.members[j].group == t.members[i].group
            if j != i and (is_alike or attempt == 2):
                weight = 1.0 + 2.0 * uniform(key, U64(100 + k))
                ties.strengthen_from(t, i, j, weight, FIRST_DAY, ties.Origin.FRIEND.value)
                break


@compiled()
def _appoint_founder(t):
    founder = t.moderators[0]
    founder.member = -1
    founder.duty = Duty.FOUNDER
    founder.until = 32767
    founder.skill = FOUNDER_SKILL
    founder.hours_day = groups.founder_hours(t)
    t.operator[0].founder_hours_day = founder.hours_day
    t.team_state[0].n_moderators = 1


@compiled()
def _gather_partners(t):
    """Candidate brands with fit, overlap and audience drawn from their own addresses."""
    p = t.params[0].partnership
    base = day_key(t.run_state[0].seed_key, decisions.PARTNER_TRAITS, ALWAYS)
    for k in range(min(t.policy[0].partnership.pool, t.partners.shape[0])):
        partner = t.partners[k]
        partner.uid = lineage(U64(1_000_003), k)
        key = agent_key(base, partner.uid)
        partner.fit = beta(mix(key + U64(1)), p.fit_a, p.fit_b)
        partner.overlap = beta(mix(key + U64(2)), p.overlap_a, p.overlap_b)
        z = normal(uniform(key, U64(3)))
        partner.audience = p.audience_median * math.exp(p.audience_ln_sd * z)
        partner.deal = Deal.POOL
