"""The search: Optuna asks for policies in batches, the simulation answers at common seeds.

Every policy lives through the same seeds. Everything the search does follows from its seed and
from what the runs say, so a search that was stopped and is begun again asks for the same runs; an
evaluation that keeps its runs answers them without running any again.
"""

from __future__ import annotations

import contextlib
import itertools
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from plaza_lab.scenarios.command_line.extras import needed
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import Axis, Value
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.evaluate import Evaluate
from plaza_lab.scenarios.optimise.constraints import check_outcomes, with_events
from plaza_lab.scenarios.optimise.problem import Problem, Space, policy_of, tidy
from plaza_lab.scenarios.settings.config import Contradiction

if TYPE_CHECKING:
    from optuna import Study as OptunaStudy
    from optuna.samplers import BaseSampler
    from optuna.trial import Trial as OptunaTrial

BATCH = 10  # fixed, so that a search does not depend on the machine it runs on
SAMPLERS = ("tpe", "nsga2")
IMPOSSIBLE = 10.0


@dataclass(frozen=True)
class Trial:
    """One proposal of the search: number, from 0, value of every lever, name of the policy.

    ``reason`` says why it is impossible; empty otherwise.
    """

    number: int
    factors: dict[str, Value]
    policy: str
    reason: str = ""


@dataclass
class Searched:
    """What a search has tried.

    Parameters
    ----------
    method : str
        ``every combination``, ``tpe`` or ``nsga2``.
    trials : list of Trial
        In order; a policy may be proposed more than once.
    points : dict of str to DesignPoint
        Different possible policies by name, in order of their first trial.
    impossible : dict of str to Trial
        Different policies whose levers contradict each other.
    runs : dict of str to pandas.DataFrame
        Runs of every possible policy, with events, indexed by seed.
    """

    method: str
    trials: list[Trial] = field(default_factory=list)
    points: dict[str, DesignPoint] = field(default_factory=dict)
    impossible: dict[str, Trial] = field(default_factory=dict)
    runs: dict[str, pd.DataFrame] = field(default_factory=dict)


def search(
    problem: Problem,
    evaluate: Evaluate,
    seeds: Sequence[int],
    trials: int = 60,
    sampler: str = "tpe",
    seed: int = 1,
    on_batch: Callable[[int, int], None] | None = None,
) -> Searched:
    """Try policies, the more promising ones more often.

    Parameters
    ----------
    problem : Problem
        Levers, objectives, constraints.
    evaluate : Evaluate
        Runs design points at seeds.
    seeds : sequence of int
        Seeds of every policy.
    trials : int
        Proposals; where there are no more combinations than that, each is tried once.
    sampler : {"tpe", "nsga2"}
        Multi-objective tree-structured Parzen estimator (Bergstra et al. 2011; Ozaki et al. 2022)
        or NSGA-II (Deb et al. 2002).
    seed : int
        Of the search itself.
    on_batch : callable, optional
        Told of the trials done and the policies that could be run.

    Returns
    -------
    Searched
        Every trial, and the runs of every possible policy.

    Raises
    ------
    UserError
        If an outcome is unknown, nothing could be run, or Optuna is not installed.
    """
    space = Space(problem.axes, problem.fixed)
    is_whole = problem.combinations <= trials
    found = Searched("every combination" if is_whole else sampler)
    proposals = (
        _every(problem)
        if is_whole
        else _proposed(problem, found, trials, sampler, seed, len(seeds))
    )
    are_known = check_outcomes(problem.outcomes)
    for batch in proposals:
        fresh: list[DesignPoint] = []
        for factors in batch:
            _try(space, factors, found, fresh)
        if fresh and not are_known:
            _check_columns(problem, evaluate(fresh[:1], seeds[:1]))
            are_known = True
        if fresh:
            _run(evaluate, fresh, seeds, found)
        if on_batch is not None:
            on_batch(len(found.trials), len(found.points))
    if not found.points:
        reason = found.trials[0].reason
        raise UserError(f"none of the policies is possible; {found.trials[0].policy}: {reason}")
    return found


def means_of(problem: Problem, runs: pd.DataFrame) -> np.ndarray:
    """Return the mean objectives of one policy, more is better; NaN where undefined."""
    means = [
        float(np.mean(known)) if (known := _defined(runs, goal.outcome)).size else np.nan
        for goal in problem.objectives
    ]
    return np.array([goal.sign for goal in problem.objectives]) * np.array(means)


def violations_of(problem: Problem, runs: pd.DataFrame) -> list[float]:
    """Return by how much one policy misses each constraint, and 1 if an objective is undefined."""
    missing = float(np.isnan(means_of(problem, runs)).any())
    return [missing, *(rule.violation(rule.facts(runs)) for rule in problem.constraints)]


