"""Patterns of growth: slowing with size, short chains of invitation (science.md part B, 15, 17)."""

from __future__ import annotations

import math

import numpy as np

from plaza_lab.scenarios.validation.chronicle import Chronicle

MONTH = 30


def growth_on_size(chronicle: Chronicle) -> float:
    """Slope of the log of 30-day growth on the log of size, over the months of a community."""
    sizes = chronicle.size[::MONTH]
    growth = np.log(sizes[1:] / sizes[:-1])
    grows = growth > 0
    if grows.sum() < 4 or np.ptp(sizes[:-1][grows]) == 0:
        return math.nan
    slope, _ = np.polyfit(np.log10(sizes[:-1][grows]), np.log10(growth[grows]), 1)
    return float(slope)


def deep_chains(chronicle: Chronicle) -> float:
    """Share of those who came by invitation whose inviter had come by invitation, too."""
    invited = chronicle.inviter >= 0
    by_invited = chronicle.inviter[chronicle.inviter[invited]] >= 0
    return float(by_invited.mean()) if invited.any() else math.nan


def invited_per_member(chronicle: Chronicle) -> float:
    """K: members who came by invitation for every member there ever was."""
    return float((chronicle.inviter >= 0).mean())
