"""Outcomes of partnerships, protection and shocks.

Both sides, trust, balances, incidents (T63-T67), and how long a community needs to be back where it
was (M131).
"""

from __future__ import annotations

import math

import numpy as np

from plaza_lab.agents.deal import Form
from plaza_lab.agents.member import Route
from plaza_lab.sim.calendar import MONTH, WEEK, YEAR
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.sums import Sums
from plaza_lab.sim.tables import Tables

SHOCKS = ("privacy_leak_day", "public_event_day", "culture_offence_day")
"""Incidents of a set day."""


def partner_outcomes(tables: Tables, sums: Sums) -> dict[str, float]:
    """Compute the outcomes of partnerships and protection; NaN where there was none."""
    daily, total, last = sums.daily, sums.total, sums.daily[-1]
    has_deals = total[mt.DEALS_SIGNED] > 0
    return {
        **_both_sides(tables),
        "deals": total[mt.DEALS_SIGNED],
        "deals_ended": total[mt.PARTNER_EXITS],
        "partner_joins": total[mt.JOINS_PARTNER],
        "partner_trust_end": last[mt.PARTNER_TRUST] if has_deals else math.nan,
        "share_deviation": daily[:, mt.SHARE_DEVIATION].max() / 100.0 if has_deals else math.nan,
        "host_image": last[mt.HOST_IMAGE] or math.nan,
        "swap_balance": _swap_balance(tables, sums),
        "points_balance": _points_balance(tables, sums),
        **_protection(tables, daily),
        **_platforms(tables, last),
    }


def _both_sides(tables: Tables) -> dict[str, float]:
    """What partnerships brought the host, and what they brought the partners."""
    state = tables.partnership_state[0]
    return {
        "host_benefit_yuan": state.host_benefit_cents / 100.0,
        "host_gain_yuan": (state.host_benefit_cents - state.host_cost_cents) / 100.0,
        "partner_benefit_yuan": state.benefit_cents / 100.0,
        "partner_gain_yuan": (state.benefit_cents - state.cost_cents) / 100.0,
    }


def _swap_balance(tables: Tables, sums: Sums) -> float:
    """Joins that swaps brought in the last 28 days, less the members who moved over (T65)."""
    deals = tables.deals
    swaps = np.flatnonzero((deals.partner >= 0) & (deals.form == Form.TRAFFIC_SWAP))
    if not swaps.size:
        return math.nan
    members = tables.members[: int(tables.people_state[0].n_rows)]
    is_swap = (members.route == Route.PARTNER) & np.isin(members.inviter, -2 - swaps)
    came = float((is_swap & (members.joined >= len(sums.daily) - MONTH)).sum())
    return came - float(sums.month[mt.SWAP_LEAVERS])


def _points_balance(tables: Tables, sums: Sums) -> float:
    """Points of partners used here in the last 28 days, less those of ours used there (T65)."""
    deals = tables.deals
    if not ((deals.partner >= 0) & (deals.form == Form.POINTS_ALLIANCE)).any():
        return math.nan
    return float(sums.month[mt.POINTS_HONOURED] - sums.month[mt.POINTS_ABROAD])


def _protection(tables: Tables, daily: np.ndarray) -> dict[str, float]:
    """Incidents of the last year, and how data are protected (T66)."""
    days = len(daily)
    year = daily[-YEAR:].sum(axis=0)
    shocks = tables.params[0].shocks
    set_days = [int(getattr(shocks, name)) for name in SHOCKS]
    struck = sum(0 < day < days and day >= days - YEAR for day in set_days)
    own = year[mt.PRIVACY_INCIDENTS] + year[mt.PUBLIC_INCIDENTS] + year[mt.CULTURE_OFFENCES]
    is_kept = bool(tables.params[0].incidents.happen)
    return {
        "incidents": own + struck,
        "encrypted_share": daily[-1, mt.ENCRYPTED_SHARE] if is_kept else math.nan,
        "days_since_audit": daily[-1, mt.DAYS_SINCE_AUDIT] if is_kept else math.nan,
    }


def _platforms(tables: Tables, last: np.ndarray) -> dict[str, float]:
    """How far the community hangs on one place that belongs to somebody else (T67)."""
    has_places = tables.policy[0].hosting.first != 0
    return {
        "held_one_platform": last[mt.HELD_ONE_PLATFORM] if has_places else math.nan,
        "channel_herfindahl": last[mt.CHANNEL_HERFINDAHL] or math.nan,
    }


WEEKS_BEFORE = 8
"""Weeks before a shock whose mean is the usual level; assumption."""
WEEKS_TOGETHER = 4
"""Weeks whose mean is compared with it; assumption."""
BACK = 0.9
"""Part of the usual level at which a community is back; assumption."""


def shock_outcomes(tables: Tables, daily: np.ndarray) -> dict[str, float]:
    """Compute ``recovery_weeks`` from the first day of the last shock; NaN without one."""
    p = tables.params[0].shocks
    names = p.dtype.names
    days = [int(p[name]) for name in names if name.endswith("_day")]
    came = [day for day in days if 0 < day < len(daily)]
    active = daily[:, mt.ACTIVE_7D]
    return {"recovery_weeks": recovery_weeks(active, max(came)) if came else math.nan}


def recovery_weeks(active: np.ndarray, day: int) -> float:
    """Weeks from a shock until activity is back.

    Parameters
    ----------
    active : numpy.ndarray
        Members with an act in the seven days up to each day, shape ``(days,)``.
    day : int
        First day of the shock.

    Returns
    -------
    float
        The first week from which the mean of four weeks is at least nine tenths of the mean of the
        eight weeks before (or of those there are); where there is none, the whole weeks from the
        shock to the last day, which is the least that recovery takes. NaN with less than a week
        before, or four after.
    """
    before = active[:day][::-1][::WEEK][:WEEKS_BEFORE]
    if day < WEEK or len(active) - day < WEEK * WEEKS_TOGETHER:
        return math.nan
    after = active[day + WEEK - 1 :: WEEK]
    means = np.convolve(after, np.ones(WEEKS_TOGETHER) / WEEKS_TOGETHER, "valid")
    back = np.flatnonzero(means >= BACK * before.mean())
    return float(back[0]) if back.size else float(len(after))
