"""Settings: a policy, a world and a population; all that a run needs besides its seed."""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from agents.quantity import check_bounds, quantity
from agents.record import RESERVED
from sim import tables
from sim.policy import Policy, check_policy
from sim.processes import (
    arrival,
    belonging,
    churn,
    crowding,
    directory,
    entry,
    feed,
    groups,
    help,
    incentives,
    kocs,
    leaks,
    network,
    onboarding,
    partnership,
    posting,
    purchase,
    reading,
    referral,
    review,
    sensing,
    settlement,
    stewarding,
    ties,
    visiting,
)
from sim.world import calibration, traits


@dataclass(frozen=True)
class World:
    """What nobody chooses: the market, the people, and how strongly causes act.

    Each field is the parameter set declared beside its process.
    """

    calibration: calibration.Params = field(default_factory=calibration.Params)
    arrival: arrival.Params = field(default_factory=arrival.Params)
    activity: traits.Params = field(default_factory=traits.Params)
    entry: entry.Params = field(default_factory=entry.Params)
    crowding: crowding.Params = field(default_factory=crowding.Params)
    leaks: leaks.Params = field(default_factory=leaks.Params)
    groups: groups.Params = field(default_factory=groups.Params)
    onboarding: onboarding.Params = field(default_factory=onboarding.Params)
    visiting: visiting.Params = field(default_factory=visiting.Params)
    posting: posting.Params = field(default_factory=posting.Params)
    review: review.Params = field(default_factory=review.Params)
    feed: feed.Params = field(default_factory=feed.Params)
    interaction: reading.Params = field(default_factory=reading.Params)
    help: help.Params = field(default_factory=help.Params)
    directory: directory.Params = field(default_factory=directory.Params)
    ties: ties.Params = field(default_factory=ties.Params)
    network: network.Params = field(default_factory=network.Params)
    incentives: incentives.Params = field(default_factory=incentives.Params)
    kocs: kocs.Params = field(default_factory=kocs.Params)
    stewarding: stewarding.Params = field(default_factory=stewarding.Params)
    referral: referral.Params = field(default_factory=referral.Params)
    purchase: purchase.Params = field(default_factory=purchase.Params)
    partnership: partnership.Params = field(default_factory=partnership.Params)
    belonging: belonging.Params = field(default_factory=belonging.Params)
    churn: churn.Params = field(default_factory=churn.Params)
    settlement: settlement.Params = field(default_factory=settlement.Params)
    sensing: sensing.Params = field(default_factory=sensing.Params)


@dataclass(frozen=True)
class Population:
    """Who is there on day 0."""

    initial_members: int = quantity(
        500, unit="members", low=1, high=50_000_000, source="F02", doc="Members of day 0."
    )
    tenure_days: float = quantity(
        0.0,
        unit="days",
        low=0.0,
        high=3000.0,
        source="assumption",
        doc="Mean tenure of the members of day 0; 0 when they all join, and pay, on day 0.",
    )
    ties: float = quantity(
        2.0,
        unit="ties/member",
        low=0.0,
        high=10.0,
        source="assumption",
        doc="Mean ties a member of day 0 brings.",
    )


@dataclass(frozen=True)
class Setting:
    """One design point: policy, world and population."""

    policy: Policy = field(default_factory=Policy)
    world: World = field(default_factory=World)
    population: Population = field(default_factory=Population)


def check_setting(setting: Setting) -> None:
    """Check bounds and combinations of a whole setting.

    Parameters
    ----------
    setting : Setting
        The setting.

    Raises
    ------
    agents.quantity.OutOfBounds
        When a value lies outside its declared bounds.
    sim.policy.IncompatiblePolicy
        When lever groups contradict each other.
    ValueError
        When the weekday rhythm does not have 7 numbers, or classes of activity sum above 1.
    """
    check_bounds(setting.policy, "")
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
    check_policy(setting.policy)


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
    dtype = np.dtype(_fields(value), align=True)
    return np.array([_row(value)], dtype).view(np.recarray)


def _fields(value: Any) -> list[tuple[Any, ...]]:
    fields: list[tuple[Any, ...]] = []
    for item in dataclasses.fields(value):
        if item.name in RESERVED:
            raise ValueError(f"field {item.name!r} is a name NumPy records reserve; rename it")
        entry_value = getattr(value, item.name)
        if dataclasses.is_dataclass(entry_value):
            fields.append((item.name, np.dtype(_fields(entry_value), align=True)))
        elif isinstance(entry_value, (list, tuple)):
            fields.append((item.name, np.float64, (len(entry_value),)))
        elif isinstance(entry_value, float):
            fields.append((item.name, np.float64))
        else:
            fields.append((item.name, np.int64))
    return fields


def _row(value: Any) -> tuple[Any, ...]:
    row: list[Any] = []
    for item in dataclasses.fields(value):
        entry_value = getattr(value, item.name)
        if dataclasses.is_dataclass(entry_value):
            row.append(_row(entry_value))
        elif isinstance(entry_value, (list, tuple)):
            row.append([float(x) for x in entry_value])
        elif isinstance(entry_value, enum.Enum):
            row.append(int(entry_value.value))
        else:
            row.append(entry_value)
    return tuple(row)


tables.register_pattern(to_record(Policy()), to_record(World()))
