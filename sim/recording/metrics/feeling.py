"""Feeling: means of what members feel, true and sensed (T45-T47)."""

from __future__ import annotations

from plaza_lab.sim.recording.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric("belonging", "1", "mean belonging", "T46", True),
    Metric("satisfaction", "1", "mean satisfaction, true", "T45", True),
    Metric("trust", "1", "mean trust, true", "T46", True),
    Metric("motive", "1", "mean intrinsic motive", "M53", True),
    Metric(
        "sensed_satisfaction", "1", "satisfaction as surveyed, with error and delay", "T45", True
    ),
)
