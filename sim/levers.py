"""Levers and parameters of a mechanism, declared in its own file.

Levers are a slice of a strategist's group, parameters a group of the world's. The slices of a group
are put together in the order of the day, see :mod:`plaza_lab.sim.policy`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")

Clash = tuple[bool, str]
"""Whether a rule is broken, and one line that says why and what would be right."""

Clashes = Iterator[Clash]
"""What a slice of levers cannot go with, rule by rule."""


@dataclass_transform(frozen_default=True)
def levers(group: str) -> Callable[[type[T]], type[T]]:
    """Declare a class as the levers that its module adds to a group.

    What they cannot go with is yielded by a method ``clashes(self, policy)``; ``self`` is then the
    whole group, ``policy`` the whole policy.

    Parameters
    ----------
    group : str
        A group of :data:`plaza_lab.sim.policy.GROUPS`.

    Returns
    -------
    callable
        Makes the class a frozen dataclass.
    """

    def declare(cls: type[T]) -> type[T]:
        cls.__lever_group__ = group  # type: ignore[attr-defined]
        return dataclasses.dataclass(frozen=True)(cls)

    return declare


@dataclass_transform(frozen_default=True)
def params(name: str = "") -> Callable[[type[T]], type[T]]:
    """Declare a class as parameters that its module adds to a world.

    Parameters
    ----------
    name : str
        Under ``world``; where none is given, that of the module.

    Returns
    -------
    callable
        Makes the class a frozen dataclass.
    """

    def declare(cls: type[T]) -> type[T]:
        own = name or cls.__module__.rsplit(".", 1)[1]
        cls.__world_group__ = own  # type: ignore[attr-defined]
        return dataclasses.dataclass(frozen=True)(cls)

    return declare


def parameters_of(module: ModuleType) -> Iterator[tuple[str, type]]:
    """Yield name under ``world``, and class, of all parameters that a module declares."""
    yield from _marked(module, "__world_group__")


def slices_of(module: ModuleType) -> Iterator[tuple[str, type]]:
    """Yield group and class of every slice of levers that a module declares."""
    yield from _marked(module, "__lever_group__")


def _marked(module: ModuleType, mark: str) -> Iterator[tuple[str, type]]:
    """Yield mark and class of every class of a module that bears a mark."""
    for thing in vars(module).values():
        if isinstance(thing, type) and thing.__module__ == module.__name__ and mark in vars(thing):
            yield vars(thing)[mark], thing


def joined(name: str, doc: str, module: str, slices: Iterable[type]) -> type:
    """Make one frozen dataclass of slices; its fields come in their order.

    Parameters
    ----------
    name, doc : str
        Of the new class.
    module : str
        Module that will hold it under that name.
    slices : iterable of type
        Frozen dataclasses; no two have a field in common.

    Returns
    -------
    type
        A subclass of every slice.
    """
    parts = tuple(slices)
    own = [field.name for part in parts for field in dataclasses.fields(part)]
    for field in own:
        if own.count(field) > 1:
            raise ValueError(f"{name}.{field} is declared twice")
    scope: dict[str, Any] = {"__doc__": doc, "__module__": module}
    strict = [part for part in parts if hasattr(part, "clashes")]
    if strict:

        def clashes(self: Any, policy: Any) -> tuple[Clash, ...]:
            """List what the levers of this group rule out, slice by slice."""
            return tuple(clash for part in strict for clash in part.clashes(self, policy))

        scope["clashes"] = clashes
    # a dataclass lists the fields of its last base first
    return dataclasses.dataclass(frozen=True)(type(name, parts[::-1], scope))
