"""Who answers whom: share of first messages answered, delay, mutual ties."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plaza_lab.scenarios.fit.estimate import Z95, Estimate
from plaza_lab.scenarios.fit.log import Log
from plaza_lab.scenarios.fit.reading.times import SECONDS_PER_DAY

WITHIN_DAYS = 7


@dataclass(frozen=True)
class Replies:
    """Answers in the log.

    Attributes
    ----------
    reply_rate : Estimate
        Share of openings answered within 7 days. Where there are acts addressed to nobody, an
        opening is somebody's first such act of a day, answered by an act addressed to her before
        she opens again on another day. In a log where every act is addressed, an opening is the
        first message between two people, answered by one the other way.
    reciprocity : Estimate
        Share of distinct directed ties that also exist the other way.
    median_delay_hours : Estimate
        Median time to an answer, of those within 7 days; NaN in a log of days without times.
    n_openings, n_ties : int
        What the shares are of.
    """

    reply_rate: Estimate
    reciprocity: Estimate
    median_delay_hours: Estimate
    n_openings: int
    n_ties: int


def fit_replies(log: Log) -> Replies | None:
    """Measure replying; None where the log does not say who is replied to.

    Parameters
    ----------
    log : Log
        With ``reply_to``.

    Returns
    -------
    Replies or None
        Shares with intervals clustered by member.
    """
    if log.reply_to is None:
        return None
    addressed = (log.reply_to >= 0) & (log.reply_to != log.member)
    if not addressed.any():
        return None
    end = log.seconds[-1] - WITHIN_DAYS * SECONDS_PER_DAY
    opening = log.reply_to < 0
    if opening.any():
        opening, wait = _wait_for_anybody(log, addressed, opening)
    else:
        opening, wait = _wait_of_dyads(log, addressed)
    seen = log.seconds[opening] <= end
    who, wait = log.member[opening][seen], wait[seen]
    answered = wait <= WITHIN_DAYS * SECONDS_PER_DAY
    ties, mutual = _ties(log, addressed)
    return Replies(
        reply_rate=_share_by_member(answered, who),
        reciprocity=_share_by_member(mutual, ties[:, 0]),
        median_delay_hours=_median(wait[answered], log.resolution),
        n_openings=len(who),
        n_ties=len(ties),
    )


def _wait_for_anybody(
    log: Log, addressed: np.ndarray, unaddressed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """First unaddressed act of each member and day, and seconds to an answer before the next."""
    assert log.reply_to is not None
    rows = np.flatnonzero(unaddressed)
    key = log.member[rows] * log.n_days + log.day[rows]
    first = np.sort(rows[np.unique(key, return_index=True)[1]])  # rows are in order of time
    who, since = log.member[first], log.seconds[first]
    wait = _wait(who, since, log.reply_to[addressed], log.seconds[addressed])
    until = _wait(who, np.nextafter(since, np.inf) + 1e-3, who, since)
    opening = np.zeros(log.n_acts, bool)
    opening[first] = True
    return opening, np.where(wait <= until, wait, np.inf)


def _wait_of_dyads(log: Log, addressed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First messages of every pair of people, and seconds to the first one back."""
    assert log.reply_to is not None
    rows = np.flatnonzero(addressed)
    source, target = log.member[rows], log.reply_to[rows]
    base = int(max(source.max(), target.max())) + 1
    pair = np.minimum(source, target) * base + np.maximum(source, target)
    first = rows[np.unique(pair, return_index=True)[1]]  # rows are in order of time
    back = log.reply_to[first] * base + log.member[first]
    wait = _wait(back, log.seconds[first], source * base + target, log.seconds[rows])
    opening = np.zeros(log.n_acts, bool)
    opening[first] = True
    return opening, wait[np.argsort(first)]


def _wait(
    key: np.ndarray, since: np.ndarray, event_key: np.ndarray, event_time: np.ndarray
) -> np.ndarray:
    """Time from ``since`` to the next event with the same key, infinite without one."""
    order = np.lexsort((event_time, event_key))
    event_key, event_time = event_key[order], event_time[order]
    keys, start = np.unique(event_key, return_index=True)
    span = float(max(event_time.max(), since.max()) - min(event_time.min(), since.min())) + 1
    origin = min(event_time.min(), since.min())
    known = np.searchsorted(keys, key)
    known = np.minimum(known, len(keys) - 1)
    shared = keys[known] == key
    line = np.searchsorted(keys, event_key) * 2 * span + (event_time - origin)
    found = np.searchsorted(line, known * 2 * span + (since - origin), side="left")
    inside = shared & (found < np.append(start, len(line))[known + 1])
    reached = event_time[np.minimum(found, len(line) - 1)]
    return np.where(inside, reached - since, np.inf)


def _ties(log: Log, addressed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct directed ties, int64[m, 2], and whether each exists the other way, bool[m]."""
    assert log.reply_to is not None
    ties = np.unique(np.column_stack([log.member, log.reply_to])[addressed], axis=0)
    base = int(ties.max()) + 1
    mutual = np.isin(ties[:, 1] * base + ties[:, 0], ties[:, 0] * base + ties[:, 1])
    return ties, mutual


def _share_by_member(yes: np.ndarray, member: np.ndarray) -> Estimate:
    """Share with a 95 % interval that takes one member's rows as one observation.

    A linearised ratio; widened to Wilson's interval where it is narrower.
    """
    n = len(yes)
    if not n:
        return Estimate(np.nan, note="nothing to take a share of")
    share = float(yes.mean())
    _, code = np.unique(member, return_inverse=True)
    residual = np.bincount(code, yes - share)
    half = Z95 * float(np.sqrt((residual**2).sum())) / n
    centre = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    wilson = Z95 / (1 + Z95**2 / n) * np.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    low, high = min(share - half, centre - wilson), max(share + half, centre + wilson)
    return Estimate(share, max(low, 0.0), min(high, 1.0), note="clustered by member")


def _median(waits: np.ndarray, resolution: str) -> Estimate:
    if resolution == "day" or not len(waits):
        return Estimate(np.nan, note="needs times of day" if resolution == "day" else "no answers")
    hours = np.sort(waits) / 3600
    n = len(hours)
    half = Z95 * np.sqrt(n) / 2
    low, high = int(max(np.floor(n / 2 - half), 0)), int(min(np.ceil(n / 2 + half), n - 1))
    return Estimate(float(np.median(hours)), hours[low], hours[high], note="order statistics")
