"""The day, on one page. The order is a modelling decision; it is written here and nowhere else."""

from __future__ import annotations

from types import ModuleType

import numpy as np
from numba.core import config

from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.engine.handle import STEP, call_step, step_address
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
from plaza_lab.sim.recording import daybook, health, metrics, shape
from plaza_lab.sim.state import (
    answering,
    archive,
    audience,
    calibration,
    fund,
    items,
    opening,
    people,
    prospects,
    responding,
    rewards,
    selling,
    traits,
    visit_value,
)

MECHANISMS = (
    programme,
    arrival,
    outreach,
    star,
    challenge,
    entry,
    groups,
    crowding,
    leaks,
    onboarding,
    roles,
    visiting,
    games,
    team,
    stewarding,
    staffing,
    topics,
    archiving,
    publishing,
    posting,
    kocs,
    amplification,
    partnership,
    screening,
    gaming,
    review,
    curation,
    adaptation,
    incidents,
    feed,
    testing,
    voice,
    reading,
    recommending,
    spreading,
    reposting,
    help,
    service,
    directory,
    ties,
    events,
    cocreation,
    culture,
    network,
    motive,
    points,
    levels,
    badges,
    reputation,
    privileges,
    tips,
    oneoff,
    talent,
    tokens,
    referral,
    word_of_mouth,
    purchase,
    needs,
    relationship,
    monetising,
    mood,
    conflict,
    fairness,
    charter,
    feedback,
    belonging,
    churn,
    dues,
    funnel,
    segments,
    winback,
    channels,
    settlement,
    fatigue,
    sensing,
    alerting,
)
"""The mechanisms, in the order of the day: the one list of them."""

PARTS = (
    calibration,
    prospects,
    traits,
    opening,
    audience,
    selling,
    archive,
    people,
    items,
    responding,
    visit_value,
    answering,
    rewards,
    fund,
    daybook,
    health,
    shape,
    *MECHANISMS,
)
"""All modules that declare parameters, levers or metrics of their own."""

metrics.gather(PARTS)


def world_name(part: ModuleType) -> str:
    """Name under ``world`` of a module's parameters: the module's own, or its ``WORLD``."""
    return getattr(part, "WORLD", part.__name__.rsplit(".", 1)[1])


DAY = (daybook.open_day, *(mechanism.step for mechanism in MECHANISMS), daybook.close_day)
"""The steps of a day, in order."""


def live(t, first, last):
    """Live the days from ``first`` up to ``last``, or until there is no room for newcomers.

    Parameters
    ----------
    t : Tables
        The community's tables.
    first, last : int
        Days, ``last`` excluded.

    Returns
    -------
    int
        The next day to live: ``last``, or an earlier day when the tables must grow first.
    """
    if config.DISABLE_JIT:
        with np.errstate(over="ignore"):
            return live_plainly(t, first, last)
    return live_compiled(t, first, last, _addresses())


@compiled()
def has_room(t):
    """Whether the tables have a row for everybody who might join today."""
    return t.clock[0].n_rows + t.applicants.shape[0] <= t.members.shape[0]


def live_plainly(t, first, last):
    """Live days as :func:`live`, calling the steps from Python."""
    for day in range(first, last):
        if not has_room(t):
            return day
        for step in DAY:
            step(t, np.int64(day))  # 64 bits, as compiled: small fields must not overflow
    return last


@kernel()
def live_compiled(t, first, last, steps):
    """Live days by calling compiled steps by address.

    Steps are compiled one by one and called through their addresses, so that the day need not be
    optimised as one huge function each time one of them changes.

    Parameters
    ----------
    t : Tables
        The community's tables.
    first, last : int
        Days, ``last`` excluded.
    steps : numpy.ndarray
        Addresses of the steps of :data:`DAY`, int64.

    Returns
    -------
    int
        As :func:`live`.
    """
    for day in range(first, last):
        if not has_room(t):
            return day
        for k in range(steps.shape[0]):
            call_step(steps[k], t, day)
    return last


_address_list: list[np.ndarray] = []


def _addresses() -> np.ndarray:
    """Addresses of the steps of the day, looked up once."""
    if not _address_list:
        for step in DAY:
            step.compile(STEP)
        _address_list.append(np.array([step_address(step) for step in DAY], np.int64))
    return _address_list[0]
