"""The laboratory: observes each community a pattern asks for once a seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from scenarios.experiments.design import one_policy
from scenarios.validation.chronicle import Chronicle, observe
from scenarios.validation.patterns import CHANGES, COMMUNITIES, FALSIFICATIONS, PATTERNS, Statistic
from sim.setting import Setting

DAYS = 364
FEWEST_SEEDS, USUAL_SEEDS = 4, 20


@dataclass
class Lab:
    """Communities of one world, observed when they are asked for.

    Parameters
    ----------
    overrides : tuple of str
        What holds for all of them: the world that is validated, and its policy.
    without : tuple of str
        What the community ``without`` adds to them.
    n_days : int
        Days of observation.
    """

    overrides: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    n_days: int = DAYS
    _settings: dict[str, Setting] = field(default_factory=dict, repr=False)
    _seen: dict[tuple[str, int], Chronicle] = field(default_factory=dict, repr=False)

    def setting(self, name: str) -> Setting:
        """Return the setting of a community of :data:`COMMUNITIES`."""
        if name not in self._settings:
            own = self.without if name == "without" else COMMUNITIES[name]
            self._settings[name] = one_policy([*self.overrides, *own]).setting
        return self._settings[name]

    def chronicle(self, name: str, seed: int) -> Chronicle:
        """Return what was seen of a community under a seed."""
        if (name, seed) not in self._seen:
            self._seen[name, seed] = self._observe(name, seed)
        return self._seen[name, seed]

    def _observe(self, name: str, seed: int) -> Chronicle:
        if name not in CHANGES:
            return observe(self.setting(name), seed, self.n_days)
        before, day, after = CHANGES[name]
        change = (day, self.setting(after))
        return observe(self.setting(before), seed, self.n_days, change)

    def forget(self, seed: int) -> None:
        """Drop what was seen under a seed, so that memory does not grow with the seeds."""
        for key in [key for key in self._seen if key[1] == seed]:
            del self._seen[key]


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
        See :class:`scenarios.validation.patterns.Pattern`.
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
