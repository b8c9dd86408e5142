"""What the machine itself can do, and how near to it a full day comes."""

from __future__ import annotations

import numpy as np

from benchmarks.figures import Figure, cpu_seconds
from benchmarks.full_day import FullDay
from plaza_lab.engine.compiled import kernel
from plaza_lab.sim.randomness import U64, day_key, uniform
from plaza_lab.sim.recording import metrics as mt

SCANS = 1
"""Processes that look at every member's screening record each day: visiting."""


@kernel()
def triad(a, b, c):
    """STREAM's triad, ``a = b + 3 c``: 24 bytes an element."""
    for i in range(a.shape[0]):
        a[i] = b[i] + 3.0 * c[i]


@kernel()
def chase(next_place, steps):
    """Follow a chain through memory; every step waits for the one before."""
    place = 0
    for _ in range(steps):
        place = next_place[place]
    return place


@kernel()
def draw(n):
    """Sum of addressed draws."""
    key = day_key(U64(1), 1, 1)
    total = 0.0
    for i in range(n):
        total += uniform(key, U64(i))
    return total


def bandwidth(elements: int) -> float:
    """Bytes a second of the triad on one core."""
    a, b, c = np.ones((3, elements))
    triad(a, b, c)
    return 24.0 * elements / cpu_seconds(lambda: triad(a, b, c))


def latency(elements: int, steps: int) -> float:
    """Nanoseconds of a dependent read at random, over 8 bytes x ``elements``."""
    order = np.random.default_rng(1).permutation(elements)
    chain = np.empty(elements, np.int64)
    chain[order] = np.roll(order, -1)
    chase(chain, 1000)
    return 1e9 * cpu_seconds(lambda: chase(chain, steps)) / steps


def bytes_a_member_day(community: FullDay) -> float:
    """Bytes a full day must move per member, counted from the record types.

    Every member's screening record once a scan; rows and ties of visitors and of the seventh whose
    weekday it is, once; each item once as often as it is read.
    """
    t = community.tables
    days = slice(0, community.day)
    members = t.daily[days, mt.MEMBERS].sum()
    visits = t.daily[days, mt.VISITS].sum() / members
    views = t.daily[days, mt.VIEWS].sum() / members
    row = t.members.dtype.itemsize + t.ties.dtype.itemsize * t.ties.shape[1]
    screened = SCANS * t.fate.dtype.itemsize
    return float(screened + (visits + 1.0 / 7.0) * row + views * t.items.dtype.itemsize)


def measure(is_quick: bool) -> list[Figure]:
    """Bandwidth, latency and draws in turn with a full day; share of the machine's limit."""
    elements, members, days = (2_000_000, 10_000, 14) if is_quick else (20_000_000, 1_000_000, 3)
    community = FullDay(members, days)
    draw(1000)
    moved, waited, draws = [], [], []
    for _ in range(2 if is_quick else 5):
        moved.append(bandwidth(elements))
        waited.append(latency(elements, 500_000))
        draws.append(20e6 / cpu_seconds(lambda: draw(20_000_000)))
        community.round()
    size = bytes_a_member_day(community)
    pairs = zip(community.speed, moved, strict=True)
    share = [100.0 * speed * size / rate for speed, rate in pairs]
    return [
        Figure("triad, one core", "GB/s", [rate / 1e9 for rate in moved]),
        Figure("dependent read at random", "ns", waited, None, False, f"{8e-6 * elements:.0f} MB"),
        Figure("addressed draws, one core", "million/s", [rate / 1e6 for rate in draws]),
        Figure(
            f"full day, {members:,} members: share of bandwidth", "%", share,
            note=f"{size:.0f} bytes a member-day; limit "
            f"{max(moved) / size / 1e6:.0f} million member-days/s",
        ),
    ]  # fmt: skip
