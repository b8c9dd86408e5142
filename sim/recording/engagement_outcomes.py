"""Outcomes of engagement and content.

Interactions, threads, requests, events and service (T11-T17, T54); reach, shares, unseen items and
promotion (T19, T20, T31-T38, T68).
"""

from __future__ import annotations

import math

import numpy as np

from plaza_lab.sim.calendar import MONTH, WEEK
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.sums import Sums, ratio, rows_of
from plaza_lab.sim.state.items import N_FORMATS, Format, Source
from plaza_lab.sim.state.requests import Ticket
from plaza_lab.sim.tables import Tables

SAME_DAY_HOURS = 8.0
"""Hours between asking and solving on one day: the mean of two uniform times in order."""

LONGEST_HOURS = 14 * 24.0
"""What an unsolved request counts in the restricted mean."""


def engagement_outcomes(tables: Tables, sums: Sums) -> dict[str, float]:
    """Compute the outcomes of engagement; NaN where there is nothing to count."""
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


def content_outcomes(tables: Tables, sums: Sums) -> dict[str, float]:
    """Compute the outcomes of content; NaN where a rate has an empty base.

    An item's life is shorter than the seven days of the catalogue, so what left the feed counts
    whole.
    """
    daily, total, month, week = sums.daily, sums.total, sums.month, sums.week
    member_made = ratio(month[mt.MEMBER_MADE_SHARES], month[mt.MEMBER_MADE_VIEWS])
    institution = ratio(month[mt.BRAND_SHARES], month[mt.BRAND_VIEWS])
    chooses = total[mt.COMPLETIONS] > 0
    values = {
        "reach_per_item": ratio(total[mt.VIEWS_LEFT], total[mt.ITEMS_LEFT]),
        "open_rate": ratio(total[mt.VIEWS], total[mt.IMPRESSIONS]),
        "completion_rate": ratio(total[mt.COMPLETIONS], total[mt.VIEWS]) if chooses else math.nan,
        "recommended_click_rate": ratio(total[mt.RECOMMENDED_CLICKS], total[mt.RECOMMENDED]),
        "engagement_rate": ratio(total[mt.RESPONSES_LEFT], total[mt.VIEWS_LEFT]),
        "member_share_rate": member_made,
        "brand_share_rate": institution,
        "reshare_advantage": ratio(member_made, institution) - 1.0,
        "unseen_share": ratio(month[mt.LEFT_UNSEEN], month[mt.ITEMS_LEFT]),
        "brand_unseen_share": ratio(month[mt.BRAND_UNSEEN], month[mt.BRAND_LEFT]),
        "member_made_share_28d": ratio(month[mt.MEMBER_MADE_LEFT], month[mt.ITEMS_LEFT]),
        "originality": 1.0 - ratio(month[mt.IMPORTED_ITEMS], month[mt.ITEMS_CREATED]),
        "audience_retention": float(daily[-1, mt.AUDIENCE_RETENTION]) or math.nan,
        "content_k": ratio(month[mt.RESHARES], month[mt.SHARES]),
        "promotion_share": ratio(week[mt.PROMO_VIEWS], week[mt.IMPRESSIONS]),
        "unread_backlog": float(daily[-WEEK:, mt.UNREAD].mean()),
        "archive_served_share": ratio(total[mt.ARCHIVE_SERVED], total[mt.REQUESTS]),
        "minutes_per_value": ratio(total[mt.MINUTES], total[mt.VALUE] + total[mt.SOCIAL_VALUE]),
    }
    values.update(_engagement(tables))
    return values


def _engagement(tables: Tables) -> dict[str, float]:
    """Engagement rate by source and by form, over the whole run (T32)."""
    kinds = tables.kinds.view(np.ndarray).reshape(len(Source), N_FORMATS)
    responses = kinds["reactions"] + kinds["replies"] + kinds["shares"]
    views = kinds["views"]
    values = {}
    for source in Source:
        row = int(source)
        rate = ratio(float(responses[row].sum()), float(views[row].sum()))
        values[f"engagement_{source.name.lower()}"] = rate
    for form in Format:
        column = int(form)
        rate = ratio(float(responses[:, column].sum()), float(views[:, column].sum()))
        values[f"engagement_{form.name.lower()}"] = rate
    return values
