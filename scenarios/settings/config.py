"""The configuration: typed, checked, composed by Hydra.

The dataclasses of the levers and of the world own every default. Hydra is given twins of them
that it may write to, in which an enum is spelt in lower case as in the option files; what comes
back is turned into the frozen originals and checked.
"""

from __future__ import annotations

import dataclasses
import enum
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from plaza_lab.agents.quantity import check_bounds, quantity
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.own.own_mechanisms import own_model
from plaza_lab.scenarios.settings.dated import CHANGES
from plaza_lab.scenarios.settings.options import LEVERS
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.changes import Change
from plaza_lab.sim.conditions import Condition
from plaza_lab.sim.policy import IncompatiblePolicy, Policy
from plaza_lab.sim.setting import Population, Setting, World, check_setting

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from plaza_lab.sim.model import Model
    from plaza_lab.sim.start import Start


SIMPLE = {"bool": bool, "int": int, "float": float, "str": str}
MECHANISMS = "mechanisms"
"""Under this name plain values tell of mechanisms that are not just Plaza's."""


@cache
def hints_of(cls: type) -> dict[str, Any]:
    """Return the types of the fields of a dataclass by name."""
    own = dataclasses.fields(cls)
    if all(one.type in SIMPLE for one in own):  # most are, and nothing has to be evaluated
        return {one.name: SIMPLE[str(one.type)] for one in own}
    return typing.get_type_hints(cls)


@dataclass(frozen=True)
class Run:
    """How much is run and where it is kept; nothing here changes a single day."""

    seed: int = quantity(1, "1", (0, 1_000_000_000), "assumption")
    """First seed; the next ones follow."""
    replicates: int = quantity(30, "seeds", (1, 100_000), "mechanisms.md 7 (at least 30 seeds)")
    """Seeds for each policy; comparisons pair them."""
    weeks: int = quantity(52, "weeks", (1, 520), "F04")
    """Weeks each run lives through."""
    workers: int = quantity(0, "threads", (0, 1024), "assumption")
    """Runs side by side; 0 takes every core. Results do not depend on it."""
    out: str = quantity("", "path", source="assumption")
    """Output folder; empty for plaza-out/<verb>-<name>-<time>."""
    overwrite: bool = quantity(False, "flag", source="assumption")
    """An output folder of Plaza that stands in the way is replaced."""
    report: bool = quantity(True, "flag", source="assumption")
    """Figures and the page are made as well."""


@dataclass(frozen=True)
class Config:
    """Everything a command can set: the lever groups, world, population and run."""

    policy: Policy = field(default_factory=Policy)
    world: World = field(default_factory=World)
    population: Population = field(default_factory=Population)
    run: Run = field(default_factory=Run)
    model: Model | None = None
    changes: tuple[Change, ...] = ()
    """Days or conditions, and the policies that hold from then on or while they hold."""
    start: Start | None = None

    @property
    def setting(self) -> Setting:
        """What the engine is given."""
        return Setting(
            self.policy, self.world, self.population, self.model, self.changes, self.start
        )


class _AnyCase(enum.EnumMeta):
    """Finds a member by its name in any case."""

    def __getitem__(cls, name: str) -> Any:
        return super().__getitem__(name.lower())


class _Spelt(enum.Enum, metaclass=_AnyCase):
    """An enum whose names are spelt as in the option files, in lower case."""


@cache
def writable(cls: type) -> type:
    """Make the twin of a frozen dataclass that Hydra may write to.

    An ordinary dataclass with the same fields, defaults and metadata; nested dataclasses and enums
    get twins too.
    """
    hints = hints_of(cls)
    twins = [_twin_field(own, hints[own.name]) for own in dataclasses.fields(cls)]
    return dataclasses.make_dataclass(cls.__name__, twins)


