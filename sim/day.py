"""The day, on one page. The order is a modelling decision; it is written here and nowhere else."""

from __future__ import annotations

from agents.compiled import compiled, kernel
from sim.processes import (
    arrival,
    belonging,
    churn,
    entry,
    feed,
    help,
    incentives,
    kocs,
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

PROCESSES = (
    arrival, entry, onboarding, visiting, stewarding, posting, kocs, partnership, review, feed,
    reading, help, ties, incentives, referral, purchase, belonging, churn, settlement, sensing,
)  # fmt: skip
"""The process modules, in the order of the day."""


@compiled()
def live_one_day(t, day):
    """Live one day.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        The day, from 0.
    """
    daybook.open_day(t, day)
    arrival.step(t, day)
    entry.step(t, day)
    onboarding.step(t, day)
    visiting.step(t, day)
    stewarding.step(t, day)
    posting.step(t, day)
    kocs.step(t, day)
    partnership.step(t, day)
    review.step(t, day)
    feed.step(t, day)
    reading.step(t, day)
    help.step(t, day)
    ties.step(t, day)
    incentives.step(t, day)
    referral.step(t, day)
    purchase.step(t, day)
    belonging.step(t, day)
    churn.step(t, day)
    settlement.step(t, day)
    sensing.step(t, day)
    daybook.close_day(t, day)


@kernel()
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
    for day in range(first, last):
        if t.clock[0].n_rows + t.applicants.shape[0] > t.members.shape[0]:
            return day
        live_one_day(t, day)
    return last
