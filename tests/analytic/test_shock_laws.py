"""Closed forms of shocks: how they last and halve, what an answer saves, when activity is back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from communities import CLOSED, lived, setting

from plaza_lab.engine.plain import plain
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.sim.mechanisms.outside import shocks
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.partner_outcomes import recovery_weeks
from plaza_lab.sim.state import fund

P = shocks.Params()
FEW = {**CLOSED, "population.initial_members": 60}


def test_a_shock_is_whole_while_it_lasts_and_then_halves():
    force = plain(shocks.force)
    assert [force(day, 0, 1.0, 7.0) for day in (0, 5, 500)] == [0.0, 0.0, 0.0]
    assert force(9, 10, 2.0, 7.0) == 0.0
    assert [force(day, 10, 2.0, 7.0) for day in (10, 23)] == [1.0, 1.0]
    assert force(23 + 7, 10, 2.0, 7.0) == pytest.approx(0.5)
    assert force(24, 10, 2.0, 0.0) == 0.0


def test_a_loss_of_thirty_per_cent_is_one_of_five_after_465_days():
    """With a half-life of 180 days (partners.md 6, known answer 10)."""
    force = plain(shocks.force)
    left = [0.3 * force(day, 1, 0.143, 180.0) for day in range(1, 600)]
    assert int(np.argmax(np.array(left) < 0.05)) == 466
    assert left[465] == pytest.approx(0.05, abs=1e-4)


@pytest.mark.parametrize(
    ("hours", "part"), ((0.0, 1.0), (6.0, 0.611), (24.0, 0.816), (72.0, 0.975))
)
def test_an_answer_leaves_this_part_of_the_harm(hours, part):
    """Known answer 10 of partners.md; 0 hours stand for no answer."""
    assert plain(shocks.answered)(hours, P) == pytest.approx(part, abs=6e-4)


@pytest.mark.parametrize("weeks", (0.143, 0.43, 1.0))
def test_what_is_lost_day_by_day_adds_up_to_the_size(weeks):
    today = plain(shocks._share_today)
    left = math.prod(1.0 - today(day, 5, weeks, 0.3) for day in range(60))
    assert left == pytest.approx(0.7)


def test_activity_is_back_from_the_first_four_weeks_at_nine_tenths():
    active = np.full(210, 100.0)
    assert recovery_weeks(active, 70) == 0.0
    active[70:105] = 50.0  # five weeks at half; the mean passes 90 only where none of them is in it
    assert recovery_weeks(active, 70) == 5.0
    active[70:] = 50.0
    assert recovery_weeks(active, 70) == 20.0, "not back: the weeks to the end"
    assert math.isnan(recovery_weeks(active, 3)) and math.isnan(recovery_weeks(active, 190))


@pytest.mark.mechanism("M131")
def test_a_budget_cut_withholds_its_share_to_the_cent(kernels):
    brand = {**FEW, "policy.fund.brand_week_cents": 100_001}
    cut = {"world.shocks.budget_cut_day": 14, "world.shocks.budget_cut_weeks": 2.0}
    journal = lived(setting(brand, cut), 1, 42).journal
    paid = [int(one.amount_cents) for one in journal if one.purpose == fund.BRAND_SUBSIDY]
    assert paid[:6] == [100_001, 100_001, 70_001, 70_001, 100_001, 100_001]


@pytest.mark.mechanism("M125", "M124")
def test_those_whom_it_concerns_lose_trust_once(kernels):
    """A part of members loses the size of it on the day; nobody else does."""
    for kind, loss, share in (("privacy_leak", 0.3, 0.3), ("public_event", 0.15, 1.0)):
        length = {f"world.shocks.{kind}_weeks": 0.143}
        calm = lived(setting(FEW), 3, 11)
        shaken = lived(setting(FEW, length, {f"world.shocks.{kind}_day": 10}), 3, 11)
        rows = int(calm.people_state[0].n_rows)
        ratio = shaken.members.trust[:rows] / calm.members.trust[:rows]
        still = np.abs(ratio - 1.0) < 0.02
        lost = np.abs(ratio - (1.0 - loss)) < 0.02
        assert (still | lost).mean() > 0.9
        assert abs(lost.mean() - share) < 0.2


@pytest.mark.mechanism("M131")
def test_demand_keeps_a_level_for_four_weeks(kernels):
    swing = {"world.shocks.demand_swing_day": 7, "world.shocks.demand_swing_weeks": 12.0}
    days = lived(setting(FEW, swing), 2, 112).daily
    level = days[:112, mt.DEMAND_SWING]
    assert not level[:7].any() and not level[91:].any()
    assert all(len(set(level[7 + 28 * k : 35 + 28 * k])) == 1 for k in range(3))
    assert len(set(level[7:91])) == 3


def test_a_shock_after_the_run_and_a_size_out_of_bounds_are_refused():
    with pytest.raises(UserError, match=r"surge_day=91 comes after the 4 weeks .* choose 1 to 27"):
        compose(["shocks=surge", "run.weeks=4"])
    with pytest.raises(UserError, match=r"world\.shocks\.surge_size=99.*1 to 12"):
        compose(["shocks=surge", "world.shocks.surge_size=99"])
    with pytest.raises(UserError, match=r"shocks has no option 'flood'"):
        compose(["shocks=flood"])


def test_several_hold_at_once():
    p = compose(["shocks=mixed"]).config.world.shocks
    assert (p.privacy_leak_day, p.steward_strike_day, p.budget_cut_day) == (91, 98, 105)
    assert plain(shocks._lasting)(105, p) == 2.0  # the leak was the news of one day