def _defined(runs: pd.DataFrame, outcome: str) -> np.ndarray:
    values = runs[outcome].to_numpy(dtype=float)
    return values[np.isfinite(values)]


def _try(
    space: Space, factors: dict[str, Value], found: Searched, fresh: list[DesignPoint]
) -> None:
    name, reason = policy_of(factors), ""
    if name in found.impossible:
        reason = found.impossible[name].reason
    elif name not in found.points:
        try:
            point = space.point(factors)
        except Contradiction as clash:
            reason = str(clash)
        else:
            found.points[name] = point
            fresh.append(point)
    trial = Trial(len(found.trials), factors, name, reason)
    found.trials.append(trial)
    if reason:
        found.impossible.setdefault(name, trial)


def _run(
    evaluate: Evaluate, points: Sequence[DesignPoint], seeds: Sequence[int], found: Searched
) -> None:
    table = evaluate(points, seeds)
    if len(table):
        table = with_events(table)
    for place, point in enumerate(points):
        own = table[table["point"] == place] if len(table) else table
        if len(own):
            found.runs[point.policy] = own.drop(columns="point").set_index("seed")
        else:
            del found.points[point.policy]
            trial = next(trial for trial in found.trials if trial.policy == point.policy)
            reason = "none of its runs could be finished"
            found.impossible[point.policy] = Trial(
                trial.number, trial.factors, trial.policy, reason
            )


def _check_columns(problem: Problem, table: pd.DataFrame) -> None:
    if len(table):
        columns = set(with_events(table).columns) - {"point", "seed"}
        check_outcomes(problem.outcomes, columns)


def _every(problem: Problem) -> Iterator[list[dict[str, Value]]]:
    keys = [axis.key for axis in problem.axes]
    grid = itertools.product(*(axis.values for axis in problem.axes))
    while batch := list(itertools.islice(grid, BATCH)):
        yield [dict(zip(keys, values, strict=True)) for values in batch]


def _proposed(
    problem: Problem, found: Searched, trials: int, sampler: str, seed: int, n_seeds: int
) -> Iterator[list[dict[str, Value]]]:
    """Ask Optuna for a batch, hand it out, and tell what came of it when called again."""
    with _quiet():
        study = _study(problem, _sampler(sampler, seed, trials))
    ways = {axis.key: _distribution(axis) for axis in problem.axes}
    done = 0
    while done < trials:
        with _quiet():
            asked = [study.ask(ways) for _ in range(min(BATCH, trials - done))]
        axes = problem.axes
        yield [{axis.key: tidy(one.params[axis.key], axis) for axis in axes} for one in asked]
        with _quiet():
            for one, trial in zip(asked, found.trials[done:], strict=True):
                _tell(problem, study, one, found.runs.get(trial.policy))
        done += len(asked)


def _tell(
    problem: Problem, study: OptunaStudy, asked: OptunaTrial, runs: pd.DataFrame | None
) -> None:
    """Hand over means and violations; an impossible policy is one that misses by most."""
    count = 1 + len(problem.constraints)
    missed = [IMPOSSIBLE] * count if runs is None else violations_of(problem, runs)
    means = np.zeros(len(problem.objectives)) if runs is None else means_of(problem, runs)
    for place, value in enumerate(missed):
        asked.set_constraint(str(place), value)
    study.tell(asked, np.nan_to_num(means).tolist())


def _study(problem: Problem, sampler: BaseSampler) -> OptunaStudy:
    optuna = needed("optuna", "optimise")
    return optuna.create_study(directions=["maximize"] * len(problem.objectives), sampler=sampler)


def _sampler(name: str, seed: int, trials: int) -> BaseSampler:
    samplers = needed("optuna", "optimise").samplers
    if name == "nsga2":
        return samplers.NSGAIISampler(seed=seed, population_size=min(50, max(BATCH, trials // 6)))
    start = min(max(BATCH, trials // 4), 40)
    return samplers.TPESampler(seed=seed, n_startup_trials=start, multivariate=True)


def _distribution(axis: Axis) -> Any:
    ways = needed("optuna", "optimise").distributions
    if not axis.is_range:
        return ways.CategoricalDistribution(axis.values)
    if axis.is_integer:
        low, high = int(np.ceil(axis.low)), int(np.floor(axis.high))
        return ways.IntDistribution(low, high, log=axis.is_log)
    return ways.FloatDistribution(axis.low, axis.high, log=axis.is_log)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Optuna's own log lines and notices off the screen."""
    logging = needed("optuna", "optimise").logging
    before = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="optuna")
            yield
    finally:
        logging.set_verbosity(before)
