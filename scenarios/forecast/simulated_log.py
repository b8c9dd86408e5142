"""The log that a simulated community would leave: who wrote on which day, and how much.

A log of acts holds what was written. The simulator's "active" members are more (who reacts or asks
is active too), so logs are compared with logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from plaza_lab.scenarios.fit.bgnbd import first_days
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.recording.outcomes import gini
from plaza_lab.sim.setting import Setting
from plaza_lab.sim.state.items import WINDOW


@dataclass(frozen=True)
class SimulatedLog:
    """Who wrote when.

    Attributes
    ----------
    member, day, messages : numpy.ndarray
        int64[n], one row for each member and day with something written: row, day from 0, number.
    n_first : int
        Members of day 0: rows below are theirs.
    n_days : int
        Days lived.
    replies : numpy.ndarray
        int64[n], of the messages, those that answer somebody.
    openings, answered : int
        Days on which a member wrote an item, of which the feed's window has passed; those of them
        with an answer.
    """

    member: np.ndarray
    day: np.ndarray
    messages: np.ndarray
    n_first: int
    n_days: int
    replies: np.ndarray
    openings: int = 0
    answered: int = 0


def simulated_log(setting: Setting, seed: int, days: int) -> SimulatedLog:
    """Live a community and note who writes.

    Parameters
    ----------
    setting : Setting
        A checked setting.
    seed : int
        Of the run.
    days : int
        To live.

    Returns
    -------
    SimulatedLog
        Posts, replies and answers together.
    """
    from plaza_lab.sim.engine import live_until, open_tables

    tables = open_tables(setting, seed, days)
    first = int(tables.people_state[0].n_rows)
    found: list[np.ndarray] = []
    openings = np.zeros(2, np.int64)
    for day in range(days):
        tables = live_until(tables, day, day + 1)
        here = np.asarray(tables.visitors[: int(tables.people_state[0].n_visitors)], np.int64)
        rows = tables.members[here]
        written = sum(
            rows[part].astype(np.int64)
            for part in ("posts_today", "replies_today", "answers_today")
        )
        replies = written - rows["posts_today"]
        openings += _openings_of(tables, day - WINDOW)
        wrote = written > 0
        found.append(
            np.column_stack(
                [here[wrote], np.full(wrote.sum(), day), written[wrote], replies[wrote]]
            )
        )
    member, when, messages, replies = np.concatenate(found).T
    return SimulatedLog(member, when, messages, first, days, replies, *map(int, openings))


def _openings_of(tables: Any, day: int) -> np.ndarray:
    """Members who wrote items on a day, and those of them who were answered; int64[2]."""
    items = tables.items[(tables.items["day"] == day) & (tables.items["author"] >= 0)]
    authors = np.unique(items["author"])
    answered = np.unique(items["author"][items["first_reply"] > 0])
    return np.array([len(authors), len(answered)]) if day >= 0 else np.zeros(2, np.int64)


def weekly_facts(log: SimulatedLog) -> dict[str, np.ndarray]:
    """Weekly writers, messages, and first acts of those who came; float64[weeks] each."""
    weeks = log.n_days // WEEK
    week = log.day // WEEK
    pairs = np.unique(log.member * np.int64(weeks) + week)
    new = log.member >= log.n_first
    firsts = _firsts(log.member[new], log.day[new])[0] // WEEK
    return {
        "weekly_actives": np.bincount(pairs % weeks, minlength=weeks).astype(float),
        "posts": np.bincount(week, log.messages, weeks).astype(float),
        "joins": np.bincount(firsts, minlength=weeks).astype(float),
    }


def shape_facts(
    member: np.ndarray, day: np.ndarray, amount: np.ndarray, is_new: np.ndarray, n_days: int
) -> dict[str, float]:
    """Facts of a stretch of a log that no level tells.

    Parameters
    ----------
    member, day, amount : numpy.ndarray
        int64[n], active days.
    is_new : numpy.ndarray
        bool[n], of members whose first act lies in the stretch.
    n_days : int
        Its length.

    Returns
    -------
    dict of str to float
        Gini of messages, burstiness of the gaps between active days (Goh & Barabási 2008), and
        the share of newcomers active again in weeks 1 and 4 after the first act.
    """
    total = np.bincount(member, amount)
    facts = {"Gini of messages": gini(total[total > 0]) if (total > 0).sum() > 1 else np.nan}
    order = np.lexsort((day, member))
    who, when = member[order], day[order]
    gaps = np.diff(when)[np.diff(who) == 0].astype(float)
    spread, mean = (gaps.std(), gaps.mean()) if len(gaps) > 1 else (np.nan, np.nan)
    facts["burstiness of active days"] = float((spread - mean) / (spread + mean))
    for week in (1, 4):
        facts[f"newcomers active again in week {week}"] = _again(
            member[is_new], day[is_new], week, n_days
        )
    return facts


def _again(member: np.ndarray, day: np.ndarray, week: int, n_days: int) -> float:
    first, code = _firsts(member, day)
    could = first + WEEK * week < n_days
    after = (day - first[code] + WEEK - 1) // WEEK == week
    came = np.zeros(len(first), bool)
    came[code[after]] = True
    return float(came[could].mean()) if could.any() else np.nan


def _firsts(member: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First day of each member seen, and her place among them in each row."""
    if not len(member):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    _, code = np.unique(member, return_inverse=True)
    return first_days(code, day), code
