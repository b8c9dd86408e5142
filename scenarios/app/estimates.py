"""What the runs so far say: paths with their spread, and differences that may be looked at anytime.

The intervals are those of ``--until`` (``statistics/anytime.py``): they hold at every look
together, so that one may watch them narrow and stop when they are narrow enough.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from plaza_lab.scenarios.advising.choice import Price
from plaza_lab.scenarios.app.lived import PATHS, Lived
from plaza_lab.scenarios.statistics.anytime import FIRST_LOOK, anytime_bounds, anytime_interval
from plaza_lab.scenarios.statistics.incremental import fieller_anytime, kept_members
from plaza_lab.scenarios.statistics.intervals import MeanInterval
from plaza_lab.scenarios.statistics.multiplicity import shared_level

LEVEL = 0.95
SHOWN = (
    "growth", "retention", "membership_retention", "active_share", "retained_members",
    "fund_spend_yuan", "cost_per_retained_yuan", "runway_weeks", "fund_balance_yuan",
    "gaming_loss", "solved_rate",
)  # fmt: skip
"""Outcomes in the table of the page."""


@dataclass(frozen=True)
class Band:
    """A series over the weeks: its mean over seeds, and eight of ten runs.

    Parameters
    ----------
    days : numpy.ndarray
        Last day of each week, from 1.
    mean, low, high : numpy.ndarray
        As long as `days`; the 10th and 90th of a hundred runs.
    """

    days: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Difference:
    """An outcome of a policy less that of the baseline, paired by seed.

    Parameters
    ----------
    name : str
        Outcome.
    base, mean : float
        Means of the baseline and of the policy.
    interval : MeanInterval
        Of the mean difference; holds at every look.
    """

    name: str
    base: float
    mean: float
    interval: MeanInterval

    @property
    def half_width(self) -> float:
        """Half the width of the interval; infinite where there is none yet."""
        width = (self.interval.high - self.interval.low) / 2
        return width if math.isfinite(width) else math.inf

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.interval.low > 0 or self.interval.high < 0


@dataclass(frozen=True)
class Estimate:
    """All that a page shows of the runs so far.

    Parameters
    ----------
    pairs : int
        Seeds that every policy has finished.
    bands : tuple of dict of str to Band
        For each policy, path to band.
    differences : tuple of dict of str to Difference
        For each policy but the baseline, outcome to difference.
    prices : tuple of Price
        For each policy but the baseline.
    gaps : tuple of dict of str to Band
        For each policy but the baseline: mean paired difference of a path, and its interval at
        each week by itself (the spread of the pairs before there is one).
    """

    pairs: int
    bands: tuple[dict[str, Band], ...]
    differences: tuple[dict[str, Difference], ...]
    prices: tuple[Price, ...]
    gaps: tuple[dict[str, Band], ...]


def estimate(runs: Sequence[Sequence[Lived]], most_pairs: int) -> Estimate:
    """Say what paired runs tell.

    Parameters
    ----------
    runs : sequence of sequence of Lived
        For each policy, the baseline first, as many runs in the same order of seeds.
    most_pairs : int
        Most that will be run; sets where the interval is narrowest.
    """
    tightest = round(math.sqrt(FIRST_LOOK * most_pairs))
    # every alternative is a question of its own: together they hold at the level
    level = shared_level(LEVEL, max(1, len(runs) - 1))
    paths = [np.stack([run.paths for run in own]).astype(float) for own in runs]
    weekly = np.arange(6, paths[0].shape[1], 7)
    paths = [own[:, weekly] for own in paths]
    return Estimate(
        pairs=len(runs[0]),
        bands=tuple(_bands(own, weekly + 1) for own in paths),
        differences=tuple(_differences(runs[0], own, level, tightest) for own in runs[1:]),
        prices=tuple(_price(runs[0], own, level, tightest) for own in runs[1:]),
        gaps=tuple(_gaps(own - paths[0], weekly + 1, level, tightest) for own in paths[1:]),
    )


def _bands(own: np.ndarray, days: np.ndarray) -> dict[str, Band]:
    return _by_path(days, own.mean(axis=0), *np.quantile(own, [0.1, 0.9], axis=0))


def _by_path(
    days: np.ndarray, mean: np.ndarray, low: np.ndarray, high: np.ndarray
) -> dict[str, Band]:
    return {name: Band(days, mean[:, k], low[:, k], high[:, k]) for k, name in enumerate(PATHS)}


def _gaps(gap: np.ndarray, days: np.ndarray, level: float, tightest: int) -> dict[str, Band]:
    n, mean = len(gap), gap.mean(axis=0)
    low, high = gap.min(axis=0), gap.max(axis=0)
    if n >= FIRST_LOOK:
        sd = gap.std(axis=0, ddof=1)
        centred = gap - mean
        with np.errstate(divide="ignore", invalid="ignore"):
            skewness = (centred**3).mean(axis=0) / (centred**2).mean(axis=0) ** 1.5
        skewness = np.nan_to_num(skewness * math.sqrt(n * (n - 1)) / (n - 2))
        low, high = anytime_bounds(n, mean, sd, skewness, level, tightest)
    return _by_path(days, mean, low, high)


def _differences(
    base: Sequence[Lived], own: Sequence[Lived], level: float, tightest: int
) -> dict[str, Difference]:
    found = {}
    for name in SHOWN:
        a, b = (_column(runs, name) for runs in (base, own))
        both = np.isfinite(a) & np.isfinite(b)
        size = float(max(np.abs(a[both]).max(), np.abs(b[both]).max())) if both.any() else 0.0
        interval = anytime_interval((b - a)[both], level, tightest=tightest, scale=size)
        # where one side has none of it, the other's mean is shown all the same
        sides = (one[both] if both.any() else one[np.isfinite(one)] for one in (a, b))
        mean, other = (float(one.mean()) if one.size else math.nan for one in sides)
        found[name] = Difference(name, mean, other, interval)
    return found


def _price(base: Sequence[Lived], own: Sequence[Lived], level: float, tightest: int) -> Price:
    """What a member more kept costs, told by the rule by which the advice is: at every look."""
    spend = _column(own, "fund_spend_yuan") - _column(base, "fund_spend_yuan")
    members = _kept(own) - _kept(base)
    told = np.isfinite(spend) & np.isfinite(members)
    value = low = high = math.nan
    if told.sum() >= FIRST_LOOK:
        value, low, high = fieller_anytime(spend[told], members[told], level, tightest)
    return Price(float(spend.mean()), float(members.mean()), value, low, high)


def _kept(runs: Sequence[Lived]) -> np.ndarray:
    """Members of day 0 who are still active."""
    return kept_members(pd.DataFrame([run.outcomes for run in runs])).to_numpy()


def _column(runs: Sequence[Lived], name: str) -> np.ndarray:
    return np.array([run.outcomes.get(name, math.nan) for run in runs])
