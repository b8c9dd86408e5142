"""Money: pools, points, prizes and sales (T39-T42, T56-T59)."""

from __future__ import annotations

from plaza_lab.sim.recording.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric("purchases", "purchases", "purchases of members", "T40"),
    Metric("sales_yuan", "yuan", "sales to members", "T42"),
    Metric("repurchase", "share", "buyers of one half-year who bought in the next", "T40", True),
    Metric("points_issued", "points", "points issued", "T56"),
    Metric("points_redeemed", "points", "points redeemed", "T56"),
    Metric("points_outstanding", "points", "points held by members", "T56"),
    Metric("entry_pool_yuan", "yuan", "balance of the entry-fee pool", "T58"),
    Metric("dues_pool_yuan", "yuan", "balance of the dues pool", "T58"),
    Metric("brand_pool_yuan", "yuan", "balance of the brand budget", "T58"),
    Metric("fund_in_yuan", "yuan", "paid into the pools from outside", "T58"),
    Metric("fund_out_yuan", "yuan", "paid out of the pools, less points' backing come back", "T58"),
    Metric("policy_stops", "stops", "payments cut because a pool was empty", "T58"),
    Metric("prizes", "prizes", "prizes paid", "T57"),
)
