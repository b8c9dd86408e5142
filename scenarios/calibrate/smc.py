"""The search: ABC-SMC of pyABC, fed in batches so that all cores work.

pyABC (Schaelte et al. 2022) draws parameters, weights them and tightens the tolerance from one
generation to the next (Toni et al. 2009), with distances scaled to the spread of each summary
(Prangle 2017). Its own samplers ask the model for one draw at a time; here a batch of proposals is
drawn first, lived together, and then judged in the order in which it was drawn, as one draw after
the other would have been. Everything happens in the unit cube of the priors.

Import this module after :func:`plaza_lab.scenarios.command_line.extras.needed` has found pyABC.
"""

from __future__ import annotations

import contextlib
import logging
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", category=FutureWarning)
    import pyabc  # type: ignore[import-untyped]
    from pyabc.random_variables import DistributionBase  # type: ignore[import-untyped]
    from pyabc.sampler import Sampler  # type: ignore[import-untyped]

LARGEST_BATCH = 256
SMALLEST_BATCH = 16
LEAST_RATE = 0.02  # of acceptance, when the size of a batch is chosen
Live = Callable[[np.ndarray, int], np.ndarray]


@dataclass(frozen=True)
class Search:
    """What the search found.

    Parameters
    ----------
    shares, weights : numpy.ndarray
        Accepted draws, shape ``(draws, parameters)``, each a share of its prior's range, and their
        weights, sum 1.
    summaries : numpy.ndarray
        Of these draws as they would have been measured, shape ``(draws, targets)``.
    asked, lived : numpy.ndarray
        Shares of every draw that was lived, shape ``(runs, parameters)``, and their summaries
        without the error of measurement, shape ``(runs, targets)``.
    generation : numpy.ndarray
        Shape ``(runs,)``; -1 are the draws from the prior that set scales and first tolerance.
    generations : int
        Generations finished.
    """

    shares: np.ndarray
    weights: np.ndarray
    summaries: np.ndarray
    asked: np.ndarray
    lived: np.ndarray
    generation: np.ndarray
    generations: int


def search(
    live: Live, n_parameters: int, values: Sequence[float], sds: Sequence[float],
    *, runs: int, population: int, seed: int,
) -> Search:  # fmt: skip
    """Search the unit cube for draws whose summaries are near the targets.

    Parameters
    ----------
    live : callable
        Of shares, shape ``(draws, parameters)``, and the number of the first of these draws;
        returns summaries, shape ``(draws, targets)``, NaN where there is none.
    n_parameters : int
        Dimensions of the cube.
    values, sds : sequence of float
        Targets and their standard errors.
    runs : int
        Most draws lived.
    population : int
        Accepted draws of a generation.
    seed : int
        The same seed gives the same draws.

    Returns
    -------
    Search
        Of the last generation that was finished.

    Raises
    ------
    RuntimeError
        If not one generation could be finished within `runs`.
    """
    model = _Model(live, len(values), np.asarray(sds, float), seed)
    sampler = _Batches(model, runs)
    job = pyabc.ABCSMC(
        model,
        _Cube(n_parameters),
        distance_function=pyabc.AdaptivePNormDistance(p=2),
        population_size=population,
        eps=pyabc.MedianEpsilon(),
        sampler=sampler,
    )
    with _quiet(), _seeded(seed):
        job.new("sqlite://", {f"s{k}": float(value) for k, value in enumerate(values)})
        job.run()
    if sampler.kept is None:
        raise RuntimeError("no generation was finished")
    shares, weights, summaries = sampler.kept
    return Search(
        shares, weights / weights.sum(), summaries, np.concatenate(model.asked),
        np.concatenate(model.lived), np.asarray(sampler.generation), sampler.generations,
    )  # fmt: skip


class _Cube(DistributionBase):
    """Uniform prior on the unit cube; pyABC's own products of SciPy laws are 20 times slower."""

    def __init__(self, size: int) -> None:
        self.names = [f"p{k}" for k in range(size)]

    def rvs(self, *args: Any, **kwargs: Any) -> Any:
        # pyABC draws from NumPy's global generator throughout
        shares = np.random.uniform(size=len(self.names))  # noqa: NPY002
        return pyabc.Parameter(dict(zip(self.names, map(float, shares), strict=True)))

    def pdf(self, x: Any) -> float:
        return float(all(0.0 <= value <= 1.0 for value in x.values()))


