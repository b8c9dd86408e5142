"""BG/NBD from today: what each known person is expected to do, given her history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plaza_lab.scenarios.fit.bgnbd import fit_bgnbd, histories

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
