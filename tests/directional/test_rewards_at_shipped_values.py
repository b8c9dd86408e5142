"""What contributing earns, and what it is paid from: one lever moved, nothing else turned.

As :mod:`test_growth_at_shipped_values`.
"""

from __future__ import annotations

import numpy as np
import pytest
from communities import runs
from shipped import PAID, YEAR, falls, rises, seen, setting_of

from plaza_lab.sim.recording import metrics as mt

pytestmark = pytest.mark.slow
THANKED = (*PAID, "incentive=thanks_only")
POINTS = (*PAID, "incentive=points")
NAMED = (*PAID, "incentive=reputation")
TIPPED = (*PAID, "incentive=tips")
PRIZES = ("entry=fee", "fund=entry_fee", "incentive=weekly_prize")
DUES = ("entry=open", "fund=dues")


@pytest.mark.mechanism("M39")
def test_points_draw_members_as_far_as_money_stands_behind_them(kernels):
    rises(THANKED, POINTS, "points_issued", "points_redeemed", "visits", "posts")
    rises(THANKED, POINTS, "points_liability_yuan")
    poor = ("entry=open", "fund=brand_funded", "fund.brand_week_cents=100", "incentive=points")
    rises(poor, POINTS, "points_issued", "visits", "answers")
    falls(poor, POINTS, "policy_stops")


@pytest.mark.mechanism("M39")
def test_points_worth_half_a_yuan_are_worked_for_and_a_cap_gives_fewer(kernels):
    rich = ("entry=open", "fund=brand_funded", "fund.brand_week_cents=10000000")
    penny, half = (
        (*rich, "incentive=points", f"incentive.point_value_cents={cents}") for cents in (1, 50)
    )
    rises(penny, half, "answers", "fund_out_yuan", days=YEAR)
    falls(POINTS, (*POINTS, "incentive.points_cap_day=10"), "points_issued")


@pytest.mark.mechanism("M40")
def test_grades_hold_members_and_sink_when_idle_to_be_reached_again(kernels):
    graded = (*THANKED, "incentive.has_levels=true")
    rises(THANKED, graded, "grades_reached", "graded_share", days=YEAR)
    near = (*graded, "incentive.level_first=10")
    rises(graded, near, "graded_share", days=YEAR)
    falls(THANKED, near, "exits", days=YEAR)
    rises(THANKED, near, "answers", days=YEAR)
    sinking = (*graded, "incentive.level_idle_weeks=2")
    falls(graded, sinking, "graded_share", days=YEAR)
    rises(graded, sinking, "grades_reached", days=YEAR)


@pytest.mark.mechanism("M42")
def test_a_name_is_worked_for_buys_perks_and_where_it_ranks_it_gathers_voice(kernels):
    rises(THANKED, NAMED, "answers", "posts", "perks", days=YEAR)
    ranked = (*NAMED, "distribution=curated")
    heavy = (*ranked, "incentive.reputation_voice=3")
    rises(ranked, heavy, "voice_gini", "voice_top", days=YEAR)
    falls(heavy, (*heavy, "incentive.reputation_cap=3"), "voice_gini", days=YEAR)
    rises(NAMED, (*NAMED, "incentive.is_certified=true"), "trust", days=YEAR)


@pytest.mark.mechanism("M44")
def test_tips_go_from_member_to_member_and_make_a_norm_that_draws_answers(kernels):
    rises(THANKED, TIPPED, "tips", "tips_yuan", "answers", days=YEAR)
    rises(TIPPED, (*TIPPED, "incentive.tip_norm0=0.3"), "tip_norm", "tips", "answers", days=YEAR)
    assert not seen(TIPPED, "fund_out_yuan", YEAR).any()
    norm = np.array([run.days[:, mt.TIP_NORM]
                     for run in runs(setting_of(TIPPED), range(1, 11), YEAR)])  # fmt: skip
    assert (norm[:, -1] > norm[:, 0]).all()


