"""Posts on an active day: a lognormal rounded up."""

from __future__ import annotations

import numpy as np

from plaza_lab.scenarios.fit.estimate import NEAR, Z95, Estimate

NAMES = ("posts_ln_mean", "posts_ln_sd")
MEANS = (-2.0, 3.0)  # bounds of a world's activity
NARROWEST, WIDEST = 0.05, 3.0


def log_probability(ln_mean: float, ln_sd: float, posts: np.ndarray) -> np.ndarray:
    """Log-probability of ``posts = ceil(exp(N(ln_mean, ln_sd)))``; float64 like ``posts``, >= 1."""
    from scipy.special import log_ndtr

    with np.errstate(divide="ignore"):
        low, high = np.log(posts - 1.0), np.log(posts)
    upper = log_ndtr((ln_mean - low) / ln_sd)
    inner = log_ndtr((ln_mean - high) / ln_sd)
    right = upper + np.log(-np.expm1(np.minimum(inner - upper, -1e-16)))
    left_high, left_low = (
        log_ndtr((high - ln_mean) / ln_sd),
        log_ndtr((low - ln_mean) / ln_sd),
    )
    left = left_high + np.log(-np.expm1(np.minimum(left_low - left_high, -1e-16)))
    return np.where(high > ln_mean, right, left)


def fit_posts(member: np.ndarray, posts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Interval-censored maximum likelihood of the rounded-up lognormal.

    Parameters
    ----------
    member : numpy.ndarray
        int64[n], who was active; days of one member are not independent, so errors are by member.
    posts : numpy.ndarray
        int64[n], posts on that active day, at least 1.

    Returns
    -------
    position : numpy.ndarray
        float64[2], ln-mean and logarithm of ln-sd.
    covariance : numpy.ndarray
        float64[2, 2], sandwich over members; NaN where everybody wrote the same number.
    """
    from scipy.optimize import minimize

    values, counts = np.unique(posts, return_counts=True)

    def cost(position: np.ndarray) -> float:
        return -float(counts @ log_probability(position[0], np.exp(position[1]), values)) / len(
            posts
        )

    logs = np.log(np.maximum(posts - 0.5, 0.5))
    start = np.array([logs.mean(), np.log(max(logs.std(), 0.3))])
    bounds = [MEANS, (float(np.log(NARROWEST)), float(np.log(WIDEST)))]
    found = minimize(cost, start, method="L-BFGS-B", bounds=bounds).x
    polish = {"xatol": 1e-6, "fatol": 1e-12, "maxiter": 1000}
    found = minimize(cost, found, method="Nelder-Mead", bounds=bounds, options=polish).x
    if len(values) < 3:
        return found, np.full((2, 2), np.nan)  # two numbers of posts cannot tell two parameters
    return found, _sandwich(found, member, posts, values)


def _sandwich(
    position: np.ndarray, member: np.ndarray, posts: np.ndarray, values: np.ndarray
) -> np.ndarray:
    step = 1e-4
    scores = np.empty((len(posts), 2))
    place = np.searchsorted(values, posts)
    second = np.empty((2, 2))
    counts = np.bincount(place)

    def at(shift: np.ndarray) -> np.ndarray:
        moved = position + shift
        return log_probability(moved[0], np.exp(moved[1]), values)

    unit = np.eye(2) * step
    for i in range(2):
        scores[:, i] = ((at(unit[i]) - at(-unit[i])) / (2 * step))[place]
        for j in range(2):
            corners = at(unit[i] + unit[j]) - at(unit[i] - unit[j])
            corners = corners - at(unit[j] - unit[i]) + at(-unit[i] - unit[j])
            second[i, j] = counts @ corners / (4 * step**2)
    sums = np.column_stack([np.bincount(member, column) for column in scores.T])
    if abs(np.linalg.det(second)) < 1e-9:
        return np.full((2, 2), np.nan)
    bread = np.linalg.inv(-second)
    return bread @ (sums.T @ sums) @ bread


def estimates(position: np.ndarray, covariance: np.ndarray) -> dict[str, Estimate]:
    """Turn the search result into ln-mean and ln-sd with 95 % intervals."""
    half = Z95 * np.sqrt(np.diag(covariance))
    mean, sd = (position[i] + half[i] * np.array([0.0, -1.0, 1.0]) for i in (0, 1))
    note = "sandwich over members"
    edges = (MEANS, (float(np.log(NARROWEST)), float(np.log(WIDEST))))
    return {
        name: Estimate(
            float(value), float(low), float(high), note=note,
            is_at_bound=not edge[0] + NEAR < at < edge[1] - NEAR,
        )
        for name, (value, low, high), at, edge in zip(
            NAMES, (mean, np.exp(sd)), position, edges, strict=True
        )
    }  # fmt: skip
