"""Outcomes: the few numbers a run is judged by, computed from its day book, journal and tables.

Each family is a function of the tables after the last day and of the sums of day book and journal;
it gives outcome names to values, NaN where an outcome is undefined, as a rate with an empty base.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from plaza_lab.agents.member import Stance, Status
from plaza_lab.sim import own_tables
from plaza_lab.sim.calendar import MONTH, WEEK, YEAR
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.commerce_outcomes import commerce_outcomes, route_outcomes
from plaza_lab.sim.recording.densest import voice_top_share
from plaza_lab.sim.recording.engagement_outcomes import content_outcomes, engagement_outcomes
from plaza_lab.sim.recording.metrics import NAMES
from plaza_lab.sim.recording.partner_outcomes import partner_outcomes, shock_outcomes
from plaza_lab.sim.recording.sums import Sums, ratio, rows_of, sums_of
from plaza_lab.sim.state import fund
from plaza_lab.sim.tables import Tables

QUARTER = 13
"""Weeks."""

ACQUISITION_PURPOSES = (
    fund.MEDIA,
    fund.REFERRAL_REWARD,
    fund.CAMPAIGN,
    fund.OFFLINE,
    fund.INFLUENCER,
    fund.CHALLENGE_PRIZE,
)


def outcomes_of(tables: Tables, days: int) -> dict[str, float]:
    """Compute the outcomes of a finished run.

    Parameters
    ----------
    tables : Tables
        Tables after the last day.
    days : int
        Days lived, at least 1.

    Returns
    -------
    dict of str to float
        Outcome name to value; NaN where an outcome is undefined (a rate with an empty base).
    """
    sums = sums_of(tables, days)
    daily, last = sums.daily, sums.daily[-1]
    founders = float(tables.run_state[0].n_founders)
    retained_members = last[mt.ACTIVE_28D]
    spend = float(daily[:, mt.FUND_OUT_YUAN].sum())
    values = {
        "growth": last[mt.MEMBERS] / founders - 1.0,
        "retention": last[mt.RETAINED],
        "membership_retention": last[mt.KEPT],
        "fund_spend_yuan": spend,
        "cost_per_retained_yuan": ratio(spend, retained_members),
        "members_end": last[mt.MEMBERS],
        "retained_members": retained_members,
        "active_share": last[mt.ACTIVE_SHARE],
    }
    values.update(_rates(sums))
    values.update(_fund(tables, sums, days))
    values.update(_governance(tables, sums))
    values.update(_network(sums))
    values["voice_top_share"] = voice_top_share(tables)
    values.update(_watch(daily))
    values.update(_people(tables, days))
    values.update(_farming(tables, days))
    values.update(partner_outcomes(tables, sums))
    values.update(route_outcomes(tables, sums))
    cost = values["acquisition_cost_yuan"]
    values["value_to_cost"] = ratio(values["lifetime_value_yuan"], cost)
    values.update(commerce_outcomes(tables, sums))
    values.update(engagement_outcomes(tables, sums))
    values.update(content_outcomes(tables, sums))
    values.update(shock_outcomes(tables, daily))
    return {name: float(value) for name, value in values.items()}


def _rates(sums: Sums) -> dict[str, float]:
    daily, total, month = sums.daily, sums.total, sums.month
    views = total[mt.VIEWS]
    items = total[mt.POSTS] + total[mt.BRAND_ITEMS] + total[mt.PARTNER_ITEMS]
    items += total[mt.FILLER_ITEMS]
    members = daily[:, mt.MEMBERS]
    k28 = ratio(month[mt.INVITED_JOINS], members[-MONTH:].mean())
    exit28 = ratio(month[mt.EXITS], members[-MONTH:].mean())
    return {
        "solved_rate": ratio(total[mt.SOLVED], total[mt.REQUESTS]),
        "founder_answer_share": ratio(
            total[mt.FOUNDER_ANSWERS], total[mt.FOUNDER_ANSWERS] + total[mt.ANSWERS]
        ),
        "distinct_answerers_week": float(daily[6::7, mt.ANSWERERS_WEEK].mean())
        if len(daily) >= 7
        else math.nan,
        "value_per_minute": ratio(total[mt.VALUE] + total[mt.SOCIAL_VALUE], total[mt.MINUTES]),
        "unread_per_visit": float(daily[:, mt.UNREAD].mean()),
        "filler_share": ratio(total[mt.FILLER_ITEMS], items),
        "member_made_share": ratio(total[mt.POSTS], items),
        "exit_hazard_week": 7.0 * ratio(total[mt.EXITS], members.sum()),
        "activation_14d": ratio(total[mt.ACTIVATED], total[mt.ACTIVATION_BASE]),
        "joiner_retention_28d": ratio(total[mt.JOINERS_28_KEPT], total[mt.JOINERS_28]),
        "joiner_retention_84d": ratio(total[mt.JOINERS_84_KEPT], total[mt.JOINERS_84]),
        "joins": total[mt.JOINS],
        "posts_per_day": float(daily[:, mt.POSTS].mean()),
        "messages_per_day": float(daily[:, mt.MESSAGES].mean()),
        "stickiness": ratio(daily[-MONTH:, mt.DAU].mean(), daily[-1, mt.ACTIVE_28D]),
        "reactions_per_view": ratio(total[mt.REACTIONS], views),
        "violation_rate": ratio(total[mt.VIOLATIONS], total[mt.POSTS]),
        "false_removal_share": ratio(total[mt.FALSE_REMOVED], total[mt.REMOVED]),
        "repurchase": daily[-1, mt.REPURCHASE] if len(daily) >= YEAR else math.nan,
        "purchases_yuan": total[mt.SALES_YUAN],
        "voice_gini": daily[-1, mt.VOICE_GINI] if len(daily) >= MONTH else math.nan,
        "k_28d": k28,
        "k_lifetime": ratio(k28, exit28),
        "belonging_end": daily[-1, mt.BELONGING],
        "satisfaction_end": daily[-1, mt.SATISFACTION],
        "trust_end": daily[-1, mt.TRUST],
        "motive_end": daily[-1, mt.MOTIVE],
    }


def _governance(tables: Tables, sums: Sums) -> dict[str, float]:
    """Climate, fairness, rules, feedback and staff from the day book."""
    is_felt = bool(tables.params[0].fatigue.is_felt)
    daily, total, last = sums.daily, sums.total, sums.daily[-1]
    return {
        "negative_share": ratio(total[mt.NEGATIVE_MESSAGES], total[mt.JUDGED_MESSAGES]),
        "fairness_end": last[mt.FAIRNESS],
        "review_wait_hours": 24.0 * ratio(total[mt.REVIEW_WAIT_DAYS], total[mt.REVIEWED]),
        "blocked_share": ratio(total[mt.BLOCKED], total[mt.POSTS]),
        "quarrels": total[mt.QUARRELS],
        "rule_changes": total[mt.RULE_CHANGES],
        "reply_hours": ratio(total[mt.REPLY_HOURS], total[mt.REPLIES_GIVEN]),
        "closed_7d_share": ratio(total[mt.CLOSED_7D], total[mt.COMPLAINTS]),
        "implemented_share": ratio(total[mt.IMPROVEMENTS], total[mt.IDEAS]),
        "staff_load": daily[:, mt.STAFF_LOAD].mean() if is_felt else math.nan,
        "staff_load_7d": daily[-WEEK:, mt.STAFF_LOAD].mean() if is_felt else math.nan,
        "staff_fatigue_end": last[mt.STAFF_FATIGUE] if is_felt else math.nan,
    }


def _watch(daily: np.ndarray) -> dict[str, float]:
    """Last looks of the operator, and what her alerts led to."""
    last = daily[-1]
    month = daily[-MONTH:].sum(axis=0)
    # the survey of a quarter is what was answered in its weeks
    surveys = daily[WEEK - 1 :: WEEK][-QUARTER:]
    return {
        "health": last[mt.HEALTH] or math.nan,
        "expert_active_share": last[mt.EXPERT_ACTIVE_SHARE],
        "recommend_share": surveys[:, mt.RECOMMEND_SHARE].mean() if len(surveys) else math.nan,
        "promoter_score": surveys[:, mt.PROMOTER_SCORE].mean() if len(surveys) else math.nan,
        "recommendations_per_active": ratio(
            month[mt.TOLD] + month[mt.INVITATIONS], last[mt.ACTIVE_28D]
        ),
        "alerts_red": daily[:, mt.ALERTS_RED].mean(),
        "interventions": daily[:, mt.INTERVENTIONS].sum(),
        "central_weight": last[mt.CENTRAL_WEIGHT],
    }


def _network(sums: Sums) -> dict[str, float]:
    """Groups, search and ties from the day book."""
    daily, total, last = sums.daily, sums.total, sums.daily[-1]
    has_month = len(daily) >= MONTH
    rating = ratio(total[mt.ANSWER_QUALITY], total[mt.ANSWERS])
    return {
        "search_minutes": ratio(total[mt.SEARCH_MINUTES], total[mt.FOUND]),
        "member_quality": 0.5 * rating + 0.5 * ratio(total[mt.SKILLS_HELD], total[mt.SEARCHES]),
        "ties_per_member": last[mt.TIES_PER_MEMBER],
        "capacity_use": last[mt.CAPACITY_USE] if last[mt.CAPACITY_USE] > 0 else math.nan,
        # in the first four weeks the founders of a new community are newcomers themselves, and the
        # share is held for a week
        "newcomer_share_peak": _largest(daily[MONTH + WEEK :, mt.NEWCOMER_SHARE]),
        "founder_attention": last[mt.FOUNDER_ATTENTION],
        "group_fit": last[mt.GROUP_FIT] if last[mt.GROUP_FIT] > 0 else math.nan,
        "strong_tie_share": last[mt.STRONG_SHARE] if has_month else math.nan,
        "clustering": last[mt.CLUSTERING] if has_month else math.nan,
        "modularity": last[mt.MODULARITY] if has_month else math.nan,
        "isolates": last[mt.ISOLATES] if has_month else math.nan,
        "opportunities": total[mt.OPPORTUNITIES],
        "leak_harm": total[mt.LEAK_HARM],
    }


def _largest(values: np.ndarray) -> float:
    return float(values.max()) if values.size else math.nan


def _fund(tables: Tables, sums: Sums, days: int) -> dict[str, float]:
    """Spend, runway and steward fill from the day book and the journal."""
    daily, posted = sums.daily, sums.posted
    balance = sum(int(tables.balances[pool]) for pool in fund.POOLS) / 100.0
    month_out = float(daily[-MONTH:, mt.FUND_OUT_YUAN].sum()) * 7.0 / min(days, MONTH)
    acquisition = 0.0
    for purpose in ACQUISITION_PURPOSES:
        acquisition += float(sums.from_pools[purpose])
    margin_yuan = float(posted[fund.SALE]) - float(posted[fund.COST_OF_GOODS])
    member_days = float(daily[:, mt.MEMBERS].sum())
    hazard_day = ratio(float(daily[:, mt.EXITS].sum()), member_days)
    return {
        "fund_balance_yuan": balance,
        "runway_weeks": ratio(balance, month_out),
        "policy_stops": float(daily[:, mt.POLICY_STOPS].sum()),
        "prize_yuan": posted[fund.PRIZE],
        "stipend_yuan": posted[fund.STIPEND],
        "dues_yuan": posted[fund.DUES],
        "entry_fees_yuan": posted[fund.ENTRY_FEE],
        "steward_fill": float(daily[::7, mt.STAFFED].mean()),
        "acquisition_cost_yuan": ratio(acquisition, float(daily[:, mt.JOINS].sum())),
        "lifetime_value_yuan": ratio(ratio(margin_yuan, member_days), hazard_day),
        "points_liability_yuan": float(tables.balances[fund.POINTS_RESERVE]) / 100.0,
        "gaming_loss": ratio(
            float(daily[-MONTH:, mt.FARMED_YUAN].sum()),
            float(daily[-MONTH:, mt.REWARDS_YUAN].sum()),
        ),
    }


def _people(tables: Tables, days: int) -> dict[str, float]:
    """Award concentration and compliance from the members' rows."""
    rows = int(tables.people_state[0].n_rows)
    members = rows_of(tables.members, rows)
    wins = np.sort(members["wins"].astype(float))
    awards = wins.sum()
    posters = members["posts"] > 0
    here = rows_of(tables.fate, rows)["status"] != Status.LEFT
    return {
        "award_winners_share": ratio(float((wins > 0).sum()), float(awards)),
        "award_gini": gini(wins[wins > 0]),
        "compliance": ratio(
            float((posters & (members["violations"] == 0)).sum()), float(posters.sum())
        ),
        "posting_gini": gini(members["posts"][posters]),
        "never_posted": ratio(float((here & ~posters).sum()), float(here.sum())),
    }