@pytest.mark.mechanism("M46")
def test_privileges_hold_members_and_are_paid_for_each_who_is_active(kernels):
    held = (*THANKED, "incentive.has_privileges=true")
    rises(THANKED, held, "privilege_holders", "belonging", "purchases", "visits", days=YEAR)
    falls(THANKED, held, "exits", days=YEAR)
    dear = (*held, "incentive.privilege_cents_week=200")
    assert seen(dear, "fund_out_yuan", YEAR) == pytest.approx(
        4 * seen(held, "fund_out_yuan", YEAR), rel=0.1
    )


@pytest.mark.mechanism("M48")
def test_tokens_bring_trust_and_sellers_and_a_bounded_supply_keeps_their_price(kernels):
    tokens = (*PAID, "incentive=token")
    rises(THANKED, tokens, "tokens_minted", "tokens_sold", "trust", days=YEAR)
    scarce = (*tokens, "incentive.token_week_supply=100")
    falls(tokens, scarce, "tokens_minted", days=YEAR)
    rises(tokens, scarce, "token_price_yuan", days=YEAR)


@pytest.mark.mechanism("M54", "M43")
def test_entry_fees_become_prizes_by_the_rule_that_pays_them_out(kernels):
    kept = ("entry=fee", "fund=entry_fee", "incentive=thanks_only")
    rises(kept, PRIZES, "prizes", "answers", days=YEAR)
    falls(kept, PRIZES, "entry_pool_yuan", days=YEAR)
    left = [
        seen((*PRIZES, f"fund.payout_rule={rule}"), "o:fund_balance_yuan", YEAR)
        for rule in ("constant", "per_entrant", "remaining_weeks")
    ]
    assert (left[0] > left[1]).all() and (left[1] > left[2]).all()
    # the founders' 100,000 yuan are gone after the year: what is left came with newcomers
    fees = 200.0 * 364 * seen(PRIZES, "joins", YEAR)
    assert left[0] == pytest.approx(fees, abs=2000)
    rises(PRIZES, (*PRIZES, "fund.horizon_weeks=26"), "fund_out_yuan", days=YEAR)


@pytest.mark.mechanism("M55")
def test_dues_are_income_that_costs_members_and_debtors_go_after_the_grace(kernels):
    free = ("entry=open", "fund=none")
    rises(free, DUES, "fund_in_yuan", "exits")
    strict = (*DUES, "fund.lapse_rule=leave")
    rises(DUES, strict, "arrears", "exits")
    falls(DUES, strict, "fund_in_yuan", "members")
    brief, long = ((*strict, f"fund.grace_days={days}") for days in (3, 28))
    rises(brief, long, "arrears", "members")
    falls(strict, (*strict, "fund.dues_month_cents=5000"), "members", "fund_in_yuan")


@pytest.mark.mechanism("M58", "M130")
def test_selling_in_the_group_is_income_and_costs_trust(kernels):
    sold = (*PAID, "monetisation=all")
    rises(PAID, sold, "orders", "subscriptions", "income_yuan", "fund_in_yuan", days=YEAR)
    falls(PAID, sold, "trust", days=YEAR)
    shop = (*PAID, "monetisation=ecommerce")
    hard = (*shop, "monetisation.intensity=high")
    rises(shop, hard, "orders", "income_yuan", days=YEAR)
    falls(shop, hard, "trust", "motive", days=YEAR)
    kept = (*shop, "monetisation.share_to_fund=0")
    rises(kept, shop, "fund_in_yuan", days=YEAR)


@pytest.mark.mechanism("M136")
def test_what_prizes_bring_forth_feeds_those_who_come_to_read(kernels):
    """More answers are more to read; what is written down in full pleases those who write it."""
    prize = (*PAID, "incentive=weekly_prize")
    rises(THANKED, prize, "answers", "loop_observer", days=YEAR)
    rises(PAID, (*PAID, "comms=structured_digest"), "loop_sharer", days=YEAR)
    falls(PAID, (*PAID, "roles.feeds_sharer=false"), "loop_sharer", "loop_observer", days=YEAR)
