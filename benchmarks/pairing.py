"""Pairing: how many independent runs one paired run is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.figures import Figure
from plaza_lab.sim import engine
from plaza_lab.sim.recording.metrics import NAMES
from plaza_lab.sim.setting import Population, Setting

LEAST_GAIN = 25.0
OUTCOMES = ("retained", "active_28d")
CUT = 0.97


def last_values(setting: Setting, seeds: range, days: int) -> np.ndarray:
    """Outcomes on the last day, shape ``(seeds, outcomes)``."""
    columns = [NAMES.index(name) for name in OUTCOMES]
    return np.array([run.days[-1, columns] for run in engine.simulate(setting, seeds, days)])


def variance_ratios(members: int, pairs: int, days: int) -> np.ndarray:
    """Variance of independent differences over that of paired ones, for 3 % less activity.

    Parameters
    ----------
    members : int
        Members of day 0.
    pairs : int
        Seeds, each lived under both settings.
    days : int
        Days of a run.

    Returns
    -------
    numpy.ndarray
        One ratio an outcome, above 1 where pairing helps.
    """
    before = Setting(population=Population(initial_members=members))
    world = before.world
    after = replace(
        before, world=replace(world, visiting=replace(world.visiting, activity_factor=CUT))
    )
    a = last_values(before, range(1, pairs + 1), days)
    b = last_values(after, range(1, pairs + 1), days)
    independent = a.var(axis=0, ddof=1) + b.var(axis=0, ddof=1)
    return independent / np.maximum((b - a).var(axis=0, ddof=1), 1e-30)


def measure(is_quick: bool) -> list[Figure]:
    """Variance ratios at 1,000 members over a year, 50 pairs."""
    pairs, days = (8, 84) if is_quick else (50, 364)
    ratios = variance_ratios(1000, pairs, days)
    note = f"3 % less activity, {pairs} pairs, 1,000 members, {days} days"
    return [
        Figure(f"pairing: variance ratio, {name}", "x", [float(ratio)], LEAST_GAIN, note=note)
        for name, ratio in zip(OUTCOMES, ratios, strict=True)
    ]
