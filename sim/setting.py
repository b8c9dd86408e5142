"""Settings: a policy, a world and a population; all that a run needs besides its seed."""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from plaza_lab.agents.quantity import check_bounds, quantity
from plaza_lab.agents.record import RESERVED
from plaza_lab.sim import tables
from plaza_lab.sim.mechanisms.commerce import (
    channels,
    funnel,
    monetising,
    purchase,
    segments,
    winback,
)
from plaza_lab.sim.mechanisms.content import (
    archiving,
    curation,
    feed,
    posting,
    publishing,
    reading,
    recommending,
    reposting,
    spreading,
    testing,
)
from plaza_lab.sim.mechanisms.engagement import (
    cocreation,
    culture,
    events,
    games,
    programme,
    topics,
)
from plaza_lab.sim.mechanisms.governance import (
    adaptation,
    alerting,
    charter,
    conflict,
    fairness,
    fatigue,
    feedback,
    incidents,
    mood,
    review,
    screening,
    sensing,
    stewarding,
    team,
    voice,
)
from plaza_lab.sim.mechanisms.help import help, service
from plaza_lab.sim.mechanisms.joining import (
    arrival,
    challenge,
    crowding,
    entry,
    onboarding,
    outreach,
    referral,
    star,
    word_of_mouth,
)
from plaza_lab.sim.mechanisms.money import dues, settlement, staffing
from plaza_lab.sim.mechanisms.partners import amplification, kocs, partnership
from plaza_lab.sim.mechanisms.rewards import (
    badges,
    gaming,
    levels,
    motive,
    oneoff,
    points,
    privileges,
    reputation,
    roles,
    talent,
    tips,
    tokens,
)
from plaza_lab.sim.mechanisms.ties import directory, groups, leaks, network, ties
from plaza_lab.sim.mechanisms.visiting import belonging, churn, needs, relationship, visiting
from plaza_lab.sim.policy import Policy, check_policy
from plaza_lab.sim.state import archive, audience, calibration, opening, prospects, selling, traits


