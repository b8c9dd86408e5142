"""The arms of statements run at the same seeds, and each number judged by its interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.evaluate import Evaluate, InMemory
from plaza_lab.scenarios.library.measures import is_outcome, parts_of
from plaza_lab.scenarios.sanity.statement import RATIO, Ask, Statement
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.overrides import by_key, check_overrides
from plaza_lab.scenarios.statistics.intervals import mean_interval

if TYPE_CHECKING:
    import pandas as pd

    from plaza_lab.sim.engine import RunResult


DAYS_PER_WEEK = 7
Values = Mapping[tuple[int, str], Mapping[str, Mapping[int, float]]]
"""By number of the statement and arm: name of a measure to its value by seed."""


def _measured(run: RunResult, ask: Ask) -> float:
    """Take a measure of a run."""
    if is_outcome(ask.measure, over_weeks=ask.weeks is not None):
        return float(run.outcomes[ask.measure])
    first, last = ask.weeks or (1, len(run.days))
    window = slice(DAYS_PER_WEEK * (first - 1), DAYS_PER_WEEK * last)
    names = list(run.metric_names)
    columns = [run.days[window, names.index(part)] for part in parts_of(ask.measure)]
    if len(columns) == 1:
        return float(np.nanmean(columns[0]))
    *top, bottom = (float(np.nansum(column)) for column in columns)
    return sum(top) / bottom if bottom else float("nan")


def _measuring(
    weeks: int, workers: int, asks: Sequence[Ask], on_run: Callable[[], None], failures: list[str]
) -> Evaluate:
    """Make what measures what some statements ask, and keeps nothing else of a run."""
    wanted = {ask.key: ask for ask in asks}

    def take(run: RunResult) -> dict[str, float]:
        return {key: _measured(run, ask) for key, ask in wanted.items()}

    return InMemory(weeks, workers, on_run=on_run, take=take, failures=failures)


@dataclass
class Battery:
    """Statements in a world, their arms composed and checked; `overrides` hold for all arms."""

    statements: Sequence[Statement]
    overrides: Sequence[str] = ()
    points: dict[str, DesignPoint] = field(default_factory=dict)
    """Distinct arms by weeks, times the pairs, and fingerprint."""
    arms: dict[tuple[int, str], str] = field(default_factory=dict)
    """Number and arm to the key of its point."""
    failures: list[str] = field(default_factory=list)
    """A line for each run that could not be finished."""

    def __post_init__(self) -> None:
        check_overrides(self.overrides)
        for statement in self.statements:
            self._refuse_what_it_sets(statement)
            for arm in statement.arms:
                point = self._point(statement, arm)
                key = f"{_batch(statement)} {point.fingerprint}"
                self.points.setdefault(key, point)
                self.arms[statement.number, arm] = key

    def n_runs(self, pairs: int) -> int:
        """Runs that so many pairs take."""
        return sum(pairs * int(key.split()[1]) for key in self.points)

    def measure(
        self,
        seeds: range,
        workers: int = 0,
        on_run: Callable[[], None] = lambda: None,
        evaluate: Callable[[int, Sequence[Ask]], Evaluate] | None = None,
    ) -> Values:
        """Run every distinct arm at every seed.

        Parameters
        ----------
        seeds : range
            The same for all arms; it goes on where a statement takes more pairs.
        workers : int
            Runs side by side; 0 takes every core.
        on_run : callable
            Called after each run.
        evaluate : callable, optional
            Makes what runs communities, of the weeks and the asks; default: in this process.

        Returns
        -------
        mapping
            See :data:`Values`; a run that failed has no value.
        """
        found: dict[str, dict[str, dict[int, float]]] = {}
        for batch in sorted({_batch(statement) for statement in self.statements}):
            weeks, times = map(int, batch.split())
            asks = [ask for one in self.statements if _batch(one) == batch for ask in one.asks]
            make = evaluate or (
                lambda weeks, asks: _measuring(weeks, workers, asks, on_run, self.failures)
            )
            keys = [key for key in self.points if key.startswith(f"{batch} ")]
            own_seeds = range(seeds[0], seeds[0] + times * len(seeds))
            table = make(weeks, asks)([self.points[key] for key in keys], own_seeds)
            for place, key in enumerate(keys):
                found[key] = {ask.key: _by_seed(table, place, ask.key) for ask in asks}
        return {arm: found[key] for arm, key in self.arms.items()}

    def _refuse_what_it_sets(self, statement: Statement) -> None:
        own = by_key(self.overrides)
        for arm in statement.arms:
            for key, line in by_key(statement.words_of(arm)).items():
                if key in own:
                    raise UserError(
                        f"statement {statement.number} sets {line} itself; leave {key} out, or "
                        "choose other statements"
                    )

    def _point(self, statement: Statement, arm: str) -> DesignPoint:
        words = [*self.overrides, *statement.words_of(arm)]
        name = f"{statement.number} {statement.name}, {arm}"
        try:
            check_overrides(words)
            return DesignPoint(name, compose(words))
        except UserError as wrong:
            raise UserError(f"statement {name}: {wrong}") from wrong


def _batch(statement: Statement) -> str:
    """What is run together: weeks, and how many times the pairs asked for."""
    return f"{statement.weeks} {statement.pairs_times}"


def _by_seed(table: pd.DataFrame, place: int, key: str) -> dict[int, float]:
    if not len(table):
        return {}
    own = table[table["point"] == place]
    return dict(zip(map(int, own["seed"]), map(float, own[key]), strict=True))


LEVEL = 0.95
HELD, FAILED, UNTOLD, DISPUTED = "held", "failed", "cannot tell", "disputed"


@dataclass(frozen=True)
class Number:
    """A number that was asked for.

    ``mean`` and ``other`` are means of the arm and of the one it is compared with; ``value`` the
    level, difference or ratio, with its 95 % interval; ``pairs`` the seeds that count.
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
    """What became of a statement: one number for each ask."""

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
    """Judge statements by what :meth:`Battery.measure` returned, one for each, in their order."""
    return [
        Judged(one, tuple(_number(ask, one.number, values) for ask in one.asks))
        for one in statements
    ]


def _number(ask: Ask, statement: int, values: Values) -> Number:
    left = values[statement, ask.arm].get(ask.key, {})
    right = values[statement, ask.against].get(ask.key, {}) if ask.against else None
    return paired(ask, left, right)


def paired(ask: Ask, left: Mapping[int, float], right: Mapping[int, float] | None) -> Number:
    """Compare two sides by seed; no right side for a level.

    The interval of a ratio is that of its first-order expansion about the ratio of the means (the
    delta method, Cochran 1977, 6.3), so that single seeds may be zero.
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
