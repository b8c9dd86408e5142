"""The day, on one page. The order is a modelling decision; it is written here and nowhere else."""

from __future__ import annotations

import numpy as np
from numba.core import config

from agents.compiled import compiled, kernel
from sim.handle import STEP, call_step, step_address
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
from sim.recording import daybook

DAY = (
    daybook.open_day,
    arrival.step,
    entry.step,
    groups.step,
    crowding.step,
    leaks.step,
    onboarding.step,
    visiting.step,
    stewarding.step,
    posting.step,
    kocs.step,
    partnership.step,
    review.step,
    feed.step,
    reading.step,
    help.step,
    directory.step,
    ties.step,
    network.step,
    incentives.step,
    referral.step,
    purchase.step,
    belonging.step,
    churn.step,
    settlement.step,
    sensing.step,
    daybook.close_day,
)
"""The steps of a day, in order."""

PROCESSES = (
    arrival, entry, groups, crowding, leaks, onboarding, visiting, stewarding, posting, kocs,
    partnership, review, feed, reading, help, directory, ties, network, incentives, referral,
    purchase, belonging, churn, settlement, sensing,
)  # fmt: skip
"""The process modules, in the order of the day."""


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
