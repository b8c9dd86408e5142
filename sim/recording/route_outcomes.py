"""Outcomes of acquisition: what a join costs by each route, and what KOCs bring (T38, T42, T62)."""

from __future__ import annotations

import math

import numpy as np

from plaza_lab.agents.koc import Stage
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.sums import Sums, ratio, rows_of
from plaza_lab.sim.state import fund
from plaza_lab.sim.tables import Tables


def route_outcomes(tables: Tables, sums: Sums) -> dict[str, float]:
    """Compute cost per join by route, the yield of shared items, and the KOC plan.

    Parameters
    ----------
    tables : Tables
        Tables after the last day.
    sums : Sums
        Of the day book and the journal.

    Returns
    -------
    dict of str to float
        Outcome name to value; NaN for a route that nobody came by.
    """
    daily, month = sums.daily, sums.month
    return {
        "cost_per_join_paid_yuan": _cost(sums, fund.MEDIA, mt.JOINS_PAID),
        "cost_per_join_referral_yuan": _cost(sums, fund.REFERRAL_REWARD, mt.JOINS_REFERRAL),
        "cost_per_join_partner_yuan": _cost(sums, fund.CAMPAIGN, mt.JOINS_PARTNER),
        "cost_per_join_offline_yuan": _cost(sums, fund.OFFLINE, mt.JOINS_OFFLINE),
        "cost_per_join_influencer_yuan": _cost(sums, fund.INFLUENCER, mt.JOINS_INFLUENCER),
        "cost_per_join_challenge_yuan": _cost(sums, fund.CHALLENGE_PRIZE, mt.JOINS_CHALLENGE),
        "share_to_registration": ratio(month[mt.JOINS_CONTENT], month[mt.OUTSIDE_VISITS]),
        "koc_graduates": float(daily[:, mt.KOC_GRADUATES].sum()),
        "koc_path_gap": _path_gap(tables, daily),
        **_kocs(tables, daily),
    }


def _cost(sums: Sums, purpose: int, joins: int) -> float:
    return ratio(float(sums.from_pools[purpose]), float(sums.daily[:, joins].sum()))


def _path_gap(tables: Tables, daily: np.ndarray) -> float:
    """Graduates beyond the straight path to the plan, when it ends or the run does (F103, F104)."""
    lever = tables.policy[0].koc
    if lever.target <= 0:
        return math.nan
    days = min(len(daily), WEEK * int(lever.target_weeks))
    planned = float(lever.target) * days / (WEEK * int(lever.target_weeks))
    return float(daily[:days, mt.KOC_GRADUATES].sum()) - planned


def _kocs(tables: Tables, daily: np.ndarray) -> dict[str, float]:
    """Reach, joins and sales attributed to each KOC who ever was active."""
    kocs = rows_of(tables.kocs, tables.kocs_state[0].n_kocs)
    active = kocs[(kocs["stage"] == Stage.ACTIVE) | (kocs["joins"] > 0) | (kocs["sponsored"] > 0)]
    n = len(active)
    members = rows_of(tables.members, tables.people_state[0].n_rows)
    brought = np.isin(members["inviter"], active["member"])
    sale = ratio(float(daily[:, mt.SALES_YUAN].sum()), float(daily[:, mt.PURCHASES].sum()))
    sales = float(members["buys"][brought].sum()) * (0.0 if math.isnan(sale) else sale)
    return {
        "koc_reach": ratio(float(np.maximum(active["reach"], 0).sum()), n),
        "koc_joins": ratio(float(active["joins"].sum()), n),
        "koc_sales_yuan": ratio(sales, n),
    }
