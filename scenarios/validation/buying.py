"""Patterns of buying and of partners: few repeat, fit moderates (science.md part B, 16 and 23)."""

from __future__ import annotations

import math

import numpy as np

from plaza_lab.agents.member import Route
from plaza_lab.scenarios.validation.chronicle import Chronicle
from plaza_lab.sim.engine import live_until, open_tables
from plaza_lab.sim.setting import Setting
from plaza_lab.sim.tables import Tables

WINDOW = 273
"""Days in which the customers of day 0 may buy again: 39 weeks, as in CDNOW."""
TOP = 0.2


def never_again(setting: Setting, seed: int) -> float:
    """Share of the customers of day 0 who do not buy again within 39 weeks.

    Parameters
    ----------
    setting : Setting
        A community; its customers have bought once before day 0.
    seed : int
        Its seed.

    Returns
    -------
    float
        NaN where nobody is a customer.
    """
    tables, is_customer = _bought(setting, seed)
    again = tables.members.buys[: is_customer.size][is_customer] > 0
    return 1.0 - float(again.mean()) if again.size else math.nan


def top_spenders(setting: Setting, seed: int) -> float:
    """Part of the spending that the top 20 % of those who bought again spend in 39 weeks.

    Parameters
    ----------
    setting, seed
        As for :func:`never_again`.

    Returns
    -------
    float
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
