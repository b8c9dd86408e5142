"""Partnering: whether a partner brand ends a deal, and whether a star comes, and goes again."""

from __future__ import annotations

import math

from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Form
from plaza_lab.engine.compiled import compiled

END = Decision(
    "end the partnership",
    "Ending the partnership at a monthly review, for a partner brand.",
    form=Form.RATE,
    per="month",
    arguments=("trust", "surplus_share", "p"),
    order=("surplus", "trust"),
    source="science.md A.15, h = h0 exp(-b1 surplus - b2 trust)",
    decider="partner",
)
"""``p`` are the parameters of partnerships."""


@END.base("base", source="science.md A.15")
def end_hazard(p):
    """What partnerships end by."""
    return p.exit_hazard_month


@END.term("surplus", source="science.md A.15")
def surplus_holds(surplus_share, p):
    """Log-hazard of ending that the partner's surplus takes away."""
    return -p.surplus_weight * max(-1.0, min(p.surplus_cap, surplus_share))


@END.term("trust", source="science.md A.15; M103")
def partner_trust_holds(trust, p):
    """Log-hazard of ending that the partner's trust takes away."""
    return -p.trust_weight * (trust - p.usual_trust)


@compiled()
def stays(trust, surplus_share, p, u):
    """Whether the partner stays at a monthly review.

    Parameters
    ----------
    trust : float
        Trust toward the host, 0 to 1.
    surplus_share : float
        Partner's surplus relative to its contribution, -1 upward.
    p : record of ``plaza_lab.sim.mechanisms.partners.partnership.Params``
        Weights.
    u : float
        Uniform.

    Returns
    -------
    bool
        True to stay. Source: science.md A.15, ``h = h0 exp(-b1 surplus - b2 trust)``.
    """
    hazard = p.exit_hazard_month * math.exp(END(trust, surplus_share, p))
    return u >= 1.0 - math.exp(-hazard)


COME = Decision(
    "come as a star",
    "Coming into the community, for a star who is asked.",
    form=Form.SUM,
    arguments=("activity", "loop", "p"),
    order=("base", "activity", "loop"),
    source="M08",
    decider="star",
)
"""``activity`` is the share of members active in 28 days, ``loop`` what the star would get out of
it, 0 to 1; ``p`` are the parameters of stars."""


@compiled()
def star_accepts(activity, loop, p):
    """Chance that a star who is asked comes: more is going on, and more to get out of it.

    Parameters
    ----------
    activity : float
        Share of members active in 28 days.
    loop : float
        What the star would get out of it, 0 to 1.
    p : record of ``plaza_lab.sim.mechanisms.joining.star.Params``
        Weights.

    Returns
    -------
    float
        Probability. Source: M08.
    """
    return 1.0 / (1.0 + math.exp(-COME(activity, loop, p)))


GO = Decision(
    "go as a star",
    "Withdrawing from the community, for a star who is here.",
    form=Form.RATE,
    per="week",
    arguments=("loop", "p"),
    order=("loop",),
    source="M08, M52",
    decider="star",
)
"""As :data:`COME`."""
