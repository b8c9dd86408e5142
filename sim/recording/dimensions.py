"""Six dimensions of value: what members have received in four weeks, a head (M135).

Nothing is given here. Money is what the journal paid; use is what was read; company is being heard;
feeling and culture are the belonging that contact has brought, without and through shared values;
know-how is one's own problem solved.
"""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.engine.compiled import compiled
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric

METRICS = (
    Metric("value_economic", "yuan", "rewards and tips in 28 days, a member", "M135", True),
    Metric("value_informational", "points", "use read in 28 days, a member", "M135", True),
    Metric("value_social", "value", "being answered in 28 days, a member", "M135", True),
    Metric("value_emotional", "belonging", "belonging that contact brought in 28 days, a member",
           "M135", True),
    Metric("value_cultural", "belonging", "of shared values, what contact brought more of it",
           "M135", True),
    Metric("value_technical", "value", "own requests solved in 28 days, a member", "M135", True),
)  # fmt: skip


@compiled()
def take(t, day):
    """Write the six, from the last 28 days or as many as have been lived.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today; its other metrics are complete.
    """
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
