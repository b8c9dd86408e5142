"""When the advice flips: the same comparison along one dial."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from plaza_lab.scenarios.app.dials import Dial
from plaza_lab.scenarios.app.estimates import Difference, estimate
from plaza_lab.scenarios.app.lived import Runner
from plaza_lab.scenarios.app.question import Question
from plaza_lab.scenarios.app.watching import courses_of

POINTS, PAIRS = 6, 24


@dataclass(frozen=True)
class FlipPoint:
    """The comparison at one value of the dial.

    Parameters
    ----------
    value : float
        Of the dial, in the unit shown.
    differences : tuple of Difference
        In the outcome one decides by, for each policy but the baseline.
    """

    value: float
    differences: tuple[Difference, ...]


def values_of(dial: Dial, now: float) -> list[float]:
    """Values along a dial, evenly spread, the present one among them."""
    spread = np.linspace(dial.low, dial.high, POINTS)
    steps = {round(dial.low + round((v - dial.low) / dial.step) * dial.step, 9) for v in spread}
    return sorted({*steps, now} if dial.low <= now <= dial.high else steps)


def along(
    question: Question, dial: Dial, values: list[float], runner: Runner,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Iterator[FlipPoint]:  # fmt: skip
    """Compare at one value after the other.

    Parameters
    ----------
    question : Question
        What is asked.
    dial : Dial
        What is moved, for all policies.
    values : list of float
        Values, in the unit shown.
    runner : Runner
        Makes the runs.
    is_wanted : callable
        Asked after every run.

    Yields
    ------
    FlipPoint
        In the order of `values`.

    Raises
    ------
    UserError
        If a value cannot be.
    """
    for value in values:
        own = tuple(
            tuple(word for word in words if word.partition("=")[0] != dial.path)
            for words in question.policies
        )
        moved = replace(question, policies=own).having(None, dial.path, dial.write(value))
        courses = courses_of(moved)
        pairs = list(runner.pairs(courses, question.days, PAIRS, is_wanted))
        if len(pairs) < PAIRS:
            return
        found = estimate(list(zip(*pairs, strict=True)), PAIRS)
        yield FlipPoint(value, tuple(one[question.outcome] for one in found.differences))


class Flip(NamedTuple):
    """Where a sign changes: by a straight line, and the clear values of the dial around it."""

    value: float
    low: float
    high: float


def flips(points: list[FlipPoint], place: int) -> list[Flip]:
    """Where the sign of a difference changes, by straight lines between clear points.

    Parameters
    ----------
    points : list of FlipPoint
        In order of the dial.
    place : int
        Which policy, 0 for the first after the baseline.

    Returns
    -------
    list of Flip
        Values of the dial; empty if the advice holds wherever it is clear.
    """
    clear = [
        (point.value, point.differences[place].interval.mean)
        for point in points
        if point.differences[place].is_clear
    ]
    found = []
    for (x0, y0), (x1, y1) in pairwise(clear):
        if y0 * y1 < 0:
            found.append(Flip(x0 + (x1 - x0) * abs(y0) / (abs(y0) + abs(y1)), x0, x1))
    return found
