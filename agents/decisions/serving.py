"""Serving: whether a member offers herself as a moderator, and votes on the charter."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.decisions.decision import Decision, Form

VOLUNTEER = Decision(
    "volunteer",
    "Offering oneself as a moderator on a visit, while volunteers are wanted.",
    form=Form.SUM,
    arguments=("m", "t", "world"),
    order=("base", "belonging", "motive", "role"),
    source="M61; science.md A.10",
)


@VOLUNTEER.term("belonging", source="M61")
def belonging_serves(m, world):
    """Who belongs serves."""
    return world.stewarding.volunteer_belonging * f8(m.belonging)


@VOLUNTEER.term("motive", source="M61")
def motive_serves(m, world):
    """Who is moved from within serves."""
    return world.stewarding.volunteer_motive * f8(m.motive)


VOTE = Decision(
    "vote",
    "Voting on a visit during the week of a ballot.",
    form=Form.SUM,
    arguments=("m", "world"),
    order=("base", "belonging"),
    source="M68",
)


@VOTE.term("belonging", source="M68")
def belonging_votes(m, world):
    """Who belongs votes."""
    return world.charter.turnout_belonging * (f8(m.belonging) - world.belonging.usual_belonging)
