"""What a search is asked: levers that may move, what is wanted, what must hold, and its policies.

Options are composed once for each choice of them; numbers are then changed in place, which takes a
thousandth of a second.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import Axis, Value, check_key, list_axis, range_axis
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.varying import vary
from plaza_lab.scenarios.optimise.constraints import Constraint, budget_constraint, parse_constraint
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.config import Contradiction
from plaza_lab.scenarios.settings.declared_settings import declaration, setting_keys
from plaza_lab.scenarios.settings.grammar import bare
from plaza_lab.scenarios.settings.options import GROUPS, option_names
from plaza_lab.scenarios.settings.overrides import check_overrides, parsed

WANTED = ("growth", "retention"), ("fund_spend_yuan",)


@dataclass(frozen=True)
class Objective:
    """An outcome, a column of the runs table, that is wanted high, or low."""

    outcome: str
    is_maximised: bool

    @property
    def sign(self) -> float:
        """What the outcome is multiplied by so that more is better."""
        return 1.0 if self.is_maximised else -1.0


@dataclass(frozen=True)
class Over:
    """Worlds of a robust search: of which ensemble, how many, and what counts of an objective.

    See :class:`plaza_lab.scenarios.optimise.robust.Robust`.
    """

    name: str
    worlds: int
    way: str


@dataclass(frozen=True)
class Problem:
    """Levers, objectives and constraints of a search.

    ``axes`` are levers that move, ``fixed`` overrides that hold for every policy; ``constraints``
    hold the ``budget`` last, if there is one; ``over`` are the worlds over which a robust search
    judges, None for the one world there is.
    """

    axes: tuple[Axis, ...]
    fixed: tuple[str, ...]
    objectives: tuple[Objective, ...]
    constraints: tuple[Constraint, ...] = ()
    budget: Constraint | None = None
    over: Over | None = None

    @property
    def outcomes(self) -> list[str]:
        """Outcomes that objectives and constraints look at, each once."""
        wanted = [goal.outcome for goal in self.objectives]
        return list(dict.fromkeys([*wanted, *(rule.outcome for rule in self.constraints)]))

    @property
    def combinations(self) -> float:
        """Number of different policies; infinite where a lever has a range."""
        return prod(float("inf") if axis.is_range else len(axis.values) for axis in self.axes)


def problem_of(
    overrides: Sequence[str],
    maximise: Sequence[str] = (),
    minimise: Sequence[str] = (),
    where: Sequence[str] = (),
    budget: str | None = None,
) -> Problem:
    """Read a search as it is written on a command line.

    Parameters
    ----------
    overrides : sequence of str
        Levers with several values (``incentive=none,points``), with a range
        (``fund.dues_month_cents=interval(0,3000)``, ``tag(log,interval(1,100))`` for a logarithmic
        one), and overrides that hold for all.
    maximise, minimise : sequence of str
        Outcomes; without any, growth and retention high, fund spend low.
    where : sequence of str
        Constraints, see :func:`plaza_lab.scenarios.optimise.constraints.parse_constraint`.
    budget : str, optional
        Most yuan that the fund may spend on average.

    Returns
    -------
    Problem
        Checked; outcomes that are not declared can only be checked against a run.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    axes, fixed, seen = [], [], set()
    for text, override in zip(overrides, parsed(overrides), strict=True):
        key = override.key_or_group
        if key in seen:
            raise UserError(f"{key} is set twice; keep one of them")
        seen.add(key)
        if override.is_sweep_override():
            axes.append(_axis(key, override))
        else:
            fixed.append(text)
    check_overrides(fixed)
    if "run.replicates" in seen:
        raise UserError("run.replicates: a search takes its seeds from --pairs and --max-pairs")
    if not axes:
        raise UserError(
            "nothing to search: give a lever several values, as in incentive=none,points or "
            "'fund.dues_month_cents=interval(0,3000)'"
        )
    rules = [parse_constraint(text) for text in where]
    limit = None if budget is None else budget_constraint(budget)
    if limit is not None:
        rules.append(limit)
    wanted = _objectives(maximise, minimise)
    return Problem(tuple(axes), tuple(fixed), wanted, tuple(rules), limit)


