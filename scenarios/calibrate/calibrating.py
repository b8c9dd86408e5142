"""Calibration from start to end: search, sharpen, check what the worlds that fit lead to.

A target was seen in one community with its own luck. So every draw gets luck of its own: a fresh
seed, shared by no more than `SHARED` draws, so that an ``Evaluate`` can be asked in batches. With
one seed for all, the luck of that seed would be taken for something the data taught.

A draw is accepted when its summaries are near the targets, not when they are on them; what is left
widens the posterior. Beaumont, Zhang & Balding (2002) take the linear part of it away: parameters
are regressed on summaries among the accepted draws, near ones counting more, and each draw is moved
along the regression to the targets. Done on the logit of the shares, so that no draw leaves the
prior's range.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from plaza_lab.scenarios.calibrate.answer import Calibration
from plaza_lab.scenarios.calibrate.ensemble import Ensemble, origin_of, resampled
from plaza_lab.scenarios.calibrate.targets import Target, check_columns
from plaza_lab.scenarios.command_line.extras import needed
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import Axis
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.evaluate import Evaluate

if TYPE_CHECKING:
    from plaza_lab.scenarios.calibrate.smc import Search

SMALLEST, LARGEST = 50, 400  # accepted draws of a generation
DRAWS_A_TARGET = 10  # of a generation, for the regression
LEAST_GENERATIONS = 4  # of draws that the runs must allow for
Ask = Callable[[Sequence[Mapping[str, float]], Sequence[int]], np.ndarray]
SHARED = 8  # draws that share a seed
EDGE = 1e-6


def calibrate(
    point: DesignPoint,
    axes: Sequence[Axis],
    targets: Sequence[Target],
    evaluate: Evaluate,
    *,
    runs: int = 2000,
    checks: int = 100,
    seed: int = 1,
    name: str = "calibrated",
    command: str = "",
    on_runs: Callable[[int], None] = lambda runs: None,
) -> Calibration:
    """Fit uncertain settings to targets.

    Parameters
    ----------
    point : DesignPoint
        The community's policy, population and everything of the world that is not fitted.
    axes : sequence of Axis
        Ranges of uncertainties; priors are uniform on them, log-uniform on logarithmic ones.
    targets : sequence of Target
        What the community has shown.
    evaluate : Evaluate
        Runs design points.
    runs : int
        Most runs of the search.
    checks : int
        Runs that check what the worlds found lead to.
    seed : int
        Of the search and of the first run. The same seed gives the same calibration, run for run.
    name : str
        Of the ensemble.
    command : str
        Command line or call that does the same again.
    on_runs : callable
        Told after each batch how many runs it had.

    Returns
    -------
    Calibration
        Posterior, what was learned, and the predictive check.

    Raises
    ------
    UserError
        With one line for the first mistake, or if no run gives the targets.
    """
    check_request(axes, targets, runs, checks)
    library()
    from plaza_lab.scenarios.calibrate import smc

    _probe(point, axes, targets, evaluate, seed)
    population = _population_of(runs, len(targets))
    ask = _asking(point, targets, evaluate, on_runs)
    values, sds = [one.value for one in targets], [one.sd for one in targets]
    seen = _Seen(ask, axes, targets, seed)
    try:
        found = smc.search(
            seen.live, len(axes), values, sds, runs=runs, population=population, seed=seed
        )
    except RuntimeError as short:
        raise UserError(
            f"--runs {runs} were used up before {population} draws were near the targets; give "
            "more runs, or look whether ranges and targets go together"
        ) from short
    shares, weights = adjusted(found.shares, found.weights, found.summaries, np.asarray(values))
    ensemble = Ensemble(
        name,
        pd.DataFrame([_values(axes, own) for own in shares]),
        weights,
        origin_of(
            command,
            {one.name: {"value": one.value, "sd": one.sd} for one in targets},
            axes,
            point.composed.choices,
        ),
    )
    predicted = _predict(ask, ensemble, checks, seed, first=seed + 1 + runs // SHARED)
    return Calibration(
        point=point, axes=tuple(axes), targets=tuple(targets), shares=shares, ensemble=ensemble,
        draws=_draws(found, axes, targets, seed), predicted=predicted, seed=seed,
        generations=found.generations, population=population, command=command,
    )  # fmt: skip


def _population_of(runs: int, n_targets: int) -> int:
    """Return the size of a generation that `runs` allow for, with a few generations to tighten."""
    least = max(SMALLEST, DRAWS_A_TARGET * (n_targets + 1))
    return min(max(runs // 10, least), max(LARGEST, least))


def fewest_runs(n_targets: int) -> int:
    """Return the fewest runs with which a calibration makes sense."""
    return LEAST_GENERATIONS * _population_of(0, n_targets)


def library() -> None:
    """Import pyABC; a library that it lacks is said in one line (UserError)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the import only
        needed("pyabc", "calibrate")


