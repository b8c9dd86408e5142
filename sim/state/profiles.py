"""Profiles, or portraits: what the brand knows of a member, as ranks among the members."""

from __future__ import annotations

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.member import Segment, Status
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import log2

FEATURES = 4
"""Recency, frequency, spend and contribution."""

PORTRAIT_BINS = 64
CLUSTERS = 3
RISK_BINS = 101


@compiled()
def _bin_of(m, day, feature):
    """Class of a member in one of :data:`FEATURES`, from poor to good, on a logarithmic scale."""
    place = 0.0
    if feature == 0:
        since = f8(min(day - m.last_buy, day - m.last_visit))
        place = PORTRAIT_BINS - 1.0 - 6.0 * log2(1.0 + min(since, 1000.0))
    elif feature == 1:
        place = 6.0 * log2(1.0 + f8(m.buys))
    elif feature == 2:
        place = 4.0 * log2(1.0 + f8(m.spent) / 10.0)
    else:
        place = 8.0 * log2(1.0 + f8(m.reputation))
    return min(PORTRAIT_BINS - 1, max(0, i8(place)))


@compiled()
def learn_ranks(t, day):
    """Turn counts of members by class into ranks: the share of members below, ties half.

    Parameters
    ----------
    t : Tables
        The community's tables; ``portrait`` is written.
    """
    book = t.portrait
    book[:] = 0.0
    n = 0.0
    for i in range(t.people_state[0].n_rows):
        if t.fate[i].status == Status.LEFT:
            continue
        n += 1.0
        for k in range(FEATURES):
            book[k, _bin_of(t.members[i], day, k)] += 1.0
    for k in range(FEATURES):
        _to_ranks(book[k], max(1.0, n))


@compiled()
def _to_ranks(row, n):
    below = 0.0
    for b in range(row.shape[0]):
        here = row[b]
        row[b] = (below + 0.5 * here) / n
        below += here


@compiled()
def draw_up(t, i, day):
    """Write down a member's ranks in the features, 0 to 1, as last learned: her profile."""
    for k in range(FEATURES):
        t.scratch[k] = t.portrait[k, _bin_of(t.members[i], day, k)]


@compiled()
def value(t):
    """Mean rank over the features in the profile drawn up: value to the brand, 0 to 1."""
    value = 0.0
    for k in range(FEATURES):
        value += t.scratch[k]
    return value / FEATURES


@compiled()
def learn_cuts(t, day, vip_share, core_share):
    """Values from which a member counts as core and as VIP.

    Parameters
    ----------
    t : Tables
        The community's tables, ranks learned; the last row of ``portrait`` is written.
    vip_share, core_share : float
        Parts of the members wanted in the two best segments.
    """
    row = t.portrait[FEATURES]
    n = 0.0
    for i in range(t.people_state[0].n_rows):
        if t.fate[i].status != Status.LEFT:
            draw_up(t, i, day)
            row[min(PORTRAIT_BINS - 1, i8(PORTRAIT_BINS * value(t)))] += 1.0
            n += 1.0
    core = 1.0
    vip = 1.0
    above = 0.0
    for b in range(PORTRAIT_BINS - 1, -1, -1):
        above += row[b]
        if above <= vip_share * n:
            vip = b / PORTRAIT_BINS
        if above <= (vip_share + core_share) * n:
            core = b / PORTRAIT_BINS
    return core, vip


@compiled()
def learn_clusters(t, day, rounds):
    """Find groups of like members by k-means, ordered by value.

    Parameters
    ----------
    t : Tables
        The community's tables, ranks learned; ``centres`` is written.
    rounds : int
        Rounds of moving the centres.
    """
    c = t.centres
    for k in range(CLUSTERS):
        for f in range(FEATURES):
            c[k, f] = 0.4 + 0.25 * k
    for _ in range(rounds):
        c[:, FEATURES:] = 0.0
        for i in range(t.people_state[0].n_rows):
            if t.fate[i].status == Status.LEFT:
                continue
            draw_up(t, i, day)
            k = nearest(t)
            for f in range(FEATURES):
                c[k, FEATURES + f] += t.scratch[f]
            c[k, 2 * FEATURES] += 1.0
        for k in range(CLUSTERS):
            if c[k, 2 * FEATURES] > 0.0:
                for f in range(FEATURES):
                    c[k, f] = c[k, FEATURES + f] / c[k, 2 * FEATURES]


@compiled()
def nearest(t):
    """Number of the centre nearest to the profile drawn up; centres keep the order of value."""
    best = 0
    least = 1e9
    for k in range(CLUSTERS):
        gap = 0.0
        for f in range(FEATURES):
            d = t.scratch[f] - t.centres[k, f]
            gap += d * d
        if gap < least:
            least = gap
            best = k
    return best


@compiled()
def segment_from(value, core, vip):
    """Segment of a value between the cuts."""
    if value >= vip:
        return Segment.VIP.value
    return Segment.CORE.value if value >= core else Segment.ORDINARY.value
