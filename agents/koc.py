"""KOCs (key opinion consumers): members whose posts reach further, found or trained."""

from __future__ import annotations

import enum

from numpy import float64 as f8

from agents.compiled import compiled
from agents.record import Var


class Stage(enum.IntEnum):
    """States of a KOC (mechanisms.md 1.4)."""

    FREE = 0
    INCUBATING = 1
    ACTIVE = 2
    LAPSED = 3


KOC: tuple[Var, ...] = (
    Var("member", "i4", "row", "the member who is the KOC", "E06", -1),
    Var("since", "i2", "day", "first day in the present stage", "M50"),
    Var("stage", "i1", "Stage", "incubating, active or lapsed", "M50"),
    Var("fatigue", "f4", "1", "wear from sponsored posts, 0 to 1", "science A.12"),
    Var("sponsored", "i2", "items", "sponsored items written", "science A.12"),
    Var("reach", "i4", "views", "views of own items as KOC", "T62"),
    Var("joins", "i4", "members", "joins attributed to own invitations", "T62"),
)


@compiled()
def candidate_score(m, p):
    """Score by which KOC candidates are chosen: influence, quality and engagement.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    p : record of ``sim.processes.kocs.Params``
        Weights.

    Returns
    -------
    float
        Higher is better. Source: M50 (influence, quality, fit).
    """
    influence = f8(m.reputation) / (f8(m.reputation) + p.reputation_half)
    return (
        p.influence_weight * influence
        + p.quality_weight * f8(m.skill)
        + p.belonging_weight * f8(m.belonging)
    )
