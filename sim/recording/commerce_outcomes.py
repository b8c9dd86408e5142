"""Outcomes of commerce: where the fund's money went, how spending spreads, how well scores do."""

from __future__ import annotations

import math

import numpy as np

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
    """Compute the outcomes of commerce of a finished run.

    Parameters
    ----------
    tables : Tables
        Tables after the last day.
    sums : Sums
        Of the day book and the journal.

    Returns
    -------
    dict of str to float
        Outcome name to value; NaN for a rate with an empty base.
    """
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
