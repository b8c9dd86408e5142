"""Shape of the network (T55): taken monthly from a sample of members, as exact counts are dear."""

from __future__ import annotations

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.member import Status
from plaza_lab.engine.compiled import compiled
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric
from plaza_lab.sim.state import ties
from plaza_lab.sim.state.items import TOPICS

METRICS = (
    Metric("strong_share", "share", "strong ties / ties", "T55", True),
    Metric("clustering", "share", "pairs of contacts who hold a tie", "T55", True),
    Metric("modularity", "1", "ties within one interest beyond chance", "T55", True),
    Metric("isolates", "share", "members without a tie", "T55", True),
    Metric("ties_by_help", "share", "ties that arose from help", "E31", True),
    Metric("ties_by_match", "share", "ties that arose from matching or introduction", "E31", True),
    Metric("ties_by_meeting", "share", "ties that arose at events and meetings", "E31", True),
)

SAMPLE = 256
"""Members looked at; all of them in a smaller community."""

OUT = 0
INTO = 1
"""Columns of the scratch table: ends of ties by interest."""


@compiled()
def take(t, day):
    """Write the share of strong ties, clustering, modularity, isolates and origins of ties.

    Clustering is the share of pairs of contacts of whom one holds a tie to the other. Modularity
    is that of the division by main interest: the share of ties within one, less what chance would
    give.
    """
    step = max(1, t.people_state[0].n_rows // SAMPLE)
    heads = 0
    alone = 0
    n_ties = 0
    strong = 0
    within = 0
    pairs = 0
    closed = 0
    helped = 0
    matched = 0
    met = 0
    ends = t.themes
    ends[:TOPICS] = 0
    for i in range(0, t.people_state[0].n_rows, step):
        if t.fate[i].status == Status.LEFT:
            continue
        m = t.members[i]
        n = i8(m.n_ties)
        heads += 1
        alone += int(n == 0)
        n_ties += int(n)
        for k in range(n):
            tie = t.ties[i, k]
            other = i8(tie.other)
            strong += int(ties.is_strong(t, tie, day))
            within += int(t.members[other].topic == m.topic)
            ends[i8(m.topic), OUT] += 1
            ends[i8(t.members[other].topic), INTO] += 1
            origin = ties.origin_of(t, i, k)
            helped += int(origin == ties.Origin.HELP)
            matched += int(origin == ties.Origin.PROFILE or origin == ties.Origin.INTRODUCTION)
            met += int(origin == ties.Origin.MEETING or origin == ties.Origin.EVENT)
            for further in range(k + 1, n):
                third = i8(t.ties[i, further].other)
                pairs += 1
                closed += int(ties.holds(t, other, third) or ties.holds(t, third, other))
    row = t.daily[day]
    row[mt.ISOLATES] = f8(alone) / max(1, heads)
    row[mt.STRONG_SHARE] = f8(strong) / max(1, n_ties)
    row[mt.CLUSTERING] = f8(closed) / max(1, pairs)
    row[mt.TIES_BY_HELP] = f8(helped) / max(1, n_ties)
    row[mt.TIES_BY_MATCH] = f8(matched) / max(1, n_ties)
    row[mt.TIES_BY_MEETING] = f8(met) / max(1, n_ties)
    by_chance = 0.0
    for topic in range(TOPICS):
        by_chance += f8(ends[topic, OUT]) * f8(ends[topic, INTO])
    whole = f8(max(1, n_ties))
    row[mt.MODULARITY] = f8(within) / whole - by_chance / (whole * whole)
