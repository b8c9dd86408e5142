"""Buying and paying: a customer's choices, each as a sum of named terms."""

from __future__ import annotations

import math

from numpy import float64 as f8

from plaza_lab.agents.choices import sigmoid, total
from plaza_lab.agents.member import Contact
from plaza_lab.engine.compiled import compiled

BUY_TERMS = ("stage", "trust", "reputation", "peers", "offer", "price")
"""Names of the terms of :func:`buy_terms`, in their order."""


@compiled()
def buy_terms(m, price, clock, policy, world):
    """Terms on the log-hazard of a purchase, over what belonging adds.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    price : float
        Log-hazard of her personal price.
    clock, policy, world : records
        As :func:`plaza_lab.agents.choices.visit_terms`.

    Returns
    -------
    tuple of float
        One log-hazard for each of :data:`BUY_TERMS`. Source: M95, M92.
    """
    p = world.purchase
    s = p.social_strength
    reputation = f8(m.reputation)
    return (
        p.stage_weight * (f8(m.stage) - 4.0) if m.stage > 0 else 0.0,
        s * p.trust_weight * (f8(m.trust) - 0.5),
        s * p.reputation_weight * reputation / (reputation + p.reputation_half),
        s * p.peer_weight * min(f8(m.n_strong), p.peer_cap),
        world.calibration.scale * p.offer_pull if m.contact & Contact.OFFERED else 0.0,
        price,
    )


@compiled()
def buy_hazard(m, price, clock, policy, world):
    """Hazard of a purchase per day while still a customer.

    Parameters
    ----------
    m, price, clock, policy, world : records and number
        As :func:`buy_terms`.

    Returns
    -------
    float
        Hazard per day. Source: science.md A.13 with the terms of M95.
    """
    base = f8(m.buy_rate) * (1.0 + world.purchase.belonging_gain * f8(m.belonging))
    return base * math.exp(total(buy_terms(m, price, clock, policy, world)))


@compiled()
def lapse_probability(m, clock, world):
    """Chance that a member does not pay her dues when they fall due.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    clock, world : records
        As :func:`plaza_lab.agents.choices.visit_terms`.

    Returns
    -------
    float
        Probability. Source: assumption (M55: non-payers leave or lapse).
    """
    p = world.dues
    logit = p.unpaid_base + p.level_weight * clock.dues_share
    logit -= p.belonging_weight * (f8(m.belonging) - 0.3)
    logit -= p.satisfaction_weight * (f8(m.satisfaction) - 0.5)
    return sigmoid(logit)
