"""The health index (T71): a weekly look at what the dashboard shows."""

from __future__ import annotations

import math

from plaza_lab.engine.compiled import compiled
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state.dashboard import change, runway, share, tone

ACTIVE_GOAL = 0.40
"""Active share that counts as full health (F102)."""
GROWTH_REACH = 0.05
"""Net growth of 28 days, up or down, from none to full health (F89)."""
QUALITY_GOAL = 0.60
"""Quality interaction that counts as full health (F86)."""
NEGATIVE_LIMIT = 0.30
"""Negative share that counts as no health (F85)."""
RUNWAY_WEEKS = 52.0
"""Runway that counts as full health: a year (F04)."""


@compiled()
def take(t, day):
    """Write the health index: a weighted mean of what can be measured, 0 to 100.

    It stays 0 until four weeks have been lived, and where nothing with a weight is measured.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today; its other metrics are complete.
    """
    row = t.daily[day]
    weights = t.policy[0].alerts.health_weights
    row[mt.HEALTH] = 0.0
    then = day + 1  # the dashboard looks at nights before
    if then < MONTH:
        return
    good = share(t, then, mt.THREADS_GOOD, mt.THREADS_CLOSED, MONTH)
    parts = (
        row[mt.ACTIVE_SHARE] / ACTIVE_GOAL,
        0.5 + 0.5 * change(t, then, MONTH) / GROWTH_REACH,
        good / QUALITY_GOAL,
        1.0 - tone(t, then) / NEGATIVE_LIMIT,
        row[mt.SENSED_SATISFACTION],
        runway(t, then, MONTH) / RUNWAY_WEEKS,
    )
    summed = 0.0
    weight = 0.0
    for k in range(len(parts)):
        if not math.isnan(parts[k]):
            summed += weights[k] * min(1.0, max(0.0, parts[k]))
            weight += weights[k]
    if weight > 0.0:
        row[mt.HEALTH] = 100.0 * summed / weight
