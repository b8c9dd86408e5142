"""Overrides to settings in a few milliseconds: option files and values applied in memory.

Hydra composes a configuration in a third of a second, too long under a moving slider. It composes
the community once; options of lever groups and single values are then put into the frozen
dataclasses here. A test holds this to what Hydra composes, for every option that is shipped.
"""

from __future__ import annotations

import dataclasses
import enum
import typing
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.policies.finding import (
    CONTRADICTION,
    ERROR,
    Asked,
    Finding,
    by_severity,
)
from plaza_lab.scenarios.policies.lint import contradictions
from plaza_lab.scenarios.policies.loopholes import RULES
from plaza_lab.scenarios.policies.money import money_findings
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.config import Config, check
from plaza_lab.scenarios.settings.dated import is_dated
from plaza_lab.scenarios.settings.options import LEVERS, conf_folder, nearest, option_files

KEPT = 256


@lru_cache(maxsize=KEPT)
def config_of(words: tuple[str, ...], is_checked: bool = True) -> Config:
    """Compose overrides.

    Parameters
    ----------
    words : tuple of str
        Overrides without blanks, one value each.
    is_checked : bool
        Whether values outside their bounds and contradictions are refused.

    Returns
    -------
    Config
        As Hydra would compose it.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    if any(map(is_dated, words)):
        return compose(words, is_checked=is_checked).config
    pairs = [word.partition("=")[::2] for word in words]
    has_scenario = any(key == "scenario" for key, _ in pairs)
    options = [(key, value) for key, value in pairs if "." not in key]
    quick = [] if has_scenario else [pair for pair in options if _is_plain(*pair)]
    slow = [f"{key}={value}" for key, value in options if (key, value) not in quick]
    config = compose(slow, is_checked=False).config
    for group, option in quick:
        levers = dataclasses.replace(config.policy, **{group: option_levers(group, option)})
        config = dataclasses.replace(config, policy=levers)
    for key, value in pairs:
        if "." in key:
            config = with_value(config, key, value)
    if is_checked:
        check(config)
    return config


def _is_plain(group: str, option: str) -> bool:
    """Whether an option is one of Plaza's own of a lever group, which name values only."""
    if group not in LEVERS:
        return False
    file = option_files(group).get(option)
    return file is not None and file.is_relative_to(conf_folder())


@lru_cache(maxsize=KEPT)
def option_levers(group: str, option: str) -> Any:
    """Return the levers of a group at one of Plaza's options."""
    from yaml import safe_load

    from plaza_lab.scenarios.settings.config import kind_of

    text = option_files(group)[option].read_text(encoding="utf-8")
    return _with_values(kind_of(group)(), safe_load(text) or {}, group)


def with_value(config: Config, key: str, text: str) -> Config:
    """Set one value of a configuration.

    Parameters
    ----------
    config : Config
        Composed before.
    key : str
        ``group.field``, ``world.group.field``, ``population.field`` or ``run.field``.
    text : str
        The value as it stands in an override.

    Returns
    -------
    Config
        Not checked yet.

    Raises
    ------
    UserError
        If there is no such setting, or it takes another kind of value.
    """
    from yaml import YAMLError, safe_load

    names = key.split(".")
    try:
        value: Any = safe_load(text)
    except YAMLError:
        raise UserError(f"{key}={text}: that is no value") from None
    for name in reversed(names[1:]):
        value = {name: value}
    root = names[0]
    if root in LEVERS:
        levers = _with_values(getattr(config.policy, root), value, root)
        return dataclasses.replace(
            config, policy=dataclasses.replace(config.policy, **{root: levers})
        )
    if root not in ("world", "population", "run"):
        raise UserError(f"{key}: there is no such group{nearest(root, (*LEVERS, 'world'))}")
    return dataclasses.replace(config, **{root: _with_values(getattr(config, root), value, root)})


def _with_values(record: Any, values: Mapping[str, Any], path: str) -> Any:
    hints = typing.get_type_hints(type(record))
    known = {own.name for own in dataclasses.fields(record)}
    new: dict[str, Any] = {}
    for name, value in values.items():
        where = f"{path}.{name}"
        if name not in known:
            raise UserError(f"{where}: there is no such setting{nearest(name, known)}")
        new[name] = _typed(getattr(record, name), hints[name], value, where)
    return dataclasses.replace(record, **new)


def _typed(old: Any, kind: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(old):
        if isinstance(value, Mapping):
            return _with_values(old, value, where)
        raise UserError(f"{where} is a group; set one of its values")
    if isinstance(old, enum.Enum):
        # YAML reads a bare `none`-like word as text, and `no` as a flag
        members = {name.lower(): member for name, member in type(old).__members__.items()}
        if str(value).lower() in members:
            return members[str(value).lower()]
        raise UserError(f"{where}={value}: choose one of {', '.join(members)}")
    if isinstance(old, bool):
        if isinstance(value, bool):
            return value
        raise UserError(f"{where}={value}: true or false is expected")
    if isinstance(old, list):
        if isinstance(value, Sequence) and len(value) == len(old):
            return [float(one) for one in value]
        raise UserError(f"{where} takes {len(old)} numbers")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        if isinstance(old, str) and isinstance(value, str):
            return value
        raise UserError(f"{where}={value}: a number is expected")
    if isinstance(old, int):
        if value != int(value):
            raise UserError(f"{where}={value}: a whole number is expected")
        return int(value)
    return float(value)


def findings(words: tuple[str, ...]) -> list[Finding]:
    """Look through a policy without composing it anew.

    Parameters
    ----------
    words : tuple of str
        Its overrides.

    Returns
    -------
    list of Finding
        Errors first; an override that cannot be read is one of them.
    """
    try:
        config = config_of(words, is_checked=False)
    except UserError as wrong:
        return [Finding(ERROR, CONTRADICTION, (), str(wrong), "")]
    asked = Asked(config.policy, config.world, config.population.initial_members, config.run.weeks)
    found = [*contradictions(config.policy), *money_findings(asked)]
    found += [finding for rule in RULES for finding in rule(asked)]
    return by_severity(found)
