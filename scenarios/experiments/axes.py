"""Axes of a design: a lever (what one chooses) or an uncertainty (what one does not know).

Which of the two an axis is follows from its name: the groups of the policy are levers, the world
and the population are uncertainties. Bounds and units come from where the field is declared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.own.own_mechanisms import own_model
from plaza_lab.scenarios.settings.declared_settings import declaration, setting_keys, suggestion
from plaza_lab.scenarios.settings.options import BUNDLES, LEVERS, option_names

Value = bool | int | float | str
CHOICES = (*LEVERS, *BUNDLES, "scenario")


@dataclass(frozen=True)
class Axis:
    """What one dimension of a design varies: a list of values, or a range.

    Parameters
    ----------
    key : str
        A group (``incentive``) or a setting (``fund.dues_month_cents``).
    values : tuple of bool, int, float or str
        The values of a list; empty for a range.
    low, high : float
        Ends of a range, in the setting's unit; both belong to it.
    is_log : bool
        Whether a range is even on a logarithmic scale.
    unit : str
        Unit of the setting; empty for a group.
    is_integer : bool
        Whether the setting takes whole numbers only.
    """

    key: str
    values: tuple[Value, ...] = ()
    low: float = math.nan
    high: float = math.nan
    is_log: bool = False
    unit: str = ""
    is_integer: bool = False

    @property
    def is_lever(self) -> bool:
        """Whether one chooses it; otherwise it is an uncertainty."""
        return is_lever(self.key)

    @property
    def is_range(self) -> bool:
        """Whether it is a range rather than a list."""
        return not self.values

    def at(self, share: float) -> Value:
        """Return the value at a share of the axis.

        Parameters
        ----------
        share : float
            From 0 (first value, or low) to 1 (last value, or high).

        Returns
        -------
        bool, int, float or str
            Shares of equal width belong to each value of a list and to each whole number.
        """
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.is_integer:
            low, high = math.ceil(self.low), math.floor(self.high)
            if not self.is_log:
                return min(low + int(share * (high - low + 1)), high)
            return min(max(round(self._between(share)), low), high)
        return self._between(share)

    def _between(self, share: float) -> float:
        if self.is_log:
            value = math.exp((1 - share) * math.log(self.low) + share * math.log(self.high))
            return min(max(value, self.low), self.high)  # rounding must not leave the range
        return float(self.low + share * (self.high - self.low))


def is_lever(key: str) -> bool:
    """Return whether a group or setting is chosen; otherwise it belongs to the world."""
    own = own_model()
    return key.partition(".")[0] in CHOICES or (own is not None and key in own.levers)


def list_axis(key: str, values: Sequence[Value]) -> Axis:
    """Make an axis of named values.

    Parameters
    ----------
    key : str
        A group or a setting.
    values : sequence of bool, int, float or str
        At least one, none twice.

    Raises
    ------
    UserError
        If the key is unknown, or values are missing or named twice; the values themselves are
        checked where a configuration is composed of them.
    """
    check_key(key)
    if not values:
        raise UserError(f"{key}: the list of values is empty; name at least one")
    if len({(isinstance(value, bool), value) for value in values}) < len(values):
        raise UserError(f"{key}={','.join(map(str, values))} names a value twice")
    if key in setting_keys() and not _is_group(key):
        metadata = declaration(key)[1].metadata
        return Axis(key, tuple(values), unit=metadata["unit"])
    return Axis(key, tuple(values))


def range_axis(
    key: str, low: float | None = None, high: float | None = None, *, is_log: bool = False
) -> Axis:
    """Make an axis of a numeric setting's range.

    Parameters
    ----------
    key : str
        A setting that takes a number.
    low, high : float, optional
        Ends, in the setting's unit; default: its declared bounds.
    is_log : bool
        Whether it is even on a logarithmic scale; both ends must then be above zero.

    Raises
    ------
    UserError
        If the key is no number, or the ends are crossed, endless or outside the bounds.
    """
    check_key(key)
    if key not in setting_keys() or _is_group(key) or declaration(key)[1].type not in (int, float):
        raise UserError(f"{key} takes no number, so it has no range; name its values in a list")
    declared = declaration(key)[1]
    least, most, unit = (declared.metadata[name] for name in ("low", "high", "unit"))
    ends = least if low is None else low, most if high is None else high
    if not all(map(math.isfinite, ends)):
        raise UserError(f"{key} has no declared bounds to take; name low and high")
    if not ends[0] < ends[1]:
        raise UserError(f"{key}: low {ends[0]:g} is not below high {ends[1]:g}; swap them")
    if ends[0] < least or ends[1] > most:
        raise UserError(
            f"{key}: {ends[0]:g} to {ends[1]:g} leaves its bounds, {least:g} to {most:g} {unit}"
        )
    if is_log and ends[0] <= 0:
        raise UserError(f"{key}: a logarithmic range begins above zero, not at {ends[0]:g}")
    is_integer = declared.type is int
    if is_integer and math.ceil(ends[0]) > math.floor(ends[1]):
        raise UserError(f"{key}: no whole number lies between {ends[0]:g} and {ends[1]:g}")
    return Axis(key, (), float(ends[0]), float(ends[1]), is_log, unit, is_integer)


def check_key(key: str) -> None:
    """Refuse a key that is neither a group nor a setting that an experiment may vary.

    Raises
    ------
    UserError
        With what was perhaps meant.
    """
    group = key.partition(".")[0]
    if group == "run":
        raise UserError(f"{key}: run.* is no axis; seeds are set by run.seed and run.replicates")
    if not _is_group(key) and key not in setting_keys():
        raise UserError(f"{key} is no group and no setting{suggestion(key)}")


def _is_group(key: str) -> bool:
    return key in (*CHOICES, "world", "population") and bool(option_names(key))


def value_of(text: str) -> Value:
    """Read a value as YAML 1.2 does: a decimal number, true or false, else a text."""
    import yaml

    from plaza_lab.scenarios.files.yaml_file import scalar

    try:
        value = scalar(text)
    except yaml.MarkedYAMLError as wrong:
        raise UserError(f"{text[:40]}: {wrong.problem}") from wrong
    is_text = not isinstance(value, (bool, int, float)) or text[:2] in ("0x", "0o")
    return text if is_text else value


def number_of(value: Any) -> Any:
    """Read a number that stands in quotes, as ``'1e-3'``; else return what is given."""
    if isinstance(value, str) and value[:1] in tuple("+-.0123456789"):
        number = value_of(value)
        return value if isinstance(number, bool) else number
    return value


def text_of(value: Any) -> str:
    """Write a value so that an override reads the same value back."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value)
