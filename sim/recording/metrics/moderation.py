"""Moderation: violations, removals and the queue (T49, T50)."""

from __future__ import annotations

from plaza_lab.sim.recording.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric("violations", "items", "violating items written", "T49"),
    Metric("removed", "items", "items removed by review", "T49"),
    Metric("false_removed", "items", "harmless items removed", "T50"),
    Metric("review_backlog", "items", "items waiting for review", "T50"),
)
