"""The level of a weekly series: where it goes, and how far it strays from what was forecast.

On the logarithmic scale, after the season is taken out, three laws are averaged: simple exponential
smoothing (the level goes on), Holt's with a damped trend (Gardner & McKenzie 1985; damping .8 to
.98 a week as in Hyndman & Athanasopoulos 2021), and the median of the last quarter, which no burst
moves, since a combination of forecasts is hardly ever worse than its parts and mostly better than
either (Bates & Granger 1969). For the same reason no
constants are chosen: laws with all of them are averaged by their likelihood, tempered, since few
weeks hardly tell which are best. The error of forecasts is taken from forecasts: the law is fitted
to the beginnings of the same series.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

YEAR_WEEKS = 52.18
PHASES = 52
SHORTEST_WEEKS = 130  # two and a half years: each phase twice beside a level of a whole year
YEARS = 4.0  # assumption: what was five years ago is another community
REACH = 2  # weeks to each side that are averaged: a season is no single week


@dataclass(frozen=True)
class Season:
    """Log factors of the weeks of a year, counted from the end of the log; float64[52], mean 0.

    And what was kept of the averages over years, 0 to 1: variance between phases that chance within
    phases does not explain (empirical Bayes).
    """

    log_factor: np.ndarray
    kept: float

    def past(self, n_weeks: int) -> np.ndarray:
        """Factors of the last ``n_weeks`` weeks of the log."""
        return self.log_factor[_phase(np.arange(n_weeks) - n_weeks)]

    def ahead(self, weeks: int) -> np.ndarray:
        """Factors of the weeks after it."""
        return self.log_factor[_phase(np.arange(weeks))]


NO_SEASON = Season(np.zeros(PHASES), 0.0)


def _phase(week: np.ndarray) -> np.ndarray:
    return np.minimum(np.floor(week % YEAR_WEEKS).astype(np.int64), PHASES - 1)


def season_of(log_values: np.ndarray) -> Season:
    """Estimate the season of a weekly series.

    Parameters
    ----------
    log_values : numpy.ndarray
        float64[n], logarithms.

    Returns
    -------
    Season
        None at all for less than two and a half years; otherwise the mean deviation of each week
        of the year from the level of the year around it, shrunk towards 0 as far as the years
        disagree.
    """
    n = len(log_values)
    if n < SHORTEST_WEEKS:
        return NO_SEASON
    around = np.convolve(log_values, np.ones(53) / 53, "valid")
    level = np.concatenate([np.full(26, around[0]), around, np.full(26, around[-1])])
    width = 2 * REACH + 1
    padded = np.pad(log_values - level, REACH, mode="edge")
    away = np.convolve(padded, np.ones(width) / width, "valid")
    phase = _phase(np.arange(n) - n)
    recent = np.arange(n) >= n - int(YEARS * YEAR_WEEKS)
    years = [away[recent & (phase == place)] for place in range(PHASES)]
    mean = np.array([one.mean() for one in years])
    count = float(np.mean([len(one) for one in years]))
    chance = float(np.mean([one.var(ddof=1) for one in years if len(one) > 1])) / count
    told = max(float(mean.var()) - chance, 0.0)
    kept = told / (told + chance) if told > 0 else 0.0
    return Season(kept * (mean - mean.mean()), kept)


USED_WEEKS = 156  # assumption: three years tell the smoothing; what was before is another time
FEWEST_WEEKS = 10  # below, the last four weeks go on
DAMPINGS = (0.8, 0.85, 0.9, 0.94, 0.96, 0.98)
LEVELS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
TRENDS = (0.0, 0.01, 0.03, 0.1, 0.2, 0.4)
QUARTER = 13
TEMPER = 0.5  # of the likelihood of constants: one step ahead is not all that is forecast
LAWS = 3
TRIALS = 8
SLIGHT = 0.02  # nearer than this nobody is known to be
ORIGINS = 12
ORIGIN_WEEKS = 104  # errors are those of the last two years
PRIOR_ORIGINS = 2.0
FREEDOM = 4.0  # of the prior: tails of Student's t with 4 degrees
MEMORIES = (1.0, 0.98, 0.95, 0.9, 0.8)
PRIOR_SPREAD, PRIOR_STEP = (
    0.02,
    0.005,
)  # assumption: log-variance of a week beyond counting, and of its level a week


@dataclass(frozen=True)
class ErrorLaw:
    """Variance of the log error ``h`` weeks ahead: ``spread + step (1 + m^2 + ... + m^(2h-2))``.

    Attributes
    ----------
    spread : float
        Of a week by itself.
    step : float
        Added for each week, as of a level that wanders.
    memory : float
        What a week leaves of the wandering before it: 1 for a random walk.
    freedom : float
        Degrees of freedom behind them: heavier tails where few forecasts could be tried.
    """

    spread: float
    step: float
    memory: float
    freedom: float

    def draw(self, draws: int, weeks: int, rng: np.random.Generator) -> np.ndarray:
        """Draw paths of log errors; float64[draws, weeks]."""
        own = np.sqrt(self.spread) * rng.standard_normal((draws, weeks))
        walk = np.sqrt(self.step) * rng.standard_normal((draws, weeks))
        for week in range(1, weeks):
            walk[:, week] += self.memory * walk[:, week - 1]
        scale = np.sqrt(self.freedom / rng.chisquare(self.freedom, (draws, 1)))
        return scale * (own + walk)


def level_ahead(values: np.ndarray, weeks: int) -> np.ndarray:
    """Forecast the logarithm of one more than the value.

    Parameters
    ----------
    values : numpy.ndarray
        float64[n], not negative.
    weeks : int
        To forecast.

    Returns
    -------
    numpy.ndarray
        float64[3, weeks]: level that goes on, damped trend, and the middle of the last quarter,
        each with the season.
    """
    logs = np.log1p(values)
    season = season_of(logs)
    plain = (logs - season.past(len(logs)))[-USED_WEEKS:]
    smoothed = [_smoothed(plain, weeks, trend) for trend in (False, True)]
    middle = np.full(weeks, np.median(plain[-QUARTER:]))
    return np.maximum(np.array([*smoothed, middle]) + season.ahead(weeks), 0.0)


def level_middle(values: np.ndarray, weeks: int) -> np.ndarray:
    """Forecast the logarithm of one more than the value, the laws weighed; float64[weeks]."""
    told = [level_ahead(values[:at], ahead) for at, ahead in earlier(len(values), weeks)]
    return weights_of(told, np.log1p(values)) @ level_ahead(values, weeks)


def earlier(n: int, weeks: int) -> list[tuple[int, int]]:
    """Weeks from which a series of ``n`` is forecast on trial, and how many weeks each."""
    first = max(FEWEST_WEEKS, n // 3, n - ORIGIN_WEEKS)
    if first > n - 2:
        return []
    at = np.unique(np.linspace(first, n - 2, TRIALS).astype(np.int64))
    return [(int(one), min(weeks, n - int(one))) for one in at]


def weights_of(told: list[np.ndarray], logs: np.ndarray, parts: int = LAWS) -> np.ndarray:
    """Weigh parts of a forecast by how near each came in trials on the known past.

    Parameters
    ----------
    told : list of numpy.ndarray
        float64[parts, ahead] of each trial of :func:`earlier`, logarithms.
    logs : numpy.ndarray
        float64[n], logarithms of what came.
    parts : int
        How many there are; without any trial they weigh alike.

    Returns
    -------
    numpy.ndarray
        float64[parts], sum 1: inverse squares of mean absolute errors (Bates & Granger 1969),
        longer trials counting by the root of their length.
    """
    if not told:
        return np.full(parts, 1.0 / parts)
    misses, total = np.zeros(parts), 0.0
    for (at, _), paths in zip(earlier(len(logs), len(logs)), told, strict=True):
        ahead = paths.shape[1]
        misses += np.sqrt(ahead) * np.abs(paths - logs[at : at + ahead]).mean(axis=1)
        total += np.sqrt(ahead)
    weights = 1.0 / np.maximum(misses / total, SLIGHT) ** 2
    return weights / weights.sum()


def _smoothed(values: np.ndarray, weeks: int, has_trend: bool) -> np.ndarray:
    """Smooth exponentially, averaged over constants by how well they forecast the next week."""
    if len(values) < FEWEST_WEEKS or np.ptp(values) == 0.0:
        return np.full(weeks, values[-4:].mean())
    grid = np.array(list(itertools.product(LEVELS, *((TRENDS, DAMPINGS) if has_trend else ([0.0],
                    [0.0])))))  # fmt: skip
    alpha, beta, damping = grid.T
    level = np.full(len(grid), values[:FEWEST_WEEKS].mean())
    trend, squares = np.zeros(len(grid)), np.zeros(len(grid))  # no trend until weeks tell one
    for value in values:
        told = level + damping * trend
        error = value - told
        squares += error**2
        level = told + alpha * error
        trend = damping * trend + alpha * beta * error
    score = -0.5 * TEMPER * len(values) * np.log(squares + 1e-9)
    weight = np.exp(score - score.max())
    steps = np.cumsum(damping[:, None] ** np.arange(1.0, weeks + 1), axis=1) * has_trend
    highest = values.max() + np.log(2.0)  # nobody has seen twice the highest week
    paths = np.clip(level[:, None] + trend[:, None] * steps, 0.0, highest)
    return weight @ paths / weight.sum()


def error_law(values: np.ndarray, weeks: int) -> ErrorLaw:
    """Learn how far forecasts of a series stray, by forecasting its own past.

    Parameters
    ----------
    values : numpy.ndarray
        float64[n].
    weeks : int
        Furthest week ahead that is looked at.

    Returns
    -------
    ErrorLaw
        Least squares over horizons, with two forecasts' worth of a prior.
    """
    n = len(values)
    earliest = max(FEWEST_WEEKS, n - ORIGIN_WEEKS)
    latest = n - 2
    mean = max(float(values[-USED_WEEKS:].mean()), 0.5)
    prior = np.array([PRIOR_SPREAD + 1.0 / (mean + 1.0), PRIOR_STEP])
    if latest <= earliest:
        return ErrorLaw(float(prior[0]), float(prior[1]), 1.0, FREEDOM)
    origins = np.unique(np.linspace(earliest, latest, ORIGINS).astype(np.int64))
    squares, counts = np.zeros(weeks), np.zeros(weeks)
    for origin in origins:
        there = min(weeks, n - origin)
        told = level_ahead(values[:origin], there).mean(axis=0)
        squares[:there] += (np.log1p(values[origin : origin + there]) - told) ** 2
        counts[:there] += 1
    weight = np.sqrt(counts + PRIOR_ORIGINS)
    expected = _design(1.0, weeks) @ prior
    observed = (squares + PRIOR_ORIGINS * expected) / (counts + PRIOR_ORIGINS)
    from scipy.optimize import nnls

    fits = []
    for memory in MEMORIES:
        (spread, step), miss = nnls(_design(memory, weeks) * weight[:, None], observed * weight)
        fits.append((miss, spread, step, memory))
    _, spread, step, memory = min(fits)
    freedom = FREEDOM + min(len(origins), (n - earliest) / 8)
    return ErrorLaw(max(float(spread), 1e-4), float(step), memory, float(freedom))


def _design(memory: float, weeks: int) -> np.ndarray:
    """Variance of a week by itself, and of a wandering level, for each unit; float64[weeks, 2]."""
    return np.column_stack([np.ones(weeks), np.cumsum(memory ** (2.0 * np.arange(weeks)))])
