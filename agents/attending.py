"""Attending: how a member who is invited decides to register for an event, and to turn up.

Written as the choices of ``agents/choices.py``: sums of named terms on the log-odds scale.
"""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.engine.compiled import compiled

REGISTER_TERMS = ("pull", "fit", "taste", "belonging", "novelty", "too early")
"""Names of the terms of :func:`register_terms`, in their order."""


@compiled()
def register_terms(m, pull, fit, taste, novelty, early, world):
    """Terms on the log-odds that a member who is invited registers for an event.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    pull : float
        Log-odds of this kind of event, for somebody whom its theme fits half.
    fit : float
        Fit of the theme with her main interest, 0 to 1.
    taste : float
        How much she likes to take part, standard normal.
    novelty : float
        What is left of the novelty of the form, 0 to 1.
    early : int
        Stages by which this kind of event comes too early for the community.
    world : record of World
        Weights.

    Returns
    -------
    tuple of float
        Log-odds, one for each of :data:`REGISTER_TERMS`. Source: M17, M18, M22, M71.
    """
    p = world.events
    return (
        pull,
        p.fit_weight * (fit - 0.5),
        p.taste_weight * taste,
        p.belonging_weight * (f8(m.belonging) - 0.3),
        world.calibration.scale * p.novelty_weight * novelty,
        -world.programme.confusion * early,
    )


SHOW_TERMS = ("base", "reminder", "load")
"""Names of the terms of :func:`show_terms`, in their order."""


@compiled()
def show_terms(m, base, has_reminder, world):
    """Terms on the log-odds that a member who has registered turns up.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    base : float
        Log-odds of this kind of event, with a reminder and no load.
    has_reminder : bool
        Whether she is reminded.
    world : record of World
        Weights.

    Returns
    -------
    tuple of float
        Log-odds, one for each of :data:`SHOW_TERMS`. Source: M17; mechanisms.md 6.3 (80 %).
    """
    p = world.events
    return (
        base,
        0.0 if has_reminder else -p.reminder_weight,
        -p.load_weight * f8(m.load),
    )
