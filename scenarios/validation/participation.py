"""Patterns of who takes part, comes and buys, and in time: coming back, falling silent, bursts.

Numbers are those of science.md part B.
"""

from __future__ import annotations

import math

import numpy as np

from plaza_lab.agents.member import Route
from plaza_lab.scenarios.fit.activity import ActiveDays
from plaza_lab.scenarios.fit.check import week_retention
from plaza_lab.scenarios.fit.posts import fit_posts
from plaza_lab.scenarios.validation.chronicle import Chronicle
from plaza_lab.sim.engine import live_until, open_tables
from plaza_lab.sim.recording.commerce_outcomes import top_share
from plaza_lab.sim.recording.outcomes import gini
from plaza_lab.sim.setting import Setting
from plaza_lab.sim.tables import Tables

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


def messages(chronicle: Chronicle) -> np.ndarray:
    """Count the messages of everybody who wrote any; float64[writers]."""
    counts = np.bincount(chronicle.written.member, chronicle.written.posts)
    return counts[counts > 0]


def posting_inequality(chronicle: Chronicle) -> float:
    """Gini coefficient of messages among writers."""
    return gini(messages(chronicle))


def top_1_share(chronicle: Chronicle) -> float:
    """Share of messages by the most active 1 % of writers."""
    return top_share(messages(chronicle), 0.01)


def top_10_share(chronicle: Chronicle) -> float:
    """Share of messages by the most active 10 % of writers."""
    return top_share(messages(chronicle), 0.1)


def one_timers(chronicle: Chronicle) -> float:
    """Share of writers with a single message."""
    return float(np.mean(messages(chronicle) == 1))


def silent_members(chronicle: Chronicle) -> float:
    """Share of all who were ever members and never wrote."""
    return 1.0 - messages(chronicle).size / chronicle.joined.size


def day_ln_mean(chronicle: Chronicle) -> float:
    """Ln-mean of messages on an active day, a lognormal rounded up."""
    return _day_law(chronicle)[0]


def day_ln_sd(chronicle: Chronicle) -> float:
    """Ln-sd of messages on an active day, a lognormal rounded up."""
    return _day_law(chronicle)[1]


def _day_law(chronicle: Chronicle) -> tuple[float, float]:
    position, _ = fit_posts(chronicle.written.member, chronicle.written.posts)
    return float(position[0]), float(np.exp(position[1]))


def bad_actors(chronicle: Chronicle) -> float:
    """Gini coefficient of rule-breaking posts over all who posted."""
    threads = chronicle.threads
    posted = np.bincount(threads.author) > 0
    broken = np.bincount(threads.author, threads.is_violation)
    return gini(broken[posted])


def load_on_size(*chronicles: Chronicle) -> float:
    """Exponent ``x`` of members a moderator ~ members ** x, over communities of several sizes."""
    sizes = np.array([chronicle.size.mean() for chronicle in chronicles])
    moderators = np.array([chronicle.moderators for chronicle in chronicles])
    slope, _ = np.polyfit(np.log(sizes), np.log(sizes / moderators), 1)
    return float(slope)


def growth_on_size(chronicle: Chronicle) -> float:
    """Slope of the log of 30-day growth on the log of size, over the months of a community."""
    sizes = chronicle.size[::MONTH]
    growth = np.log(sizes[1:] / sizes[:-1])
    grows = growth > 0
    if grows.sum() < 4 or np.ptp(sizes[:-1][grows]) == 0:
        return math.nan
    slope, _ = np.polyfit(np.log10(sizes[:-1][grows]), np.log10(growth[grows]), 1)
    return float(slope)


def deep_chains(chronicle: Chronicle) -> float:
    """Share of those who came by invitation whose inviter had come by invitation, too."""
    invited = chronicle.inviter >= 0
    by_invited = chronicle.inviter[chronicle.inviter[invited]] >= 0
    return float(by_invited.mean()) if invited.any() else math.nan


def invited_per_member(chronicle: Chronicle) -> float:
    """K: members who came by invitation for every member there ever was."""
    return float((chronicle.inviter >= 0).mean())


WINDOW = 273
"""Days in which the customers of day 0 may buy again: 39 weeks, as in CDNOW."""
TOP = 0.2


def never_again(setting: Setting, seed: int) -> float:
    """Share of the customers of day 0 who do not buy again within 39 weeks.

    They have bought once before day 0; NaN where nobody is a customer.
    """
    tables, is_customer = _bought(setting, seed)
    again = tables.members.buys[: is_customer.size][is_customer] > 0
    return 1.0 - float(again.mean()) if again.size else math.nan


def top_spenders(setting: Setting, seed: int) -> float:
    """Part of the spending that the top 20 % of those who bought again spend in 39 weeks.

    NaN where nobody spent.
    """
    tables, is_customer = _bought(setting, seed)
    spent = tables.members.spent[: is_customer.size][is_customer].astype(float)
    spent = np.sort(spent[spent > 0])[::-1]
    return (
        float(spent[: math.ceil(TOP * spent.size)].sum() / spent.sum()) if spent.size else math.nan
    )


def _bought(setting: Setting, seed: int) -> tuple[Tables, np.ndarray]:
    tables = open_tables(setting, seed, WINDOW)
    is_customer = np.asarray(tables.members.buy_rate[: tables.people_state[0].n_rows] > 0.0)
    return live_until(tables, 0, WINDOW), is_customer


def fit_lift(fits: Chronicle, does_not: Chronicle) -> float:
    """Newcomers through a partner that fits, relative to one that does not."""
    came = [float((seen.route == Route.PARTNER).sum()) for seen in (fits, does_not)]
    return came[0] / came[1] if came[1] else math.nan
