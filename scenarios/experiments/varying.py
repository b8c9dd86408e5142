"""Design points near another one: some numbers changed, worlds of an ensemble, what is tried first.

Composing a configuration takes Hydra tens of milliseconds; a plan of ten thousand points composes
each choice of options once and changes numbers here. Only what is going to be lived, as far as that
is known before, is compiled ahead; a step needed later is compiled in the run that needs it.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import Axis, Value
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.own.own_mechanisms import own_model
from plaza_lab.scenarios.settings.config import Config, Contradiction, check, copied
from plaza_lab.scenarios.settings.dated import CHANGES
from plaza_lab.scenarios.settings.declared_settings import declaration

if TYPE_CHECKING:
    from plaza_lab.scenarios.experiments.plan import Plan
    from plaza_lab.scenarios.optimise.problem import Problem

PREFIX = "world=ensemble:"
WORLDS = 30
"""Worlds taken when no number is given (assumption: as many as the seeds of a comparison)."""
MOST_LOOKED_AT = 200
"""Design points of one study: a plan of many thousands differs in few steps."""


def vary(
    point: DesignPoint,
    values: Mapping[str, bool | int | float],
    *,
    policy: str | None = None,
    factors: Mapping[str, Value] | None = None,
) -> DesignPoint:
    """Change numbers of a design point, and check it.

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


class EnsembleAsked(NamedTuple):
    """Name of an ensemble, as given to ``plaza calibrate --name``, and how many of its worlds."""

    name: str
    n: int


def ensemble_in(words: Sequence[str]) -> tuple[EnsembleAsked | None, list[str]]:
    """Take an ensemble out of overrides.

    Parameters
    ----------
    words : sequence of str
        Overrides, perhaps with ``world=ensemble:NAME`` or ``world=ensemble:NAME:WORLDS``.

    Returns
    -------
    tuple
        The ensemble asked for, or None, and the overrides with the one world in its middle.

    Raises
    ------
    UserError
        If the number of worlds is none.
    """
    own = [word for word in words if word.startswith(PREFIX)]
    if not own:
        return None, list(words)
    name, _, number = own[0].removeprefix(PREFIX).partition(":")
    name = unicodedata.normalize("NFC", name)
    if number and (not number.isdecimal() or int(number) < 2):
        raise UserError(f"{own[0]}: write {PREFIX}{name}:{WORLDS}, with 2 worlds or more")
    rest = [f"world={name}" if word == own[0] else word for word in words]
    return EnsembleAsked(name, int(number or WORLDS)), rest


def worlds_of(asked: EnsembleAsked, seed: int) -> list[dict[str, Value]]:
    """Draw worlds of an ensemble, likelier ones first to be drawn, none twice.

    Parameters
    ----------
    asked : EnsembleAsked
        Which, and how many.
    seed : int
        Draws them; the same seed gives every policy the same worlds.

    Returns
    -------
    list of dict
        Setting to value.

    Raises
    ------
    UserError
        If there is no such ensemble, or it has fewer worlds.
    """
    import numpy as np

    from plaza_lab.scenarios.calibrate.ensemble import load_ensemble

    ensemble = load_ensemble(asked.name)
    there = int((ensemble.weights > 0).sum())
    if asked.n > there:
        raise UserError(
            f"ensemble {asked.name} has {there} worlds: write {PREFIX}{asked.name}:{there} at most"
        )
    rng = np.random.default_rng(seed)
    places = rng.choice(len(ensemble.weights), asked.n, replace=False, p=ensemble.weights)
    return [dict(ensemble.world(int(place))) for place in places]


def looked_at(plan: Plan) -> list[DesignPoint]:
    """Return the design points of a plan, or evenly many of them; none where it has none yet."""
    each = max(1, -(-len(plan.rows) // MOST_LOOKED_AT))
    places = {*range(0, len(plan.rows), each)}
    bases: dict[tuple[str, int], int] = {}
    for place, row in enumerate(plan.rows):  # every policy in every composed configuration
        bases.setdefault((row.policy, row.base), place)
    places.update(list(bases.values())[:MOST_LOOKED_AT])
    return [plan.point(place) for place in sorted(places)]


def searched_points(problem: Problem) -> list[DesignPoint]:
    """Return policies that a search may try: each value of each lever at least once.

    Those that do not contradict themselves; the others of a lever at their first values.
    """
    from plaza_lab.scenarios.optimise.problem import Space

    space, found = Space(problem.axes, problem.fixed), []
    for factors in _one_at_a_time(problem.axes):
        try:
            found.append(space.point(factors))
        except Contradiction:
            continue
    return found


def calibrated_points(point: DesignPoint, axes: Sequence[Axis]) -> list[DesignPoint]:
    """Return worlds that a calibration may try: both ends of each range, where they can be.

    Parameters
    ----------
    point : DesignPoint
        What is common to all of them.
    axes : sequence of Axis
        Ranges.
    """
    found = [point]
    for axis in axes:
        for share in (0.0, 0.5, 1.0):
            try:
                found.append(vary(point, {axis.key: axis.at(share)}))  # type: ignore[dict-item]
            except UserError:
                continue
    return found


def _one_at_a_time(axes: Sequence[Axis]) -> Iterator[Mapping[str, Value]]:
    values = {axis.key: axis.values or (axis.at(0.0), axis.at(1.0)) for axis in axes}
    first = {key: own[0] for key, own in values.items()}
    yield first
    for key, own in values.items():
        for value in own[1:]:
            yield {**first, key: value}
