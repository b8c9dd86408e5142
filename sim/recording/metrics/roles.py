"""Roles: stewards, KOCs and partner brands (T60-T63)."""

from __future__ import annotations

from plaza_lab.sim.recording.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric("staffed", "flag", "paid steward on duty", "T60", True),
    Metric("volunteers", "members", "volunteers serving", "T60", True),
    Metric("kocs", "members", "active KOCs", "T62", True),
    Metric("incubating", "members", "KOCs in incubation", "T62", True),
    Metric("partners", "brands", "active partners", "T63", True),
    Metric("partner_trust", "1", "trust of active partners, mean", "T63", True),
    Metric(
        "share_deviation", "points", "received share - contribution share, absolute", "T63", True
    ),
    Metric("partner_exits", "brands", "deals ended", "T63"),
)
