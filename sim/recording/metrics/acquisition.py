"""Acquisition: the pool outside, what reaches it, roles that come in (T02, T37, T38, T62)."""

from __future__ import annotations

from plaza_lab.sim.recording.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric("prospects", "persons", "persons left in the pool", "E05"),
    Metric("told", "persons", "friends told of the community unasked", "T37"),
    Metric("warned", "persons", "friends warned off", "T37"),
    Metric("refused", "persons", "persons who wished to join and were not let in", "M09"),
    Metric("outside_visits", "visits", "outside visits from shared items", "T38"),
    Metric("influencer_posts", "posts", "posts bought from influencers", "M07"),
    Metric("stars", "members", "stars present", "M08"),
    Metric("challenge_problems", "requests", "problems given to outside experts", "M11"),
    Metric("challengers", "experts", "outside experts who answered one", "M11"),
    Metric("challenge_winners", "experts", "experts who won their entry", "M11"),
    Metric("koc_graduates", "members", "KOCs who completed incubation", "T62"),
    Metric("koc_dropouts", "members", "KOCs who broke incubation off", "T62"),
    Metric("koc_credit", "1", "what KOCs' words are worth, 1 trusted to -1 bought", "M51", True),
)
