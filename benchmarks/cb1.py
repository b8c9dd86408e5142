"""CB-1 in both ways of writing it: equal work first, then the ratio of their speeds."""

from __future__ import annotations

import math

import numpy as np

from benchmarks import cb1_mesa, cb1_plaza
from benchmarks.cb1_setup import COUNTS, People, gather
from benchmarks.figures import Figure, cpu_seconds

DISCARDED = 3
MOST_SIGMA = 4.0
LEAST_RATIO = 100.0


class Pair:
    """The same people, once as Mesa objects and once as records.

    Parameters
    ----------
    members : int
        Number of members.
    days : int
        Days of Mesa a round.
    """

    def __init__(self, members: int, days: int) -> None:
        self.members = members
        self.days = days
        self.people = gather(members)
        self.mesa = cb1_mesa.Community(self.people)
        self.town = cb1_plaza.found(self.people, 2000)
        self.day = 1 + DISCARDED
        cb1_plaza.live(self.town, 1, 1, self.day)
        for _ in range(DISCARDED):
            self.mesa.step()
        self.mesa_speed: list[float] = []
        self.plaza_speed: list[float] = []

    def round(self) -> None:
        """Time some days of Mesa, then ten times as many of records."""
        seconds = cpu_seconds(lambda: [self.mesa.step() for _ in range(self.days)])
        self.mesa_speed.append(self.members * self.days / seconds)
        last = self.day + 10 * self.days
        seconds = cpu_seconds(lambda: cb1_plaza.live(self.town, 1, self.day, last))
        self.plaza_speed.append(self.members * (last - self.day) / seconds)
        self.day = last

    def figures(self) -> list[Figure]:
        """Speeds and their ratio; the ratio only when the work agrees."""
        name = f"CB-1 day, {self.members:,} members"
        note = f"{self.days} days a round, 1 thread"
        found = [
            Figure(f"{name}: Mesa objects", "member-days/s", self.mesa_speed, note=note),
            Figure(f"{name}: records", "member-days/s", self.plaza_speed, note=note),
        ]
        days = len(self.mesa.history)
        apart = disagreements(self.people, np.array(self.mesa.history), days)
        if apart:
            print(f"{name}: no ratio, the work differs: {'; '.join(apart)}")
            return found
        ratios = [a / b for a, b in zip(self.plaza_speed, self.mesa_speed, strict=True)]
        target = LEAST_RATIO if self.members == 100_000 else None
        return [*found, Figure(f"{name}: ratio", "x", ratios, target, note="work agrees")]


def disagreements(people: People, mesa_counts: np.ndarray, days: int, seeds: int = 16) -> list[str]:
    """Work counts in which Mesa lies further than 4 sigma from the records.

    Parameters
    ----------
    people : People
        Traits and ties of both.
    mesa_counts : numpy.ndarray
        Daily counts of Mesa, shape ``(days, 5)``, from day 1.
    days : int
        Days compared.
    seeds : int
        Runs of records from which mean and spread between seeds are taken.

    Returns
    -------
    list of str
        One line for each count that differs; empty when all agree.
    """
    totals = np.empty((seeds, len(COUNTS)))
    for seed in range(seeds):
        town = cb1_plaza.found(people, days + 1)
        cb1_plaza.live(town, 100 + seed, 1, days + 1)
        totals[seed] = town.counts[1 : days + 1].sum(axis=0)
    mesa = mesa_counts[:days].sum(axis=0)
    sigma = totals.std(axis=0, ddof=1) * math.sqrt(1.0 + 1.0 / seeds)
    away = np.abs(mesa - totals.mean(axis=0)) / np.maximum(sigma, 1e-9)
    return [
        f"{name} {mesa[k]:,.0f} against {totals[:, k].mean():,.0f} ({away[k]:.1f} sigma)"
        for k, name in enumerate(COUNTS)
        if away[k] > MOST_SIGMA
    ]


def measure(is_quick: bool) -> list[Figure]:
    """Run both in turn; sizes 10,000 and 100,000 members."""
    pairs = [Pair(10_000, 4), Pair(100_000, 2)] if not is_quick else [Pair(10_000, 3)]
    for _ in range(2 if is_quick else 5):
        for pair in pairs:
            pair.round()
    return [figure for pair in pairs for figure in pair.figures()]
