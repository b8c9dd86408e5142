"""Engagement: interactions, threads, events, games, service, culture and stages (T11-T17, T54)."""

from __future__ import annotations

from plaza_lab.sim.recording.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric(
        "interactions",
        "interactions",
        "replies, reactions, answers and event contacts",
        "T11",
    ),
    Metric("prompts", "prompts", "topic prompts published", "M16"),
    Metric("threads_closed", "threads", "members' items that left the feed today", "T14"),
    Metric("thread_quality", "score", "sum of the scores of these threads", "T14"),
    Metric("threads_good", "threads", "of these, with a score of at least 0.6", "T15"),
    Metric("off_topic", "items", "of these, off the theme of the charter", "T16"),
    Metric("events_held", "events", "events held; a contest counts on its last day", "T54"),
    Metric("event_guests", "members", "members who took part", "T54"),
    Metric("event_contacts", "contacts", "meetings of two guests, and votes", "T11"),
    Metric("event_hours", "hours", "staff hours of events", "M17"),
    Metric("event_yuan", "yuan", "cost of events", "M17"),
    Metric("donated_yuan", "yuan", "proceeds that went to a public-benefit partner", "M26"),
    Metric("proposals", "proposals", "proposals handed in to contests", "M25"),
    Metric("prototypes", "prototypes", "proposals taken to a prototype", "M25"),
    Metric("check_ins", "check-ins", "check-ins and small tasks", "M19"),
    Metric("bridges", "pairs", "pairs of different interests that solved a mission", "M19"),
    Metric("service_questions", "questions", "questions about the product", "M23"),
    Metric("service_answered", "questions", "of these, answered", "M23"),
    Metric("service_hours", "hours", "hours that these answers took, summed", "M23"),
    Metric("service_by_people", "questions", "of these, answered by people", "M23"),
    Metric("rituals", "rituals", "rituals held", "M24"),
    Metric("ritual_guests", "members", "members who took part in them", "M24"),
    Metric("culture", "1", "how close members' values have come", "M24"),
    Metric("stage", "Stage", "stage of the programme", "M71"),
    Metric("conversion", "share", "conversion of the target group so far", "T29"),
)
