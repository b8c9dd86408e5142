"""What a forecast must beat: the last four weeks, Holt, the BG/NBD state, Bass."""

from __future__ import annotations

import warnings

import numpy as np

from plaza_lab.scenarios.fit.bgnbd import expected_weeks, new_person_weeks, state_of
from plaza_lab.scenarios.forecast.weekly import Weekly

LAST_WEEKS = 4
ARRIVAL_WEEKS = 26
LABELS = {
    "last_4_weeks": "the last four weeks go on",
    "holt": "Holt's linear trend",
    "bgnbd": "BG/NBD state",
    "bass": "Bass curve",
    "mean_26_weeks": "the mean of the last 26 weeks",
}


def last_weeks(values: np.ndarray, weeks: int, used: int = LAST_WEEKS) -> np.ndarray:
    """Let the mean of the last weeks go on; float64[weeks]."""
    return np.full(weeks, values[-used:].mean())


def holt(values: np.ndarray, weeks: int) -> np.ndarray:
    """Holt's linear trend, not below 0; float64[weeks]."""
    if len(values) < 5 or np.ptp(values) == 0.0:
        return last_weeks(values, weeks)
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        law = ExponentialSmoothing(values, trend="add", initialization_method="estimated").fit()
        ahead = np.asarray(law.forecast(weeks))
    return np.maximum(ahead, 0.0) if np.isfinite(ahead).all() else last_weeks(values, weeks)


def bgnbd(
    weekly: Weekly, member: np.ndarray, day: np.ndarray, end: int, weeks: int, counts_days: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """BG/NBD state of the known, and newcomers as in the last four weeks.

    Returns
    -------
    whole, known, each_new : numpy.ndarray
        float64[weeks]: all of it, that of the known, and that of one newcomer by week.
    """
    state = state_of(member, day, end)
    known = expected_weeks(state, weeks, counts_days)
    each_new = new_person_weeks(state.law, weeks, counts_days)
    coming = last_weeks(weekly.series["joins"], weeks)
    return known + np.convolve(coming, each_new)[:weeks], known, each_new


def bass(values: np.ndarray, weeks: int) -> np.ndarray:
    """Bass's curve (Bass 1969) fitted to the series by least squares, and gone on with.

    Parameters
    ----------
    values : numpy.ndarray
        float64[n], taken as adoptions a week.
    weeks : int
        To forecast.

    Returns
    -------
    numpy.ndarray
        float64[weeks].
    """
    from scipy.optimize import least_squares

    total = float(values.sum())
    if total <= 0:
        return np.zeros(weeks)
    time = np.arange(1.0, len(values) + 1)

    def sales(at: np.ndarray, when: np.ndarray) -> np.ndarray:
        market, p, q = np.exp(at)
        now, before = (_adopted(p, q, one) for one in (when, when - 1))
        return market * (now - before)

    found = min(
        (
            least_squares(  # type: ignore[operator]
                lambda at: sales(at, time) - values,
                np.log([total * more, 0.5 / len(values), steep / len(values)]),
                bounds=(np.log([total, 1e-7, 1e-7]), np.log([total * 1e3, 1.0, 2.0])),
            )
            for more, steep in ((1.5, 2.0), (5.0, 5.0), (50.0, 0.5))
        ),
        key=lambda one: one.cost,
    )
    return sales(found.x, len(values) + np.arange(1.0, weeks + 1))


def _adopted(p: float, q: float, time: np.ndarray) -> np.ndarray:
    fading = np.exp(-(p + q) * time)
    return (1 - fading) / (1 + q / p * fading)
