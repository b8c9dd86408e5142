"""Incentives: points, honours, tips, tokens, loops of value and gaming (T56, T57, T69)."""

from __future__ import annotations

from plaza_lab.sim.recording.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric("points_expired", "points", "points lapsed, confiscated or left behind", "T56"),
    Metric("points_liability_yuan", "yuan", "points held at their value", "T56"),
    Metric("grades_reached", "grades", "grades reached", "M40"),
    Metric("graded_share", "share", "members who hold a grade", "M40", True),
    Metric("badges", "badges", "badges awarded", "M41"),
    Metric("perks", "perks", "perks bought with reputation", "M42"),
    Metric("privilege_holders", "members", "active members with privileges", "M46", True),
    Metric("favoured", "members", "members whom the tiers favour", "M49", True),
    Metric("tips", "tips", "answers tipped", "M44"),
    Metric("tips_yuan", "yuan", "tips from member to member", "M44"),
    Metric("tip_norm", "1", "norm of paying for knowledge", "M44"),
    Metric("oneoff_yuan", "yuan", "paid for taking part", "M45"),
    Metric("matches", "members", "contributors matched with an opening", "M47"),
    Metric("tokens_minted", "tokens", "tokens minted", "M48"),
    Metric("tokens_sold", "tokens", "tokens sold to outsiders", "M48"),
    Metric("tokens_outstanding", "tokens", "tokens there are", "M48"),
    Metric("token_price_yuan", "yuan", "price of a token", "M48"),
    Metric("loop_star", "1", "how far the star's loop of value is fed", "M52"),
    Metric("loop_sharer", "1", "how far the sharers' loop is fed", "M52"),
    Metric("loop_asker", "1", "how far the askers' loop is fed", "M52"),
    Metric("loop_observer", "1", "how far the observers' loop is fed", "M52"),
    Metric("loop_steward", "1", "how far the stewards' loop is fed", "M52"),
    Metric("rewards_yuan", "yuan", "points, prizes and pay given, at their value", "T69"),
    Metric("farmed_yuan", "yuan", "of these, what farmers got", "T69"),
    Metric("farmed_items", "items", "worthless items written for a reward", "T69"),
    Metric("fake_joins", "accounts", "fake accounts among the joins", "T69"),
    Metric("caught", "members", "farmers found by detection", "T69"),
    Metric("false_alarms", "members", "honest members accused by detection", "T69"),
)