def _twin_field(own: dataclasses.Field[Any], kind: Any) -> tuple[str, Any, Any]:
    if dataclasses.is_dataclass(kind):
        twin = writable(kind)  # type: ignore[arg-type]
        return own.name, twin, field(default_factory=twin)
    if own.default_factory is not dataclasses.MISSING:
        return own.name, kind, field(default_factory=own.default_factory, metadata=own.metadata)
    default = own.default
    if isinstance(kind, enum.EnumMeta):
        kind = _lower_case(kind)
        default = kind(default.value)
    return own.name, kind, field(default=default, metadata=own.metadata)


@cache
def _lower_case(kind: enum.EnumMeta) -> Any:
    members: dict[str, Any] = dict(kind.__members__)
    values = {name.lower(): member.value for name, member in members.items()}
    return _Spelt(kind.__name__, values)  # type: ignore[call-arg]


def schema() -> type:
    """Return the root schema: the lever groups, world, population and run, side by side.

    Mechanisms of the user's own have groups too, while they are in force.
    """
    return _schema(own_groups())


def own_groups() -> tuple[tuple[str, type], ...]:
    """Return the groups of mechanisms of the user's own that are in force."""
    own = own_model()
    return () if own is None else tuple(own.groups.items())


def parts_of(own: tuple[tuple[str, type], ...]) -> dict[str, type]:
    """Return what a configuration has side by side: group to the dataclass that declares it.

    `own` are groups of mechanisms of the user's own, and their dataclasses.
    """
    parts = {name: kind_of(name) for name in LEVERS}
    return parts | {"world": World, "population": Population, **dict(own), "run": Run}


@cache
def _schema(own: tuple[tuple[str, type], ...]) -> type:
    twins = {name: writable(cls) for name, cls in parts_of(own).items()}
    return dataclasses.make_dataclass(
        "Config", [(name, twin, field(default_factory=twin)) for name, twin in twins.items()]
    )


def copied(tree: Any) -> Any:
    """Copy a tree of plain values; ``copy.deepcopy`` takes three times as long."""
    if isinstance(tree, dict):
        return {name: copied(value) for name, value in tree.items()}
    return list(map(copied, tree)) if isinstance(tree, list) else tree


def typed(
    whole: DictConfig | dict[str, Any], *, is_checked: bool = True
) -> tuple[Config, dict[str, Any]]:
    """Turn a composed configuration, with the fields of :func:`schema`, into dataclasses.

    Parameters
    ----------
    whole : omegaconf.DictConfig or dict
        As Hydra composed it, or nested plain values.
    is_checked : bool
        Whether values outside their bounds and contradictions are refused.

    Returns
    -------
    tuple
        The configuration, and its plain values without ``run``, as a plan keeps them.

    Raises
    ------
    UserError
        As :func:`from_plain`.
    """
    plain: Any = whole
    if not isinstance(whole, dict):
        from omegaconf import OmegaConf

        plain = OmegaConf.to_container(whole, enum_to_str=True, throw_on_missing=True)
    run = plain.pop("run")
    if (own := own_model()) is not None:
        plain[MECHANISMS] = own.makeup
    return from_plain(plain, run, is_checked=is_checked), plain


def from_plain(
    plain: Mapping[str, Any], run: Mapping[str, Any], *, is_checked: bool = True
) -> Config:
    """Turn plain values, as a plan keeps them, into frozen, checked dataclasses.

    Parameters
    ----------
    plain : mapping
        Nested dictionaries with every field of the levers, world and population.
    run : mapping
        Fields of :class:`Run`.
    is_checked : bool
        As for :func:`typed`.

    Returns
    -------
    Config
        Levers, world, population and run.

    Raises
    ------
    KeyError
        If a field is missing.
    UserError
        If a list has another length, a value is outside its bounds, or two groups contradict each
        other (:class:`Contradiction`).
    """
    config = Config(
        policy=_policy_of(plain),
        world=_of_plain(World, plain["world"], "world"),
        population=_of_plain(Population, plain["population"], "population"),
        run=_of_plain(Run, run, "run"),
        model=_model_of(plain),
        changes=tuple((_when(one), _policy_of(one["policy"])) for one in plain.get(CHANGES, ())),
    )
    if is_checked:
        check(config)
    return config


