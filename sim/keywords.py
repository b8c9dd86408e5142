"""Settings by words: levers as keywords, and names of options in place of objects."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from plaza_lab.sim.mechanism import fitting
from plaza_lab.sim.policy import CLASSES
from plaza_lab.sim.setting import Setting

Resolver = Callable[[Mapping[str, str]], dict[str, Any]]
_resolver: list[Resolver] = []
MOST_NEAR = 3


def resolve_names_by(resolver: Resolver) -> None:
    """Say who knows the options; the engine reads no files.

    Parameters
    ----------
    resolver : callable
        Takes ``policy``, ``world`` or ``population`` to a name, gives those parts of a setting.
    """
    _resolver[:] = [resolver]


def setting_named(names: Mapping[str, str]) -> dict[str, Any]:
    """Find the parts of a setting that are named.

    Parameters
    ----------
    names : mapping of str to str
        ``policy``, ``world`` or ``population`` to a name.

    Returns
    -------
    dict
        Parts of a setting.

    Raises
    ------
    ValueError
        With one line, if there is no such option.
    """
    if not _resolver:
        part, name = next(iter(names.items()))
        raise ValueError(f"{part}={name!r}: names are known to plaza_lab.Community; import it from "
                         "plaza_lab")  # fmt: skip
    return _resolver[0](names)


def set_by_keywords(setting: Setting, given: Mapping[str, Any], where: str) -> Setting:
    """Set levers by their names.

    Parameters
    ----------
    setting : Setting
        What the other levers are taken from.
    given : mapping
        ``tip_mean_cents`` or, with the group before it, ``incentive_tip_mean_cents``, to a value.
    where : str
        What was called, for messages.

    Returns
    -------
    Setting
        Another one.

    Raises
    ------
    TypeError
        With one line, for a name that is no lever, or one of several.
    ValueError
        With one line, for a value of another kind.
    """
    if not given:
        return setting
    places: dict[str, list[tuple[str, str]]] = {}
    for group, lever in _levers(setting):
        places.setdefault(lever, []).append((group, lever))
        places.setdefault(f"{group}_{lever}", []).append((group, lever))
    policy, own = setting.policy, {}
    for name, value in given.items():
        group, lever = _one(name, places, where)
        if group not in CLASSES:
            own[f"{group}.{lever}"] = value
            continue
        held = getattr(policy, group)
        declared = next(one for one in dataclasses.fields(held) if one.name == lever)
        held = dataclasses.replace(held, **{lever: fitting(f"{group}.{lever}", declared, value)})
        policy = dataclasses.replace(policy, **{group: held})
    model = setting.model.with_levers(own) if own and setting.model is not None else setting.model
    return dataclasses.replace(setting, policy=policy, model=model)


def _levers(setting: Setting) -> Iterator[tuple[str, str]]:
    for group, cls in CLASSES.items():
        for declared in dataclasses.fields(cls):
            yield group, declared.name
    for one in setting.model.own if setting.model is not None else ():
        for name in one.values():
            yield one.name, name


def _one(name: str, places: Mapping[str, list[tuple[str, str]]], where: str) -> tuple[str, str]:
    found = places.get(name, [])
    if len(found) == 1:
        return found[0]
    if found:
        several = " or ".join(f"{group}_{lever}=" for group, lever in found)
        raise TypeError(f"{where}({name}=...): several groups have a lever {name}; write {several}")
    near = difflib.get_close_matches(name, places, MOST_NEAR)
    hint = f"did you mean {', '.join(near)}?" if near else "levers are listed in help(Policy)"
    raise TypeError(f"{where}({name}=...): there is no lever {name}; {hint}")
