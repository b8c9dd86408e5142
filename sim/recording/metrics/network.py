"""Groups, directory and network: where members are, whom they know and find (T05, T18, T55)."""

from __future__ import annotations

from sim.recording.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric("groups", "groups", "groups open", "E20", True),
    Metric("founder_attention", "hours/day", "founder time for each group", "M63", True),
    Metric("group_fit", "1", "fit of a group's items with its members' interests", "M14", True),
    Metric("capacity_use", "share", "members / capacity of the groups; 0 without one", "T05", True),
)