def _when(told: Mapping[str, Any]) -> int | Condition:
    """Day, or condition, of a policy that holds for a time."""
    return int(told["day"]) if "day" in told else Condition.read(told["if"])


def _policy_of(plain: Mapping[str, Any]) -> Policy:
    return Policy(**{name: _of_plain(kind_of(name), plain[name], name) for name in LEVERS})


def _model_of(plain: Mapping[str, Any]) -> Model | None:
    own = own_model()
    if own is None or MECHANISMS not in plain:
        return None
    return own.set_to({name: SimpleNamespace(**plain[name]) for name in own.groups})


class OtherMechanisms(UserError):
    """What was kept lives by other mechanisms than those in force."""


def check_mechanisms(plain: Mapping[str, Any], name: str) -> None:
    """Refuse plain values, kept under a name, that tell of other mechanisms than those in force.

    Raises
    ------
    OtherMechanisms
        With what to do.
    """
    own, told = own_model(), plain.get(MECHANISMS)
    now = None if own is None else own.makeup
    if now == told:
        return
    if told is None:
        raise OtherMechanisms(
            f"{name} lives by Plaza's mechanisms as they are; leave mechanisms= out"
        )
    if now is None:
        raise OtherMechanisms(f"{name} lives by mechanisms of a file; name it: mechanisms=+file.py")
    then, there = ({**one["added"], **one.get("measures", {})} for one in (told, now))
    changed = sorted(one for one in then if there.get(one, then[one]) != then[one])
    if changed:
        raise OtherMechanisms(
            f"the file of {', '.join(changed)} has changed since {name} was begun; take the old "
            "one, or begin a new study (--name)"
        )
    raise OtherMechanisms(
        f"{name} lives by other mechanisms: {_told(told)}, not {_told(now)}; name the same ones"
    )


def _told(makeup: Mapping[str, Any]) -> str:
    words = [f"+{one}" for one in {**makeup["added"], **makeup.get("measures", {})}]
    words += [f"-{one}" for one in makeup["left_out"]] + ["hooks"] * ("hooks" in makeup)
    return ",".join(words) + (" in another order" if "order" in makeup else "")


def _of_plain(cls: type, values: Mapping[str, Any], path: str) -> Any:
    hints, fields = hints_of(cls), {}
    for own in dataclasses.fields(cls):
        value, kind = values[own.name], hints[own.name]
        if dataclasses.is_dataclass(kind):
            value = _of_plain(kind, value, f"{path}.{own.name}")  # type: ignore[arg-type]
        elif isinstance(kind, enum.EnumMeta):
            members: dict[str, Any] = dict(kind.__members__)
            value = {name.lower(): member for name, member in members.items()}[value]
        elif isinstance(value, list) and callable(own.default_factory):
            wanted = len(own.default_factory())
            if len(value) != wanted:
                raise UserError(f"{path}.{own.name} takes {wanted} numbers, not {len(value)}")
        fields[own.name] = value
    return cls(**fields)


class Contradiction(UserError):
    """A policy whose lever groups contradict each other."""


def check(config: Config) -> None:
    """Refuse values outside their bounds and groups that contradict each other.

    Raises
    ------
    UserError
        With one line that names the field or the groups.
    """
    try:
        check_bounds(config.run, "run")
        check_setting(config.setting)
        _check_shocks(config)
    except IncompatiblePolicy as clash:
        raise Contradiction(str(clash)) from clash
    except ValueError as wrong:
        raise UserError(str(wrong).removeprefix("policy.")) from wrong


def _check_shocks(config: Config) -> None:
    """Refuse shocks that would come after the last day."""
    last = WEEK * config.run.weeks - 1
    for own in dataclasses.fields(config.world.shocks):
        day = getattr(config.world.shocks, own.name)
        if own.name.endswith("_day") and day > last:
            raise ValueError(
                f"world.shocks.{own.name}={day} comes after the {config.run.weeks} weeks of the "
                f"run; choose 1 to {last}, 0 for never, or a longer run (run.weeks)"
            )


def kind_of(group: str) -> type:
    """Return the dataclass of a lever group."""
    return hints_of(Policy)[group]
