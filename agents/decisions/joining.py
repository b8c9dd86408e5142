"""Joining: how people outside decide, when a member tells them and at the gate; and rising inside.

Rising is moving a stage up the funnel, and seeing a KOC's training through.
"""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Form

HEAR = Decision(
    "come when told",
    "Coming to the gate, for a friend whom a member tells of the community.",
    form=Form.SUM,
    arguments=("m", "interest", "closeness", "t", "policy", "world"),
    order=("base", "tie", "reputation", "interest", "trust", "stake"),
    source="M02; science.md A.2, s(b0 + b1 tie + b2 similarity + b3 trust)",
    decider="friend",
)
"""``m`` is the teller, ``interest`` the friend's, standard normal, ``closeness`` how close the two
are, 0 to 1."""


@HEAR.term("interest", source="science.md A.2 (similarity)")
def interest_listens(interest, world):
    """Who is interested comes."""
    return world.telling.interest_weight * interest


JOIN = Decision(
    "join",
    "Wishing to join, for an applicant at the gate.",
    form=Form.SUM,
    arguments=("interest", "route", "pull", "t", "policy", "world"),
    order=("base", "interest", "seen", "warnings", "reviews", "advertised", "place"),
    source="science.md A.3 stage 1; M01, M02, M11",
    decider="applicant",
)
"""``interest`` is hers, standard normal, ``route`` how she came (a ``Route``), ``pull`` the
log-odds of what she has seen of the community."""


@JOIN.term("interest", source="science.md A.3 stage 1")
def interest_joins(interest, world):
    """Who is interested joins."""
    return world.entry.interest_weight * interest


@JOIN.term("seen", source="M11")
def what_was_seen_draws(pull):
    """What she has seen of the community."""
    return pull


ACCEPT = Decision(
    "accept an invitation",
    "Coming to the gate, for a friend whom a member invites.",
    form=Form.SUM,
    arguments=("m", "interest", "is_koc", "is_rewarded", "t", "world"),
    order=("base", "trust", "interest", "KOC", "reward", "stake"),
    source="science.md A.2; M02, M03, M51",
    decider="friend",
)
"""``m`` is who invites, ``interest`` the friend's, standard normal."""


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
