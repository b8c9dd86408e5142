"""Reader: how a member decides what to open, to finish, to share and to click, as named terms.

Companion of ``agents/choices.py`` for everything that happens in front of an item.
"""

from __future__ import annotations

import math

from numpy import float64 as f8

from plaza_lab.engine.compiled import compiled

OPEN_TERMS = ("fit", "about the brand", "promotion", "form", "hour", "weariness", "saturation")
"""Names of the terms of :func:`open_terms`, in their order."""


@compiled()
def open_terms(fits, suits, is_timely, is_centred, is_promotion, weariness, crowding, world):
    """Terms on the log-odds of opening an item that is shown.

    Parameters
    ----------
    fits, suits, is_timely : bool
        Whether the topic is the reader's, the form one her segment prefers, the hour hers.
    is_centred, is_promotion : bool
        Whether the item is about the brand itself; whether it sells.
    weariness : float
        The reader's weariness of promotion, 0 to 1; it counts for what the institution publishes.
    crowding : float
        Log of the institution's daily items relative to what readers take, at least 0.
    world : record of World
        Weights, by process.

    Returns
    -------
    tuple of float
        One log-odds for each of :data:`OPEN_TERMS`. Source: M27, M28, M29, M122.
    """
    p = world.opening
    return (
        p.fit_weight if fits else -p.fit_weight,
        -p.centred_weight if is_centred else 0.0,
        -p.promotion_weight if is_promotion else 0.0,
        p.form_weight if suits else 0.0,
        p.hour_weight if is_timely else 0.0,
        -p.weariness_weight * weariness,
        -p.saturation_weight * crowding,
    )


COMPLETE_TERMS = ("fit", "form")
"""Names of the terms of :func:`complete_terms`, in their order."""


@compiled()
def complete_terms(fits, suits, world):
    """Terms on the log-odds of reading an opened item to its end.

    Parameters
    ----------
    fits, suits : bool
        As :func:`open_terms`.
    world : record of World
        Weights, by process.

    Returns
    -------
    tuple of float
        One log-odds for each of :data:`COMPLETE_TERMS`. Source: M29.
    """
    p = world.opening
    return (p.fit_weight if fits else -p.fit_weight, p.form_weight if suits else 0.0)


SHARE_TERMS = ("quality", "emotion", "member-made", "weak tie")
"""Names of the terms of :func:`share_terms`, in their order."""


@compiled()
def share_terms(quality, emotion, is_member_made, is_weak_tie, world):
    """Terms on the log-odds that whoever has seen an item shares it.

    Parameters
    ----------
    quality, emotion : float
        Of the item, 0 to 1.
    is_member_made : bool
        Whether members made it, not an institution.
    is_weak_tie : bool
        Whether it came by a weak tie, from where one has not heard it yet.
    world : record of World
        Weights, by process, and the calibration's scale.

    Returns
    -------
    tuple of float
        One log-odds for each of :data:`SHARE_TERMS`. Source: M35; F63 for the member-made term.
    """
    p = world.spreading
    claimed = world.calibration.scale * math.log(p.member_made_odds)
    return (
        p.quality_weight * (quality - 0.5),
        p.emotion_weight * (emotion - 0.5),
        claimed if is_member_made else 0.0,
        p.weak_tie_bonus if is_weak_tie else 0.0,
    )


@compiled()
def click_log_odds(fits, world):
    """Log-odds that knowing the reader's interest adds to the click on a recommendation.

    Parameters
    ----------
    fits : bool
        Whether the recommended item is of the reader's main interest.
    world : record of World
        Click rates before and after tuning, and the calibration's scale.

    Returns
    -------
    float
        Log-odds. Source: F70, F71 (8 to 18 %), scaled by the calibration.
    """
    if not fits:
        return 0.0
    p = world.recommending
    before = math.log(p.click_base / (1.0 - p.click_base))
    after = math.log(p.click_tuned / (1.0 - p.click_tuned))
    return world.calibration.scale * (after - before)


SELLING_TERMS = ("offer", "trust", "weariness")
"""Names of the terms of :func:`selling_terms`, in their order."""


@compiled()
def selling_terms(m, saw_offer, world):
    """Terms on the log-hazard of a purchase while the community sells by one of the tactics.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    saw_offer : bool
        Whether an offer was opened at the last visit.
    world : record of World
        Weights, by process.

    Returns
    -------
    tuple of float
        One log-hazard for each of :data:`SELLING_TERMS`. Source: M122, M28.
    """
    p = world.selling
    return (
        p.offer_pull if saw_offer else 0.0,
        p.trust_pull * (f8(m.trust) - 0.5),
        -p.weariness_drag * f8(m.weariness) / 255.0,
    )
