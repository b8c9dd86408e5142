"""Who comes back: the chance that a member is active this week, from her own weeks before.

A logistic law over members and weeks (discrete-time hazards, Singer & Willett 1993; recency,
frequency and tenure as in buy-till-you-die laws, Fader, Hardie & Lee 2005). Unlike those it lets
activity come in spells: a week after an active one is more active than the mean of her weeks, and
long absence fades without an end that nobody sees. Recent weeks count more, since communities
change. Whoever appears in the first weeks of a log may have been there before it begins, and
founders are no usual newcomers either: they have a level of their own, so that those who come later
do not inherit it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.forecast.weekly import Weekly

if TYPE_CHECKING:
    import pandas as pd


MEMORY = 26  # weeks of a member that are looked at one by one
HALF_LIFE = 52.0  # assumption: a year ago counts half
USED_WEEKS = 156
MOST_ROWS = 600_000
MOST_KNOWN = 4_000
PATHS = 24
FIRST_WEEKS = 4  # assumption: who was there before the log begins mostly shows within a month
RIDGE = 1.0


@dataclass(frozen=True)
class Recent:
    """What the law looks at, for each member: weeks of the log are counted from its end.

    Attributes
    ----------
    bits : numpy.ndarray
        uint32[n], active weeks of the last 26; the lowest bit is the last week.
    away : numpy.ndarray
        int64[n], weeks from the last active week to the coming one, at least 1.
    active_weeks : numpy.ndarray
        int64[n], in all.
    tenure : numpy.ndarray
        int64[n], weeks from the first active one to the coming one, at least 1.
    founder : numpy.ndarray
        bool[n], seen in the first weeks of the log: here before it, or from the start.
    """

    bits: np.ndarray
    away: np.ndarray
    active_weeks: np.ndarray
    tenure: np.ndarray
    founder: np.ndarray

    def features(self) -> np.ndarray:
        """What the chance depends on; float64[n, 11]."""
        away = np.log(self.away)
        once = self.active_weeks == 1
        lately = np.bitwise_count(self.bits & np.uint32(0xFF))
        return np.stack(
            [
                np.ones(len(away)),
                away,
                away**2,
                np.log1p(lately),
                np.log1p(np.bitwise_count(self.bits)),
                np.log(self.active_weeks / (self.tenure + 2.0)),
                np.log(self.active_weeks),
                once,
                self.away == 1,
                once * away,
                self.founder,
            ],
            axis=1,
        )

    def chosen(self, rows: np.ndarray) -> Recent:
        """Rows of some members."""
        return Recent(
            self.bits[rows], self.away[rows], self.active_weeks[rows], self.tenure[rows],
            self.founder[rows],
        )  # fmt: skip


def recent_at(weekly: Weekly, week: int) -> tuple[np.ndarray, Recent]:
    """State of everybody who had come before a week.

    Parameters
    ----------
    weekly : Weekly
        The log.
    week : int
        The coming week; ``n_weeks`` for the first after the log.

    Returns
    -------
    members : numpy.ndarray
        int64[m].
    recent : Recent
        Their states.
    """
    before = weekly.week < week
    member, when = weekly.member[before], weekly.week[before]
    n = weekly.n_members
    count = np.bincount(member, minlength=n)
    last = np.full(n, -1)
    np.maximum.at(last, member, when)
    near = when >= week - MEMORY
    bits = np.zeros(n, np.uint32)
    np.bitwise_or.at(bits, member[near], np.uint32(1) << (week - 1 - when[near]).astype(np.uint32))
    seen = np.flatnonzero(count > 0)
    founder = weekly.first < FIRST_WEEKS
    state = Recent(bits, week - last, count, week - weekly.first, founder)
    return seen, state.chosen(seen)


@dataclass(frozen=True)
class ReturnLaw:
    """Weights of the chance, and their covariance.

    Attributes
    ----------
    weights : numpy.ndarray
        float64[11], log-odds.
    covariance : numpy.ndarray
        float64[11, 11].
    """

    weights: np.ndarray
    covariance: np.ndarray

    def chance(self, recent: Recent) -> np.ndarray:
        """Probability of an active week; float64[n]."""
        return 1.0 / (1.0 + np.exp(-np.clip(recent.features() @ self.weights, -30, 30)))


def fit_returning(weekly: Weekly, seed: int = 0) -> ReturnLaw:
    """Fit the law to the weeks of a log.

    Parameters
    ----------
    weekly : Weekly
        At least two weeks.
    seed : int
        Of the sample that is taken of very many members and weeks.

    Returns
    -------
    ReturnLaw
        Ridge-penalised maximum likelihood.
    """
    rng = np.random.default_rng(seed)
    weeks = range(max(1, weekly.n_weeks - USED_WEEKS), weekly.n_weeks)
    most = max(MOST_ROWS // max(len(weeks), 1), 100)
    rows, hits, weights = [], [], []
    key = weekly.member * np.int64(weekly.n_weeks) + weekly.week
    for week in weeks:
        members, state = recent_at(weekly, week)
        if not len(members):
            continue
        share = 1.0
        if len(members) > most:
            chosen = rng.choice(len(members), most, replace=False)
            share = len(members) / most
            members, state = members[chosen], state.chosen(chosen)
        rows.append(state.features())
        hits.append(np.isin(members * np.int64(weekly.n_weeks) + week, key))
        fading = 0.5 ** ((weekly.n_weeks - 1 - week) / HALF_LIFE)
        weights.append(np.full(len(members), share * fading))
    if not rows:
        return ReturnLaw(np.r_[-3.0, np.zeros(10)], np.eye(11))
    return _logistic(np.concatenate(rows), np.concatenate(hits), np.concatenate(weights))


def _logistic(rows: np.ndarray, hits: np.ndarray, weight: np.ndarray) -> ReturnLaw:
    share = float(np.clip(np.average(hits, weights=weight), 1e-4, 1 - 1e-4))
    start = np.zeros(rows.shape[1])
    start[0] = np.log(share / (1 - share))
    ridge = RIDGE * np.eye(len(start))
    ridge[0, 0] = 1e-6

    def value(at: np.ndarray) -> float:
        score = rows @ at
        away = at - start
        return float(weight @ (hits * score - np.logaddexp(0, score)) - 0.5 * away @ ridge @ away)

    at, best = start.copy(), value(start)
    curvature = ridge
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(rows @ at, -30, 30)))
        slope = rows.T @ (weight * (hits - chance)) - ridge @ (at - start)
        curvature = (rows * (weight * chance * (1 - chance))[:, None]).T @ rows + ridge
        step, part = np.linalg.solve(curvature, slope), 1.0
        while part > 1e-4 and value(at + part * step) < best:
            part /= 2
        gain = value(at + part * step) - best if part > 1e-4 else 0.0
        if gain < 1e-6:
            break
        at, best = at + part * step, best + gain
    return ReturnLaw(at, np.linalg.inv(curvature))


def live_on(
    law: ReturnLaw,
    known: Recent,
    joins: np.ndarray,
    rng: np.random.Generator,
    paths: int = PATHS,
) -> tuple[np.ndarray, np.ndarray]:
    """Let members and newcomers live on, week by week.

    Parameters
    ----------
    law : ReturnLaw
        Of coming back.
    known : Recent
        Members on the eve of the first week.
    joins : numpy.ndarray
        float64[weeks], expected newcomers.
    rng : numpy.random.Generator
        Of all draws.
    paths : int
        Lives to draw.

    Returns
    -------
    old, new : numpy.ndarray
        float64[paths, weeks]: active members of those known, and of those who come.
    """
    weeks = len(joins)
    scale = 1.0
    if len(known.bits) > MOST_KNOWN:
        scale = len(known.bits) / MOST_KNOWN
        known = known.chosen(rng.choice(len(known.bits), MOST_KNOWN, replace=False))
    thin = max(1.0, float(joins.sum()) / MOST_KNOWN)
    old, new = np.zeros((paths, weeks)), np.zeros((paths, weeks))
    for path in range(paths):
        coming = rng.poisson(joins / thin)
        old[path] = scale * _old_weeks(law, known, weeks, rng)
        new[path] = thin * _new_weeks(law, coming, rng)
    return old, new


def _old_weeks(law: ReturnLaw, state: Recent, weeks: int, rng: np.random.Generator) -> np.ndarray:
    active = np.zeros(weeks)
    for week in range(weeks):
        is_here = rng.random(len(state.bits)) < law.chance(state)
        active[week] = is_here.sum()
        state = after_week(state, is_here)
    return active


def _new_weeks(law: ReturnLaw, coming: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    active = np.zeros(len(coming))
    empty = np.zeros(0, np.int64)
    state = Recent(empty.astype(np.uint32), empty, empty, empty, empty.astype(bool))
    for week, n in enumerate(coming):
        is_here = rng.random(len(state.bits)) < law.chance(state)
        active[week] = is_here.sum() + n
        state = after_week(state, is_here)
        one = np.ones(n, np.int64)
        state = Recent(
            np.r_[state.bits, one.astype(np.uint32)],
            np.r_[state.away, one],
            np.r_[state.active_weeks, one],
            np.r_[state.tenure, one],
            np.r_[state.founder, ~one.astype(bool)],
        )
    return active


def after_week(state: Recent, is_here: np.ndarray) -> Recent:
    """State a week later."""
    mask = np.uint32((1 << MEMORY) - 1)
    return Recent(
        ((state.bits << np.uint32(1)) | is_here.astype(np.uint32)) & mask,
        np.where(is_here, 1, state.away + 1),
        state.active_weeks + is_here,
        state.tenure + 1,
        state.founder,
    )


COHORTS, COHORT_WEEKS = 6, 4
AHEAD = (1, 4, 13, 26)
COHORT_PATHS = 40


def cohort_retention(weekly: Weekly, law: ReturnLaw, seed: int = 0) -> pd.DataFrame:
    """Expected share of each of the last cohorts that is active 1, 4, 13 and 26 weeks from now.

    Parameters
    ----------
    weekly : Weekly
        The log.
    law : ReturnLaw
        Of coming back.
    seed : int
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        One row for each cohort of four weeks with anybody in it, the latest last.
    """
    import pandas as pd

    rng = np.random.default_rng(seed)
    members, state = recent_at(weekly, weekly.n_weeks)
    age = (weekly.n_weeks - 1 - weekly.first[members]) // COHORT_WEEKS
    rows = []
    for cohort in reversed(range(COHORTS)):
        own = np.flatnonzero(age == cohort)
        if not len(own):
            continue
        now = state.chosen(np.tile(own, COHORT_PATHS))
        share = {}
        for week in range(1, max(AHEAD) + 1):
            is_here = rng.random(len(now.bits)) < law.chance(now)
            if week in AHEAD:
                share[f"in {week} weeks"] = f"{is_here.mean():.0%}"
            now = after_week(now, is_here)
        came = f"{cohort * COHORT_WEEKS} to {(cohort + 1) * COHORT_WEEKS} weeks ago"
        rows.append({"came": came, "members": len(own), **share})
    return pd.DataFrame(rows)