def _axis(key: str, override: Any) -> Axis:
    line = override.input_line
    check_key(key)
    axis = (
        _range(key, override.value(), line)
        if override.is_interval_sweep()
        else list_axis(key, _values(key, override))
    )
    if not axis.is_lever:
        raise UserError(
            f"{line}: {key} is an uncertainty, not a lever; a search moves levers only, so give "
            f"{key} one value"
        )
    if not axis.is_range:
        for text in _texts(key, override):
            check_overrides([f"{key}={text}"])
    return axis


def _range(key: str, interval: Any, line: str) -> Axis:
    unknown = set(interval.tags) - {"log"}
    if unknown:
        raise UserError(f"{line}: the tag {sorted(unknown)[0]} says nothing here; only log does")
    return range_axis(key, interval.start, interval.end, is_log="log" in interval.tags)


def _texts(key: str, override: Any) -> list[str]:
    value = override.value()
    if hasattr(value, "filter"):  # glob(...)
        if key not in GROUPS:
            raise UserError(f"{override.input_line}: glob names options of a group; list values")
        return list(value.filter(option_names(key)))
    return list(map(bare, override.sweep_iterator()))


def _values(key: str, override: Any) -> list[Value]:
    texts = _texts(key, override)
    return [one.value() for one in parsed([f"{key}={text}" for text in texts])]


def _objectives(maximise: Sequence[str], minimise: Sequence[str]) -> tuple[Objective, ...]:
    if not maximise and not minimise:
        maximise, minimise = WANTED
    for name in maximise:
        if name in minimise:
            raise UserError(f"{name} is to be high and low at once; name it in one list only")
    both = [*maximise, *minimise]
    for name in both:
        if both.count(name) > 1:
            raise UserError(f"{name} is named twice among the objectives")
    high = [Objective(name, True) for name in maximise]
    return (*high, *(Objective(name, False) for name in minimise))


DIGITS = 3


class Space:
    """Every policy that a search may try: levers that move, and overrides that hold for all."""

    def __init__(self, axes: Sequence[Axis], fixed: Sequence[str]) -> None:
        self.axes, self.fixed = tuple(axes), tuple(fixed)
        self._numbers = [axis.key for axis in axes if _is_number(axis)]
        self._composed: dict[tuple[Value, ...], DesignPoint] = {}

    def point(self, factors: Mapping[str, Value]) -> DesignPoint:
        """Return the design point of a policy, named after its levers, of a value for every axis.

        Raises
        ------
        Contradiction
            If its levers contradict each other.
        """
        name = policy_of(factors)
        numbers = {key: factors[key] for key in self._numbers}
        choices = {key: value for key, value in factors.items() if key not in numbers}
        chosen = tuple(choices.values())
        if chosen not in self._composed:
            try:
                self._composed[chosen] = DesignPoint("", compose(self._overrides(choices)))
            except Contradiction:
                # the numbers may settle what the defaults beside these options contradict
                composed = compose(self._overrides(factors))
                return DesignPoint(name, composed, dict(factors))
        near = self._composed[chosen]
        return vary(near, numbers, policy=name, factors=factors)  # type: ignore[arg-type]

    def _overrides(self, factors: Mapping[str, Value]) -> list[str]:
        return [*self.fixed, *(f"{key}={_written(value)}" for key, value in factors.items())]


def policy_of(factors: Mapping[str, Value]) -> str:
    """Name a policy after its levers: ``incentive=points fund.dues_month_cents=500``."""
    return " ".join(f"{key}={_written(value)}" for key, value in factors.items())


def tidy(value: Value, axis: Axis) -> Value:
    """Round a value of a range to as many digits as people would name.

    A thousandth of the range apart, or three digits on a logarithmic one; never outside it. A list
    leaves the value as it is; so does a setting of whole numbers.
    """
    if not axis.is_range or axis.is_integer or not isinstance(value, int | float):
        return value
    span = abs(float(value)) if axis.is_log else axis.high - axis.low
    rounded = round(float(value), DIGITS - math.floor(math.log10(span)) - (1 if axis.is_log else 0))
    return min(max(rounded, axis.low), axis.high)


def _is_number(axis: Axis) -> bool:
    if axis.key not in setting_keys() or "." not in axis.key:
        return False
    is_for_a_time = any(isinstance(value, str) for value in axis.values)
    return declaration(axis.key)[1].type in (int, float, bool) and not is_for_a_time


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.12g}" if isinstance(value, float) else str(value)
