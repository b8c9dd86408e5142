"""Settings: a policy, a world and a population; all that a run needs besides its seed."""

from __future__ import annotations

import dataclasses
import enum
import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.agents.quantity import check_bounds, quantity
from plaza_lab.agents.record import RESERVED
from plaza_lab.sim import tables
from plaza_lab.sim.changes import Change, check_changes, policies
from plaza_lab.sim.day import PARTS
from plaza_lab.sim.levers import parameters_of
from plaza_lab.sim.policy import Policy, check_policy
from plaza_lab.sim.state import alert_rules

if TYPE_CHECKING:
    from plaza_lab.sim.model import Model
    from plaza_lab.sim.start import Start

World: Any = dataclasses.make_dataclass(
    "World",
    [
        (name, cls, field(default_factory=cls))
        for part in PARTS
        for name, cls in parameters_of(part)
    ],
    frozen=True,
    namespace={
        "__doc__": "What nobody chooses: the market, the people, and how strongly causes act.\n\n"
        "Each field is the parameter set declared beside its process.",
        "__module__": __name__,
    },
)


@dataclass(frozen=True)
class Population:
    """Who is there on day 0."""

    initial_members: int = quantity(500, "members", (1, 50_000_000), "F02")
    """Members of day 0."""
    age_days: float = quantity(
        1092.0, "days", (0.0, 3000.0), "assumption (three years; the logs span one to seventeen)"
    )
    """Age of the community on day 0: its members are those who are left of all who came in so many
    days; 0 for a newborn one, whose members all join on day 0."""
    tenure_days: float = quantity(0.0, "days", (0.0, 3000.0), "assumption")
    """Mean tenure of the members of day 0, exponential; above 0 it replaces the age, and they have
    paid the entry fee before."""
    has_paid: bool = quantity(False, "flag", source="assumption")
    """Whether the members of day 0 paid the entry fee before; otherwise they pay on day 0."""
    ties: float = quantity(2.0, "ties/member", (0.0, 10.0), "assumption")
    """Mean ties a member of day 0 brings."""
    spend_ln_sd: float = quantity(0.0, "1", (0.0, 3.0), "W20 (1.05 gives F58 F59: 30 % buy 70 %)")
    """Spread of the log of what members can spend; 0 leaves rate and amount of purchases to the
    world's purchase law."""
    professional_share: float = quantity(
        0.0, "share", (0.0, 1.0), "assumption (E02: involvement type)"
    )
    """Professionals among those who join: more skilled."""
    enthusiast_share: float = quantity(
        0.0, "share", (0.0, 1.0), "assumption (E02: involvement type)"
    )
    """Enthusiasts among those who join: they come more often and belong more."""


@dataclass(frozen=True)
class Setting:
    """One design point: policy, world and population, and mechanisms where not just Plaza's.

    ``changes`` are days, in order, and the policies that hold from their mornings on, or conditions
    and the policies that hold while they do (:mod:`plaza_lab.sim.changes`); ``start`` holds known
    members who take the places of the members of day 0.
    """

    policy: Policy = field(default_factory=Policy)
    world: World = field(default_factory=World)
    population: Population = field(default_factory=Population)
    model: Model | None = None
    changes: tuple[Change, ...] = ()
    start: Start | None = None

    @property
    def spans(self) -> tuple[Setting, ...]:
        """The same with each of its policies in turn, none of which changes."""
        return tuple(dataclasses.replace(self, policy=one, changes=()) for one in policies(self))


def check_setting(setting: Setting) -> None:
    """Check bounds and combinations of a whole setting.

    Parameters
    ----------
    setting : Setting
        The setting.

    Raises
    ------
    plaza_lab.agents.quantity.OutOfBounds
        When a value lies outside its declared bounds.
    plaza_lab.sim.policy.IncompatiblePolicy
        When lever groups contradict each other.
    TypeError
        When a part is of another kind.
    ValueError
        When the weekday rhythm does not have 7 numbers, or classes of activity sum above 1.
    """
    for name, kind in (("policy", Policy), ("world", World), ("population", Population)):
        given = getattr(setting, name)
        if not isinstance(given, kind):
            raise TypeError(f"{name}={given!r}: a {kind.__name__} is expected")
    for policy in (setting.policy, *(later for _, later in setting.changes)):
        check_bounds(policy, "")
    check_bounds(setting.world, "world")
    check_bounds(setting.population, "population")
    activity = setting.world.activity
    if len(activity.weekday) != 7:
        raise ValueError(
            f"world.activity.weekday has {len(activity.weekday)} numbers; it needs 7, Monday first"
        )
    if activity.lurker_share + activity.core_share > 1.0:
        raise ValueError(
            "world.activity: lurker_share + core_share is "
            f"{activity.lurker_share + activity.core_share:g}; it must be at most 1"
        )
    mix = setting.population.professional_share + setting.population.enthusiast_share
    if mix > 1.0:
        raise ValueError(
            f"population: professional_share + enthusiast_share is {mix:g}; it must be at most 1"
        )
    check_policy(setting.policy)
    check_changes(setting)
    if setting.start is not None:
        wanted, given = setting.start.n_members, setting.population.initial_members
        if wanted != given:
            raise ValueError(
                f"population.initial_members is {given:,}; the start has {wanted:,} members"
            )
    if setting.model is not None:
        for span in setting.spans:
            setting.model.check_policy(span.policy)


def to_record(value: Any) -> np.recarray:
    """Turn a (nested) dataclass into a one-row record that compiled code can read.

    Parameters
    ----------
    value : dataclass instance
        Fields may be numbers, flags, enums, lists of numbers, or dataclasses.

    Returns
    -------
    numpy.recarray
        Shape ``(1,)``; numbers are float64 or int64.
    """
    kinds, row = _told(value)
    cls: Any = type(value)
    return np.array([row], _layout(cls, kinds)).view(np.recarray)


def _told(value: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """What kind of entry each field needs, and the entries: both in one pass."""
    kinds: list[Any] = []
    row: list[Any] = []
    cls: Any = type(value)
    for name in _names(cls):
        entry = getattr(value, name)
        if isinstance(entry, float):
            kinds.append(float)
        elif dataclasses.is_dataclass(entry):
            inner, entry = _told(entry)
            kinds.append((type(getattr(value, name)), inner))
        elif isinstance(entry, (list, tuple)):
            kinds.append(len(entry))
            entry = [float(x) for x in entry]
        else:
            kinds.append(int)
            entry = int(entry.value) if isinstance(entry, enum.Enum) else entry
        row.append(entry)
    return tuple(kinds), tuple(row)


@functools.lru_cache(maxsize=64)
def _layout(cls: Any, kinds: tuple[Any, ...]) -> np.dtype[Any]:
    """Record of a dataclass whose fields hold what the kinds say."""
    fields: list[tuple[Any, ...]] = []
    for name, kind in zip(_names(cls), kinds, strict=True):
        if isinstance(kind, tuple):
            fields.append((name, _layout(*kind)))
        elif isinstance(kind, int):
            fields.append((name, np.float64, (kind,)))
        else:
            fields.append((name, np.float64 if kind is float else np.int64))
    return np.dtype(fields, align=True)


@functools.lru_cache(maxsize=512)
def _names(cls: Any) -> tuple[str, ...]:
    names = tuple(one.name for one in dataclasses.fields(cls))
    for name in names:
        if name in RESERVED:
            raise ValueError(f"field {name!r} is a name NumPy records reserve; rename it")
    return names


alert_rules.settle(Policy())
tables.register_pattern(to_record(Policy()), to_record(World()))
