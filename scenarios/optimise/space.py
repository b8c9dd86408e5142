"""The policies of a search: factors in, checked design points out.

Options are composed once for each choice of them; numbers are then changed in place, which takes a
thousandth of a second.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from plaza_lab.scenarios.experiments.axes import Axis, Value
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.varying import vary
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.config import Contradiction
from plaza_lab.scenarios.settings.declared_settings import declaration, setting_keys

DIGITS = 3


class Space:
    """Every policy that a search may try.

    Parameters
    ----------
    axes : sequence of Axis
        Levers that move.
    fixed : sequence of str
        Overrides that hold for every policy.
    """

    def __init__(self, axes: Sequence[Axis], fixed: Sequence[str]) -> None:
        self.axes, self.fixed = tuple(axes), tuple(fixed)
        self._numbers = [axis.key for axis in axes if _is_number(axis)]
        self._composed: dict[tuple[Value, ...], DesignPoint] = {}

    def point(self, factors: Mapping[str, Value]) -> DesignPoint:
        """Return the design point of a policy.

        Parameters
        ----------
        factors : mapping of str to (bool, int, float or str)
            A value for every axis.

        Returns
        -------
        DesignPoint
            Named after its levers.

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

    Parameters
    ----------
    value : bool, int, float or str
        From the axis.
    axis : Axis
        A list leaves the value as it is; so does a setting of whole numbers.

    Returns
    -------
    bool, int, float or str
        A thousandth of the range apart, or three digits on a logarithmic one; never outside it.
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
