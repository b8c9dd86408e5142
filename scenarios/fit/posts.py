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


def person_share(member: np.ndarray, posts: np.ndarray, repeats: int = 200) -> Estimate:
    """Part of the variance of log posts on an active day that lies between members.

    Parameters
    ----------
    member, posts : numpy.ndarray
        int64[n], who was active, and posts on that day.
    repeats : int
        Resamples of members for the interval.

    Returns
    -------
    Estimate
        One-way random effects by moments, at least 0 (Searle, Casella & McCulloch 1992).
    """
    logs = np.log(posts)
    n = np.bincount(member).astype(float)
    sums = np.bincount(member, logs)
    squares = np.bincount(member, logs * logs)
    n, sums, squares = n[n > 0], sums[n > 0], squares[n > 0]
    if n.size < 2 or n.sum() <= n.size or np.ptp(logs) == 0:
        return Estimate(0.0, note="posts do not tell persons from days")
    rng = np.random.default_rng(0)
    drawn = [rng.integers(0, n.size, n.size) for _ in range(repeats)]
    values = [_between(n[k], sums[k], squares[k]) for k in drawn]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    note = f"bootstrap over members, {repeats} resamples"
    return Estimate(_between(n, sums, squares), float(low), float(high), note=note)


def _between(n: np.ndarray, sums: np.ndarray, squares: np.ndarray) -> float:
    total, k = n.sum(), n.size
    if total <= k:
        return float("nan")
    within = float((squares - sums**2 / n).sum()) / (total - k)
    means = float((sums**2 / n).sum() - sums.sum() ** 2 / total) / (k - 1)
    between = max(0.0, (means - within) / ((total - (n**2).sum() / total) / (k - 1)))
    return between / (between + within) if between + within > 0 else float("nan")