def _farming(tables: Tables, days: int) -> dict[str, float]:
    """Those who farm rewards, and the founders who do not (M129)."""
    rows = int(tables.people_state[0].n_rows)
    members = rows_of(tables.members, rows)
    here = rows_of(tables.fate, rows)["status"] != Status.LEFT
    farms = (members["stance"] & (Stance.FARMER | Stance.FAKE)) != 0
    founders = np.arange(rows) < int(tables.run_state[0].n_founders)
    active = here & (members["last_act"] > days - 1 - MONTH)
    honest = founders & ~farms
    return {
        "farmers_end": float((here & farms).sum()),
        "honest_retention": ratio(float((active & honest).sum()), float(honest.sum())),
    }


def gini(values: np.ndarray) -> float:
    """Gini coefficient.

    Parameters
    ----------
    values : numpy.ndarray
        Non-negative numbers, shape ``(n,)``.

    Returns
    -------
    float
        0 (all equal) to 1; NaN without any positive value.
    """
    ordered = np.sort(np.asarray(values, float))
    total = ordered.sum()
    n = ordered.size
    if n == 0 or total <= 0:
        return math.nan
    rank = np.arange(1, n + 1)
    return float(2.0 * (rank * ordered).sum() / (n * total) - (n + 1.0) / n)


