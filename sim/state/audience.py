"""Audience: what a visit leaves behind besides its worth: which forms were seen, how selling tells.

A visit's marks are bits gathered while reading: 1 promotion shown, 2 opened, then one bit for each
form opened, ``USEFUL`` for an item of the brand about what members care for, and ``OFFER`` for a
promotion that was opened.
"""

from __future__ import annotations

from numpy import int64 as i8

from plaza_lab.agents import feelings
from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled
from plaza_lab.sim.levers import params
from plaza_lab.sim.state.items import N_FORMATS

PROMOTION = 1
OPENED = 2
FORM = 2
USEFUL = 1 << (FORM + N_FORMATS)
OFFER = 2 * USEFUL
SAW_USEFUL = 64
SAW_OFFER = 128
FORMS = 63
"""Bits of ``members.kinds_seen``: forms in the low six, then useful items and offers."""
RETURN_DAYS = 7

ARM: tuple[Var, ...] = (
    Var("weight", "f8", "share", "share of the institution's items in this form", "M36"),
    Var("viewers", "i8", "visits", "visits of this cycle that saw the form", "T36"),
    Var("came_again", "i8", "visits", "of these: followed by another within 7 days", "T36"),
    Var("retention", "f8", "share", "audience retention of the last cycle", "T36"),
    Var("is_dropped", "i1", "flag", "culled", "M36"),
)


@params()
class Params:
    """What the institution's items do to those who open them (world group ``audience``)."""

    weariness_gain: float = quantity(0.5, "1/visit", (0.0, 1.0), "assumption (M122)")
    """Weariness a visit adds per share of promotion above tolerance."""
    weariness_rest: float = quantity(
        0.01, "1/visit", (0.0, 1.0), "assumption (M122: restored slowly)"
    )
    """Weariness a visit without too much promotion takes away."""
    weariness_care: float = quantity(
        0.05, "1/visit", (0.0, 1.0), "assumption (M122: nurturing or free material)"
    )
    """Weariness a useful item of the brand takes away besides."""
    authority: float = quantity(
        0.004, "1/visit", (0.0, 1.0), "assumption (M28, M30: useful items build trust)"
    )
    """Trust a visit with a useful item of the brand adds."""


@compiled()
def note(t, i, day, marks, promo_share):
    """Note what a visit leaves behind: forms seen, weariness, trust.

    Parameters
    ----------
    marks : int
        Marks of everything shown, or-ed.
    promo_share : float
        Share of promotion in what was shown.
    """
    p = t.params[0].audience
    m = t.members[i]
    forms = marks >> FORM & FORMS
    has_useful = marks & USEFUL
    seen = forms
    weariness = i8(m.weariness) / 255.0
    above = promo_share - t.params[0].interaction.promo_tolerance
    if above > 0.0:
        weariness = feelings.raised(weariness, p.weariness_gain * above)
    else:
        weariness = feelings.lowered(weariness, p.weariness_rest)
    if has_useful:
        seen |= SAW_USEFUL
        weariness = feelings.lowered(weariness, p.weariness_care)
        feelings.raise_trust(m, p.authority)
    if marks & OFFER:
        seen |= SAW_OFFER
    m.weariness = i8(min(255.0, 255.0 * weariness + 0.5))
    m.kinds_seen = seen
    if day < t.testing_state[0].counts_until:
        for k in range(N_FORMATS):
            if forms >> k & 1:
                t.arms[k].viewers += 1
