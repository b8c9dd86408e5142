"""How many first acts a day, where that is heading, and the rhythm of the week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plaza_lab.scenarios.fit.bgnbd import first_days
from plaza_lab.scenarios.fit.estimate import Z95, Estimate
from plaza_lab.scenarios.fit.log import Log

WINDOW_DAYS = 730  # assumption: what a forecast continues is the last two years, not the founding
LEFT_OUT_DAYS = 28  # assumption: in a log that starts midway, old members look new at first
SETTLED_DAYS = 182  # only logs of half a year can spare the first weeks
BLOCK_DAYS = 28  # bursts last weeks: days within a block are not taken as independent
FEWEST_BLOCKS = 10
REPEATS = 400
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Arrivals:
    """First acts a day: a negative binomial regression on time.

    Attributes
    ----------
    per_day : Estimate
        Expected first acts a day at the end of the log.
    trend : Estimate
        Growth of their logarithm a day.
    overdispersion : float
        Pearson chi-square over its degrees of freedom under Poisson; 1 would be Poisson.
    dispersion : float
        Negative binomial k in variance = mean + k mean^2, 0 for Poisson.
    window : tuple of int
        First and last day used, counted from the first day of the log.
    """

    per_day: Estimate
    trend: Estimate
    overdispersion: float
    dispersion: float
    window: tuple[int, int]


def fit_arrivals(log: Log) -> Arrivals:
    """Fit level and log-trend of first acts a day, with overdispersion.

    Parameters
    ----------
    log : Log
        At least 14 days.

    Returns
    -------
    Arrivals
        Level at the end of the log and trend, from the last two years at most and without the
        first four weeks of logs longer than half a year.
    """
    start = LEFT_OUT_DAYS if log.n_days > SETTLED_DAYS else 0
    start = max(start, log.n_days - WINDOW_DAYS)
    counts = np.bincount(first_days(log.member, log.day), minlength=log.n_days)[start:].astype(
        float
    )
    window = (start, log.n_days - 1)
    if counts.sum() < 3:
        return _too_few(counts, window)
    since_end = np.arange(len(counts)) - (len(counts) - 1.0)
    position = _negative_binomial(counts, since_end)
    mean = np.exp(position[0] + position[1] * since_end)
    k = np.exp(position[2])
    covariance = _covariance(counts, since_end, mean, k)
    level_sd, trend_sd = np.sqrt(np.diag(covariance))
    level = Estimate(
        np.exp(position[0]),
        np.exp(position[0] - Z95 * level_sd),
        np.exp(position[0] + Z95 * level_sd),
        note="negative binomial regression, errors by 4-week blocks",
    )
    trend = Estimate(position[1], position[1] - Z95 * trend_sd, position[1] + Z95 * trend_sd)
    pearson = float(((counts - mean) ** 2 / mean).sum() / max(len(counts) - 2, 1))
    return Arrivals(level, trend, pearson, float(k) if k > 1e-4 else 0.0, window)


def _too_few(counts: np.ndarray, window: tuple[int, int]) -> Arrivals:
    """Rate of next to nothing: the exact Poisson interval, no trend."""
    from scipy.special import gammaincinv

    n, days = counts.sum(), len(counts)
    high = gammaincinv(n + 1, 0.975) / days
    low = gammaincinv(n, 0.025) / days if n else 0.0
    level = Estimate(max(n, 0.5) / days, low, high, note="fewer than 3 arrivals in the window")
    return Arrivals(level, Estimate(0.0, note="too few arrivals for a trend"), np.nan, 0.0, window)


def _negative_binomial(counts: np.ndarray, time: np.ndarray) -> np.ndarray:
    from scipy.optimize import minimize
    from scipy.special import gammaln

    scale = 1.0 / len(counts)  # the trend is searched per window, so that all three are of size 1

    def cost(position: np.ndarray) -> float:
        mean = np.exp(np.clip(position[0] + position[1] * scale * time, -30, 30))
        shape = np.exp(-position[2])
        value = gammaln(counts + shape) - gammaln(shape) - gammaln(counts + 1)
        value -= shape * np.log1p(mean / shape) + counts * np.log1p(shape / mean)
        return -float(value.mean())

    start = np.array([np.log(counts.mean()), 0.0, np.log(0.5)])
    bounds = [(-15.0, 15.0), (-20.0, 20.0), (-10.0, 4.0)]
    found = minimize(cost, start, method="L-BFGS-B", bounds=bounds).x
    polish = {"xatol": 1e-6, "fatol": 1e-12, "maxiter": 2000}
    found = minimize(cost, found, method="Nelder-Mead", bounds=bounds, options=polish).x
    return np.array([found[0], found[1] * scale, found[2]])


def _covariance(counts: np.ndarray, time: np.ndarray, mean: np.ndarray, k: float) -> np.ndarray:
    """Covariance of level and trend: the larger of model-based and block sandwich, by element."""
    design = np.column_stack([np.ones_like(time), time])
    bread = np.linalg.inv((design * (mean / (1 + k * mean))[:, None]).T @ design)
    scores = design * ((counts - mean) / (1 + k * mean))[:, None]
    block = (np.arange(len(time))[::-1] // BLOCK_DAYS).astype(np.int64)
    n_blocks = int(block.max()) + 1
    if n_blocks < FEWEST_BLOCKS:
        return bread
    sums = np.column_stack([np.bincount(block, column) for column in scores.T])
    sandwich = bread @ (sums.T @ sums) @ bread * n_blocks / (n_blocks - 2)
    return sandwich if sandwich[0, 0] > bread[0, 0] else bread


def weekday_rhythm(member: np.ndarray, day: np.ndarray, log: Log, seed: int = 0) -> list[Estimate]:
    """Seven multipliers of activity, Monday to Sunday, mean 1.

    Parameters
    ----------
    member, day : numpy.ndarray
        int64[n], active days, one row each: a member counts once a day however much she writes.
    log : Log
        For the calendar.
    seed : int
        For the bootstrap over weeks behind the intervals.

    Returns
    -------
    list of Estimate
        Seven, whose values have mean 1.
    """
    daily = np.bincount(day, minlength=log.n_days)[: log.n_days // 7 * 7].astype(float)
    weeks = np.roll(daily.reshape(-1, 7), log.first_day.weekday(), axis=1)
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, len(weeks), (REPEATS, len(weeks)))
    totals = np.array([weeks[rows].sum(axis=0) for rows in chosen])
    totals = totals[totals.sum(axis=1) > 0]
    multipliers = totals / totals.mean(axis=1, keepdims=True)
    low, high = np.percentile(multipliers, [2.5, 97.5], axis=0)
    value = weeks.sum(axis=0) / weeks.sum() * 7
    return [
        Estimate(float(v), float(lo), float(hi), note="bootstrap over weeks")
        for v, lo, hi in zip(value, low, high, strict=True)
    ]
