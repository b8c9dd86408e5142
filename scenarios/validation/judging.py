"""Judging: each statistic of each pattern over the seeds, against its band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plaza_lab.scenarios.validation.lab import COMMUNITIES, Lab
from plaza_lab.scenarios.validation.patterns import FALSIFICATIONS, PATTERNS

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


def asked_of(overrides: Sequence[str]) -> Lab:
    """Compose the communities that are observed, those with a cause taken out among them.

    Parameters
    ----------
    overrides : sequence of str
        The world to validate; empty for the default.

    Returns
    -------
    Lab
        Nothing of it is lived yet.

    Raises
    ------
    UserError
        If one of them contradicts the overrides.
    """
    return Lab(tuple(overrides), COMMUNITIES | {one.name: one.overrides for one in FALSIFICATIONS})


def findings(values: Sequence[Sequence[float]]) -> tuple[list[Finding], list[Finding]]:
    """Hold what was measured against the bands.

    Parameters
    ----------
    values : sequence of sequence of float
        By seed, in the order of :data:`MEASURES`.

    Returns
    -------
    tuple of list of Finding
        One for each statistic of each pattern; one for each world with a cause taken out, whose
        median must lie outside the band.
    """
    columns = iter(np.array(values).T)
    patterns = [
        Finding(
            pattern.number, pattern.name, one.name, next(columns), one.low, one.high,
            pattern.source, pattern.use,
        )
        for pattern in PATTERNS
        for one in pattern.statistics
    ]  # fmt: skip
    broken = [
        Finding(
            0, world.name, world.statistic.name, next(columns), world.statistic.low,
            world.statistic.high, "a cause taken out", "must fail",
        )
        for world in FALSIFICATIONS
    ]  # fmt: skip
    return patterns, broken


MEASURES = (
    *(one.measure for pattern in PATTERNS for one in pattern.statistics),
    *(world.statistic.measure for world in FALSIFICATIONS),
)
"""What is measured of the communities of each seed."""
