"""Activity: visits, talk, help and ties (T06-T12, T17, T55, T60)."""

from __future__ import annotations

from plaza_lab.sim.recording.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric("visits", "members", "members who visited", "T10"),
    Metric("dau", "members", "members with at least one active act", "T06"),
    Metric("active_7d", "members", "members active in 7 days", "T06"),
    Metric("active_28d", "members", "members active in 28 days", "T06"),
    Metric("active_share", "share", "28-day active members / members", "T07"),
    Metric("replies", "replies", "replies written", "T11"),
    Metric("reactions", "reactions", "reactions given", "T11"),
    Metric("messages", "messages", "posts and replies", "T13"),
    Metric("requests", "requests", "help requests opened", "T17"),
    Metric("solved", "requests", "help requests solved", "T17"),
    Metric("answers", "answers", "answers of members to requests", "T11"),
    Metric("founder_answers", "answers", "answers of the founder to requests", "T17"),
    Metric("answerers_week", "members", "distinct answerers in the week", "T60", True),
    Metric("ties_per_member", "ties", "ties in use per member", "T05", True),
    Metric("strong_ties", "ties", "strong ties per member", "T55", True),
)
