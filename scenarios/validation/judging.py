"""Judging: each statistic of each pattern over the seeds, against its band."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from plaza_lab.scenarios.validation.lab import Lab
from plaza_lab.scenarios.validation.patterns import FALSIFICATIONS, PATTERNS, Statistic

FEWEST_SEEDS = 4


@dataclass(frozen=True, eq=False)
class Finding:
    """One statistic over the seeds, against its band.

    Attributes
    ----------
    number : int
        Pattern it belongs to; 0 for a falsification.
    pattern, name : str
        In plain words.
    values : numpy.ndarray
        float64[seeds]; NaN where a community was too small to tell.
    low, high : float
        The band.
    source, use : str
        See :class:`plaza_lab.scenarios.validation.patterns.Pattern`.
    """

    number: int
    pattern: str
    name: str
    values: np.ndarray
    low: float
    high: float
    source: str
    use: str

    @property
    def median(self) -> float:
        """Median over the seeds that can tell; NaN where fewer than half of them can."""
        told = self.values[np.isfinite(self.values)]
        return float(np.median(told)) if 2 * told.size >= self.values.size else float("nan")

    @property
    def is_inside(self) -> bool:
        """Whether the median lies in the band."""
        return bool(self.low <= self.median <= self.high)


def check_patterns(
    overrides: Sequence[str], seeds: Sequence[int], tick: Callable[[], None]
) -> list[Finding]:
    """Measure every pattern.

    Parameters
    ----------
    overrides : sequence of str
        The world to validate; empty for the default.
    seeds : sequence of int
        Seeds of the communities observed.
    tick : callable
        Called after every seed.

    Returns
    -------
    list of Finding
        One for each statistic of each pattern, in their order.
    """
    lab = Lab(tuple(overrides))
    asked = [(pattern, statistic) for pattern in PATTERNS for statistic in pattern.statistics]
    rows = []
    for seed in seeds:
        rows.append([_value(statistic, lab, seed) for _, statistic in asked])
        lab.forget(seed)
        tick()
    table = np.array(rows)
    return [
        Finding(
            pattern.number, pattern.name, statistic.name, table[:, k], statistic.low,
            statistic.high, pattern.source, pattern.use,
        )
        for k, (pattern, statistic) in enumerate(asked)
    ]  # fmt: skip


def check_falsifications(
    overrides: Sequence[str], seeds: Sequence[int], tick: Callable[[], None]
) -> list[Finding]:
    """Measure what must fail where a cause is taken out.

    Parameters
    ----------
    overrides, seeds, tick
        As :func:`check_patterns`; ``tick`` is called after every world.

    Returns
    -------
    list of Finding
        One for each world; its median must lie outside the band.
    """
    findings = []
    for world in FALSIFICATIONS:
        values = []
        for seed in seeds:
            lab = Lab(tuple(overrides), world.overrides)
            values.append(_value(world.statistic, lab, seed))
        tick()
        statistic = world.statistic
        findings.append(
            Finding(
                0, world.name, statistic.name, np.array(values), statistic.low, statistic.high,
                "a cause taken out", "must fail",
            )
        )  # fmt: skip
    return findings


def _value(statistic: Statistic, lab: Lab, seed: int) -> float:
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(statistic.measure(lab, seed))
