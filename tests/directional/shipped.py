"""Paired effects at shipped values: settings in the words of the command line, on shared seeds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
from communities import runs
from scipy import stats

from plaza_lab.scenarios.experiments.design import one_policy
from plaza_lab.sim.setting import Setting

SEEDS = range(1, 11)
HALF, YEAR = 182, 364
PAID = ("entry=open", "fund=brand_funded", "fund.brand_week_cents=500000")
"""A community that asks for no fee, with money for what a lever costs."""
FULL = (*PAID, "world=full")
"""The same where every mechanism of the members' side is at work."""

Words = tuple[str, ...]


@cache
def setting_of(words: Words) -> Setting:
    """Compose a setting once."""
    return one_policy(list(words)).setting


def seen(words: Words, measure: str, days: int, seeds: Iterable[int] = SEEDS) -> np.ndarray:
    """One number a seed: an outcome (``o:name``), a ratio of sums (``a/b``), or a mean a day."""
    found = runs(setting_of(tuple(words)), seeds, days)
    if measure.startswith("o:"):
        return np.array([run.outcomes[measure[2:]] for run in found])
    names = list(found[0].metric_names)
    top, _, bottom = measure.partition("/")
    sums = np.array([run.days[:, names.index(top)].sum() for run in found])
    per = [run.days[:, names.index(bottom)].sum() for run in found] if bottom else days
    return sums / np.array(per)


def interval(
    without: Words, with_it: Words, measure: str, days: int, seeds: Iterable[int] = SEEDS
) -> tuple[float, float]:
    """Return the 95 % interval of the paired difference."""
    return interval_of(seen(with_it, measure, days, seeds) - seen(without, measure, days, seeds))


def interval_of(difference: np.ndarray) -> tuple[float, float]:
    """Return the 95 % interval of a mean."""
    reach = stats.t.ppf(0.975, difference.size - 1) * difference.std(ddof=1)
    reach /= np.sqrt(difference.size)
    return difference.mean() - reach, difference.mean() + reach


def rises(without: Words, with_it: Words, *measures: str, days=HALF, seeds=SEEDS) -> None:
    """The whole interval of each measure lies above zero."""
    for measure in measures:
        low, high = interval(without, with_it, measure, days, seeds)
        assert low > 0, f"{measure}: {low:.4g} to {high:.4g}"


def falls(without: Words, with_it: Words, *measures: str, days=HALF, seeds=SEEDS) -> None:
    """The whole interval of each measure lies below zero."""
    rises(with_it, without, *measures, days=days, seeds=seeds)