def outcomes_with_own(tables: Tables, days: int) -> dict[str, float]:
    """Compute Plaza's outcomes, and those of mechanisms of one's own.

    Parameters
    ----------
    tables : Tables
        Tables after the last day.
    days : int
        Days lived, at least 1.

    Returns
    -------
    dict of str to float
        Outcome to value. What is made of the metrics of a mechanism that is left out is not
        defined (NaN). A metric of one's own is summed over the days; one that is held has its last
        value.

    Raises
    ------
    ValueError
        If something of one's own has the name of one of Plaza's outcomes.
    """
    if tables.own is None:
        return outcomes_of(tables, days)
    own, model = tables.own, tables.own.model
    if model.silent:
        lacking = [NAMES.index(name) for name in model.silent]
        daily = tables.daily.copy()
        daily[:, lacking] = math.nan
        tables = dataclasses.replace(tables, daily=daily)
    with np.errstate(invalid="ignore"):
        values = outcomes_of(tables, days)
    found = own_tables.daily(own, days)
    for one in model.own:
        for metric in one.metrics:
            if metric.name in values:
                raise ValueError(
                    f"mechanism {one.name!r}: there is an outcome {metric.name!r} already; rename "
                    "the metric"
                )
            column = found[metric.name]
            values[metric.name] = float(column[-1] if metric.is_held else column.sum())
    return values
