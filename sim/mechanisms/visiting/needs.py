"""Needs: who has what she came for wants more, rung by rung, unless the offer grows with her.

Rungs: use, company, recognition, a part of one's own. While the need of a rung is met the standard
of expectation creeps up; an offer that answers the next rung slows it.
"""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.member import Status
from plaza_lab.sim.declaring import params, quantity
from plaza_lab.sim.state import fetching, trial, weekly
from plaza_lab.sim.stepping import compiled, f8, i8, kernel

SOURCE = "M97"

USE, COMPANY, RECOGNITION, OWN_PART = (i8(rung) for rung in range(4))
"""Rungs of the ladder."""


@params()
class Params:
    """The ladder."""

    drift: float = quantity(
        0.01,
        "1/week",
        (0.0, 1.0),
        "assumption (M97); 0 leaves the ladder out",
    )
    """Rise of what is expected of a visit, part of the way to 1 a week."""
    answered: float = quantity(
        0.8, "share", (0.0, 1.0), "assumption (M97: a matched offer counteracts)"
    )
    """Part of the rise that an offer for the rung takes away."""
    satisfied: float = quantity(0.45, "1", (0.0, 1.0), "assumption (M97)")
    """Satisfaction from which the need for use is met."""
    company: int = quantity(3, "ties", (1, 10), "assumption (M97)")
    """Ties that are company."""
    standing: float = quantity(3.0, "points", (0.0, 1000.0), "assumption (M97)")
    """Reputation that is recognition."""


def is_on(policy, world):
    """Whether expectations rise."""
    return bool(world.needs.drift > 0.0)


@kernel()
def step(t, day):
    """Raise the expectations of those whose weekday it is."""
    p = t.params[0].needs
    if p.drift <= 0.0:
        return
    for number in range(weekly.spans(t, day)):
        start, stop = weekly.span(t, number, day)
        for i in range(start, stop):
            fetching.looked_at(t, i)
            if t.fate[i].status != Status.ENGAGED:
                continue
            m = t.members[i]
            rung = rung_of(m, p)
            if rung == USE:
                continue
            rise = p.drift
            if has_offer(t.policy[trial.arm(t, i)], rung):
                rise *= 1.0 - p.answered
            m.expectation = feelings.raised(f8(m.expectation), rise)


@compiled()
def rung_of(m, p):
    """The rung a member has come to: what she wants next, once the needs below are met.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    p : record of Params
        Where needs are met.

    Returns
    -------
    int
        0 use, 1 company, 2 recognition, 3 a part of one's own.
    """
    if f8(m.satisfaction) < p.satisfied:
        return USE
    if i8(m.n_ties) < p.company:
        return COMPANY
    if f8(m.reputation) < p.standing:
        return RECOGNITION
    return OWN_PART


@compiled()
def has_offer(policy, rung):
    """Whether the policy has something for those who have come to a rung."""
    events = policy.events
    if rung == COMPANY:
        return events.online_month + events.offline_month + events.immersive_month > 0.0
    if rung == RECOGNITION:
        return policy.incentive.has_points != 0 or policy.incentive.has_prize != 0
    return events.cocreation_year > 0.0
