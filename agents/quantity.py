"""Declared numbers: a value together with its unit, its bounds and where it comes from.

Everything that can be set or remembered in Plaza is declared once, with this module, so that
validation, documentation and NumPy storage all read the same fact.
"""

from __future__ import annotations

import dataclasses
import enum
import math
from typing import Any


def quantity(
    default: Any,
    *,
    unit: str,
    source: str,
    doc: str,
    low: float = -math.inf,
    high: float = math.inf,
) -> Any:
    """Declare one dataclass field of a policy or of a process's parameters.

    Parameters
    ----------
    default : float, int, bool, Enum or tuple of float
        Value used when nothing overrides it.
    unit : str
        Unit of the value; ``"1"`` for pure numbers.
    source : str
        A figure or mechanism id of the catalogue, a bibliography key, or ``"assumption"``.
    doc : str
        One sentence for the parameter table.
    low, high : float
        Inclusive bounds of every element.

    Returns
    -------
    dataclasses.Field
        Field whose metadata carries unit, bounds, source and doc.
    """
    metadata = {"unit": unit, "low": low, "high": high, "source": source, "doc": doc}
    if isinstance(default, tuple):
        return dataclasses.field(default_factory=lambda: list(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


class OutOfBounds(ValueError):
    """A declared quantity was given a value outside its bounds."""


def check_bounds(record: Any, where: str) -> None:
    """Check every declared field of a dataclass instance against its bounds.

    Parameters
    ----------
    record : dataclass instance
        Instance whose fields were declared with :func:`quantity`; nested dataclasses are followed.
    where : str
        Path shown in the error, such as ``"fund"``.

    Raises
    ------
    OutOfBounds
        With one line that names the field, the value and the allowed range.
    """
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        path = f"{where}.{field.name}" if where else field.name
        if dataclasses.is_dataclass(value):
            check_bounds(value, path)
        elif "low" in field.metadata and not isinstance(value, (bool, str, enum.Enum)):
            _check_value(value, field.metadata, path)


def _check_value(value: Any, declared: Any, path: str) -> None:
    for element in value if isinstance(value, (list, tuple)) else (value,):
        if not declared["low"] <= element <= declared["high"]:
            span = f"{declared['low']:g} to {declared['high']:g}"
            raise OutOfBounds(
                f"{path}={element:g} is outside its bounds: {span} {declared['unit']}"
            )
