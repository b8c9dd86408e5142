"""Means over worlds that share their seeds: how sure they are over worlds and over luck.

Every world of a study is lived at the same seeds. Worlds then share the luck of those seeds, so
that more worlds alone do not make a mean surer; the error has a part for each.

Reference: Searle et al. (1992), two-way random effects; Satterthwaite (1946), degrees of freedom.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded when they are used


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
    """Means of several numbers over the same worlds and seeds.

    Parameters
    ----------
    means : numpy.ndarray
        Shape ``(k,)``.
    covariance : numpy.ndarray
        Of the means, shape ``(k, k)``.
    freedom : float
        Degrees of freedom, the smallest of the numbers'.
    seed_errors : numpy.ndarray
        Part of each standard error that comes from the seeds, shape ``(k,)``.
    """

    means: np.ndarray
    covariance: np.ndarray
    freedom: float
    seed_errors: np.ndarray


def crossed_mean(values: np.ndarray) -> CrossedMean:
    """Mean over points and seeds, with the error of drawing both anew.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(points, seeds)``; points with a NaN are left out.

    Returns
    -------
    CrossedMean
        With one seed its part is unknown and left out.
    """
    whole = values[np.isfinite(values).all(axis=1)]
    if len(whole) < 2:
        return CrossedMean(float(whole.mean()) if len(whole) else math.nan, math.nan, math.nan)
    found = crossed_moments(whole[None])
    error, of_seed = math.sqrt(found.covariance[0, 0]), float(found.seed_errors[0])
    return CrossedMean(float(found.means[0]), error, found.freedom, of_seed)


def crossed_moments(values: np.ndarray) -> CrossedMoments:
    """Means of several numbers, with the covariance of drawing worlds and seeds anew.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(k, points, seeds)``, finite, at least two points.

    Returns
    -------
    CrossedMoments
        With one seed its part is unknown and left out.
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
    """Lay out pairs as worlds by seeds.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(..., pairs)``.
    worlds, seeds : numpy.ndarray
        World and seed of each pair.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., worlds, seeds)``; worlds that lack a seed are left out.
    """
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
