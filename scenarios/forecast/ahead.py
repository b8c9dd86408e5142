"""The forecast itself: paths of weekly actives, posts, joins and purchases.

Weekly actives come from the persons (:mod:`.returning`) and from the level of the whole
(:mod:`.level`), averaged on the logarithmic scale: persons know who is there, the level knows
shocks that reach everybody. Each part weighs by how near it came when the known past was forecast
from earlier weeks. The spread around them is that which forecasts of the
log's own past had.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plaza_lab.scenarios.forecast.level import (
    FEWEST_WEEKS,
    LAWS,
    earlier,
    error_law,
    level_ahead,
    level_middle,
    weights_of,
)
from plaza_lab.scenarios.forecast.returning import (
    FIRST_WEEKS,
    PATHS,
    ReturnLaw,
    fit_returning,
    live_on,
    recent_at,
)
from plaza_lab.scenarios.forecast.weekly import Weekly

DRAWS = 4_000
ERROR_WEEKS = 26  # furthest week by which errors are learned; later ones go on from there
RECENT_WEEKS = 13  # assumption: what members write is that of the last quarter
TRIAL_PATHS = 8
SHORT_WEEKS = 52  # below a year few weeks tell how to smooth, and the middle of a quarter helps


@dataclass(frozen=True)
class Forecast:
    """Paths of what is to come.

    Attributes
    ----------
    paths : dict of str to numpy.ndarray
        float64[draws, weeks] for each metric.
    old : numpy.ndarray or None
        float64[weeks], share of the weekly actives who are known today; None of purchases.
    law : ReturnLaw or None
        Of coming back.
    """

    paths: dict[str, np.ndarray]
    old: np.ndarray | None
    law: ReturnLaw | None

    def middle(self, metric: str) -> np.ndarray:
        """Median of a metric; float64[weeks]: what errors are counted against."""
        return np.median(self.paths[metric], axis=0)


def look_ahead(weekly: Weekly, weeks: int, seed: int = 0, draws: int = DRAWS) -> Forecast:
    """Forecast a log of acts.

    Parameters
    ----------
    weekly : Weekly
        With ``weekly_actives``, ``posts`` and ``joins``.
    weeks : int
        To forecast.
    seed : int
        Of all draws.
    draws : int
        Paths.

    Returns
    -------
    Forecast
        Of the three metrics.
    """
    rng = np.random.default_rng(seed)
    series = weekly.series
    laws = LAWS if weekly.n_weeks < SHORT_WEEKS else LAWS - 1
    parts, old, law, joins = _parts(weekly, weeks, laws, rng)
    tried = [
        _parts(weekly.until(at), ahead, laws, rng, TRIAL_PATHS)[0]
        for at, ahead in earlier(weekly.n_weeks, weeks)
    ]
    weights = weights_of(tried, np.log1p(series["weekly_actives"]), len(parts))
    actives = weights @ parts
    each = _posts_each(series)
    levels = level_ahead(series["posts"], weeks)[:laws]
    written = weights @ np.vstack([levels, np.log1p(each * np.expm1(actives))])
    middles = {"weekly_actives": actives, "posts": written, "joins": joins}
    known_by = series | {"joins": _arrivals(series["joins"])}
    paths = {name: _paths(known_by[name], middle, draws, rng) for name, middle in middles.items()}
    return Forecast(paths, old, law)


def _parts(
    weekly: Weekly, weeks: int, laws: int, rng: np.random.Generator, paths: int = PATHS
) -> tuple[np.ndarray, np.ndarray, ReturnLaw, np.ndarray]:
    """Logarithms of weekly actives by level and by persons, share of the known, law, arrivals."""
    joins = level_middle(_arrivals(weekly.series["joins"]), weeks)
    law = fit_returning(weekly)
    _, known = recent_at(weekly, weekly.n_weeks)
    old, new = (one.mean(axis=0) for one in live_on(law, known, np.expm1(joins), rng, paths))
    levels = level_ahead(weekly.series["weekly_actives"], weeks)[:laws]
    parts = np.vstack([levels, np.log1p(old + new)])
    return parts, old / np.maximum(old + new, 1e-9), law, joins


def _arrivals(joins: np.ndarray) -> np.ndarray:
    """Weeks of arrivals that tell of later ones: in the first, those come who had come before."""
    return joins[FIRST_WEEKS:] if len(joins) >= FIRST_WEEKS + FEWEST_WEEKS else joins


def _posts_each(series: dict[str, np.ndarray]) -> float:
    recent = slice(-RECENT_WEEKS, None)
    return float(series["posts"][recent].sum() / max(series["weekly_actives"][recent].sum(), 1))


def _paths(
    values: np.ndarray, middle: np.ndarray, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw around the middle, given as ``log(1 + value)``, with the errors of past forecasts."""
    law = error_law(values, min(ERROR_WEEKS, max(len(values) // 3, 4)))
    errors = law.draw(draws, len(middle), rng)
    return np.rint(np.maximum(np.expm1(np.minimum(middle + errors, 40.0)), 0.0))


def look_ahead_purchases(
    weekly: Weekly, known: np.ndarray, each_new: np.ndarray, seed: int = 0, draws: int = DRAWS
) -> Forecast:
    """Forecast a log of purchases from the BG/NBD state of its customers.

    Parameters
    ----------
    weekly : Weekly
        With ``purchases`` and ``joins`` (first purchases).
    known : numpy.ndarray
        float64[weeks], purchases expected of the customers there are.
    each_new : numpy.ndarray
        float64[weeks], purchases of a new customer in her first, second, ... week.
    seed, draws : int
        As :func:`look_ahead`.

    Returns
    -------
    Forecast
        Of purchases and joins.
    """
    rng = np.random.default_rng(seed)
    weeks = len(known)
    joins = level_middle(weekly.series["joins"], weeks)
    coming = np.convolve(np.expm1(joins), each_new)[:weeks]
    level = level_middle(weekly.series["purchases"], weeks)
    bought = 0.5 * (level + np.log1p(known + coming))
    middles = {"purchases": bought, "joins": joins}
    paths = {
        name: _paths(weekly.series[name], middle, draws, rng) for name, middle in middles.items()
    }
    return Forecast(paths, None, None)