class _Model(pyabc.Model):  # type: ignore[misc]
    """Notes proposals first, lives them together, and then hands out what came of each."""

    def __init__(self, live: Live, n_summaries: int, sds: np.ndarray, seed: int) -> None:
        super().__init__("plaza")
        self.live, self.sds, self.seed = live, sds, seed
        self.names = [f"s{k}" for k in range(n_summaries)]
        self.is_noting = False
        self.noted: list[list[float]] = []
        self.answers: Iterator[tuple[list[float], np.ndarray]] = iter(())
        self.asked: list[np.ndarray] = []
        self.lived: list[np.ndarray] = []
        self.n_lived = 0

    def sample(self, pars: Any) -> dict[str, float]:
        if self.is_noting:
            self.noted.append([pars[f"p{k}"] for k in range(len(pars))])
            return dict.fromkeys(self.names, math.nan)
        shares, answer = next(self.answers)
        if [pars[f"p{k}"] for k in range(len(pars))] != shares:
            raise AssertionError("pyABC proposed something else the second time")
        return dict(zip(self.names, map(float, answer), strict=True))

    def live_noted(self) -> None:
        """Live the proposals noted; add the error with which each number would be measured."""
        shares = np.asarray(self.noted)
        found = self.live(shares, self.n_lived)
        errors = np.stack(
            [
                np.random.default_rng([self.seed, self.n_lived + row]).normal(0, self.sds)
                for row in range(len(shares))
            ]
        )
        self.answers = zip(self.noted, found + errors, strict=True)
        self.noted = []
        self.n_lived += len(shares)
        self.asked.append(shares)
        self.lived.append(found)


class _Batches(Sampler):  # type: ignore[misc]
    """Judges draws in the order proposed, lives them in batches, and stops with the budget."""

    def __init__(self, model: _Model, runs: int) -> None:
        super().__init__()
        self.model, self.runs = model, runs
        self.generation: list[int] = []
        self.generations = 0
        self.kept: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None

    def sample_until_n_accepted(
        self,
        n: int,
        simulate_one: Callable[[], Any],
        t: int,
        *,
        max_eval: float = np.inf,
        all_accepted: bool = False,
        ana_vars: Any = None,
    ) -> Any:
        sample, judged = self._create_empty_sample(), 0
        turn = -1 if all_accepted else t
        while sample.n_accepted < n and self.model.n_lived < self.runs:
            rate = max(sample.n_accepted, 0.5) / judged if judged else 1.0
            wanted = math.ceil((n - sample.n_accepted) / max(rate, LEAST_RATE))
            size = min(max(wanted, SMALLEST_BATCH), LARGEST_BATCH, self.runs - self.model.n_lived)
            self._live_ahead(simulate_one, size)
            self.generation += [turn] * size
            for _ in range(size):
                particle = simulate_one()
                judged += 1
                if all(map(math.isfinite, particle.sum_stat.values())):
                    sample.append(particle)
                if sample.n_accepted == n:
                    break
        self.nr_evaluations_ = judged
        sample.ok = sample.n_accepted == n
        if sample.ok and not all_accepted:
            self.generations += 1
            self.kept = _arrays(sample.accepted_particles)
        return sample

    def _live_ahead(self, simulate_one: Callable[[], Any], size: int) -> None:
        """Let pyABC propose, note what it proposes, and turn its luck back to where it was."""
        luck = np.random.get_state()  # noqa: NPY002
        self.model.is_noting = True
        for _ in range(size):
            simulate_one()
        self.model.is_noting = False
        np.random.set_state(luck)  # noqa: NPY002
        self.model.live_noted()


def _arrays(particles: Sequence[Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    size = len(particles[0].parameter)
    shares = np.array([[one.parameter[f"p{k}"] for k in range(size)] for one in particles])
    weights = np.array([one.weight for one in particles], float)
    summaries = np.array([list(one.sum_stat.values()) for one in particles], float)
    return shares, weights, summaries


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep pyABC's log from the terminal, and a NaN in a proposal only noted from warning."""
    log = logging.getLogger("ABC")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"pyabc\..*")
            yield
    finally:
        log.setLevel(level)


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed NumPy's global generator, from which pyABC draws, and put it back afterwards."""
    luck = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed % 2**32)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(luck)  # noqa: NPY002
