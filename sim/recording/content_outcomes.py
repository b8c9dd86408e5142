"""Outcomes of content: reach, shares, unseen items, promotion (T19, T20, T31-T38, T68)."""

from __future__ import annotations

import math

import numpy as np

from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.sums import Sums, ratio
from plaza_lab.sim.state.items import N_FORMATS, Format, Source
from plaza_lab.sim.tables import Tables


def content_outcomes(tables: Tables, sums: Sums) -> dict[str, float]:
    """Compute the outcomes of content.

    Parameters
    ----------
    tables : Tables
        Tables after the last day.
    sums : Sums
        Of the day book.

    Returns
    -------
    dict of str to float
        NaN where a rate has an empty base. An item's life is shorter than the seven days of the
        catalogue, so what left the feed counts whole.
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
