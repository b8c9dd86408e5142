"""Rivalry: how many a rival has, how people find it, and what partners can gain there instead."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp, log
from plaza_lab.sim.state import prospects


@compiled()
def members_of(state):
    """Members of the rival."""
    return state.outside + state.gone_over + state.n_both


@compiled()
def share_there(t):
    """Members of the rival, of the members of both communities."""
    there = members_of(t.rivals_state[0])
    return there / (there + max(1.0, f8(t.people_state[0].n_members)))


@compiled()
def found(t):
    """Hazard by which somebody of the market joins the rival: by its size and by word of mouth."""
    p, law = t.params[0].rivals, t.params[0].arrival
    n = members_of(t.rivals_state[0])
    if n <= 0.0 or law.market_size <= 0.0:
        return 0.0
    hazard = law.p_external * prospects.visibility_of(n, law)
    hazard += law.q_imitation * p.activity * n / law.market_size
    return p.join_share * hazard


@compiled()
def second_home_hazard(t):
    """Hazard a day by which a member here finds and joins the rival, before what she feels."""
    p = t.params[0].rivals
    suits = p.alike_weight * (p.alike - 0.5) + p.quality
    return found(t) * exp(suits)


@compiled()
def elsewhere(t):
    """What partners can gain elsewhere, relative to a world without a rival (partners.md 3)."""
    p = t.params[0].rivals
    if p.relative_size <= 0.0:
        return 1.0
    there = members_of(t.rivals_state[0])
    larger = log(max(1.0, there) / max(1.0, f8(t.people_state[0].n_members)))
    return 1.0 + p.partner_weight * max(0.0, larger)
