"""The season of a year, where a log is long enough to tell it from chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

YEAR_WEEKS = 52.18
PHASES = 52
SHORTEST_WEEKS = 130  # two and a half years: each phase twice beside a level of a whole year
YEARS = 4.0  # assumption: what was five years ago is another community
REACH = 2  # weeks to each side that are averaged: a season is no single week


@dataclass(frozen=True)
class Season:
    """Log factors of the weeks of a year, counted from the end of the log.

    Attributes
    ----------
    log_factor : numpy.ndarray
        float64[52], mean 0; the first is that of the first week after the log.
    kept : float
        What was kept of the averages over years, 0 to 1: variance between phases that chance
        within phases does not explain (empirical Bayes).
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
