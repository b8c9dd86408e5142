"""Comparing policies for one real community from the last day of its log: ``start=today``.

The simulator begins with the members there are; before policies are compared it is closed over the
log (:mod:`.closing`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from plaza_lab.scenarios.comparing.asked import TODAY, WORD
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import (
    DEFAULT,
    DesignPoint,
    one_policy,
    point_of,
    several_policies,
)
from plaza_lab.scenarios.forecast.kept import Kept
from plaza_lab.scenarios.settings.composing import Composed
from plaza_lab.scenarios.settings.options import USER_FOLDER
from plaza_lab.sim.start import Start

MOST_KNOWN = 200_000
WEEK = 7


def world_in(overrides: Sequence[str]) -> str:
    """Name of the fitted world that the overrides choose.

    Raises
    ------
    UserError
        None.
    """
    named = [text.partition("=")[2] for text in overrides if text.startswith("world=")]
    if len(named) != 1 or named[0].startswith("ensemble:"):
        raise UserError(
            f"{WORD}={TODAY} begins with a fitted community: name it, as in world=my_community"
        )
    return named[0].strip("'\"")


def kept_of(world: str, directory: Path | None = None) -> list[Kept]:
    """Read the state of a world of acts, and of its purchases where there are any."""
    from plaza_lab.scenarios.forecast.verb import states_of

    found = states_of(world, directory or Path(USER_FOLDER))
    if found[0].acts.has_purchases:
        raise UserError(
            f"{world} was fitted to purchases only: {WORD}={TODAY} needs a log of acts too, "
            f"plaza fit acts.csv --name {world}"
        )
    return found


def start_of(found: Sequence[Kept]) -> Start:
    """Known members of a state, as the simulator takes them.

    Parameters
    ----------
    found : sequence of Kept
        Acts, and purchases if kept; customers are found among members by their ids.

    Returns
    -------
    Start
        Of the last day of the log of acts.
    """
    kept = found[0]
    members = kept.members
    if len(members) > MOST_KNOWN:
        raise UserError(
            f"{kept.name} has {len(members):,} known members; {WORD}={TODAY} takes at most "
            f"{MOST_KNOWN:,}: fit a part of the log with --where"
        )
    end = kept.acts.n_days - 1
    here = members["here"].to_numpy(float)
    lurkers = min(float(kept.about.get("lurker_share", 0.0)), 0.99)
    buying = np.full(len(members), np.nan)
    if len(found) > 1:
        import pandas as pd

        customers = found[1].members.set_index("id")
        place = customers.index.get_indexer(pd.Index(members["id"]))
        rate = customers["rate"].to_numpy(float) * customers["here"].to_numpy(float) / WEEK
        buying = np.where(place >= 0, rate[place], 0.0)
    ties = kept.ties
    return Start(
        here=here,
        rate=members["rate"].to_numpy(float),
        rate_sd=members["rate_sd"].to_numpy(float),
        dropout=members["dropout"].to_numpy(float),
        tenure=members["tenure_days"].to_numpy(np.int64),
        silence=end - members["last_day"].to_numpy(np.int64),
        posts=members["posts"].to_numpy(np.int64),
        buy_rate=buying,
        tie_of=ties["member"].to_numpy(np.int64),
        tie_to=ties["other"].to_numpy(np.int64),
        contacts=ties["contacts"].to_numpy(float),
        n_quiet=round(float(here.sum()) * lurkers / (1 - lurkers)),
    )


def points_from_today(
    names: Sequence[str], overrides: Sequence[str], found: Sequence[Kept]
) -> list[DesignPoint]:
    """Plan the policies, the one in force first, each starting from today.

    Parameters
    ----------
    names : sequence of str
        Policies asked for.
    overrides : sequence of str
        What holds for all.
    found : sequence of Kept
        State of the world.

    Returns
    -------
    list of DesignPoint
        The first is the policy in force while the log was written.
    """
    in_force = " ".join(found[0].about.get("policy") or [DEFAULT])
    there = point_of(in_force, overrides).fingerprint
    same = [name for name in names if point_of(name, overrides).fingerprint == there]
    # a name that the user gave the policy in force is kept
    first = same[0] if in_force not in names and same else in_force
    others = [name for name in names if name != first]
    points = several_policies([first, *others], overrides)
    start = start_of(found)
    after = found[0].acts.last_day.weekday() + 1
    return [_starting(point, start, after) for point in points]


def point_in_force(world: str, found: Sequence[Kept]) -> DesignPoint:
    """The policy in force while the log was written, starting from today."""
    words = found[0].about.get("policy") or []
    after = found[0].acts.last_day.weekday() + 1
    return _starting(one_policy([*words, f"world={world}"]), start_of(found), after)


def _starting(point: DesignPoint, start: Start, weekday: int) -> DesignPoint:
    """Let a point begin with the known members, on the weekday after the log."""
    config = point.composed.config
    rhythm = [float(value) for value in np.roll(config.world.activity.weekday, -(weekday % WEEK))]
    activity = dataclasses.replace(config.world.activity, weekday=rhythm)
    world = dataclasses.replace(config.world, activity=activity)
    tenure = float(np.clip(start.tenure.mean(), 1.0, 3000.0))
    population = dataclasses.replace(
        config.population, initial_members=start.n_members, tenure_days=tenure, ties=0.0
    )
    new = dataclasses.replace(config, world=world, population=population, start=start)
    plain = point.composed.plain | {WORD: start.digest}
    plain["population"] = dataclasses.asdict(population)
    plain["world"] = plain["world"] | {"activity": plain["world"]["activity"] | {"weekday": rhythm}}
    return DesignPoint(point.policy, Composed(new, plain, point.composed.choices), point.factors)
