"""What is going to be lived, as far as that is known before: only that is compiled ahead.

A step that turns out to be needed later is compiled then, in the run that needs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.settings.config import Contradiction

if TYPE_CHECKING:
    from plaza_lab.scenarios.experiments.axes import Axis, Value
    from plaza_lab.scenarios.experiments.design import DesignPoint
    from plaza_lab.scenarios.experiments.plan import Plan
    from plaza_lab.scenarios.optimise.problem import Problem

MOST_LOOKED_AT = 200
"""Design points of one study: a plan of many thousands differs in few steps."""


def points_of(plan: Plan) -> list[DesignPoint]:
    """Return the design points of a plan, or evenly many of them.

    Parameters
    ----------
    plan : Plan
        A plan.

    Returns
    -------
    list of DesignPoint
        None where the plan has no points yet.
    """
    each = max(1, -(-len(plan.rows) // MOST_LOOKED_AT))
    places = {*range(0, len(plan.rows), each)}
    bases: dict[tuple[str, int], int] = {}
    for place, row in enumerate(plan.rows):  # every policy in every composed configuration
        bases.setdefault((row.policy, row.base), place)
    places.update(list(bases.values())[:MOST_LOOKED_AT])
    return [plan.point(place) for place in sorted(places)]


def searched_points(problem: Problem) -> list[DesignPoint]:
    """Return policies that a search may try: each value of each lever at least once.

    Parameters
    ----------
    problem : Problem
        Levers, objectives, constraints.

    Returns
    -------
    list of DesignPoint
        Those that do not contradict themselves; the others of a lever at their first values.
    """
    from plaza_lab.scenarios.optimise.problem import Space

    space, found = Space(problem.axes, problem.fixed), []
    for factors in _one_at_a_time(problem.axes):
        try:
            found.append(space.point(factors))
        except Contradiction:
            continue
    return found


def calibrated_points(point: DesignPoint, axes: Sequence[Axis]) -> list[DesignPoint]:
    """Return worlds that a calibration may try: both ends of each range.

    Parameters
    ----------
    point : DesignPoint
        What is common to all of them.
    axes : sequence of Axis
        Ranges.

    Returns
    -------
    list of DesignPoint
        Those that can be.
    """
    from plaza_lab.scenarios.experiments.varying import vary

    found = [point]
    for axis in axes:
        for share in (0.0, 0.5, 1.0):
            try:
                found.append(vary(point, {axis.key: axis.at(share)}))  # type: ignore[dict-item]
            except UserError:
                continue
    return found


def _one_at_a_time(axes: Sequence[Axis]) -> Iterator[Mapping[str, Value]]:
    first = {axis.key: _values(axis)[0] for axis in axes}
    yield first
    for axis in axes:
        for value in _values(axis)[1:]:
            yield {**first, axis.key: value}


def _values(axis: Axis) -> list[Value]:
    return list(axis.values) if axis.values else [axis.at(0.0), axis.at(1.0)]
