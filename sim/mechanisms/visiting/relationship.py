"""Relationship: what a member has exchanged with the brand, put into it, and felt of its care."""

from __future__ import annotations

import math

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.agents.member import Status
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import params, quantity
from plaza_lab.sim.state import fetching, weekly
from plaza_lab.sim.stepping import as_part, compiled, f8, i8, kernel, mt, part

SOURCE = "M96"


@params()
class Params:
    """The three accumulators of a member's relation to the brand."""

    strength: float = quantity(
        0.0,
        "log-hazard",
        (0.0, 10.0),
        "assumption (M96); 0 leaves it out, conf/world/full.yaml turns it on",
    )
    """How much a full relation lowers the hazard of leaving."""
    exchange_share: float = quantity(0.4, "share", (0.0, 0.5), "assumption (M96)")
    """Weight of kept promises and fair value."""
    investment_share: float = quantity(0.3, "share", (0.0, 0.5), "assumption (M96)")
    """Weight of what one has put in; the rest is care received."""
    gain: float = quantity(0.03, "1/visit", (0.0, 1.0), "assumption (M96)")
    """Growth of an accumulator on a visit that feeds it."""
    decay: float = quantity(0.02, "1/week", (0.0, 1.0), "assumption (M96: discounted)")
    """Fading of investment and care."""
    breach_penalty: float = quantity(
        0.5, "share", (0.0, 1.0), "assumption (M96: breach of promise)"
    )
    """Part of exchange lost to a visit full of harm, or to a payment that fell short."""


@compiled()
def relationship(m, world):
    """Log-hazard by which the relation to the brand holds a member.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    world : record of World
        Weights of exchange, investment and affect.

    Returns
    -------
    float
        At least 0, concave in each accumulator; 0 when strength is 0. Source: M96.
    """
    p = world.relationship
    if p.strength == 0.0:
        return 0.0
    capital = p.exchange_share * part(m.exchange) + p.investment_share * part(m.investment)
    capital += (1.0 - p.exchange_share - p.investment_share) * part(m.affect)
    return p.strength * math.sqrt(max(0.0, capital))


@EXIT.term("relationship", source="M96")
def relation_holds(m, world):
    """Log-hazard of leaving that the relation to the brand takes away."""
    return -relationship(m, world)


def is_on(policy, world):
    """Whether investment and affect are felt."""
    return bool(world.relationship.strength > 0.0)


@kernel()
def step(t, day):
    """Add what today's visits brought, and let the week fade."""
    p = t.params[0].relationship
    if p.strength <= 0.0:
        return
    is_short = day > 0 and t.daily[day - 1, mt.POLICY_STOPS] > 0.0
    for k in range(t.people_state[0].n_visitors):
        fetching.whole_visitor(t, k)
        _add(t.members[t.visitors[k]], is_short, p)
    kept = exp(-p.decay)
    for number in range(weekly.spans(t, day)):
        start, stop = weekly.span(t, number, day)
        for i in range(start, stop):
            fetching.looked_at(t, i)
            if t.fate[i].status != Status.LEFT:
                m = t.members[i]
                m.investment = as_part(part(m.investment) * kept)
                m.affect = as_part(part(m.affect) * kept)


@compiled()
def _add(m, is_short, p):
    exchange = part(m.exchange)
    if part(m.worth) >= f8(m.expectation):
        exchange = feelings.raised(exchange, p.gain)
    breach = part(m.harm)
    if is_short:
        breach = 1.0
    m.exchange = as_part(feelings.lowered(exchange, p.breach_penalty * breach))
    acts = i8(m.replies_today) + i8(m.answers_today) + (1 if m.posts_today > 0 else 0)
    if acts > 0:
        investment = part(m.investment)
        m.investment = as_part(feelings.raised(investment, p.gain * min(3, acts)))
    if m.unread_replies > 0 or m.helped_today > 0:
        affect = part(m.affect)
        m.affect = as_part(feelings.raised(affect, p.gain))
