"""An estimated number with its interval, and the likelihood search that finds it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Z95 = 1.959964
NEAR = 0.02  # to a bound, on the search scale


@dataclass(frozen=True)
class Estimate:
    """One estimated number.

    Attributes
    ----------
    value : float
        Point estimate.
    low, high : float
        95 % interval; NaN where the data give none.
    origin : str
        ``"from data"``, ``"default"`` or ``"given"``.
    note : str
        How the interval was made, or what to be careful about.
    is_at_bound : bool
        The search ended at the edge of what a world allows: the data pull further, or tell nothing.
    """

    value: float
    low: float = np.nan
    high: float = np.nan
    origin: str = "from data"
    note: str = ""
    is_at_bound: bool = False


@dataclass(frozen=True)
class Fitted:
    """Result of a likelihood search.

    Attributes
    ----------
    names : tuple of str
        Parameter names.
    position : numpy.ndarray
        float64[k], estimates on the search scale (logarithms, or logits between bounds).
    covariance : numpy.ndarray
        float64[k, k] on the search scale; NaN rows for parameters the data do not tell.
    log_likelihood : float
        At the estimate.
    n : int
        Members, for the information criterion.
    at_bound : tuple of bool
        For each parameter, whether the search ended at the edge; empty where nobody looked.
    """

    names: tuple[str, ...]
    position: np.ndarray
    covariance: np.ndarray
    log_likelihood: float
    n: int
    at_bound: tuple[bool, ...] = ()

    @property
    def bic(self) -> float:
        """Bayesian information criterion (Schwarz 1978); the lower law is preferred."""
        return len(self.names) * float(np.log(self.n)) - 2 * self.log_likelihood

    def estimates(self, natural: Callable[[np.ndarray], np.ndarray]) -> dict[str, Estimate]:
        """Estimates with Wald intervals on the search scale, carried over by ``natural``."""
        half = Z95 * np.sqrt(np.diag(self.covariance))
        value, low, high = (natural(self.position + shift) for shift in (0.0, -half, half))
        edge = self.at_bound or (False,) * len(self.names)
        return {
            name: Estimate(float(v), float(lo), float(hi), note="Wald, log scale", is_at_bound=e)
            for name, v, lo, hi, e in zip(self.names, value, low, high, edge, strict=True)
        }


def maximise(
    log_likelihood: Callable[[np.ndarray], float],
    starts: Sequence[np.ndarray],
    bounds: Sequence[tuple[float, float]],
    names: tuple[str, ...],
    n: int,
    polish: bool = True,
) -> Fitted:
    """Maximum likelihood from several starts, with the curvature at the top.

    Parameters
    ----------
    log_likelihood : callable
        Of float64[k] on the search scale.
    starts : sequence of numpy.ndarray
        Where to begin; the best end is kept.
    bounds : sequence of (float, float)
        Of every parameter on the search scale; a parameter that ends at its bound is fixed there
        and gets no interval: the data do not tell it.
    names : tuple of str
        Parameter names.
    n : int
        Sample size, for the information criterion.
    polish : bool
        Search on without derivatives from the best end; needless from a very near start.

    Returns
    -------
    Fitted
        Estimate, covariance from the inverse Hessian, log-likelihood.
    """
    from scipy.optimize import minimize

    def cost(position: np.ndarray) -> float:
        value = log_likelihood(position)
        return -value / n if np.isfinite(value) else 1e10

    top = min(
        (minimize(cost, start, method="L-BFGS-B", bounds=bounds) for start in starts),
        key=lambda found: found.fun,
    )
    if polish:
        options = {"xatol": 1e-5, "fatol": 1e-12, "maxiter": 200 * len(names)}
        polished = minimize(cost, top.x, method="Nelder-Mead", bounds=bounds, options=options)
        top = polished if polished.fun < top.fun else top
    covariance = _covariance(log_likelihood, top.x, bounds)
    edges = np.array(bounds).T
    at_bound = (top.x <= edges[0] + NEAR) | (top.x >= edges[1] - NEAR)
    return Fitted(names, top.x, covariance, -float(top.fun) * n, n, tuple(map(bool, at_bound)))


def _covariance(
    log_likelihood: Callable[[np.ndarray], float],
    position: np.ndarray,
    bounds: Sequence[tuple[float, float]],
) -> np.ndarray:
    k = len(position)
    covariance = np.full((k, k), np.nan)
    low, high = np.array(bounds).T
    free = np.flatnonzero((position > low + NEAR) & (position < high - NEAR))
    if not free.size:
        return covariance
    information = -hessian(log_likelihood, position, free)
    values, vectors = np.linalg.eigh(information)
    if values.min() <= 1e-6:
        return covariance  # a flat direction: no honest interval
    covariance[np.ix_(free, free)] = (vectors / values) @ vectors.T
    return covariance


def hessian(
    function: Callable[[np.ndarray], float],
    position: np.ndarray,
    free: np.ndarray,
    step: float = 5e-3,
) -> np.ndarray:
    """Second derivatives by central differences in the ``free`` coordinates; float64[m, m]."""

    def at(i: int, j: int, si: float, sj: float) -> float:
        moved = position.copy()
        moved[free[i]] += si * step
        moved[free[j]] += sj * step
        return function(moved)

    m = len(free)
    matrix = np.empty((m, m))
    centre = function(position)
    for i in range(m):
        matrix[i, i] = at(i, i, 1, 0) - 2 * centre + at(i, i, -1, 0)
        for j in range(i):
            cross = at(i, j, 1, 1) - at(i, j, 1, -1) - at(i, j, -1, 1) + at(i, j, -1, -1)
            matrix[i, j] = matrix[j, i] = cross / 4
    return matrix / step**2


def drawn_positions(fitted: Fitted, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Draw parameters from the normal approximation around the estimate; float64[draws, k].

    Parameters without an interval stay at their estimate.
    """
    told = np.isfinite(np.diag(fitted.covariance))
    positions = np.tile(fitted.position, (draws, 1))
    if told.any():
        spread = np.linalg.cholesky(fitted.covariance[np.ix_(told, told)])
        positions[:, told] += rng.standard_normal((draws, int(told.sum()))) @ spread.T
    return positions
