"""Verdicts: whether an expected direction shows in runs paired by seed.

An expectation *holds* when its sign holds in the mean and the 90 % interval leaves out zero; it
*fails* when the interval lies on the other side, or when no pair differs at all; otherwise it is
*undecided*. ``equal`` holds when the whole interval lies within the tolerance, and fails when none
of it does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from plaza_lab.scenarios.library.scenario import Expectation
from plaza_lab.scenarios.statistics.intervals import MeanInterval, fewest_same, mean_interval

LEVEL = 0.90
HOLDS, FAILS, UNDECIDED, WAITS, UNDEFINED = "holds", "fails", "undecided", "waits", "undefined"
EVALUATED = (HOLDS, FAILS, UNDECIDED)
Sides = Mapping[tuple[str, str, tuple[int, int] | None], Mapping[int, float]]
"""Value by seed of (measure, arm, weeks)."""


@dataclass(frozen=True)
class Finding:
    """What became of one expectation.

    Parameters
    ----------
    expectation : Expectation
        What was expected.
    verdict : str
        ``holds``, ``fails``, ``undecided``; ``waits`` or ``undefined`` if it was not evaluated.
    why : str
        What it waits for, or why it is undefined; mostly empty.
    mean, other : float
        Means of both sides.
    difference, low, high : float
        Mean difference, and its interval.
    pairs : int
        Seeds that count.
    """

    expectation: Expectation
    verdict: str
    why: str = ""
    mean: float = math.nan
    other: float = math.nan
    difference: float = math.nan
    low: float = math.nan
    high: float = math.nan
    pairs: int = 0

    @property
    def is_evaluated(self) -> bool:
        """Whether the runs could answer."""
        return self.verdict in EVALUATED


def judge(expectation: Expectation, values: Sides) -> Finding:
    """Judge one expectation.

    Parameters
    ----------
    expectation : Expectation
        What is expected.
    values : mapping
        Measured values.

    Returns
    -------
    Finding
        With the paired difference and its interval.
    """
    e = expectation
    left = _side(values, e.measure, e.arm, e.minus, e.weeks)
    if isinstance(e.against, float):
        right: Mapping[int, float] = dict.fromkeys(left, e.against)
    else:
        right = _side(values, e.measure, e.against, e.against_minus, e.against_weeks)
    # in the order of the seeds, as a bootstrap depends on that of its pairs
    both = [seed for seed in sorted(left) if seed in right]
    seeds = [seed for seed in both if math.isfinite(left[seed] - right[seed])]
    if not seeds:
        return Finding(e, UNDEFINED, f"{e.measure} has no value in any pair of runs")
    a, b = (np.array([side[seed] for seed in seeds]) for side in (left, right))
    size = float(max(np.abs(a).max(), np.abs(b).max()))
    found = mean_interval(a - b, LEVEL, scale=size)
    verdict, why = _verdict(e, found)
    return Finding(
        e, verdict, why, float(a.mean()), float(b.mean()), found.mean, found.low, found.high,
        len(seeds),
    )  # fmt: skip


def _side(
    values: Sides, measure: str, arm: str, minus: str, weeks: tuple[int, int] | None
) -> Mapping[int, float]:
    own = values[measure, arm, weeks]
    if not minus:
        return own
    other = values[measure, minus, weeks]
    return {seed: value - other[seed] for seed, value in own.items() if seed in other}


def _verdict(e: Expectation, found: MeanInterval) -> tuple[str, str]:
    if found.kind == "none":
        return UNDECIDED, "one pair tells nothing of the spread; take more seeds"
    if e.sign == "equal":
        if found.low >= -e.within and found.high <= e.within:
            return HOLDS, ""
        is_out = found.low > e.within or found.high < -e.within
        return (FAILS if is_out else UNDECIDED), ""
    if found.kind == "exact" and found.mean == 0:
        return FAILS, "no pair differs"
    if found.kind == "exact" and found.n < fewest_same(LEVEL):
        return UNDECIDED, "the same in so few pairs may be luck; take more seeds"
    low, high = (found.low, found.high) if e.sign == "higher" else (-found.high, -found.low)
    return (HOLDS if low > 0 else FAILS if high < 0 else UNDECIDED), ""
