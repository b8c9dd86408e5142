"""Candidates: the partners there are, drawn from their own addresses by their class."""

from __future__ import annotations

import math

from numpy import int64 as i8

from plaza_lab.agents import feelings
from plaza_lab.agents import partner as facts
from plaza_lab.agents.partner import Deal, PartnerClass
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp
from plaza_lab.sim import draw_ids
from plaza_lab.sim.randomness import (
    ALWAYS,
    U64,
    agent_key,
    beta,
    day_key,
    gamma,
    lineage,
    mix,
    normal,
    uniform,
)

CATEGORIES = 6
"""Categories of goods; assumption."""
SPREAD_OF_GOALS = 8.0
"""Concentration of goals around their class mean; assumption (partners.md 1)."""
BUDGET_LN_SD = 0.6
"""Spread of the log of a year's budget, of 1 yuan a person of the audience; assumption."""
QUARTER_TURN = 0.5 * math.pi


@compiled()
def gather(t):
    """Fill the pool of partners on day 0, or on the day on which a policy first wants some."""
    lever = t.policy[0].partnership
    base = day_key(t.run_state[0].seed_key, draw_ids.PARTNER_TRAITS, ALWAYS)
    for k in range(min(lever.pool, t.partners.shape[0])):
        t.partners[k].uid = lineage(U64(1_000_003), k)
        _draw(t, t.partners[k], agent_key(base, t.partners[k].uid), lever.partner_class)


@compiled()
def _draw(t, partner, key, wanted):
    """Draw one candidate; fit, overlap and audience as they always were."""
    p = t.params[0].partnership
    kind = i8(wanted)
    if kind == PartnerClass.ANY:
        kind = 1 + i8((facts.N_CLASSES - 1) * uniform(key, U64(4)))
    partner.kind = kind
    partner.fit = beta(mix(key + U64(1)), p.fit_a, p.fit_b)
    partner.overlap = beta(mix(key + U64(2)), p.overlap_a, p.overlap_b)
    z = normal(uniform(key, U64(3)))
    audience = p.audience_median * exp(p.audience_ln_sd * z) * facts.AUDIENCE[kind]
    partner.audience = audience
    _draw_goals(partner, key, kind)
    spread = exp(BUDGET_LN_SD * normal(uniform(key, U64(5))))
    partner.budget_cents = i8(p.budget_person_cents * audience * spread * facts.CASH[kind])
    distance = 0.0
    for axis in range(4):
        apart = normal(uniform(key, U64(20 + axis)))
        distance += apart * apart
    partner.culture = min(3.0, 0.25 * p.culture_spread * distance)
    partner.complement = beta(mix(key + U64(6)), 3.0, 2.0)
    partner.security = beta(mix(key + U64(7)), 6.0, 2.0)
    partner.image = 100.0 * beta(mix(key + U64(8)), 3.0, 2.0)
    partner.category = i8(CATEGORIES * uniform(key, U64(9)))
    partner.taste = QUARTER_TURN * uniform(key, U64(10))
    feelings.set_trust(partner, p.first_trust)
    partner.deal = Deal.POOL
    partner.slot = -1


@compiled()
def _draw_goals(partner, key, kind):
    total = 0.0
    for goal in range(facts.N_GOALS):
        mean = facts.GOALS[kind][goal]
        drawn = gamma(mix(key + U64(30 + goal)), SPREAD_OF_GOALS * mean) if mean > 0.0 else 0.0
        partner.goals[goal] = drawn
        total += drawn
    for goal in range(facts.N_GOALS):
        partner.goals[goal] = partner.goals[goal] / total
