"""Runs asked for the targets: every draw of parameters is lived once and summed up.

A target was seen in one community with its own luck. So every draw gets luck of its own: a fresh
seed, shared by no more than `SHARED` draws, so that an ``Evaluate`` can be asked in batches. With
one seed for all, the luck of that seed would be taken for something the data taught.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.calibrate.targets import Target
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.evaluate import Evaluate

if TYPE_CHECKING:
    import pandas as pd

SHARED = 8  # draws that share a seed
Ask = Callable[[Sequence[Mapping[str, float]], Sequence[int]], np.ndarray]


def asking(
    point: DesignPoint,
    targets: Sequence[Target],
    evaluate: Evaluate,
    on_runs: Callable[[int], None] = lambda runs: None,
) -> Ask:
    """Return the function that lives draws of parameters and sums them up.

    Parameters
    ----------
    point : DesignPoint
        What is common to all draws.
    targets : sequence of Target
        What is read off each run.
    evaluate : Evaluate
        Runs design points. If it has a method ``each(points, seeds)`` for points with a seed of
        their own, that is called once a batch; else ``evaluate`` once for each seed of a batch.
    on_runs : callable
        Told how many runs were asked for, after each batch.

    Returns
    -------
    callable
        Of parameter values and as many seeds; returns an array of shape ``(draws, targets)``,
        NaN where a run failed or a number is undefined.
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
