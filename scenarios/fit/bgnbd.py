"""BG/NBD in continuous time: how often somebody comes back, and when for good no more.

The law is fitted to histories; given hers, it says what each known person is expected to do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from plaza_lab.scenarios.fit.estimate import Fitted, maximise

NAMES = ("rate_shape", "rate_weeks", "dropout_a", "dropout_b")
# The bounds of a world's purchase block; all logs of science.md A.4 and A.13 lie well inside.
BOX = ((5e-3, 20.0), (1e-2, 500.0), (1e-2, 50.0), (1e-2, 500.0))
BOUNDS = [(math.log(low), math.log(high)) for low, high in BOX]
STARTS = list(np.log([[0.25, 4.0, 0.8, 2.5], [0.1, 0.3, 1.0, 5.0], [1.0, 10.0, 0.3, 1.0]]))


@dataclass(frozen=True)
class Histories:
    """What BG/NBD needs to know of each person.

    Attributes
    ----------
    repeats : numpy.ndarray
        float64[n], distinct days after the first.
    recency : numpy.ndarray
        float64[n], weeks from the first to the last day, 0 without repeats.
    observed : numpy.ndarray
        float64[n], weeks from the first day to the end of the log.
    weight : numpy.ndarray
        float64[n], people with this same history.
    """

    repeats: np.ndarray
    recency: np.ndarray
    observed: np.ndarray
    weight: np.ndarray

    @property
    def n_people(self) -> int:
        """People behind the histories."""
        return round(float(self.weight.sum()))


def first_days(person: np.ndarray, day: np.ndarray) -> np.ndarray:
    """First day of each person.

    Parameters
    ----------
    person : numpy.ndarray
        int64[n], n > 0, numbers 0..n_people-1, each there at least once.
    day : numpy.ndarray
        int64[n], days on which they were seen.

    Returns
    -------
    numpy.ndarray
        int64[n_people].
    """
    first = np.full(int(person.max()) + 1, day.max())
    np.minimum.at(first, person, day)
    return first


def histories(person: np.ndarray, day: np.ndarray, end: int) -> Histories:
    """Condense (person, day) pairs, one each, into distinct histories.

    Parameters
    ----------
    person : numpy.ndarray
        int64[n], numbers 0..n_people-1, each there at least once.
    day : numpy.ndarray
        int64[n], distinct days of each person.
    end : int
        Last day observed.

    Returns
    -------
    Histories
        Distinct rows with their weights.
    """
    n_people = int(person.max()) + 1
    first, last = first_days(person, day), np.zeros(n_people, np.int64)
    np.maximum.at(last, person, day)
    repeats = np.bincount(person, minlength=n_people) - 1
    rows = np.column_stack([repeats, last - first, end - first])
    distinct, weight = np.unique(rows, axis=0, return_counts=True)
    x, recency, observed = distinct.T.astype(float)
    return Histories(x, recency / 7, observed / 7, weight.astype(float))


def log_likelihood(position: np.ndarray, data: Histories) -> float:
    """Log-likelihood of BG/NBD, equation 6 of Fader, Hardie & Lee 2005.

    Parameters
    ----------
    position : numpy.ndarray
        float64[4], logarithms of r, alpha (weeks), a, b.
    data : Histories
        Repeats, recency and observed time.

    Returns
    -------
    float
        Sum over people.
    """
    from scipy.special import betaln, gammaln

    r, alpha, a, b = np.exp(position)
    x = data.repeats
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
    alive = betaln(a, b + x) - (r + x) * np.log(alpha + data.observed)
    repeated = np.maximum(x, 1)
    gone = betaln(a + 1, b + repeated - 1) - (r + x) * np.log(alpha + data.recency)
    gone = np.where(x > 0, gone, -np.inf)
    return float(data.weight @ (common + np.logaddexp(alive, gone)))


def fit_bgnbd(data: Histories) -> Fitted:
    """Fit r, alpha (weeks), a, b by maximum likelihood from several starts.

    Parameters
    ----------
    data : Histories
        As made by :func:`histories`.

    Returns
    -------
    Fitted
        On the logarithmic scale.

    References
    ----------
    Fader, Hardie & Lee 2005, "Counting your customers" the easy way; science.md A.13.
    """
    return maximise(lambda p: log_likelihood(p, data), STARTS, BOUNDS, NAMES, data.n_people)


NODES = 64
"""Points of the laws of rate and dropout over which expectations are taken."""


@dataclass(frozen=True)
class State:
    """Histories of persons under a fitted law.

    Attributes
    ----------
    law : numpy.ndarray
        float64[4]: r, alpha (weeks), a, b.
    repeats, observed : numpy.ndarray
        float64[n], repeat days, and weeks observed.
    alive : numpy.ndarray
        float64[n], chance of being still there (Fader, Hardie & Lee 2005, equation 11 of the note
        on P(alive)).
    weight : numpy.ndarray
        float64[n], persons with this history.
    """

    law: np.ndarray
    repeats: np.ndarray
    observed: np.ndarray
    alive: np.ndarray
    weight: np.ndarray


def state_of(member: np.ndarray, day: np.ndarray, end: int) -> State:
    """Fit BG/NBD and give every history its chance of being there.

    Parameters
    ----------
    member, day : numpy.ndarray
        int64[n], distinct days of each person, numbered from 0 without gaps.
    end : int
        Last day observed.

    Returns
    -------
    State
        Of today.
    """
    told = histories(member, day, end)
    law = np.exp(fit_bgnbd(told).position)
    alive = chance_alive(law, told.repeats, told.recency, told.observed)
    return State(law, told.repeats, told.observed, alive, told.weight)


def chance_alive(
    law: np.ndarray, repeats: np.ndarray, recency: np.ndarray, observed: np.ndarray
) -> np.ndarray:
    """Chance of being still there after so many repeats, the last at ``recency`` (weeks)."""
    r, alpha, a, b = law
    log_odds = np.log(a / (b + np.maximum(repeats, 1) - 1))
    log_odds = log_odds + (r + repeats) * np.log((alpha + observed) / (alpha + recency))
    gone = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -50, 50)))
    return np.where(repeats > 0, 1.0 - gone, 1.0)


def expected_weeks(state: State, weeks: int, counts_days: bool, seed: int = 0) -> np.ndarray:
    """Weekly expectation over all known persons.

    Parameters
    ----------
    state : State
        Of today.
    weeks : int
        To look ahead.
    counts_days : bool
        Count purchases (or active days); otherwise persons with at least one.
    seed : int
        Of the points over which is averaged.

    Returns
    -------
    numpy.ndarray
        float64[weeks].
    """
    r, alpha, a, b = state.law
    rng = np.random.default_rng(seed)
    shape = (len(state.repeats), NODES)
    rate = rng.gamma(r + state.repeats[:, None], 1.0, shape) / (alpha + state.observed[:, None])
    dropout = rng.beta(a, b + state.repeats[:, None], shape)
    present = (state.weight * state.alive)[:, None] / NODES
    return _by_week(rate, dropout, present, weeks, counts_days)


def new_person_weeks(law: np.ndarray, weeks: int, counts_days: bool, seed: int = 0) -> np.ndarray:
    """Weekly expectation of one who comes in the first of the weeks; float64[weeks]."""
    r, alpha, a, b = law
    rng = np.random.default_rng(seed)
    n = 20_000
    rate, dropout = rng.gamma(r, 1 / alpha, (n, 1)), rng.beta(a, b, (n, 1))
    later = _by_week(rate, dropout, np.full((n, 1), 1 / n), weeks, counts_days)
    halved = 0.5 * (np.r_[later[0] if counts_days else 0.0, later[:-1]] + later)
    halved[0] = 1.0 + (0.5 * later[0] if counts_days else 0.0)
    return halved


def _by_week(
    rate: np.ndarray, dropout: np.ndarray, present: np.ndarray, weeks: int, counts_days: bool
) -> np.ndarray:
    """In week k: chance of having stayed so far, times acts (or chance of one) if there."""
    found = np.empty(weeks)
    leaving = rate * dropout
    acts = -np.expm1(-leaving) / np.maximum(dropout, 1e-12) if counts_days else -np.expm1(-rate)
    for week in range(weeks):
        found[week] = (present * np.exp(-leaving * week) * acts).sum()
    return found
