"""Design points near another one: the same configuration with some numbers changed.

Composing a configuration takes Hydra tens of milliseconds; a plan of ten thousand points composes
each choice of options once and changes numbers here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from plaza_lab.scenarios.experiments.axes import Value
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.own.own_mechanisms import own_model
from plaza_lab.scenarios.settings.config import Config, check, copied
from plaza_lab.scenarios.settings.dated import CHANGES
from plaza_lab.scenarios.settings.declared_settings import declaration


def vary(
    point: DesignPoint,
    values: Mapping[str, bool | int | float],
    *,
    policy: str | None = None,
    factors: Mapping[str, Value] | None = None,
) -> DesignPoint:
    """Change numbers of a design point.

    Parameters
    ----------
    point : DesignPoint
        Where one starts; left as it is.
    values : mapping of str to (bool, int or float)
        Dotted settings and their new values, such as ``{"fund.dues_month_cents": 500}``.
    policy : str, optional
        Name of the new policy; default: that of `point`.
    factors : mapping, optional
        What the design varies, for the tables; default: `values` added to those of `point`.

    Returns
    -------
    DesignPoint
        Checked.

    Raises
    ------
    UserError
        If a value is outside its bounds, or groups contradict each other.
    """
    config, plain = point.composed.config, copied(point.composed.plain)
    for key, value in values.items():
        number = float(value) if declaration(key)[1].type is float else value
        if (own := own_model()) is not None and key.partition(".")[0] in own.groups:
            model = own.with_value(config.model, key, number)
            config = dataclasses.replace(config, model=model)
        else:
            before = _get(config, _path(key))
            config = _with(config, _path(key), number)
            config = _in_changes(config, plain, key, before, number)
        _put(plain, key, number)
    check(config)
    composed = dataclasses.replace(point.composed, config=config, plain=plain)
    shown = {**point.factors, **values} if factors is None else dict(factors)
    return DesignPoint(point.policy if policy is None else policy, composed, shown)


def _in_changes(
    config: Config, plain: dict[str, Any], key: str, before: Any, number: Any
) -> Config:
    """Set a lever in the policies that begin on a date, too, unless the date is about it."""
    path = _path(key)
    if path[0] != "policy" or not config.changes:
        return config
    changes = []
    for told, (day, policy) in zip(plain[CHANGES], config.changes, strict=True):
        if _get(policy, path[1:]) == before:
            policy = _with(policy, path[1:], number)
            _put(told["policy"], key, number)
        changes.append((day, policy))
    return dataclasses.replace(config, changes=tuple(changes))


def _get(record: Any, path: list[str]) -> Any:
    for name in path:
        record = getattr(record, name)
    return record


def _path(key: str) -> list[str]:
    """Where a setting stands in the typed configuration: levers are inside the policy."""
    group, *rest = key.split(".")
    return [group, *rest] if group in ("world", "population") else ["policy", group, *rest]


def _with(record: Any, path: list[str], value: Any) -> Any:
    name, *rest = path
    inner = _with(getattr(record, name), rest, value) if rest else value
    return dataclasses.replace(record, **{name: inner})


def _put(plain: dict[str, Any], key: str, value: Any) -> None:
    *parents, name = key.split(".")
    for parent in parents:
        plain = plain[parent]
    plain[name] = value
