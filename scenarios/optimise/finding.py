"""From a problem to labelled policies: a search, then fresh seeds where the front is decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.evaluate import Evaluate
from plaza_lab.scenarios.experiments.study import run_id
from plaza_lab.scenarios.optimise.constraints import with_events
from plaza_lab.scenarios.optimise.labels import Allocated, Round, allocate, looks_up_to, name_rivals
from plaza_lab.scenarios.optimise.problem import Problem
from plaza_lab.scenarios.optimise.robust import Robust
from plaza_lab.scenarios.optimise.search import SAMPLERS, Searched, means_of, search, violations_of

FEWEST_FRESH = 2


@dataclass(frozen=True)
class Effort:
    """How much a search may run.

    Parameters
    ----------
    trials : int
        Policies proposed.
    pairs, max_pairs : int
        Seeds of every policy in the search, and most seeds of one, search included.
    sampler : {"tpe", "nsga2"}
        Who proposes.
    seed : int
        First seed of the runs, and seed of the search.
    weeks : int
        Weeks each run lives through.
    level : float
        Probability, in (0, 1), that every label is right.
    """

    trials: int = 60
    pairs: int = 4
    max_pairs: int = 40
    sampler: str = "tpe"
    seed: int = 1
    weeks: int = 52
    level: float = 0.95

    def check(self) -> None:
        """Refuse numbers that cannot be.

        Raises
        ------
        UserError
            With one line for the first of them.
        """
        if self.trials < 1:
            raise UserError(f"--trials {self.trials}: at least one policy must be tried")
        if self.sampler not in SAMPLERS:
            raise UserError(f"--sampler {self.sampler}: choose one of {', '.join(SAMPLERS)}")
        if self.pairs < 1:
            raise UserError(f"--pairs {self.pairs}: at least one seed is needed")
        if self.max_pairs < self.pairs + FEWEST_FRESH:
            raise UserError(
                f"--max-pairs {self.max_pairs}: labels need seeds that the search did not see, so "
                f"at least {self.pairs + FEWEST_FRESH} with --pairs {self.pairs}"
            )
        if not 0 < self.level < 1:
            raise UserError(f"--level {self.level:g}: give a number between 0 and 1, such as 0.95")

    @property
    def search_seeds(self) -> list[int]:
        """Seeds of the search."""
        return list(range(self.seed, self.seed + self.pairs))

    @property
    def label_seeds(self) -> list[int]:
        """Seeds that labels rest on; the search never saw them."""
        return list(range(self.seed + self.pairs, self.seed + self.max_pairs))


@dataclass
class Found:
    """What a search found.

    Parameters
    ----------
    problem, effort
        What was asked.
    searched : Searched
        Trials and their runs.
    allocated : Allocated
        Labels of the possible policies, in the order of ``searched.points``.
    label_runs : dict of str to pandas.DataFrame
        For every policy its runs at the label seeds, with events, indexed by seed.
    started, wall_s
        When, and for how many seconds.
    """

    problem: Problem
    effort: Effort
    searched: Searched
    allocated: Allocated
    label_runs: dict[str, pd.DataFrame]
    started: datetime = field(default_factory=datetime.now)
    wall_s: float = 0.0

    @property
    def points(self) -> list[DesignPoint]:
        """Possible policies, in the order in which they were first tried."""
        return list(self.searched.points.values())

    def runs_table(self) -> pd.DataFrame:
        """One row per run: ``run_id, policy, world, population, seed, stage``, levers, outcomes."""
        parts = []
        for stage, runs in (("search", self.searched.runs), ("labels", self.label_runs)):
            for name, own in runs.items():
                point = self.searched.points[name]
                heads = [self._head(point, int(seed), stage) for seed in own.index]
                head = pd.DataFrame(heads, index=own.index)
                parts.append(pd.concat([head, own], axis=1))
        return mixed_as_text(pd.concat(parts, ignore_index=True))

    def _head(self, point: DesignPoint, seed: int, stage: str) -> dict[str, Any]:
        choices = point.composed.choices
        return {
            "run_id": run_id(point, seed, self.effort.weeks),
            "policy": point.policy,
            "world": point.world,
            "population": choices.get("population", ""),
            "seed": seed,
            "stage": stage,
        } | point.factors


def find(
    problem: Problem,
    evaluate: Evaluate,
    effort: Effort,
    on_batch: Callable[[int, int], None] | None = None,
    on_round: Callable[[Round], None] | None = None,
) -> Found:
    """Search, then label.

    Parameters
    ----------
    problem : Problem
        Levers, objectives, constraints.
    evaluate : Evaluate
        Runs design points at seeds; one that keeps its runs makes the search resumable.
    effort : Effort
        How much may be run.
    on_batch, on_round : callable, optional
        Told of the search's batches and of the rounds of labelling.

    Returns
    -------
    Found
        Every policy with its label.

    Raises
    ------
    UserError
        If an outcome is unknown or no policy is possible.
    """
    effort.check()
    began = datetime.now()
    searched = search(
        problem, evaluate, effort.search_seeds, effort.trials, effort.sampler, effort.seed, on_batch
    )
    if isinstance(evaluate, Robust):
        evaluate.settle(searched)
    names = list(searched.points)
    means = np.array([means_of(problem, searched.runs[name]) for name in names])
    is_fine = np.array([max(violations_of(problem, searched.runs[name])) <= 0 for name in names])
    kept: dict[str, list[pd.DataFrame]] = {name: [] for name in names}
    allocated = allocate(
        _drawing(problem, evaluate, list(searched.points.values()), effort.label_seeds, kept),
        name_rivals(means, is_fine),
        len(problem.objectives),
        problem.constraints,
        looks_up_to(len(effort.label_seeds)),
        effort.level,
        on_round,
    )
    runs = {name: pd.concat(parts) for name, parts in kept.items() if parts}
    wall = (datetime.now() - began).total_seconds()
    return Found(problem, effort, searched, allocated, runs, began, wall)


def _drawing(
    problem: Problem,
    evaluate: Evaluate,
    points: Sequence[DesignPoint],
    seeds: Sequence[int],
    kept: dict[str, list[pd.DataFrame]],
) -> Callable[[Sequence[int], int, int], tuple[np.ndarray, np.ndarray]]:
    """Make what runs fresh seeds, keeps the runs, and returns objectives and constraint facts."""

    def draw(policies: Sequence[int], start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        wanted = list(seeds[start:stop])
        chosen = [points[i] for i in policies]
        shape = len(chosen), len(wanted)
        values = np.full((*shape, len(problem.objectives)), np.nan)
        facts = np.full((*shape, len(problem.constraints)), np.nan)
        table = evaluate(chosen, wanted)
        if not len(table):
            return values, facts
        table = with_events(table)
        for place, point in enumerate(chosen):
            own = table[table["point"] == place].drop(columns="point").set_index("seed")
            if not len(own):
                continue
            kept[point.policy].append(own)
            columns = [wanted.index(seed) for seed in own.index]
            for m, goal in enumerate(problem.objectives):
                values[place, columns, m] = goal.sign * own[goal.outcome].to_numpy(dtype=float)
            for c, rule in enumerate(problem.constraints):
                facts[place, columns, c] = rule.facts(own)
        return values, facts

    return draw


def mixed_as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Turn columns of both texts and numbers into texts, as a file keeps one kind only."""
    mixed = {
        name: table[name].astype(str)
        for name in table.columns
        if table[name].dtype == object and len({type(value) for value in table[name]}) > 1
    }
    return table.assign(**mixed)
