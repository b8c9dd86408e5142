"""Settings by words and parts: levers as keywords, names of options in place of objects, groups."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from plaza_lab.sim.changes import During
from plaza_lab.sim.mechanism import fitting
from plaza_lab.sim.policy import CLASSES, Policy
from plaza_lab.sim.setting import Setting, World

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


def _setting_named(names: Mapping[str, str]) -> dict[str, Any]:
    """Find the parts of a setting that are named, or refuse in one line."""
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


def setting_of_parts(given: Any, policy: Any, world: Any, population: Any) -> Setting:
    """Put together what a community is opened with.

    Parameters
    ----------
    given : Setting, optional
        What the others are taken from.
    policy, world, population : object, optional
        Whole, as groups, or by name; a policy also for a time.

    Returns
    -------
    Setting
        Not checked yet.

    Raises
    ------
    TypeError, ValueError
        With one line, if a part is of another kind or no name is known.
    """
    setting = Setting() if given is None else given
    if not isinstance(setting, Setting):
        raise TypeError(f"setting={given!r}: a Setting is expected; a name goes to policy=")
    told = {"policy": policy, "world": world, "population": population}
    names = {part: name for part, name in told.items() if isinstance(name, str)}
    if names:
        named = _setting_named(names)
        setting = dataclasses.replace(setting, **named)
        policy, world, population = (None if part in names else told[part] for part in told)
    whole, changes = setting.policy, setting.changes
    if isinstance(policy, During):
        whole, changes = policy.beside(setting.policy)
    elif policy is not None:
        whole, changes = _assembled(Policy, policy), ()
    return dataclasses.replace(
        setting,
        policy=whole,
        world=setting.world if world is None else _assembled(World, world),
        population=setting.population if population is None else population,
        changes=changes,
    )


def model_of(given: Any, mechanisms: Iterable[Any] | None, levers: Mapping[str, Any] | None) -> Any:
    """Model of a community; None where it is Plaza as it stands."""
    from plaza_lab.sim.model import Model

    if mechanisms is not None and not isinstance(mechanisms, Iterable):
        raise TypeError(f"mechanisms={mechanisms!r}: a list is expected, as in [*PLAZA, Birthday]")
    if levers is not None and not isinstance(levers, Mapping):
        raise TypeError(f"levers={levers!r}: write {{'birthday.is_greeting': True}}")
    model = given or Model() if mechanisms is None else Model(mechanisms)
    model = model if not levers else model.with_levers(levers)
    return None if model.is_plaza else model


def _assembled(kind: type, given: Any) -> Any:
    """Put groups together to the whole they are parts of, by their types."""
    if isinstance(given, kind):
        return given
    names: dict[Any, str] = {item.default_factory: item.name for item in dataclasses.fields(kind)}
    groups = given if isinstance(given, (tuple, list)) else (given,)
    for group in groups:
        if type(group) not in names:
            raise ValueError(
                f"{group!r} is neither a {kind.__name__} nor a group of one, and no name"
            )
    return kind(**{names[type(group)]: group for group in groups})
