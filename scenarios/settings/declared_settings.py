"""What can be set: every key, where it is declared, and what it takes."""

from __future__ import annotations

import dataclasses
import enum
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from math import inf
from typing import Any

from plaza_lab.agents.quantity import doc_of
from plaza_lab.scenarios.settings.config import hints_of, own_groups, parts_of, schema, writable
from plaza_lab.scenarios.settings.options import GROUPS, nearest

NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
"""A decimal number in digits."""
RETIRED = {
    "world.incentives.cash_ceiling": "it is world.incentives.cash_range now: beyond so many units "
    "each doubling adds alike",
    "world.prospects.is_shared": "leave it out: all routes draw on one market now",
}
"""Settings of earlier versions to what to write in their place."""


def setting_keys() -> tuple[str, ...]:
    """Return every dotted key that can be set, such as ``fund.dues_month_cents``."""
    return _all_keys(own_groups())


@cache
def _all_keys(own: tuple[tuple[str, type], ...]) -> tuple[str, ...]:
    return tuple(_keys(parts_of(own), ""))


def _keys(kinds: Mapping[str, Any], path: str) -> Iterator[str]:
    for name, kind in kinds.items():
        yield path + name
        if dataclasses.is_dataclass(kind):
            yield from _keys(hints_of(kind), f"{path}{name}.")  # type: ignore[arg-type]


def suggestion(key: str) -> str:
    """Suggest a group or a setting for a key that is neither; begins with a semicolon."""
    if key in RETIRED:
        return f"; {RETIRED[key]}"
    tails = {name.rpartition(".")[2]: name for name in reversed(setting_keys())}
    tail = key.rpartition(".")[2]
    if tail in tails:
        return f"; did you mean {tails[tail]}?"
    near = nearest(key, GROUPS) if "." not in key else ""
    near = near or nearest(key, setting_keys())
    return near or "; plaza --help lists the groups, plaza run --cfg job the settings"


def declaration(key: str) -> tuple[type, dataclasses.Field[Any]]:
    """Find where one of :func:`setting_keys` is declared.

    The dataclass that holds it, and its field with unit, bounds and source.
    """
    return _declaration(own_groups(), key)


@cache
def _declaration(
    groups: tuple[tuple[str, type], ...], key: str
) -> tuple[type, dataclasses.Field[Any]]:
    *parents, name = key.split(".")
    find: Callable[[], type] = schema
    kinds = parts_of(groups)
    for parent in parents:
        find = partial(writable, kinds[parent])
        kinds = hints_of(kinds[parent])
    owner = find()  # only the one that is asked for: all take a tenth of a second
    return owner, next(own for own in dataclasses.fields(owner) if own.name == name)


def meaning_of(key: str) -> str:
    """Return what a setting is, as the string below its declaration says.

    Parameters
    ----------
    key : str
        One of :func:`setting_keys`; of groups and of anything else nothing is known.

    Returns
    -------
    str
        Without the last full stop; empty where nothing is known.
    """
    if key not in setting_keys() or "." not in key:
        return ""
    *parents, last, name = key.split(".")
    kinds = parts_of(own_groups())
    for parent in parents:
        kinds = hints_of(kinds[parent])
    return doc_of(kinds[last], name).rstrip(".")


def expected(declared: dataclasses.Field[Any]) -> str:
    """Say what a setting takes, kind, bounds and unit: ``a whole number from 0 to 14 days``."""
    kind: Any = declared.type
    if isinstance(kind, enum.EnumMeta):
        return f"one of {', '.join(kind.__members__)}"
    if kind is bool:
        return "true or false"
    if kind is str:
        return "a text"
    low, high, unit = (declared.metadata[name] for name in ("low", "high", "unit"))
    what = {int: "a whole number", float: "a number"}.get(kind, "a list of numbers")
    ends = [f"{word} {end:,.9g}" for word, end in (("from", low), ("to", high)) if abs(end) < inf]
    return " ".join(part for part in (what, *ends, "" if unit == "1" else unit) if part)


def text_for_number(key: str, value: Any) -> str:
    """Say what is wrong with a text where a file should hold a number or a flag; empty if nothing.

    What stands in quotes is a number or a flag all the same, a reference (``${...}``) is not looked
    into, and neither is a key that is no setting.
    """
    if not isinstance(value, str) or key not in setting_keys() or "${" in value:
        return ""
    declared = declaration(key)[1]
    is_flag = declared.type is bool
    is_right = value.lower() in ("true", "false") if is_flag else is_written_number(value)
    if is_right or not (is_flag or is_numeric(key)):
        return ""
    return f"{value[:40]!r} is a text; {expected(declared)} is expected"


def is_written_number(text: str) -> bool:
    """Return whether a text is a decimal number in digits, without ``_`` and ``:``."""
    return bool(re.fullmatch(rf"\s*{NUMBER}\s*", text))


def is_numeric(key: str) -> bool:
    """Whether a setting takes numbers: not groups, texts, flags and choices."""
    if "." not in key or key not in setting_keys():
        return False  # a whole group, or nothing
    kind: Any = declaration(key)[1].type
    is_other = kind in (bool, str) or dataclasses.is_dataclass(kind)
    return not is_other and not isinstance(kind, enum.EnumMeta)
