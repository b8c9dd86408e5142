"""KOCs (key opinion consumers): members whose posts reach further, found or trained."""

from __future__ import annotations

import enum

from numpy import float64 as f8

from plaza_lab.agents.record import SHARE, Var
from plaza_lab.engine.compiled import compiled


class Programme(enum.IntEnum):
    """Kinds of KOC programme."""

    DISABLED = 0
    ORGANIC = 1
    INCUBATE = 2


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
    Var("fatigue", "f4", "1", "wear from sponsored posts, 0 to 1", "science A.12", bounds=SHARE),
    Var("sponsored", "i2", "items", "sponsored items written", "science A.12"),
    Var("reach", "i4", "views", "views of own items since chosen, counted monthly", "T62"),
    Var("joins", "i4", "members", "joins attributed to own invitations", "T62"),
    Var("written", "f4", "items", "items of one's own that are forgotten again", "M51"),
    Var("bought", "f4", "items", "sponsored items, fading", "M51"),
    Var("counted", "i2", "items", "sponsored items that followers have judged", "M51"),
    Var("fee_cents", "i4", "cents/item", "fee agreed on, risen where more was asked for", "M51"),
    Var("agrees", "i1", "flag", "whether she writes for the brand this week", "M50"),
    Var("refused", "i1", "weeks", "weeks running in which she did not", "M50"),
    Var("doubt", "f4", "1", "how far seen as paid, 0 to 1", "M51", bounds=SHARE),
)


@compiled()
def candidate_score(m, p):
    """Score by which KOC candidates are chosen: influence, quality and engagement.

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


@compiled()
def score_by(m, rule, p):
    """Score of a candidate by the rule the programme selects by.

    Parameters
    ----------
    rule : int
        Member of ``Select`` of the KOCs' levers.

    Returns
    -------
    float
        Higher is better; 0 to 1 for a rule that looks at one thing only. Source: M50.
    """
    if rule == 1:
        return f8(m.reputation) / (f8(m.reputation) + p.reputation_half)
    if rule == 2:
        return f8(m.skill)
    if rule == 3:
        # social-network analysis: who holds most ties, strong ones counting double
        return min(1.0, (f8(m.n_ties) + f8(m.n_strong)) / 20.0)
    return candidate_score(m, p)


@compiled()
def credit(doubt):
    """What a KOC's word is worth: 1 when trusted, 0 when in doubt, -1 when seen as bought."""
    return 1.0 - 2.0 * doubt
