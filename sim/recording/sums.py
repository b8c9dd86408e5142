"""Sums that several outcomes are made of, added up once a run, and rates of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from plaza_lab.sim.calendar import MONTH, WEEK
from plaza_lab.sim.state import fund
from plaza_lab.sim.tables import Tables

_IS_POOL = np.isin(np.arange(len(fund.ACCOUNTS)), fund.POOLS)


@dataclass(frozen=True)
class Sums:
    """Sums of the day book and the journal of a run.

    Parameters
    ----------
    daily : numpy.ndarray
        Metrics of the days lived, shape ``(n_days, n_metrics)``.
    total, month, week : numpy.ndarray
        Their sums over all days, the last 28 and the last 7.
    posted, from_pools : numpy.ndarray
        Yuan by purpose: all that was posted, and what a fund of the community paid.
    spent_cents : numpy.ndarray
        Cents by purpose that left the funds for good.
    """

    daily: np.ndarray
    total: np.ndarray
    month: np.ndarray
    week: np.ndarray
    posted: np.ndarray
    from_pools: np.ndarray
    spent_cents: np.ndarray


def sums_of(tables: Tables, days: int) -> Sums:
    """Add up.

    Parameters
    ----------
    tables : Tables
        Tables after the last day.
    days : int
        Days lived, at least 1.
    """
    daily = tables.daily[:days]
    journal = rows_of(tables.journal, tables.fund_state[0].n_journal)
    purpose, cents = journal["purpose"], journal["amount_cents"]
    is_paid, is_kept = _IS_POOL[journal["payer"]], _IS_POOL[journal["payee"]]
    is_returned = (journal["payer"] == fund.POINTS_RESERVE) & is_kept
    signs = (is_paid & ~is_kept).astype(np.int64) - is_returned

    def by_purpose(amounts: np.ndarray) -> np.ndarray:
        return np.bincount(purpose, amounts, len(fund.PURPOSES))  # exact below 2 ** 53 cents

    return Sums(
        daily,
        daily.sum(axis=0),
        daily[-MONTH:].sum(axis=0),
        daily[-WEEK:].sum(axis=0),
        by_purpose(cents) / 100.0,
        by_purpose(cents * is_paid) / 100.0,
        by_purpose(cents * signs),
    )


def rows_of(table: Any, rows: int) -> np.ndarray:
    """First rows of a record table, whose fields are taken by ``["name"]``: far quicker so."""
    return table.view(np.ndarray)[: int(rows)]


def ratio(top: float, bottom: float) -> float:
    """Divide; a rate with an empty base is undefined.

    Parameters
    ----------
    top, bottom : float
        Counts or sums.

    Returns
    -------
    float
        NaN when `bottom` is not positive.
    """
    return float(top) / float(bottom) if bottom > 0 else math.nan
