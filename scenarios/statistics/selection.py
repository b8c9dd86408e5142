"""Select the best of many policies with as few runs as it takes.

All policies live through the same seeds; after every seed those that have fallen too far behind
another are dropped, so that most runs go to the few that are hard to tell apart. The procedure is
KN of Kim & Nelson (2001) with c = 1: if the best is ahead of all others by at least the
indifference zone, it is selected with at least the confidence asked for. It works on paired
differences and therefore holds under common random numbers, which make it faster. It is proved
for normal outcomes; how it does with skewed ones is measured in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.outcomes import Better, outcome_named, show_value

if TYPE_CHECKING:
    from plaza_lab.scenarios.experiments.design import DesignPoint
    from plaza_lab.scenarios.experiments.evaluate import Evaluate

FEWEST_PAIRS = 10  # first-stage pairs; Kim & Nelson (2001) advise ten and more


@dataclass(frozen=True)
class Selection:
    """Which policies are left, and what it took to find out.

    Parameters
    ----------
    outcome, delta, level
        As for :func:`select_best`.
    survivors : tuple of str
        Policies left, the best mean first; ``is_decided`` if it is one.
    pairs, seeds : int
        Complete pairs the choice rests on, and seeds the survivors have lived through.
    runs_used, runs_saved : int
        Runs of all policies, and those spared against running every policy at all those seeds.
    seeds_lost : int
        Seeds left out because a run failed or the outcome is undefined in it.
    history : pandas.DataFrame
        One row per policy dropped, in order: ``policy``, ``pairs`` when it was dropped,
        ``beaten_by``, and ``behind`` (how much worse its mean was then, in the outcome's unit).
    means : pandas.DataFrame
        One row per policy, the survivors first: ``policy``, ``pairs``, ``mean`` over its own
        seeds, ``difference`` from the best survivor over the seeds of both, ``is_left``.
    runs : pandas.DataFrame
        One row per run: ``column`` (place of the policy), ``policy``, ``seed``, outcomes.
    """

    outcome: str
    delta: float
    level: float
    survivors: tuple[str, ...]
    is_decided: bool
    pairs: int
    seeds: int
    runs_used: int
    runs_saved: int
    seeds_lost: int
    history: pd.DataFrame = field(repr=False)
    means: pd.DataFrame = field(repr=False)
    runs: pd.DataFrame = field(repr=False)

    def words(self) -> str:
        """Say in a few sentences which policy was selected and what it took."""
        declared = outcome_named(self.outcome)
        label = declared.label[0].lower() + declared.label[1:]
        zone = show_value(declared, self.delta)
        if declared.unit == "share":
            zone = zone.replace("%", "points")
        sure = f"{self.level * 100:g} %"
        if self.is_decided:
            lead = (
                f"{self.survivors[0]} is selected as the best of {len(self.means)} by {label}: "
                f"if the best is ahead by {zone} or more, this is it with {sure} confidence."
            )
        else:
            lead = (
                f"After {self.pairs:,} seeds, {len(self.survivors)} of {len(self.means)} policies "
                f"are left by {label}: {', '.join(self.survivors)}. If one is ahead by {zone} or "
                f"more, it is among them with {sure} confidence."
            )
        lost = ""
        if self.seeds_lost:
            lost = f" Seeds left out because a run failed or is undefined: {self.seeds_lost:,}."
        return (
            f"{lead} {self.runs_used:,} runs were used, {self.runs_saved:,} fewer than with every "
            f"policy at all {self.seeds:,} seeds.{lost}"
        )


class Screening:
    """Elimination of policies seed by seed (KN); higher values are better.

    Parameters
    ----------
    first : numpy.ndarray
        First-stage values, shape ``(first pairs, k)``, k and the pairs at least 2.
    delta, level : float
        Indifference zone, above 0, and confidence, in (0, 1).

    Attributes
    ----------
    alive : list of int
        Columns still in the race.
    dropped : list of tuple
        Of each policy dropped: column, pairs seen, column that beat it, how far it was behind.
    """

    def __init__(self, first: np.ndarray, delta: float, level: float = 0.95) -> None:
        first = np.asarray(first, dtype=float)
        n, k = first.shape
        self.delta, self.pairs = delta, n
        self.alive, self.sums = list(range(k)), first.sum(axis=0)
        self.dropped: list[tuple[int, int, int, float]] = []
        covariance = np.cov(first, rowvar=False, ddof=1)
        own = covariance.diagonal()
        spread = np.maximum(own[:, None] + own[None, :] - 2 * covariance, 0.0)
        self.reach = constant(k, n, level) * spread / delta
        self._screen()

    def add(self, values: np.ndarray) -> None:
        """Take the next pair into account, shape ``(k,)``; columns already dropped are not read."""
        self.pairs += 1
        self.sums[self.alive] += values[self.alive]
        self._screen()

    def _screen(self) -> None:
        """Drop whoever is further behind another than the shrinking margin allows."""
        alive = np.array(self.alive)
        sums = self.sums[alive]
        behind = sums[None, :] - sums[:, None]
        margin = (self.reach[np.ix_(alive, alive)] - self.delta * self.pairs) / 2
        excess = behind - np.maximum(margin, 0.0)
        np.fill_diagonal(excess, -np.inf)
        lost, winners = excess.max(axis=1) > 0, excess.argmax(axis=1)
        if (margin[~np.eye(alive.size, dtype=bool)] < 0).all():  # nobody may wait any longer
            highest = int(sums.argmax())
            lost, winners = np.arange(alive.size) != highest, np.full(alive.size, highest)
        for place in np.flatnonzero(lost):
            winner = int(winners[place])
            gap = float(behind[place, winner]) / self.pairs
            self.dropped.append((int(alive[place]), self.pairs, int(alive[winner]), gap))
        self.alive = [int(column) for column in alive[~lost]]


def constant(k: int, first: int, level: float) -> float:
    """Constant of KN for c = 1: h squared, of `k` policies and `first` pairs, both at least 2.

    ``2 eta (first - 1)``, with eta from Kim & Nelson (2001), Bonferroni over ``k - 1`` rivals at a
    confidence `level` in (0, 1).
    """
    eta = ((2 * (1 - level) / (k - 1)) ** (-2 / (first - 1)) - 1) / 2
    return 2 * eta * (first - 1)


def select_best(
    evaluate: Evaluate,
    points: Sequence[DesignPoint],
    outcome: str,
    delta: float,
    *,
    better: Better | None = None,
    level: float = 0.95,
    first: int = 20,
    max_pairs: int = 1000,
    first_seed: int = 1,
    batch: int = 10,
    on_batch: Callable[[int, tuple[str, ...]], None] | None = None,
) -> Selection:
    """Run policies seed by seed until one is left.

    Parameters
    ----------
    evaluate : Evaluate
        Runs design points at seeds.
    points : sequence of DesignPoint
        Two policies or more, each with a name of its own.
    outcome : str
        Column to rank by.
    delta : float
        Indifference zone, in the outcome's stored unit (shares as 0-1): the smallest lead worth
        detecting. Above 0.
    better : {"higher", "lower"}, optional
        Default: as declared for the outcome.
    level : float
        Confidence, in (0, 1).
    first : int
        Pairs of the first stage, at least 10.
    max_pairs : int
        Most seeds a policy lives through, at least `first`.
    first_seed : int
        Seeds count up from here.
    batch : int
        Seeds asked for at once after the first stage. Screening is done after each of them, so
        the choice is the same for every size; only runs after a policy was dropped are wasted.
    on_batch : callable, optional
        Told the pairs and the policies left after every batch.

    Returns
    -------
    Selection
        Undecided if several are left at `max_pairs`.

    Raises
    ------
    UserError
        If an argument makes no sense, the outcome is no column, or the first stage gave too few
        complete pairs.
    """
    direction = better or outcome_named(outcome).better
    _check(points, outcome, delta, direction, level, first, max_pairs)
    sign = -1.0 if direction == "lower" else 1.0
    names = [point.policy for point in points]
    seeds = list(range(first_seed, first_seed + first))
    tables = [_run(evaluate, points, range(len(points)), seeds)]
    start = sign * _complete(tables[0], outcome, range(len(points)), seeds)
    if len(start) < FEWEST_PAIRS:
        raise UserError(
            f"{outcome}: only {len(start)} of the first {first} seeds give every policy a value, "
            f"and selecting needs {FEWEST_PAIRS}; see why runs fail, or rank by another outcome"
        )
    race = Screening(start, delta, level)
    used, asked, lost = len(points) * first, first, first - len(start)
    while True:
        if on_batch:
            on_batch(race.pairs, tuple(names[column] for column in race.alive))
        if len(race.alive) == 1 or asked >= max_pairs:
            break
        left = list(race.alive)
        seeds = list(range(first_seed + asked, first_seed + min(asked + batch, max_pairs)))
        tables.append(_run(evaluate, points, left, seeds))
        rows = sign * _complete(tables[-1], outcome, left, seeds)
        used, asked, lost = used + len(left) * len(seeds), asked + len(seeds), lost + len(seeds)
        lost -= len(rows)
        for values in rows:
            if len(race.alive) > 1:
                whole = np.zeros(len(points))
                whole[left] = values
                race.add(whole)
    runs = pd.concat(tables, ignore_index=True)
    history, means = _history(race, names), _means(race, names, runs, outcome, sign)
    survivors = tuple(means.loc[means["is_left"], "policy"])
    saved = len(points) * asked - used
    return Selection(
        outcome, delta, level, survivors, len(survivors) == 1, race.pairs, asked, used, saved,
        lost, history, means, runs,
    )  # fmt: skip


def _check(
    points: Sequence[DesignPoint],
    outcome: str,
    delta: float,
    direction: str,
    level: float,
    first: int,
    max_pairs: int,
) -> None:
    names = [point.policy for point in points]
    if len(names) < 2 or len(set(names)) < len(names):
        raise UserError("selecting needs two policies or more, each with a name of its own")
    if direction == "neither":
        raise UserError(f"{outcome}: neither higher nor lower is better; say which one is wanted")
    if not 0 < delta < float("inf"):
        raise UserError(f"{outcome}: the indifference zone must be above zero, not {delta:g}")
    # with an error of one half or more per rival there is nothing to screen by
    if not 0.5 < level < 1:
        raise UserError(f"level={level:g}: the confidence lies between 0.5 and 1, such as 0.95")
    if first < FEWEST_PAIRS:
        raise UserError(f"the first stage needs {FEWEST_PAIRS} pairs or more, not {first}")
    if max_pairs < first:
        raise UserError(f"at most {max_pairs} pairs leave no room for the first stage of {first}")


def _run(
    evaluate: Evaluate, points: Sequence[DesignPoint], left: Sequence[int], seeds: Sequence[int]
) -> pd.DataFrame:
    """Outcomes of the policies left; ``column`` is their place among all points."""
    table = evaluate([points[column] for column in left], seeds)
    if table.empty:
        return pd.DataFrame(columns=["column", "policy", "seed"])
    columns = table["point"].map(dict(enumerate(left)))
    names = columns.map({column: points[column].policy for column in left})
    table = table.drop(columns="point").drop(columns=["policy"], errors="ignore")
    table.insert(0, "policy", names)
    table.insert(0, "column", columns)
    return table


def _complete(
    table: pd.DataFrame, outcome: str, left: Sequence[int], seeds: Sequence[int]
) -> np.ndarray:
    """Values of shape ``(seeds every policy left has, policies left)``, in order of seeds."""
    if table.empty:
        return np.empty((0, len(left)))
    if outcome not in table:
        raise UserError(f"{outcome} is no outcome of these runs")
    wide = table.pivot(index="seed", columns="column", values=outcome)
    values = wide.reindex(index=list(seeds), columns=list(left)).to_numpy(dtype=float)
    return values[np.isfinite(values).all(axis=1)]


def _history(race: Screening, names: Sequence[str]) -> pd.DataFrame:
    rows = [
        {"policy": names[loser], "pairs": pairs, "beaten_by": names[winner], "behind": behind}
        for loser, pairs, winner, behind in race.dropped
    ]
    return pd.DataFrame(rows, columns=["policy", "pairs", "beaten_by", "behind"])


def _means(
    race: Screening, names: Sequence[str], runs: pd.DataFrame, outcome: str, sign: float
) -> pd.DataFrame:
    """Means of every policy, and its distance from the best survivor over the seeds of both."""
    wide = runs.assign(**{outcome: runs[outcome].astype(float)})
    wide = wide.pivot(index="seed", columns="column", values=outcome).reindex(
        columns=range(len(names))
    )
    wide = wide.where(np.isfinite(wide))
    is_left = np.array([column in race.alive for column in range(len(names))])
    best = max(race.alive, key=lambda column: sign * wide[column].mean())
    apart = wide.sub(wide[best], axis=0)
    table = pd.DataFrame(
        {
            "policy": list(names),
            "pairs": apart.count().to_numpy(),
            "mean": wide.mean().to_numpy(),
            "difference": apart.mean().to_numpy(),
            "is_left": is_left,
        }
    )
    order = np.lexsort((-sign * table["difference"].to_numpy(), ~is_left))
    return table.iloc[order].reset_index(drop=True)
