"""The health index (T71), a weekly look at what the dashboard shows; six dimensions of value.

The dimensions are what members have received in four weeks, a head (M135). Nothing is given here.
Money is what the journal paid; use is what was read; company is being heard; feeling and culture
are the belonging that contact has brought, without and through shared values; know-how is one's own
problem solved.
"""

from __future__ import annotations

import math
from typing import Any

from numpy import float64 as f8

from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.levers import Clashes, levers
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric
from plaza_lab.sim.state.dashboard import change, runway, share, tone

METRICS = (
    Metric("value_economic", "yuan", "rewards and tips in 28 days, a member", "M135", True),
    Metric("value_informational", "points", "use read in 28 days, a member", "M135", True),
    Metric("value_social", "value", "being answered in 28 days, a member", "M135", True),
    Metric("value_emotional", "belonging", "belonging that contact brought in 28 days, a member",
           "M135", True),
    Metric("value_cultural", "belonging", "of shared values, what contact brought more of it",
           "M135", True),
    Metric("value_technical", "value", "own requests solved in 28 days, a member", "M135", True),
    Metric("health", "0-100", "health index, 0 before there is one", "T71", True),
)  # fmt: skip


@levers("alerts")
class Levers:
    """What the health index looks at."""

    health_weights: list[float] = quantity(
        (1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
        "1",
        (0.0, 1000.0),
        "assumption (T71: from the strategic goal)",
    )
    """Weights of active share, net growth, quality interaction, calm mood, satisfaction and runway
    in the health index."""
    value_weights: list[float] = quantity(
        (0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        "1",
        (0.0, 1000.0),
        "assumption (T71: from the strategic goal; M135)",
    )
    """Weights of economic, informational, social, emotional, cultural and technical value, as far
    as members have received it, in the health index."""

    def clashes(self, policy: Any) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            len(self.health_weights) != 6,
            f"health_weights has {len(self.health_weights)} numbers; it needs 6",
        )
        yield (
            len(self.value_weights) != 6,
            f"value_weights has {len(self.value_weights)} numbers; it needs 6",
        )
        yield (
            sum(self.health_weights) + sum(self.value_weights) <= 0.0,
            "health_weights are all 0; the health index needs one above 0",
        )


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
FULL_VALUE = (10.0, 11.0, 0.35, 0.04, 0.002, 0.07)
"""Value a member in 28 days that counts as full health: twice what the default community gives in
its last month (4 seeds), of culture twice what a weekly ritual gives; 10 yuan are an assumption."""


@compiled()
def take(t, day):
    """Write the health index: a weighted mean of what can be measured, 0 to 100.

    It stays 0 until four weeks have been lived, and where nothing with a weight is measured.

    Parameters
    ----------
    day : int
        Today; its other metrics are complete.
    """
    row = t.daily[day]
    weights = t.policy[0].alerts.health_weights
    wanted = t.policy[0].alerts.value_weights
    _take_values(t, day)
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
    received = (
        row[mt.VALUE_ECONOMIC],
        row[mt.VALUE_INFORMATIONAL],
        row[mt.VALUE_SOCIAL],
        row[mt.VALUE_EMOTIONAL],
        row[mt.VALUE_CULTURAL],
        row[mt.VALUE_TECHNICAL],
    )
    for k in range(len(received)):
        summed += wanted[k] * min(1.0, received[k] / FULL_VALUE[k])
        weight += wanted[k]
    if weight > 0.0:
        row[mt.HEALTH] = 100.0 * summed / weight


@compiled()
def _take_values(t, day):
    """Write the six, from the last 28 days or as many as have been lived."""
    row = t.daily[day]
    heads = max(1.0, row[mt.MEMBERS])
    row[mt.VALUE_ECONOMIC] = (_sum(t, day, mt.REWARDS_YUAN) + _sum(t, day, mt.TIPS_YUAN)) / heads
    row[mt.VALUE_INFORMATIONAL] = _sum(t, day, mt.VALUE) / heads
    helped = _sum(t, day, mt.HELP_VALUE)
    row[mt.VALUE_SOCIAL] = (_sum(t, day, mt.SOCIAL_VALUE) - helped) / heads
    row[mt.VALUE_EMOTIONAL] = _sum(t, day, mt.BELONGING_BROUGHT) / heads
    row[mt.VALUE_CULTURAL] = _sum(t, day, mt.BELONGING_SHARED) / heads
    row[mt.VALUE_TECHNICAL] = helped / heads


@compiled()
def _sum(t, day, column):
    total = 0.0
    for back in range(min(MONTH, day + 1)):
        total += f8(t.daily[day - back, column])
    return total
