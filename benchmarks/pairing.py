"""Pairing: how many independent runs one paired run is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.figures import Figure
from benchmarks.pinned import pinned
from plaza_lab.sim import engine
from plaza_lab.sim.recording.metrics import NAMES
from plaza_lab.sim.setting import Population, Setting

LEAST_GAIN = 25.0
OUTCOMES = ("retained", "active_28d")
CUT = 0.97
PAIRS = 240
"""As many as tell a ratio to an eighth."""


def last_values(setting: Setting, seeds: range, days: int) -> np.ndarray:
    """Outcomes on the last day, shape ``(seeds, outcomes)``."""
    columns = [NAMES.index(name) for name in OUTCOMES]
    return np.array([run.days[-1, columns] for run in engine.simulate(setting, seeds, days)])


def variance_ratios(before: Setting, pairs: int, days: int) -> np.ndarray:
    """Variance of independent differences over that of paired ones, for 3 % less activity.

    Parameters
    ----------
    before : Setting
        The community as it is.
    pairs : int
        Seeds, each lived under both settings.
    days : int
        Days of a run.

    Returns
    -------
    numpy.ndarray
        One ratio an outcome, above 1 where pairing helps; its relative error is about
        ``sqrt(4 / pairs)``, as each of the two variances has ``sqrt(2 / pairs)``.
    """
    world = before.world
    less = replace(world.visiting, activity_factor=CUT * world.visiting.activity_factor)
    after = replace(before, world=replace(world, visiting=less))
    a = last_values(before, range(1, pairs + 1), days)
    b = last_values(after, range(1, pairs + 1), days)
    independent = a.var(axis=0, ddof=1) + b.var(axis=0, ddof=1)
    return independent / np.maximum((b - a).var(axis=0, ddof=1), 1e-30)


def measure(is_quick: bool) -> list[Figure]:
    """Variance ratios at 1,000 members over a year, in today's world and in that of 464ef09."""
    pairs, days = (8, 84) if is_quick else (PAIRS, 364)
    today = Setting(population=Population(initial_members=1000))
    note = f"3 % less activity, {pairs} pairs, 1,000 members, {days} days"
    return [
        Figure(
            f"pairing: variance ratio, {name}{where}", "x", [float(ratio)], LEAST_GAIN, note=note
        )
        for where, world in (("", today), (", world of 464ef09", pinned(today, is_full=False)))
        for name, ratio in zip(OUTCOMES, variance_ratios(world, pairs, days), strict=True)
    ]
