"""Targets: what a community has shown, each a number with the doubt about it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.evaluate import WEEKLY
from plaza_lab.scenarios.files.yaml_file import read_yaml
from plaza_lab.scenarios.outcomes import Outcome, outcome_named
from plaza_lab.scenarios.settings.options import nearest

PARTS = ("value", "sd", "ci95")
SDS_IN_CI95 = 2 * 1.959964  # width of a 95 % interval of a normal law, in standard deviations
EXAMPLE = "retention: {value: 0.42, sd: 0.03}"


@dataclass(frozen=True)
class Target:
    """One number that the calibrated world should show.

    Parameters
    ----------
    name : str
        An outcome of a run, or ``<daily metric>@week<k>``: the mean of the metric over the seven
        days of week k, the first week being 1.
    value : float
        What was seen, in the outcome's stored unit (shares as 0-1).
    sd : float
        Standard error or tolerance of `value`, above zero, in the same unit.
    """

    name: str
    value: float
    sd: float

    @property
    def outcome(self) -> Outcome:
        """How it is called and written."""
        found = WEEKLY.fullmatch(self.name)
        if found is None:
            return outcome_named(self.name)
        metric = next(one for one in daily_metrics() if one.name == found[1])
        label = f"{metric.name.replace('_', ' ')}, week {found[2]}"
        return Outcome(self.name, label, metric.unit, "neither", 1, metric.tid, metric.doc)


def daily_metrics() -> list[Any]:
    """Return the metrics of a day: Plaza's, and those of mechanisms in force."""
    from plaza_lab.scenarios.own.own_mechanisms import own_model
    from plaza_lab.sim.recording.metrics import METRICS

    own = own_model()
    hers = own.model.own if own is not None else ()
    return [*METRICS, *(metric for one in hers for metric in one.metrics)]


def read_targets(path: str | Path) -> tuple[Target, ...]:
    """Read targets from a YAML file: a line ``name: {value: ..., sd: ...}`` for each.

    Parameters
    ----------
    path : str or pathlib.Path
        The file. Instead of ``sd`` a 95 % interval may stand: ``ci95: [low, high]``.

    Returns
    -------
    tuple of Target
        In the order of the file.

    Raises
    ------
    UserError
        With the file and the first mistake in it.
    """
    content = read_yaml(Path(path)).content
    try:
        return targets_of(content)
    except UserError as wrong:
        raise UserError(f"{path}: {wrong}") from wrong


def targets_of(content: Any) -> tuple[Target, ...]:
    """Make targets of a mapping of names to mappings with ``value`` and ``sd`` (or ``ci95``).

    Checked as far as that is possible without a run.

    Raises
    ------
    UserError
        With the first mistake.
    """
    if not isinstance(content, Mapping) or not content:
        raise UserError(f"no targets; name at least one, as in {EXAMPLE}")
    return tuple(_target(str(name), own) for name, own in content.items())


def _target(name: str, own: Any) -> Target:
    if not isinstance(own, Mapping):
        raise UserError(f"{name}: value and sd are expected, as in {EXAMPLE}")
    for part in own:
        if part not in PARTS:
            near = nearest(str(part), PARTS) or f"; it may hold {', '.join(PARTS)}"
            raise UserError(f"{name}: {part!r} is no part of a target{near}")
    if "value" not in own or ("sd" in own) == ("ci95" in own):
        raise UserError(f"{name}: a value and either sd or ci95 are expected, as in {EXAMPLE}")
    value = _number(name, "value", own["value"])
    sd = _number(name, "sd", own["sd"]) if "sd" in own else _sd_of(name, own["ci95"])
    if sd <= 0:
        raise UserError(f"{name}: the doubt about a target is above zero, sd is {sd:g}")
    _check_week(name)
    return Target(name, value, sd)


def _sd_of(name: str, ends: Any) -> float:
    if not isinstance(ends, Sequence) or isinstance(ends, str) or len(ends) != 2:
        raise UserError(f"{name}: ci95 holds two numbers, as in ci95: [0.37, 0.47]")
    low, high = (_number(name, "ci95", end) for end in ends)
    return (high - low) / SDS_IN_CI95


def _number(name: str, part: str, value: Any) -> float:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        raise UserError(f"{name}: {part} is a number, not {value!r}")
    return float(value)


def _check_week(name: str) -> None:
    if "@" not in name:
        return
    names = [metric.name for metric in daily_metrics()]
    found = WEEKLY.fullmatch(name)
    if found is None or int(found[2]) < 1:
        raise UserError(f"{name}: write <daily metric>@week<k>, such as active_7d@week12")
    if found[1] not in names:
        near = nearest(found[1], names) or "; see the table of daily metrics in the reference"
        raise UserError(f"{name}: {found[1]} is no daily metric{near}")


def check_horizon(targets: Iterable[Target], weeks: int) -> None:
    """Refuse a target of a week behind the end of a run of so many weeks.

    Raises
    ------
    UserError
        For the first of them.
    """
    for target in targets:
        found = WEEKLY.fullmatch(target.name)
        if found is not None and int(found[2]) > weeks:
            raise UserError(f"{target.name}: a run lives {weeks} weeks; set run.weeks={found[2]}")


def check_columns(targets: Iterable[Target], columns: Iterable[str]) -> None:
    """Refuse targets that a finished run, of these columns, does not report.

    Raises
    ------
    UserError
        With what was perhaps meant.
    """
    known = [name for name in columns if name not in ("point", "seed")]
    for target in targets:
        if target.name not in known:
            near = nearest(target.name, known) or f"; choose from {', '.join(sorted(known))}"
            raise UserError(f"targets: {target.name!r} is no outcome of a run{near}")
