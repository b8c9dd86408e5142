"""Designs: which policies, in which world, at which seeds; all checked before the first run.

A policy given from Python as an object becomes the overrides that would have made it: a run of
``Policy(incentive=Incentive(has_points=True))`` has the key of the run asked for by
``incentive.has_points=true``, and is checked and shown in the same way.
"""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.everyday.values import translated
from plaza_lab.scenarios.own.own_mechanisms import own_model
from plaza_lab.scenarios.settings.composing import Composed, compose
from plaza_lab.scenarios.settings.config import Contradiction, Run
from plaza_lab.scenarios.settings.dated import is_dated, with_condition
from plaza_lab.scenarios.settings.options import (
    BUNDLES,
    LEVERS,
    groups_with_option,
    nearest,
    option_names,
)
from plaza_lab.scenarios.settings.overrides import by_key, check_overrides, parsed
from plaza_lab.sim.setting import Setting

DEFAULT = "default"


@dataclass(frozen=True)
class DesignPoint:
    """One policy in one world, ready to run.

    Parameters
    ----------
    policy : str
        Name shown in every table.
    composed : Composed
        Its checked configuration.
    factors : dict of str to (int, float or str)
        What a sweep varies, and its value here; empty otherwise.
    words : tuple of str
        Overrides that make it on the command line, where they are known.
    """

    policy: str
    composed: Composed
    factors: dict[str, int | float | str] = field(default_factory=dict)
    words: tuple[str, ...] = field(default=(), compare=False)

    @property
    def setting(self) -> Setting:
        """What the engine is given."""
        return self.composed.config.setting

    @property
    def run(self) -> Run:
        """How much is run, and where it is kept."""
        return self.composed.config.run

    @property
    def world(self) -> str:
        """Name of the world."""
        return self.composed.choices.get("world", "")

    @property
    def population(self) -> str:
        """Name of the population."""
        return self.composed.choices.get("population", "")

    @property
    def fingerprint(self) -> str:
        """Hash of everything that shapes a day: levers, world and population (16 hex digits)."""
        text = json.dumps(self.composed.plain, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def seeds_of(run: Run) -> list[int]:
    """Return the seeds of a study: ``run.seed`` and the ``run.replicates - 1`` after it."""
    return list(range(run.seed, run.seed + run.replicates))


def one_policy(overrides: Sequence[str]) -> DesignPoint:
    """Plan a study of one policy.

    Parameters
    ----------
    overrides : sequence of str
        Overrides of the default configuration.

    Returns
    -------
    DesignPoint
        Named after its scenario, or ``"default"`` and what was overridden.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    check_overrides(overrides)
    composed = compose(overrides)
    return DesignPoint(policy_name(composed, overrides), composed, words=tuple(overrides))


def policy_name(composed: Composed, overrides: Sequence[str]) -> str:
    """Name a policy after its scenario and levers: ``learning_fund_500 incentive=points``."""
    scenario = composed.choices.get("scenario", "none")
    own = own_model()
    groups = {*LEVERS, *BUNDLES, *(own.groups if own is not None else ())}
    levers = [o for o in overrides if o.lstrip("~").partition("=")[0].partition(".")[0] in groups]
    return " ".join([scenario] * (scenario != "none") + levers) or DEFAULT


def several_policies(names: Sequence[str], overrides: Sequence[str]) -> list[DesignPoint]:
    """Plan a comparison, in the order of the names; the first policy is the baseline.

    Parameters
    ----------
    names : sequence of str
        Scenarios, options of exactly one lever group, ``default``, or overrides in one text.
    overrides : sequence of str
        What holds for all of them.

    Raises
    ------
    UserError
        If a name is unknown or ambiguous, if two policies are the same, or if one is impossible.
    """
    if len(names) < 2:
        raise UserError("policies: name at least two, as in policies=[thanks_only,weekly_prize]")
    check_overrides(overrides)
    points: list[DesignPoint] = []
    for name in names:
        points.append(point_of(name, overrides))
        for other in points[:-1]:
            if other.policy == name:
                raise UserError(f"policies: {name} is named twice")
            if other.fingerprint == points[-1].fingerprint:
                raise UserError(
                    f"policies: {other.policy} and {name} are the same policy here; "
                    "every difference would be zero"
                )
    return points


def point_of(name: str, overrides: Sequence[str]) -> DesignPoint:
    """Plan one policy by its name, as :func:`several_policies` takes it."""
    own = policy_overrides(name)
    taken = by_key(overrides)
    for key in by_key(own):
        if key in taken:
            raise UserError(
                f"policies: {name} sets {key}, and so does {taken[key]}; drop one of them"
            )
    try:
        check_overrides(own)
        words = [*own, *overrides]
        return DesignPoint(name, compose(words), words=tuple(words))
    except Contradiction as clash:
        raise Contradiction(f"policy {name}: {clash}") from clash
    except UserError as wrong:
        raise UserError(f"policy {name}: {wrong}") from wrong


def policy_overrides(name: str) -> list[str]:
    """Translate the name of a policy, as :func:`several_policies` takes it, into overrides.

    Raises
    ------
    UserError
        If the name is unknown, or an option of several groups.
    """
    if isinstance(name, NamedPolicy):
        return list(name.words)
    name = with_condition(unicodedata.normalize("NFC", name.strip()))
    if name == DEFAULT:
        return []
    if "=" in name:
        return _words(name)
    if is_dated(name):
        option, _, date = name.rpartition("@")
        return [f"{word}@{date}" for word in policy_overrides(option)]
    scenarios = [option for option in option_names("scenario") if option != "none"]
    if name in scenarios:
        return [f"scenario={name}"]
    groups = groups_with_option(name)
    if len(groups) == 1:
        return [f"{groups[0]}={name}"]
    if groups:
        raise UserError(
            f"policies: {name!r} is an option of {', '.join(groups)}; write {groups[0]}={name}"
        )
    known = {*scenarios, *(option for group in LEVERS for option in option_names(group))}
    near = nearest(name, known) or "; plaza --help lists the scenarios and options"
    raise UserError(f"policies: {name!r} is no scenario and no option of a lever group{near}")


def _words(text: str) -> list[str]:
    import shlex

    try:
        return translated(shlex.split(text))
    except ValueError as wrong:
        raise UserError(f"policies: {text!r} cannot be read: {wrong}") from wrong


class NamedPolicy(str):
    """The name of a policy as every table shows it, with the overrides that make it."""

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
                words.append(f"{group}.{own.name}={_lever_text(value)}")
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


def _lever_text(value: Any) -> str:
    if isinstance(value, enum.Enum):
        return value.name.lower()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{','.join(map(_lever_text, value))}]"
    return repr(value.item() if hasattr(value, "item") else value)


def parts_named(names: Mapping[str, str]) -> dict[str, Any]:
    """Compose what is named.

    Parameters
    ----------
    names : mapping of str to str
        ``policy``, ``world`` or ``population`` to the name of an option; of a policy also a
        scenario, or overrides in one text.

    Returns
    -------
    dict
        The parts that are named, as dataclasses; those of a scenario with its world and population.

    Raises
    ------
    UserError
        With one line, if there is no such option.
    """
    words = [f"{part}={name}" for part, name in names.items() if part != "policy"]
    if "policy" in names:
        words += policy_overrides(names["policy"])
    check_overrides(words)
    made = compose(words)
    parts = dict.fromkeys(names)
    if made.choices.get("scenario", "none") != "none":
        parts = dict.fromkeys(("policy", "world", "population"))
    return {part: getattr(made.config, part) for part in parts}
