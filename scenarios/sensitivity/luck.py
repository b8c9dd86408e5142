"""How much of the variation is luck: seeds as noise, and the dummy that redraws it.

Common seeds make a setting that changes nothing have an effect of exactly nothing, so a dummy that
merely repeats a run would be passed by every ripple. The dummy here changes nothing but the luck:
its repeated runs are those of the same point with the residual luck drawn afresh. What does not
rise above it could be luck alone.

References: Law (2015, 12.5) for common random numbers; ten Broeke et al. (2016) for seeds in the
sensitivity of agent-based models; Satterthwaite (1946) for degrees of freedom.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Luck:
    """Variance of an outcome split into the plan's, the seeds' and their interplay.

    Parameters
    ----------
    points, seeds : int
        Size of the crossed table.
    plan, seed, luck : float
        Variance components of a single run: of the points, of the seeds alike at every point, and
        of luck that differs from point to point. ``luck`` and ``seed`` are NaN with one seed.
    """

    points: int
    seeds: int
    plan: float
    seed: float
    luck: float

    @property
    def share_of_run(self) -> float:
        """Share of the variance of single runs that the seeds make, in [0, 1]."""
        whole = self.plan + self.seed + self.luck
        return (self.seed + self.luck) / whole if whole else math.nan

    @property
    def share_of_mean(self) -> float:
        """Share of the variance of the points' means over seeds that is luck, in [0, 1].

        Seeds that shift every point alike cancel and are no part of it.
        """
        rest = self.luck / self.seeds
        return rest / (self.plan + rest) if self.plan + rest else math.nan


def luck_of(values: np.ndarray) -> Luck:
    """Split the variance by two-way random-effects analysis of variance.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(points, seeds)``; points with a NaN are left out.

    Returns
    -------
    Luck
        Components, none below zero; all NaN with fewer than two whole points.
    """
    values = values[np.isfinite(values).all(axis=1)]
    points, seeds = values.shape
    if points < 2:
        return Luck(points, seeds, math.nan, math.nan, math.nan)
    of_point = values.mean(axis=1)
    if seeds < 2:
        return Luck(points, seeds, float(of_point.var(ddof=1)), math.nan, math.nan)
    of_seed, middle = values.mean(axis=0), float(values.mean())
    rest = values - of_point[:, None] - of_seed[None, :] + middle
    luck = float((rest**2).sum()) / ((points - 1) * (seeds - 1))
    plan = max(0.0, float(of_point.var(ddof=1)) - luck / seeds)
    seed = max(0.0, float(of_seed.var(ddof=1)) - luck / points)
    return Luck(points, seeds, plan, seed, luck)


def redrawn(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Means over seeds, of ``(points, seeds)``, as they would be with the luck drawn afresh.

    They differ from the means by a random contrast of each point's residuals, scaled to the
    variance of a difference of two independent means, ``2 luck / seeds``; `rng` draws one contrast
    a point. With one seed luck is unknown, and the means come back as they are.
    """
    means = values.mean(axis=1)
    seeds = values.shape[1]
    if seeds < 2:
        return means
    whole = np.isfinite(means)
    rest = values - values[whole].mean(axis=0)
    contrast = rng.standard_normal(values.shape)
    contrast -= contrast.mean(axis=1, keepdims=True)
    contrast *= math.sqrt(2 / seeds) / np.linalg.norm(contrast, axis=1, keepdims=True)
    return means + (rest * contrast).sum(axis=1)


def luck_words(seeds: int, of_run: float = math.nan, of_mean: float = math.nan) -> str:
    """Say how much of the variation is luck, by the shares of :class:`Luck`; one sentence."""
    if seeds < 2:
        return (
            "One seed a point: luck cannot be told from effects; run at least two seeds "
            "(run.replicates=2)."
        )
    if not math.isfinite(of_run):
        return "The outcome is the same in every run."
    return (
        f"Seeds make {of_run * 100:.0f} % of the variance of single runs; in the means "
        f"over {seeds} seeds, {of_mean * 100:.0f} % is luck."
    )
