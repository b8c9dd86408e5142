"""Outcomes of engagement: interactions, threads, requests, events and service (T11-T17, T54)."""

from __future__ import annotations

import math

import numpy as np

from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.sums import Sums, ratio, rows_of
from plaza_lab.sim.state.requests import Ticket
from plaza_lab.sim.tables import Tables

SAME_DAY_HOURS = 8.0
"""Hours between asking and solving on one day: the mean of two uniform times in order."""

LONGEST_HOURS = 14 * 24.0
"""What an unsolved request counts in the restricted mean."""


def engagement_outcomes(tables: Tables, sums: Sums) -> dict[str, float]:
    """Compute the outcomes of this family.

    Parameters
    ----------
    tables : Tables
        Tables after the last day.
    sums : Sums
        Of the day book.

    Returns
    -------
    dict of str to float
        Outcome name to value; NaN where there is nothing to count.
    """
    daily, total = sums.daily, sums.total
    month = daily[-MONTH:, mt.INTERACTIONS].sum()
    before = daily[-2 * MONTH : -MONTH, mt.INTERACTIONS].sum() if len(daily) >= 2 * MONTH else 0.0
    return {
        "interactions_per_day": float(daily[:, mt.INTERACTIONS].mean()),
        "interactions_per_active": ratio(month, daily[-1, mt.ACTIVE_28D]),
        "interaction_growth": ratio(month, before) - 1.0,
        "thread_quality": ratio(total[mt.THREAD_QUALITY], total[mt.THREADS_CLOSED]),
        "quality_threads": ratio(total[mt.THREADS_GOOD], total[mt.THREADS_CLOSED]),
        "off_topic_share": ratio(total[mt.OFF_TOPIC], total[mt.THREADS_CLOSED]),
        "event_cost_yuan": float(total[mt.EVENT_YUAN]),
        "service_answered_share": ratio(total[mt.SERVICE_ANSWERED], total[mt.SERVICE_QUESTIONS]),
        "service_response_hours": ratio(total[mt.SERVICE_HOURS], total[mt.SERVICE_ANSWERED]),
        **_requests(tables),
        **_participation(tables),
    }


def _requests(tables: Tables) -> dict[str, float]:
    """Hours to solution (T17): median of the solved, and mean of all, cut at two weeks."""
    known = min(int(tables.help_state[0].n_requests), tables.requests.shape[0])
    requests = rows_of(tables.requests, known)
    ended = requests[requests["ticket"] != Ticket.OPEN]
    if ended.shape[0] == 0:
        return {"solve_hours_median": math.nan, "unsolved_hours": math.nan}
    is_solved = ended["ticket"] == Ticket.SOLVED
    waited = 24.0 * (ended["closed"].astype(float) - ended["opened"])
    hours = np.where(waited > 0.0, waited, SAME_DAY_HOURS)
    unsolved = np.minimum(LONGEST_HOURS, np.where(is_solved, hours, LONGEST_HOURS))
    return {
        "solve_hours_median": float(np.median(hours[is_solved])) if is_solved.any() else math.nan,
        "unsolved_hours": float(unsolved.mean()),
    }


def _participation(tables: Tables) -> dict[str, float]:
    """The three participation ratios of events (T54), over all events that had guests invited."""
    events = rows_of(tables.events, tables.events_state[0].n_events)
    attended = float(events["attended"].sum())
    return {
        "attended_of_reachable": ratio(attended, float(events["reachable"].sum())),
        "attended_of_registered": ratio(attended, float(events["registered"].sum())),
        "attended_of_members": ratio(attended, float(events["here"].sum())),
    }
