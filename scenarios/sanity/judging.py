"""Judging: whether the interval of each number lies on the required side, or cannot tell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from plaza_lab.scenarios.sanity.measuring import Values
from plaza_lab.scenarios.sanity.statement import RATIO, Ask, Statement
from plaza_lab.scenarios.statistics.intervals import mean_interval

LEVEL = 0.95
HELD, FAILED, UNTOLD, DISPUTED = "held", "failed", "cannot tell", "disputed"


@dataclass(frozen=True)
class Number:
    """A number that was asked for.

    Parameters
    ----------
    ask : Ask
        What was asked.
    mean, other : float
        Means of the arm and of the one it is compared with.
    value, low, high : float
        Level, difference or ratio, and its 95 % interval.
    pairs : int
        Seeds that count.
    """

    ask: Ask
    mean: float = math.nan
    other: float = math.nan
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    pairs: int = 0

    @property
    def holds(self) -> bool:
        """Whether what is required of it holds; True where nothing is."""
        return not self.ask.is_required or self.ask.holds(self.low, self.high)

    @property
    def verdict(self) -> str:
        """``held``; ``failed`` where all of the interval lies on the wrong side; ``cannot tell``.

        An outcome that the runs do not have is failed: more of them would not tell either.
        """
        if self.holds:
            return HELD
        if not math.isfinite(self.low) or self.ask.fails(self.low, self.high):
            return FAILED
        return UNTOLD

    @property
    def pairs_that_tell(self) -> float:
        """Pairs by which the interval would leave the bound, if what was measured is the truth.

        Intervals narrow with the root of the pairs; infinite where the value lies on the bound.
        """
        bounds = [one for one in (self.ask.at_least, self.ask.at_most) if one is not None]
        needed = 0.0
        for bound in bounds:
            if not self.low <= bound <= self.high:
                continue
            half = self.value - self.low if bound <= self.value else self.high - self.value
            gap = abs(self.value - bound)
            needed = max(needed, (half / gap) ** 2 if gap else math.inf)
        return math.ceil(self.pairs * needed) + 1 if math.isfinite(needed) else math.inf


@dataclass(frozen=True)
class Judged:
    """What became of a statement.

    Parameters
    ----------
    statement : Statement
        What was tried.
    numbers : tuple of Number
        One for each ask.
    """

    statement: Statement
    numbers: tuple[Number, ...]

    @property
    def verdict(self) -> str:
        """``held``, ``failed``, ``cannot tell``, or ``disputed`` where evidence stands for it."""
        if self.statement.disputed:
            return DISPUTED
        found = {number.verdict for number in self.numbers}
        return next((one for one in (FAILED, UNTOLD) if one in found), HELD)

    @property
    def pairs_that_tell(self) -> float:
        """Pairs to ask for (``--pairs``) that would tell all that cannot be told."""
        untold = [one.pairs_that_tell for one in self.numbers if one.verdict == UNTOLD]
        most = max(untold, default=0.0)
        return math.ceil(most / self.statement.pairs_times) if math.isfinite(most) else most


def judge(statements: Sequence[Statement], values: Values) -> list[Judged]:
    """Judge statements by what was measured.

    Parameters
    ----------
    statements : sequence of Statement
        In their order.
    values : mapping
        As :meth:`Battery.measure` returns.

    Returns
    -------
    list of Judged
        One for each.
    """
    return [
        Judged(one, tuple(_number(ask, one.number, values) for ask in one.asks))
        for one in statements
    ]


def _number(ask: Ask, statement: int, values: Values) -> Number:
    left = values[statement, ask.arm].get(ask.key, {})
    right = values[statement, ask.against].get(ask.key, {}) if ask.against else None
    return paired(ask, left, right)


def paired(ask: Ask, left: Mapping[int, float], right: Mapping[int, float] | None) -> Number:
    """Compare two sides by seed.

    Parameters
    ----------
    ask : Ask
        What is asked.
    left, right : mapping of int to float
        Values by seed; no right side for a level.

    Returns
    -------
    Number
        The interval of a ratio is that of its first-order expansion about the ratio of the means
        (the delta method, Cochran 1977, 6.3), so that single seeds may be zero.
    """
    seeds = [seed for seed in left if math.isfinite(left[seed])]
    if right is not None:
        seeds = [seed for seed in seeds if math.isfinite(right.get(seed, math.nan))]
    if len(seeds) < 2:
        return Number(ask, pairs=len(seeds))
    a = np.array([left[seed] for seed in seeds])
    b = np.zeros_like(a) if right is None else np.array([right[seed] for seed in seeds])
    size = float(max(np.abs(a).max(), np.abs(b).max())) or 1.0
    if ask.scale != RATIO:
        found = mean_interval(a - b, LEVEL, scale=size)
        value = found.mean
    else:
        if b.mean() == 0.0:
            return Number(ask, float(a.mean()), 0.0, pairs=len(seeds))
        value = float(a.mean() / b.mean())
        found = mean_interval(value + (a - value * b) / b.mean(), LEVEL)
    other = math.nan if right is None else float(b.mean())
    return Number(ask, float(a.mean()), other, value, found.low, found.high, len(seeds))
