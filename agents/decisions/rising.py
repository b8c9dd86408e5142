"""Rising: whether a member moves a stage up the funnel, and whether a KOC sees training through."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Form

RISE = Decision(
    "move up a stage",
    "Moving up a stage of the funnel in a week, where the next stage asks for nothing else.",
    form=Form.SHIFT,
    arguments=("m", "day", "t", "policy", "world"),
    order=("trust", "satisfaction", "proof", "ties", "messages"),
    source="M92; F50",
)
"""The same sum, with the other sign, moves the chance to sink a stage."""


@RISE.base("own rate", source="assumption (M92)")
def rise_base(world):
    """What everybody moves up by."""
    return sigmoid(world.funnel.up_base)


@RISE.term("trust", source="M92")
def trust_warms(m, world):
    """Who trusts moves up."""
    return world.funnel.trust_weight * (f8(m.trust) - world.belonging.usual_trust)


@RISE.term("satisfaction", source="M92")
def satisfaction_warms(m, world):
    """Who is served well moves up."""
    p = world.funnel
    return p.service_weight * (f8(m.satisfaction) - world.belonging.usual_satisfaction)


GRADUATE = Decision(
    "see training through",
    "Going on with the training of a KOC for another week.",
    form=Form.SHIFT,
    arguments=("m", "own", "world"),
    order=("belonging",),
    source="M50",
)


@GRADUATE.base("own rate", source="M50")
def own_perseverance(own):
    """Rate of a week at which a programme's trainees go on."""
    return own


@GRADUATE.term("belonging", source="assumption (M50: some drop out)")
def belonging_perseveres(m, world):
    """Who belongs goes on."""
    return world.kocs.stay_belonging * (f8(m.belonging) - world.belonging.usual_belonging)
