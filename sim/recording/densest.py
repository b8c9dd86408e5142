"""The densest part of the network (T51), searched for once, when a run is over."""

from __future__ import annotations

import math

import numpy as np

from plaza_lab.agents.member import Status
from plaza_lab.sim.recording.sums import ratio
from plaza_lab.sim.tables import Tables

PART = 0.05
"""Part of the members that it holds (T51)."""
MOST, LEAST = 4, 16
"""One in so many, at most and at least, is taken away between two counts of ties."""


def densest(pairs: np.ndarray, n: int, size: int) -> np.ndarray:
    """Find a dense sub-graph of a given size, by taking away who has fewest ties.

    Parameters
    ----------
    pairs : numpy.ndarray
        Who holds a tie and to whom, integers from 0 to ``n - 1``, shape ``(2, n_ties)``; a tie
        that both hold counts twice.
    n : int
        Nodes.
    size : int
        Nodes to keep, 0 to `n`.

    Returns
    -------
    numpy.ndarray
        Nodes kept, ascending, shape ``(size,)``. Not surely the densest of all: that search is
        hard. Source: Asahiro et al. 2000 (greedy peeling).
    """
    holders, others = pairs
    kept = np.ones(n, bool)
    there = np.arange(n)
    while there.size > size:
        degree = (np.bincount(holders, minlength=n) + np.bincount(others, minlength=n))[there]
        most = min(there.size - size, max(1, there.size // MOST))
        wanted = max(int((degree == degree.min()).sum()), there.size // LEAST)
        gone = np.argsort(degree, kind="stable")[: min(most, wanted)]
        kept[there[gone]] = False
        there = there[kept[there]]
        stays = kept[holders] & kept[others]
        holders, others = holders[stays], others[stays]
    return there


def voice_top_share(tables: Tables) -> float:
    """Share of exposures that the densest 5 % of the members received since the last count.

    Parameters
    ----------
    tables : Tables
        Tables after a day; exposures are counted anew every 28 days.

    Returns
    -------
    float
        0 to 1; NaN where nobody was read.
    """
    rows = int(tables.people_state[0].n_rows)
    here = tables.fate["status"][:rows] != Status.LEFT
    place = np.cumsum(here) - 1
    slots = np.arange(tables.ties.shape[1]) < tables.members["n_ties"][:rows, None]
    holders, columns = np.nonzero(slots & here[:, None])
    others = tables.ties["other"][holders, columns].astype(np.int64)
    both = here[others]
    pairs = np.stack([place[holders[both]], place[others[both]]])
    n = int(here.sum())
    top = densest(pairs, n, math.ceil(PART * n))
    exposures = tables.members["exposures"][:rows][here].astype(float)
    return ratio(float(exposures[top].sum()), float(exposures.sum()))