def check_request(axes: Sequence[Axis], targets: Sequence[Target], runs: int, checks: int) -> None:
    """Refuse what :func:`calibrate` cannot do, before the first run.

    Raises
    ------
    UserError
        With the first mistake.
    """
    if not axes:
        raise UserError(
            "nothing to fit: give a range, as in 'world.churn.established_hazard="
            "tag(log,interval(0.0001,0.003))'"
        )
    if not targets:
        raise UserError("no targets; name at least one, as in retention: {value: 0.42, sd: 0.03}")
    for axis in axes:
        if axis.is_lever:
            raise UserError(
                f"{axis.key} is a lever, which one chooses; fit world.* or population.*"
            )
        if not axis.is_range:
            raise UserError(f"{axis.key}: a range is fitted, as in {axis.key}=interval(low,high)")
    if len({axis.key for axis in axes}) < len(axes):
        raise UserError("a parameter is given twice; keep one range")
    least = fewest_runs(len(targets))
    if runs < least:
        raise UserError(
            f"--runs {runs} are too few for {len(targets)} targets; give {least} or more"
        )
    if checks < 20:
        raise UserError(f"--checks {checks} are too few to speak of intervals; give 20 or more")


def _probe(
    point: DesignPoint, axes: Sequence[Axis], targets: Sequence[Target], evaluate: Evaluate,
    seed: int,
) -> None:  # fmt: skip
    """Live the middle of the ranges once, to know what a run reports."""
    from plaza_lab.scenarios.experiments.varying import vary

    middle = vary(point, _values(axes, np.full(len(axes), 0.5)))
    table = evaluate([middle], [seed])
    if not len(table):
        raise UserError("the run in the middle of the ranges failed; plaza run shows why")
    check_columns(targets, table.columns)


