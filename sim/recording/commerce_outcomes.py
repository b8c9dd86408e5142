"""Outcomes of commerce and acquisition: spending, scores, what a join costs by each route, KOCs.

Where the fund's money went, how spending spreads, how well scores do; what a join costs by each
route, and what KOCs bring (T38, T42, T62).
"""

from __future__ import annotations

import math

import numpy as np

from plaza_lab.agents.koc import Stage
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.sums import Sums, ratio, rows_of
from plaza_lab.sim.state import fund
from plaza_lab.sim.tables import Tables

SPENDING = {
    "rewards": (fund.PRIZE, fund.POINTS_BACKING),
    "stewards": (fund.STIPEND,),
    "kocs": (fund.KOC_SUPPORT, fund.KOC_FEE),
    "reach": (fund.MEDIA, fund.REFERRAL_REWARD, fund.CAMPAIGN, fund.PARTNER_BENEFIT),
    "content": (fund.CONTENT,),
    "crm": (fund.OFFER, fund.WIN_BACK),
    "staff": (fund.WAGE,),
}
"""Purposes of spending from the community's funds, by what they buy (T58)."""


def commerce_outcomes(tables: Tables, sums: Sums) -> dict[str, float]:
    """Compute the outcomes of commerce of a finished run; NaN for a rate with an empty base."""
    daily, total = sums.daily, sums.total
    spent = rows_of(tables.members, tables.people_state[0].n_rows)["spent"]
    treated = ratio(total[mt.WINBACK_TREATED_KEPT], total[mt.WINBACK_TREATED])
    control = ratio(total[mt.WINBACK_CONTROL_KEPT], total[mt.WINBACK_CONTROL])
    stages = daily[:, mt.STAGE_AWARENESS : mt.STAGE_RECOMMENDATION + 1].sum(axis=1)
    values = _spending(sums)
    values |= {
        "spend_top30": top_share(spent[spent > 0].astype(float), 0.3),
        "stage_up_28d": 28.0 * ratio(total[mt.STAGE_UPS], stages.sum()),
        "targeting_accuracy": _last(daily, mt.TARGETING_ACCURACY),
        "churn_auc": _last(daily, mt.CHURN_AUC),
        "churn_error": _last(daily, mt.CHURN_ERROR),
        "winback_lift": treated - control,
        "group_conversion": ratio(total[mt.ORDERS], total[mt.PAGE_VIEWS]),
        "income_yuan": total[mt.INCOME_YUAN],
        "fund_in_yuan": total[mt.FUND_IN_YUAN],
    }
    return {name: float(value) for name, value in values.items()}


def top_share(values: np.ndarray, part: float) -> float:
    """Share of a sum that its largest values hold.

    Parameters
    ----------
    values : numpy.ndarray
        Positive numbers, shape ``(n,)``.
    part : float
        Part of the values that counts as the largest, in (0, 1).

    Returns
    -------
    float
        In [0, 1]; NaN without values.
    """
    if values.size == 0:
        return math.nan
    ordered = np.sort(values)[::-1]
    return float(ordered[: max(1, round(part * values.size))].sum() / ordered.sum())


def _spending(sums: Sums) -> dict[str, float]:
    """Yuan that left the funds for good, by what they bought."""
    return {
        f"spent_{name}_yuan": float(sums.spent_cents[list(purposes)].sum()) / 100.0
        for name, purposes in SPENDING.items()
    }


def _last(daily: np.ndarray, column: int) -> float:
    """Last value of a held metric; NaN where it was never measured."""
    return float(daily[-1, column]) if daily[-1, column] > 0 else math.nan


def route_outcomes(tables: Tables, sums: Sums) -> dict[str, float]:
    """Compute cost per join by route, the yield of shared items, and the KOC plan.

    NaN for a route that nobody came by.
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
