"""BG/NBD in continuous time: how often somebody comes back, and when for good no more."""

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
    first, last = np.full(n_people, end), np.zeros(n_people, np.int64)
    np.minimum.at(first, person, day)
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