@dataclass(frozen=True)
class World:
    """What nobody chooses: the market, the people, and how strongly causes act.

    Each field is the parameter set declared beside its process.
    """

    calibration: calibration.Params = field(default_factory=calibration.Params)
    prospects: prospects.Params = field(default_factory=prospects.Params)
    arrival: arrival.Params = field(default_factory=arrival.Params)
    outreach: outreach.Params = field(default_factory=outreach.Params)
    star: star.Params = field(default_factory=star.Params)
    challenge: challenge.Params = field(default_factory=challenge.Params)
    activity: traits.Params = field(default_factory=traits.Params)
    entry: entry.Params = field(default_factory=entry.Params)
    crowding: crowding.Params = field(default_factory=crowding.Params)
    leaks: leaks.Params = field(default_factory=leaks.Params)
    groups: groups.Params = field(default_factory=groups.Params)
    onboarding: onboarding.Params = field(default_factory=onboarding.Params)
    visiting: visiting.Params = field(default_factory=visiting.Params)
    posting: posting.Params = field(default_factory=posting.Params)
    review: review.Params = field(default_factory=review.Params)
    publishing: publishing.Params = field(default_factory=publishing.Params)
    opening: opening.Params = field(default_factory=opening.Params)
    audience: audience.Params = field(default_factory=audience.Params)
    selling: selling.Params = field(default_factory=selling.Params)
    curation: curation.Params = field(default_factory=curation.Params)
    feed: feed.Params = field(default_factory=feed.Params)
    interaction: reading.Params = field(default_factory=reading.Params)
    testing: testing.Params = field(default_factory=testing.Params)
    recommending: recommending.Params = field(default_factory=recommending.Params)
    spreading: spreading.Params = field(default_factory=spreading.Params)
    reposting: reposting.Params = field(default_factory=reposting.Params)
    archive: archive.Params = field(default_factory=archive.Params)
    archiving: archiving.Params = field(default_factory=archiving.Params)
    help: help.Params = field(default_factory=help.Params)
    directory: directory.Params = field(default_factory=directory.Params)
    ties: ties.Params = field(default_factory=ties.Params)
    network: network.Params = field(default_factory=network.Params)
    incentives: motive.Params = field(default_factory=motive.Params)
    points: points.Params = field(default_factory=points.Params)
    levels: levels.Params = field(default_factory=levels.Params)
    badges: badges.Params = field(default_factory=badges.Params)
    reputation: reputation.Params = field(default_factory=reputation.Params)
    privileges: privileges.Params = field(default_factory=privileges.Params)
    tips: tips.Params = field(default_factory=tips.Params)
    oneoff: oneoff.Params = field(default_factory=oneoff.Params)
    talent: talent.Params = field(default_factory=talent.Params)
    tokens: tokens.Params = field(default_factory=tokens.Params)
    gaming: gaming.Params = field(default_factory=gaming.Params)
    roles: roles.Params = field(default_factory=roles.Params)
    kocs: kocs.Params = field(default_factory=kocs.Params)
    amplification: amplification.Params = field(default_factory=amplification.Params)
    stewarding: stewarding.Params = field(default_factory=stewarding.Params)
    referral: referral.Params = field(default_factory=referral.Params)
    telling: word_of_mouth.Params = field(default_factory=word_of_mouth.Params)
    purchase: purchase.Params = field(default_factory=purchase.Params)
    partnership: partnership.Params = field(default_factory=partnership.Params)
    belonging: belonging.Params = field(default_factory=belonging.Params)
    churn: churn.Params = field(default_factory=churn.Params)
    settlement: settlement.Params = field(default_factory=settlement.Params)
    sensing: sensing.Params = field(default_factory=sensing.Params)
    alerting: alerting.Params = field(default_factory=alerting.Params)
    team: team.Params = field(default_factory=team.Params)
    screening: screening.Params = field(default_factory=screening.Params)
    adaptation: adaptation.Params = field(default_factory=adaptation.Params)
    incidents: incidents.Params = field(default_factory=incidents.Params)
    voice: voice.Params = field(default_factory=voice.Params)
    mood: mood.Params = field(default_factory=mood.Params)
    conflict: conflict.Params = field(default_factory=conflict.Params)
    fairness: fairness.Params = field(default_factory=fairness.Params)
    charter: charter.Params = field(default_factory=charter.Params)
    feedback: feedback.Params = field(default_factory=feedback.Params)
    fatigue: fatigue.Params = field(default_factory=fatigue.Params)
    staffing: staffing.Params = field(default_factory=staffing.Params)
    dues: dues.Params = field(default_factory=dues.Params)
    monetising: monetising.Params = field(default_factory=monetising.Params)
    funnel: funnel.Params = field(default_factory=funnel.Params)
    segments: segments.Params = field(default_factory=segments.Params)
    winback: winback.Params = field(default_factory=winback.Params)
    channels: channels.Params = field(default_factory=channels.Params)
    events: events.Params = field(default_factory=events.Params)
    cocreation: cocreation.Params = field(default_factory=cocreation.Params)
    games: games.Params = field(default_factory=games.Params)
    topics: topics.Params = field(default_factory=topics.Params)
    service: service.Params = field(default_factory=service.Params)
    culture: culture.Params = field(default_factory=culture.Params)
    needs: needs.Params = field(default_factory=needs.Params)
    relationship: relationship.Params = field(default_factory=relationship.Params)
    programme: programme.Params = field(default_factory=programme.Params)


@dataclass(frozen=True)
class Population:
    """Who is there on day 0."""

    initial_members: int = quantity(500, "members", (1, 50_000_000), "F02")
    """Members of day 0."""
    tenure_days: float = quantity(0.0, "days", (0.0, 3000.0), "assumption")
    """Mean tenure of the members of day 0; 0 when they all join, and pay, on day 0."""
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
    plaza_lab.agents.quantity.OutOfBounds
        When a value lies outside its declared bounds.
    plaza_lab.sim.policy.IncompatiblePolicy
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
    mix = setting.population.professional_share + setting.population.enthusiast_share
    if mix > 1.0:
        raise ValueError(
            f"population: professional_share + enthusiast_share is {mix:g}; it must be at most 1"
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
