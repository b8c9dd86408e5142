"""Paired effects: the 95 % t interval of a difference between two settings on the same seeds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from communities import Changes, runs, setting
from scipy import stats

from plaza_lab.sim.engine import RunResult
from plaza_lab.sim.recording import metrics as mt

Measure = str | Callable[[RunResult], float]
SEEDS = range(1, 13)
DAYS = 140


def values(changes: tuple[Changes, ...], measure: Measure, seeds, days) -> np.ndarray:
    """One number per run: an outcome, the mean of a daily metric (``mean:x``), or a function."""
    results = runs(setting(*changes), seeds, days)
    if callable(measure):
        return np.array([measure(run) for run in results])
    if measure.startswith("mean:"):
        column = mt.NAMES.index(measure[5:])
        return np.array([run.days[:, column].mean() for run in results])
    return np.array([run.outcomes[measure] for run in results])


def effect(base, change, measure: Measure, seeds=SEEDS, days=DAYS) -> tuple[float, float]:
    """Interval of (changed - base) over paired seeds."""
    base = base if isinstance(base, tuple) else (base,)
    difference = values((*base, change), measure, seeds, days) - values(base, measure, seeds, days)
    difference = difference[np.isfinite(difference)]
    reach = stats.t.ppf(0.975, difference.size - 1) * difference.std(ddof=1)
    reach /= np.sqrt(difference.size)
    return float(difference.mean() - reach), float(difference.mean() + reach)


def assert_rises(base, change, measure: Measure, **how) -> None:
    """The whole interval lies above zero."""
    low, high = effect(base, change, measure, **how)
    assert low > 0, f"{measure}: {low:.4g} to {high:.4g}"


def assert_falls(base, change, measure: Measure, **how) -> None:
    """The whole interval lies below zero."""
    low, high = effect(base, change, measure, **how)
    assert high < 0, f"{measure}: {low:.4g} to {high:.4g}"


def total(name: str) -> Callable[[RunResult], float]:
    """Sum of a daily metric."""
    return lambda run: float(run.days[:, mt.NAMES.index(name)].sum())


def share(top: str, bottom: str) -> Callable[[RunResult], float]:
    """Ratio of two daily metrics' sums."""
    return lambda run: total(top)(run) / max(1.0, total(bottom)(run))


def late(name: str, days: int = 28) -> Callable[[RunResult], float]:
    """Mean of a daily metric over the last days."""
    return lambda run: float(run.days[-days:, mt.NAMES.index(name)].mean())
