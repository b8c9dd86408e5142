"""Conduct: what moves the chance that a post breaks the rules, and how far one is below par."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.member import Ballot
from plaza_lab.engine.compiled import compiled

VIOLATION_TERMS = ("shown rules", "charter", "mood", "heat")
"""Names of the terms of :func:`violation_terms`, in their order."""


@compiled()
def violation_terms(m, clock, policy, world):
    """Terms on the log-odds that a post breaks the rules.

    Parameters
    ----------
    m : record of MEMBER
        The author.
    clock, policy, world : records
        As :func:`visit_terms`.

    Returns
    -------
    tuple of float
        Log-odds, one for each of :data:`VIOLATION_TERMS`. Source: science.md A.11,
        ``s(tau_i + peer_tox + heat - norm)``; M67, M68.
    """
    p = world.posting
    charter = world.charter
    is_shown = policy.onboarding.shows_rules and m.posts < 5
    owned = charter.owner_weight if m.ballot == Ballot.OWNER else 0.0
    owned += charter.norm_weight * clock.charter_legitimacy
    return (
        -p.rules_effect if is_shown else 0.0,
        -world.calibration.scale * owned,
        -world.mood.violation_weight * f8(m.mood),
        world.adaptation.heat_weight * clock.heat,
    )


@compiled()
def shortfall(m):
    """What a member lacks in standing: much after removals, some when nobody knows her.

    Parameters
    ----------
    m : record of MEMBER
        The member.

    Returns
    -------
    float
        0 for a known member without removals, rising by 1 with each of the first three removals.
        Source: M67 (speaking threshold), assumption.
    """
    unknown = 0.5 / (1.0 + f8(m.reputation))
    return min(3.0, f8(m.violations)) + unknown
