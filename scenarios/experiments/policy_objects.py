"""Policies given from Python as objects: each becomes the overrides that would have made it.

So a run of ``Policy(incentive=Incentive(has_points=True))`` has the key of the run asked for by
``incentive.has_points=true``, and is checked and shown in the same way.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.options import LEVERS
from plaza_lab.scenarios.settings.overrides import parsed


class NamedPolicy(str):
    """The name of a policy, with the overrides that make it.

    Parameters
    ----------
    name : str
        Shown in every table.
    words : sequence of str
        Overrides.
    """

    words: tuple[str, ...]

    def __new__(cls, name: str, words: Sequence[str]) -> NamedPolicy:  # noqa: D102
        made = super().__new__(cls, name)
        made.words = tuple(words)
        return made


def is_policy(given: Any) -> bool:
    """Whether something is a policy, for a time or for good, or a group of levers, and no text."""
    from plaza_lab.sim.changes import During
    from plaza_lab.sim.policy import CLASSES, Policy

    return isinstance(given, (Policy, During, *CLASSES.values()))


def words_of(given: Any) -> list[str]:
    """Write a policy as overrides.

    Parameters
    ----------
    given : Policy, During or lever group
        The other groups of a policy of one group are at their defaults. Of a policy for a time the
        overrides carry the date.

    Returns
    -------
    list of str
        One for each lever that is not as without any override.

    Raises
    ------
    UserError
        If a group of the policy is none.
    """
    from plaza_lab.sim.changes import During
    from plaza_lab.sim.policy import CLASSES, Policy

    if isinstance(given, During):
        return [f"{word}@{given.date}" for word in words_of(given.policy)]
    policy = given
    if not isinstance(given, Policy):
        policy = Policy(**{name: given for name, cls in CLASSES.items() if isinstance(given, cls)})
    usual = compose([]).config.policy
    words: list[str] = []
    for group, cls in CLASSES.items():
        levers = getattr(policy, group)
        if not isinstance(levers, cls):
            raise UserError(f"policy: {group}={levers!r} is no {cls.__name__}(...)")
        for own in dataclasses.fields(cls):
            value = getattr(levers, own.name)
            if value != getattr(getattr(usual, group), own.name):
                words.append(f"{group}.{own.name}={_text(value)}")
    return words


def named_policies(given: Sequence[Any] | Mapping[str, Any], overrides: Sequence[str]) -> list[str]:
    """Name policies that are given as texts or objects.

    Parameters
    ----------
    given : sequence or mapping
        Texts and policies; of a mapping the keys are the names.
    overrides : sequence of str
        What holds for all of them.

    Returns
    -------
    list of str
        Names; a policy without one is ``policy 1`` by its place.

    Raises
    ------
    UserError
        If something is neither, or overrides set levers of a policy that is whole.
    """
    if isinstance(given, Mapping):
        pairs: Iterable[tuple[Any, Any]] = given.items()
    elif isinstance(given, Sequence) and not isinstance(given, str):
        pairs = (("", one) for one in given)
    else:
        raise UserError(f"policies={given!r} is no list of policies; write policies=[...]")
    names: list[str] = []
    for place, (name, one) in enumerate(pairs, 1):
        if not isinstance(name, str) or (isinstance(given, Mapping) and not name.strip()):
            raise UserError(f"policies: {name!r} is no name of a policy; write a text")
        if is_policy(one):
            check_whole(overrides)
            names.append(NamedPolicy(name or f"policy {place}", words_of(one)))
        elif isinstance(one, str):
            from plaza_lab.scenarios.experiments.design import policy_overrides

            names.append(NamedPolicy(name, policy_overrides(one)) if name else one)
        else:
            raise UserError(
                f"policies: {one!r} is neither a text nor a Policy; write 'points' or Policy(...)"
            )
    return names


def check_whole(overrides: Sequence[str]) -> None:
    """Refuse overrides of levers beside a policy that is given whole."""
    for override in parsed(overrides):
        group = override.key_or_group.partition(".")[0]
        if group in LEVERS or group == "scenario":
            raise UserError(
                f"{override.input_line} sets levers, and a Policy holds them all; set it there"
            )


def _text(value: Any) -> str:
    if isinstance(value, enum.Enum):
        return value.name.lower()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{','.join(map(_text, value))}]"
    return repr(value.item() if hasattr(value, "item") else value)
