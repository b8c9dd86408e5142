"""Several worlds: what the world contributes to a difference, told apart from luck.

Seeds within a world are replicates of that world, not further worlds. An interval for the mean
over worlds therefore counts worlds, not pairs; and worlds that share their seeds share their luck,
which more worlds do not average away: the error has a part for each.

Reference: Searle et al. (1992), two-way random effects; Satterthwaite (1946), degrees of freedom.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy  # its parts are loaded when they are used

from plaza_lab.scenarios.statistics.intervals import MeanInterval


@dataclass(frozen=True)
class CrossedMean:
    """A mean over worlds that share their seeds, and how sure it is over both.

    ``error`` is the standard error with ``freedom`` degrees of freedom; ``seed_error`` is the part
    of it that comes from the seeds, alike in every world.
    """

    mean: float
    error: float
    freedom: float
    seed_error: float = 0.0

    def interval(self, level: float) -> tuple[float, float]:
        """Student's t interval at a coverage in (0, 1); NaN with fewer than two worlds."""
        half = float(scipy.special.stdtrit(self.freedom, (1 + level) / 2)) * self.error
        return self.mean - half, self.mean + half

    @property
    def p_not_above(self) -> float:
        """One-sided p of a mean that is not above zero; 1 where nothing is known."""
        if not self.error > 0:
            return float(not self.mean > 0 or math.isnan(self.error))
        return float(scipy.special.stdtr(self.freedom, -self.mean / self.error))


@dataclass(frozen=True)
class CrossedMoments:
    """Means of ``k`` numbers over the same worlds and seeds, with their covariance, ``(k, k)``.

    ``freedom`` is the smallest of their degrees of freedom; ``seed_errors`` are the parts of the
    standard errors that come from the seeds.
    """

    means: np.ndarray
    covariance: np.ndarray
    freedom: float
    seed_errors: np.ndarray


def crossed_mean(values: np.ndarray) -> CrossedMean:
    """Mean over a table ``(points, seeds)``, with the error of drawing both anew.

    Points with a NaN are left out; with one seed its part of the error is unknown and left out.
    """
    whole = values[np.isfinite(values).all(axis=1)]
    if len(whole) < 2:
        return CrossedMean(float(whole.mean()) if len(whole) else math.nan, math.nan, math.nan)
    found = crossed_moments(whole[None])
    error, of_seed = math.sqrt(found.covariance[0, 0]), float(found.seed_errors[0])
    return CrossedMean(float(found.means[0]), error, found.freedom, of_seed)


def crossed_moments(values: np.ndarray) -> CrossedMoments:
    """Means of several numbers, with the covariance of drawing worlds and seeds anew.

    Of finite values ``(k, points, seeds)``, at least two points; with one seed its part is unknown
    and left out.
    """
    k, points, seeds = values.shape
    of_point, means = values.mean(axis=2), values.mean(axis=(1, 2))
    by_point = np.atleast_2d(np.cov(of_point, ddof=1)) / points
    if seeds < 2:
        return CrossedMoments(means, by_point, points - 1, np.zeros(k))
    of_seed = values.mean(axis=1)
    rest = values - of_point[:, :, None] - of_seed[:, None, :] + means[:, None, None]
    flat = rest.reshape(k, -1)
    luck = flat @ flat.T / ((points - 1) * (seeds - 1)) / (points * seeds)
    by_seed = _not_negative(np.atleast_2d(np.cov(of_seed, ddof=1)) / seeds - luck)
    # worlds hold luck as well: where they agree by chance, more than it allows, the luck counts
    is_short = np.diag(by_point) < np.diag(luck)
    if is_short.any():
        by_point = _not_negative(np.where(np.diag(is_short), luck, by_point))
    freedom = min(
        _freedom(by_point[at, at], points - 1, by_seed[at, at], seeds - 1) for at in range(k)
    )
    return CrossedMoments(means, by_point + by_seed, freedom, np.sqrt(np.diag(by_seed)))


def crossed_table(values: np.ndarray, worlds: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Lay out ``(..., pairs)`` as ``(..., worlds, seeds)``, without worlds that lack a seed."""
    rows, place = np.unique(worlds, return_inverse=True)
    columns, column = np.unique(seeds, return_inverse=True)
    is_there = np.zeros((rows.size, columns.size), dtype=bool)
    is_there[place, column] = True
    table = np.full((*values.shape[:-1], rows.size, columns.size), np.nan)
    table[..., place, column] = values
    return table[..., is_there.all(axis=1), :]


def _not_negative(matrix: np.ndarray) -> np.ndarray:
    """Nearest covariance: a part of the variance that came out below zero is none."""
    sizes, directions = np.linalg.eigh(matrix)
    return (directions * np.maximum(sizes, 0.0)) @ directions.T


def _freedom(by_point: float, points: int, by_seed: float, seeds: int) -> float:
    spread = by_point**2 / points + by_seed**2 / seeds
    return (by_point + by_seed) ** 2 / spread if spread > 0 else float(points)


WORLD = "world_point"


def is_over_worlds(runs: pd.DataFrame) -> bool:
    """Return whether the runs come from two sampled worlds or more."""
    return WORLD in runs and runs[WORLD].nunique() > 1


def worlds_of(index: pd.Index) -> np.ndarray | None:
    """Number the world of every pair, from 0; None when all pairs come from one world."""
    if WORLD not in index.names:
        return None
    return pd.factorize(index.get_level_values(WORLD))[0]


def world_means(values: np.ndarray, worlds: np.ndarray | None) -> np.ndarray:
    """Average the pairs of each world, so that every world counts once; None leaves them be.

    Of finite values, shape ``(pairs,)``, and the world of each; shape ``(worlds,)``.
    """
    if worlds is None:
        return values
    counts = np.bincount(worlds)
    sums = np.bincount(worlds, weights=values)
    return sums[counts > 0] / counts[counts > 0]


def over_worlds(table: np.ndarray, level: float) -> MeanInterval:
    """Interval of a mean over worlds that share their seeds, of a finite table ``(worlds, seeds)``.

    Student's t with the error of drawing worlds and seeds anew, at a coverage in (0, 1); no
    interval with fewer than two worlds.
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
    """Share of the variance of single paired differences that comes from the world, not from luck.

    From 0 to 1, by the analysis of variance with random worlds (Searle et al. 1992), of finite
    values, shape ``(pairs,)``, and the world of each; NaN with one world (or None), with one seed a
    world, or when all values are equal.
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
