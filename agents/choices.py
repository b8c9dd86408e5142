"""Choices: the scales on which decisions are made, and what several of them look at.

The decisions themselves, each a base rate and registered terms, are in ``agents/decisions/``.
"""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp


@compiled()
def expertise(m):
    """How much of an expert somebody is, 0 to 1: skill above the middle of the scale (M120)."""
    return max(0.0, 2.0 * f8(m.skill) - 1.0)


@compiled()
def advocacy(m):
    """Willingness to recommend, 0 to 1: satisfied, trusting members who belong.

    Source: M02; F36 asks for a majority of active members who intend to recommend.
    """
    return (f8(m.satisfaction) + f8(m.trust) + f8(m.belonging)) / 3.0


@compiled()
def sigmoid(x):
    """Logistic function, safe for large arguments."""
    if x >= 0.0:
        return 1.0 / (1.0 + exp(-x))
    z = exp(x)
    return z / (1.0 + z)


@compiled()
def shift_probability(probability, log_odds):
    """Move a probability, 0 to 1, on the log-odds scale, where every claimed uplift acts (W19)."""
    if probability <= 0.0:
        return 0.0
    if probability >= 1.0:
        return 1.0
    odds = probability / (1.0 - probability) * exp(log_odds)
    return odds / (1.0 + odds)
