"""Several worlds: what the world contributes to a difference, told apart from luck.

Seeds within a world are replicates of that world, not further worlds. An interval for the mean
over worlds therefore counts worlds, not pairs; and worlds that share their seeds share their luck,
which more worlds do not average away.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import scipy  # its parts are loaded when they are used

from plaza_lab.scenarios.statistics.crossed import crossed_mean
from plaza_lab.scenarios.statistics.intervals import MeanInterval

WORLD = "world_point"


def is_over_worlds(runs: pd.DataFrame) -> bool:
    """Return whether the runs come from two sampled worlds or more."""
    return WORLD in runs and runs[WORLD].nunique() > 1


def worlds_of(index: pd.Index) -> np.ndarray | None:
    """Number the world of every pair.

    Parameters
    ----------
    index : pandas.Index
        Of one side of :func:`plaza_lab.scenarios.statistics.pairing.paired_runs`.

    Returns
    -------
    numpy.ndarray or None
        Shape ``(pairs,)``, from 0; None when all pairs come from one world.
    """
    if WORLD not in index.names:
        return None
    return pd.factorize(index.get_level_values(WORLD))[0]


def world_means(values: np.ndarray, worlds: np.ndarray | None) -> np.ndarray:
    """Average the pairs of each world, so that every world counts once.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(pairs,)``, finite.
    worlds : numpy.ndarray or None
        World of each pair; None leaves the values as they are.

    Returns
    -------
    numpy.ndarray
        Shape ``(worlds,)``, worlds without a pair left out.
    """
    if worlds is None:
        return values
    counts = np.bincount(worlds)
    sums = np.bincount(worlds, weights=values)
    return sums[counts > 0] / counts[counts > 0]


def over_worlds(table: np.ndarray, level: float) -> MeanInterval:
    """Interval of a mean over worlds that share their seeds.

    Parameters
    ----------
    table : numpy.ndarray
        Shape ``(worlds, seeds)``, finite.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    MeanInterval
        Student's t with the error of drawing worlds and seeds anew; no interval with fewer than
        two worlds.
    """
    found, worlds, seeds = crossed_mean(table), *table.shape
    mean = found.mean
    if math.isnan(found.error):
        nan = math.nan
        return MeanInterval(worlds, mean, nan, nan, nan, "none", "one world", nan)
    spread = found.error * math.sqrt(worlds)
    if not found.error > 1e-12 * float(np.abs(table).max()):
        why = "the same in every pair"
        return MeanInterval(worlds, mean, 0.0, mean, mean, "exact", why, float(mean == 0))
    low, high = found.interval(level)
    p = 2 * float(scipy.special.stdtr(found.freedom, -abs(mean) / found.error))
    why = f"worlds {worlds}, seeds {seeds}"
    if seeds == 1:
        why += "; the luck of the one seed is in no interval"
    return MeanInterval(worlds, mean, spread, low, high, "t", why, p)


def world_share(values: np.ndarray, worlds: np.ndarray | None) -> float:
    """Share of the variance of single pairs that comes from the world rather than from luck.

    Parameters
    ----------
    values : numpy.ndarray
        Paired differences, shape ``(pairs,)``, finite.
    worlds : numpy.ndarray or None
        World of each pair.

    Returns
    -------
    float
        From 0 to 1, by the analysis of variance with random worlds (Searle et al. 1992); NaN with
        one world, with one seed a world, or when all values are equal.
    """
    if worlds is None:
        return math.nan
    counts = np.bincount(worlds)
    counts = counts[counts > 0].astype(float)
    n, k = values.size, counts.size
    if k < 2 or n == k:
        return math.nan
    means = world_means(values, worlds)
    between = float((counts * (means - values.mean()) ** 2).sum()) / (k - 1)
    within = (float(((values - values.mean()) ** 2).sum()) - between * (k - 1)) / (n - k)
    seeds = (n - float((counts**2).sum()) / n) / (k - 1)
    world, luck = max((between - within) / seeds, 0.0), max(within, 0.0)
    return world / (world + luck) if world + luck > 0 else math.nan
