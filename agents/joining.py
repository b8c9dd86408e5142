"""Joining: how people outside decide, each choice a sum of named terms as in ``choices.py``."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.member import Route
from plaza_lab.engine.compiled import compiled

HEARING_TERMS = ("base", "tie", "reputation", "interest", "trust")
"""Names of the terms of :func:`hearing_terms`, in their order."""


@compiled()
def hearing_terms(m, interest, closeness, clock, policy, world):
    """Terms on the log-odds that a friend comes to the gate when a member tells her of it.

    Parameters
    ----------
    m : record of MEMBER
        The teller.
    interest : float
        The friend's interest, standard normal.
    closeness : float
        How close the two are, 0 to 1.
    clock, policy, world : records
        The community's counters and climate, levers, and weights by process.

    Returns
    -------
    tuple of float
        Log-odds, one for each of :data:`HEARING_TERMS`. Source: M02; science.md A.2,
        ``s(b0 + b1 tie + b2 similarity + b3 trust)``.
    """
    p = world.telling
    standing = f8(m.reputation) / (f8(m.reputation) + world.kocs.reputation_half)
    return (
        p.accept_base,
        p.tie_weight * (closeness - 0.5),
        p.reputation_weight * standing,
        p.interest_weight * interest,
        world.referral.accept_trust * (f8(m.trust) - 0.5),
    )


JOIN_TERMS = ("base", "interest", "seen", "warnings", "reviews", "advertised")
"""Names of the terms of :func:`join_terms`, in their order."""


@compiled()
def join_terms(interest, route, pull, clock, policy, world):
    """Terms on the log-odds that an applicant wishes to join.

    Parameters
    ----------
    interest : float
        Her interest, standard normal.
    route : int
        How she came, a member of :class:`plaza_lab.agents.member.Route`.
    pull : float
        Log-odds of what she has seen of the community.
    clock, policy, world : records
        The community's counters and climate, levers, and weights by process.

    Returns
    -------
    tuple of float
        Log-odds, one for each of :data:`JOIN_TERMS`. Source: science.md A.3 stage 1; M01 (as
        reviews of peers gain weight an advertisement persuades less), M02, M11.
    """
    p = world.entry
    weight = policy.acquisition.peer_vs_ad_weight
    is_ad = route == Route.PAID or route == Route.INFLUENCER
    warned = min(1.0, clock.bad_word / max(1, clock.n_members))
    return (
        p.join_base,
        p.interest_weight * interest,
        pull,
        -world.telling.warned_weight * warned,
        weight * p.review_weight * (clock.word - world.arrival.advocacy_neutral),
        -weight * p.ad_discount if is_ad else 0.0,
    )
