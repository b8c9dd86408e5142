"""Declared numbers: a value together with its unit, its bounds and where it comes from.

Everything that can be set or remembered in Plaza is declared once, with this module, so that
validation, documentation and NumPy storage all read the same fact.
"""

from __future__ import annotations

import ast
import dataclasses
import enum
import functools
import inspect
import math
import numbers
import sys
from typing import Any

UNBOUNDED = (-math.inf, math.inf)


def quantity(
    default: Any, unit: str, bounds: tuple[float, float] = UNBOUNDED, source: str = ""
) -> Any:
    """Declare one dataclass field of a policy or of a process's parameters.

    The string that stands below the field is its meaning, one sentence; see :func:`doc_of`.

    Parameters
    ----------
    default : float, int, bool, Enum or tuple of float
        Value used when nothing overrides it.
    unit : str
        Unit of the value; ``"1"`` for pure numbers.
    bounds : tuple of float
        Least and most, inclusive, of every element.
    source : str
        A figure or mechanism id of the catalogue, a bibliography key, or ``"assumption"``.

    Returns
    -------
    dataclasses.Field
        Field whose metadata carries unit, bounds and source.
    """
    low, high = bounds
    metadata = {"unit": unit, "low": low, "high": high, "source": source}
    if isinstance(default, tuple):
        return dataclasses.field(default_factory=lambda: list(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def doc_of(cls: type, name: str) -> str:
    """Meaning of a declared field: the string below it, read from the source.

    Parameters
    ----------
    cls : type
        A dataclass whose fields, or those of its bases, were declared with :func:`quantity`.
    name : str
        Field.

    Returns
    -------
    str
        On one line; empty where nothing stands below the field.
    """
    for owner in cls.__mro__:
        if name in inspect.get_annotations(owner):
            return _docs_in(owner.__module__).get(owner.__qualname__, {}).get(name, "")
    raise AttributeError(f"{cls.__name__} declares no field {name!r}")


@functools.cache
def _docs_in(module: str) -> dict[str, dict[str, str]]:
    """Strings below the fields of every class of a module."""
    return {
        node.name: {
            field.target.id: " ".join(below.value.value.split())
            for field, below in zip(node.body, node.body[1:], strict=False)
            if isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        }
        for node in ast.parse(inspect.getsource(sys.modules[module])).body
        if isinstance(node, ast.ClassDef)
    }


NUMBERS = (int, float, "int", "float")
"""Types of fields that hold a number, as annotations tell of them."""

WHOLE, FLAGS = (int, "int"), (bool, "bool")


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
    TypeError
        With one line, if a value is of another kind than the declared one.
    """
    cls: Any = type(record)
    for name, low, high, kinds, field in _bounded(cls):
        value = getattr(record, name)
        if type(value) in kinds and low <= value <= high:
            continue  # as nearly all are: no more than this is asked of them
        path = f"{where}.{field.name}" if where else field.name
        group = field.default_factory
        if isinstance(group, type) and not isinstance(value, group):
            raise TypeError(f"{path}={value!r} is none of its settings; give {group.__name__}(...)")
        if dataclasses.is_dataclass(value):
            check_bounds(value, path)
        elif field.type in FLAGS and (isinstance(value, str) or value not in (0, 1)):
            raise TypeError(f"{path}={value!r}: True or False is expected")
        elif "low" in field.metadata and isinstance(value, str) and field.type in NUMBERS:
            raise TypeError(f"{path}={value!r} is a text; write a number without quotes")
        elif "low" in field.metadata and not isinstance(value, (bool, str, enum.Enum)):
            _check_value(value, field.metadata, path)
            if field.type in WHOLE and value != int(value):
                raise TypeError(f"{path}={value!r} is a fraction; a whole number is expected")


@functools.cache
def _bounded(cls: type) -> tuple[tuple[str, float, float, tuple[type, ...], Any], ...]:
    """Fields of a dataclass: name, least, most, and of which types a value between them fits."""
    found = []
    for field in dataclasses.fields(cls):
        kinds: tuple[type, ...] = ()
        if field.type in FLAGS:
            kinds = (bool,)
        elif "low" in field.metadata and field.type in NUMBERS:
            kinds = (int,) if field.type in WHOLE else (int, float)
        low, high = field.metadata.get("low", -math.inf), field.metadata.get("high", math.inf)
        if field.type in FLAGS:
            low, high = 0, 1
        found.append((field.name, low, high, kinds, field))
    return tuple(found)


def _check_value(value: Any, declared: Any, path: str) -> None:
    for element in value if isinstance(value, (list, tuple)) else (value,):
        if not isinstance(element, numbers.Real):
            raise TypeError(f"{path}={element!r} is no number; {declared['unit']} are expected")
        if not declared["low"] <= element <= declared["high"]:
            span = f"{declared['low']:g} to {declared['high']:g}"
            raise OutOfBounds(
                f"{path}={element:g} is outside its bounds: {span} {declared['unit']}"
            )
