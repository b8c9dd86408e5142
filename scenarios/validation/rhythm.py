"""Patterns in time: coming back, falling silent, bursts (science.md part B, 6-8, 10)."""

from __future__ import annotations

import math

import numpy as np

from plaza_lab.scenarios.fit.activity import ActiveDays
from plaza_lab.scenarios.fit.check import week_retention
from plaza_lab.scenarios.validation.chronicle import Chronicle

MONTH = 30
MINUTE = 1.0 / 1440.0
QUIET_DAYS = 90
"""Days without a message at the end of the observation after which the last one counts as last."""

RETURN_FROM, RETURN_TO = 14, 120
FEWEST = 20
"""Members below which a share is not formed."""

FEWEST_GAPS = 10
"""Gaps between messages below which a member's burstiness is not formed."""


def begun(chronicle: Chronicle) -> ActiveDays:
    """Messages of those whose first day was observed.

    Members of tenure wrote before the observation: the first day on which they are seen is not
    their first, as in a log that starts midway. In a newborn community nobody is left out.
    """
    written = chronicle.written
    is_new = chronicle.joined[written.member] >= 0
    return ActiveDays(written.member[is_new], written.day[is_new], written.posts[is_new])


def weekly_decay(chronicle: Chronicle) -> float:
    """Exponent ``b`` of ``A k ** -b``, the share that writes in week k = 1..26 after the first."""
    shares = week_retention(begun(chronicle), chronicle.n_days)
    weeks = np.arange(1, len(shares) + 1)
    seen = np.isfinite(shares) & (shares > 0)
    slope, _ = np.polyfit(np.log(weeks[seen]), np.log(shares[seen]), 1)
    return -float(slope)


def first_month_hazard(chronicle: Chronicle) -> float:
    """Share of writers whose last message falls into their first month."""
    return _month_hazards(chronicle)[0]


def hazard_ratio(chronicle: Chronicle) -> float:
    """Hazard of falling silent in the first month relative to the second."""
    hazards = _month_hazards(chronicle)
    return hazards[0] / hazards[1] if hazards[1] > 0 else math.nan


def sixth_month_hazard(chronicle: Chronicle) -> float:
    """Share of writers who reached their sixth month and wrote last in it."""
    return _month_hazards(chronicle)[5]


def _month_hazards(chronicle: Chronicle) -> list[float]:
    """Hazards of the last message in months 1..6, among those observed long enough after."""
    first, last, _ = first_and_last(begun(chronicle))
    hazards = []
    for month in range(1, 7):
        observed = first + month * MONTH + QUIET_DAYS <= chronicle.n_days
        reached = observed & (last - first >= (month - 1) * MONTH)
        ended = reached & (last - first < month * MONTH)
        hazards.append(_share(ended.sum(), reached.sum()))
    return hazards


def first_and_last(written: ActiveDays) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First and last active day and messages on the first, of every member with any; int64[w]."""
    _, start = np.unique(written.member, return_index=True)
    end = np.append(start[1:], written.member.size) - 1
    return written.day[start], written.day[end], written.posts[start]


def first_day_intensity(chronicle: Chronicle) -> float:
    """Return in days 14-120 after 4 and more messages on the first day, relative to after one."""
    written = begun(chronicle)
    first, _, messages = first_and_last(written)
    comes_back = returned(written, RETURN_FROM, RETURN_TO)
    observed = first + RETURN_TO < chronicle.n_days
    many, one = observed & (messages >= 4), observed & (messages == 1)
    base = _share((comes_back & one).sum(), one.sum())
    return _share((comes_back & many).sum(), many.sum()) / base if base > 0 else math.nan


def returned(written: ActiveDays, since: int, until: int) -> np.ndarray:
    """Whether each writer wrote again ``since`` to ``until`` days after her first day; bool[w]."""
    members, start = np.unique(written.member, return_index=True)
    place = np.searchsorted(members, written.member)
    age = written.day - written.day[start][place]
    again = np.zeros(members.size, bool)
    again[place[(age >= since) & (age <= until)]] = True
    return again


def burstiness(chronicle: Chronicle) -> float:
    """Median of ``(sd - mean) / (sd + mean)`` of the gaps between a member's messages, in days.

    A member comes by once a day, so the messages of a day are written at one sitting, a minute
    apart.
    """
    written = chronicle.written
    values = []
    edges = np.flatnonzero(np.diff(written.member)) + 1
    for days, counts in zip(
        np.split(written.day, edges), np.split(written.posts, edges), strict=True
    ):
        if counts.sum() > FEWEST_GAPS:
            sittings = zip(days, counts, strict=True)
            moments = np.concatenate([day + MINUTE * np.arange(n) for day, n in sittings])
            gaps = np.diff(moments)
            spread = gaps.std() + gaps.mean()
            values.append((gaps.std() - gaps.mean()) / spread if spread > 0 else 0.0)
    return float(np.median(values)) if values else math.nan


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole >= FEWEST else math.nan
