"""Alerting: the traffic light, the health index, and measures that alerts and scenarios ask for."""

from __future__ import annotations

from plaza_lab.sim.recording.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric("alerts_yellow", "alerts", "yellow alerts", "M114"),
    Metric("alerts_red", "alerts", "red alerts", "M114"),
    Metric("alert_light", "colour", "traffic light: 0 green, 1 yellow, 2 red", "M114"),
    Metric("interventions", "acts", "interventions begun", "M114"),
    Metric("mentions", "mentions", "talk about the brand that listening found", "T48"),
    Metric("health", "0-100", "health index, 0 before there is one", "T71", True),
    Metric(
        "expert_active_share",
        "share",
        "28-day active share of the fifth of members with most skill",
        "T07",
        True,
    ),
    Metric(
        "recommend_share",
        "share",
        "answers of 7 and above to the weekly survey, 0 to 10",
        "T44",
        True,
    ),
    Metric("promoter_score", "points", "answers of 9 and 10 less those of 0 to 6", "T44", True),
)