class _Seen:
    """Turns shares into runs, and stops a search in which a target is never defined."""

    def __init__(
        self, ask: Ask, axes: Sequence[Axis], targets: Sequence[Target], seed: int
    ) -> None:
        self.ask, self.axes, self.targets, self.seed = ask, axes, targets, seed
        self.is_defined = np.zeros(len(targets), bool)

    def live(self, shares: np.ndarray, first: int) -> np.ndarray:
        seeds = [self.seed + number // SHARED for number in range(first, first + len(shares))]
        found = self.ask([_values(self.axes, own) for own in shares], seeds)
        self.is_defined |= np.isfinite(found).any(axis=0)
        if not self.is_defined.all():
            name = self.targets[int(np.argmin(self.is_defined))].name
            raise UserError(
                f"{name} is undefined in each of the first {first + len(shares)} runs; lengthen "
                "run.weeks or leave this target out"
            )
        return found


def _values(axes: Sequence[Axis], shares: np.ndarray) -> dict[str, Any]:
    return {axis.key: axis.at(float(own)) for axis, own in zip(axes, shares, strict=True)}


def _predict(ask: Ask, ensemble: Ensemble, checks: int, seed: int, first: int) -> pd.DataFrame:
    """Live worlds of the ensemble with luck that the search has not seen."""
    places = resampled(ensemble.weights, checks, seed)
    seeds = list(range(first, first + checks))
    found = ask([ensemble.world(int(place)) for place in places], seeds)  # type: ignore[misc]
    names = list(ensemble.origin["targets"])
    table = pd.DataFrame(found, columns=names)
    table.insert(0, "seed", seeds)
    table.insert(0, "member", places)
    return table


def _draws(
    found: Search, axes: Sequence[Axis], targets: Sequence[Target], seed: int
) -> pd.DataFrame:
    table = pd.DataFrame([_values(axes, own) for own in found.asked])
    summaries = pd.DataFrame(found.lived, columns=[one.name for one in targets])
    numbers = np.arange(len(table))
    head = pd.DataFrame({"generation": found.generation, "seed": seed + numbers // SHARED})
    return pd.concat([head, table, summaries], axis=1)


def adjusted(
    shares: np.ndarray, weights: np.ndarray, summaries: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Move draws along the regression of parameters on summaries.

    Parameters
    ----------
    shares, weights : numpy.ndarray
        Accepted draws in the unit cube, shape ``(draws, parameters)``, and weights of sum 1.
    summaries, values : numpy.ndarray
        Shape ``(draws, targets)``, and the targets, shape ``(targets,)``.

    Returns
    -------
    tuple of numpy.ndarray
        Shares and weights, sum 1. Too few draws for a regression are returned as they are.
    """
    gaps = summaries - values
    spread = np.sqrt(weights @ gaps**2)
    gaps = gaps / np.where(spread > 0, spread, 1.0)
    far = np.sqrt((gaps**2).sum(axis=1))
    nearness = 1 - (far / (1.001 * far.max())) ** 2 if far.max() > 0 else np.ones(len(far))
    near = weights * nearness
    near = near / near.sum()
    free = 1 / (near**2).sum() - gaps.shape[1] - 1
    if free < 5:
        return shares, weights
    design = np.column_stack([np.ones(len(gaps)), gaps])
    logits = _logit(shares)
    root = np.sqrt(near)[:, None]
    slopes = np.linalg.lstsq(design * root, logits * root, rcond=None)[0]
    centre, rest = slopes[0], logits - design @ slopes
    # a regression on many summaries follows the draws too closely: give the lost spread back
    wider = np.sqrt((free + gaps.shape[1]) / free)
    return 1 / (1 + np.exp(-(centre + wider * rest))), near


def _logit(shares: np.ndarray) -> np.ndarray:
    inside = np.clip(shares, EDGE, 1 - EDGE)
    return np.log(inside / (1 - inside))


def _asking(
    point: DesignPoint,
    targets: Sequence[Target],
    evaluate: Evaluate,
    on_runs: Callable[[int], None] = lambda runs: None,
) -> Ask:
    """Return the function that lives draws of parameters and sums them up.

    It takes parameter values and as many seeds, and returns an array of shape ``(draws, targets)``,
    NaN where a run failed or a number is undefined. If `evaluate` has a method
    ``each(points, seeds)`` for points with a seed of their own, that is called once a batch; else
    `evaluate` once for each seed of a batch.
    """
    from plaza_lab.scenarios.experiments.varying import vary

    names = [target.name for target in targets]

    def ask(values: Sequence[Mapping[str, float]], seeds: Sequence[int]) -> np.ndarray:
        points = [vary(point, own) for own in values]
        found = np.full((len(points), len(names)), np.nan)
        each = getattr(evaluate, "each", None)
        if each is not None:
            _fill(found, each(points, seeds), list(range(len(points))), names)
        else:
            for seed in dict.fromkeys(seeds):
                places = [place for place, own in enumerate(seeds) if own == seed]
                _fill(found, evaluate([points[place] for place in places], [seed]), places, names)
        on_runs(len(points))
        return found

    return ask


def _fill(found: np.ndarray, table: pd.DataFrame, places: list[int], names: list[str]) -> None:
    if len(table):
        rows = np.asarray(places)[table["point"].to_numpy(int)]
        found[rows] = table[names].to_numpy(float)
