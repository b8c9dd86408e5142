"""Budget: on the first day of a week the brand pays in, and prize and stipend are announced.

It comes before everything else of that day, so that what is paid in can be spent on it, and a run
of 26 weeks has 26 of them. Members can respond to what is announced.
"""

from __future__ import annotations

import enum

from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Var, levers, quantity
from plaza_lab.sim.state import fund, rewards
from plaza_lab.sim.stepping import compiled, i8, kernel

SOURCE = "M54, M55, M57; W03, W04"
STATE: tuple[Var, ...] = (
    Var("prize_cents", "i8", "cents", "prize pool of this week", "M43"),
    Var("stipend_cents", "i8", "cents", "stipend offered this week", "M62"),
    Var("opening_pool_cents", "i8", "cents", "entry pool at the start of the cycle", "M54"),
    Var("cycle_week", "i8", "weeks", "weeks since the cycle began", "M54"),
    Var("payer_weeks", "i8", "member-weeks", "dues-paying member-weeks so far", "W03"),
    Var("dues_released_cents", "i8", "cents", "dues released so far", "W04"),
    Var("dues_prize_cents", "i8", "cents", "released dues waiting for prizes", "assumption"),
)


class PayoutRule(enum.IntEnum):
    """How the entry pool becomes weekly prizes (M54)."""

    CONSTANT = 0
    PER_ENTRANT = 1
    REMAINING_WEEKS = 2


@levers("fund")
class Levers:
    """How the entry pool becomes weekly prizes."""

    payout_rule: PayoutRule = quantity(PayoutRule.CONSTANT, "rule", source="M54")
    """constant: pool of day 0 / horizon; per_entrant: each fee over the horizon; remaining_weeks:
    balance / weeks left."""
    horizon_weeks: int = quantity(52, "weeks", (1, 520), "F04")
    """Weeks over which the pool is paid."""


@kernel()
def step(t, day):
    """Open a week on its first day."""
    if day % WEEK == 0:
        _open_week(t, day)


@compiled()
def _open_week(t, day):
    """Pay in the brand's budget and announce the week's prize and stipend."""
    lever = t.policy[0].fund
    state = t.budget_state[0]
    fund.transfer(
        t, day, fund.BRAND_SUBSIDY, fund.BRAND, fund.BRAND_POOL, _brand_week(t), fund.NOBODY
    )
    dues = _release_dues(t)
    to_prizes = i8(dues * lever.dues_prize_share)
    state.dues_prize_cents += to_prizes
    prize = state.dues_prize_cents
    if lever.has_entry_pool:
        prize += _entry_release(t, day)
    if not lever.has_entry_pool and lever.dues_prize_share == 0.0:
        prize += _brand_release(t)
    is_on = rewards.prize_row(t) >= 0 and rewards.is_cash_on(t, day)
    state.prize_cents = prize if is_on else 0
    state.stipend_cents = dues - to_prizes
    if t.policy[0].stewarding.stipend_week_cents > 0:
        state.stipend_cents = t.policy[0].stewarding.stipend_week_cents
    state.cycle_week += 1


@compiled()
def _brand_week(t):
    """What the brand pays in for the week: its budget, less what is cut (M131)."""
    return i8(t.policy[0].fund.brand_week_cents * (1.0 - t.shocks_state[0].budget_cut) + 0.5)


@compiled()
def _release_dues(t):
    """This week's dues: members x dues x 12 / 52, exact over any number of weeks (W04)."""
    state = t.budget_state[0]
    dues = t.policy[0].fund.dues_month_cents
    state.payer_weeks += t.people_state[0].n_members - t.dues_state[0].n_arrears
    released = state.payer_weeks * dues * 12 // 52
    release = released - state.dues_released_cents
    state.dues_released_cents = released
    return release


@compiled()
def _brand_release(t):
    """What the brand gives for the week's prize: of its budget, and of its grant while it lasts."""
    lever = t.policy[0].fund
    week = t.budget_state[0].cycle_week
    release = i8(_brand_week(t) * lever.brand_prize_share)
    if week < lever.horizon_weeks:
        grant = i8(lever.opening_cents * lever.brand_prize_share)
        release += fund.share_of(grant, week, lever.horizon_weeks)
    return release


@compiled()
def _entry_release(t, day):
    """What the entry pool releases for the week, by the payout rule (M54)."""
    lever = t.policy[0].fund
    state = t.budget_state[0]
    horizon = lever.horizon_weeks
    balance = t.balances[fund.ENTRY_POOL]
    week = state.cycle_week % horizon
    if lever.payout_rule == PayoutRule.CONSTANT:
        if week == 0:
            state.opening_pool_cents = balance
        return fund.share_of(state.opening_pool_cents, week, horizon)
    if lever.payout_rule == PayoutRule.REMAINING_WEEKS:
        return balance // (horizon - week)
    release = 0
    now = day // 7
    for cohort in range(max(0, now - horizon + 1), min(now + 1, t.fee_weeks.shape[0])):
        release += fund.share_of(t.fee_weeks[cohort], now - cohort, horizon)
    return release
