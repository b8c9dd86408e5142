"""Content: what is written, read and overlooked (T13, T19, T20, T31-T35, T51)."""

from __future__ import annotations

from plaza_lab.sim.recording.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric("posts", "items", "items written by members", "T13"),
    Metric("views", "views", "items read", "T31"),
    Metric("unread", "items", "items beyond the reading budget, mean a visit", "T20"),
    Metric("value", "points", "value received by readers", "T19"),
    Metric("minutes", "minutes", "minutes spent reading", "T19"),
    Metric("brand_items", "items", "items of the brand", "T35"),
    Metric("koc_items", "items", "items of KOCs", "T35"),
    Metric("partner_items", "items", "items of partner brands", "T35"),
    Metric("filler_items", "items", "filler written for liveliness", "T35"),
    Metric("expired_early", "items", "items pushed out because the feed was full", ""),
    Metric("voice_gini", "1", "Gini of exposures received by authors in 28 days", "T51", True),
    Metric("voice_top", "share", "exposures of the best connected 5 % of members", "T51", True),
)
