"""Talent pool, loops of value per role, and those who game rewards."""

from __future__ import annotations

import numpy as np
import pytest
from communities import FAITHFUL, lived, opened, setting
from effects import assert_falls, assert_rises, effect, late, total

from plaza_lab.agents.member import Stance
from plaza_lab.sim.engine import live_until
from plaza_lab.sim.policy import Judge, Staff
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund

HELPFUL = {"population.initial_members": 200, "policy.fund.brand_week_cents": 800_000}
HELPING = {**HELPFUL, "world.help.answer_base": -0.5, "world.help.request_week": 0.6}
PRIZE = {"policy.incentive.has_prize": True}
SEEDS = range(1, 13)


# ---- talent --------------------------------------------------------------------------------


@pytest.mark.mechanism("M47")
def test_the_talent_pool_keeps_contributors_after_a_while(kernels):
    """R33: of those with 8 answers in 8 weeks, as many are left after 8 weeks with and without
    matching, and more after a year."""
    world = {**HELPING, "world.churn.established_hazard": 0.004, "world.talent.match_hold": 3.0}
    gains = {56: [], 364: []}
    for seed in SEEDS:
        plain, pool = (
            opened(setting(world, {"policy.incentive.has_talent": has}), seed, 364)
            for has in (False, True)
        )
        plain, pool = live_until(plain, 0, 56), live_until(pool, 0, 56)
        contributors = np.nonzero(plain.members.answers[:200] >= 8)[0]
        assert contributors.size >= 10
        for day in gains:
            plain, pool = live_until(plain, 56, day), live_until(pool, 56, day)
            kept = [(t.fate.status[contributors] > 0).mean() for t in (plain, pool)]
            gains[day].append(kept[1] - kept[0])
    soon, late_on = (np.array(gains[day]) for day in (56, 364))
    error = late_on.std(ddof=1) / np.sqrt(late_on.size)
    assert late_on.mean() > 2.2 * error
    assert late_on.mean() > soon.mean() + 0.02


@pytest.mark.mechanism("M47")
def test_hope_makes_members_on_record_answer_and_a_star_may_be_needed(kernels):
    pool = {"policy.incentive.has_talent": True, "world.talent.match_hold": 0.0,
            "world.talent.record": 3.0, "world.talent.match_belonging": 0.0}  # fmt: skip
    assert_rises(HELPING, pool, late("answers", 56))
    without = {**pool, "policy.incentive.talent_needs_star": True, "policy.roles.has_star": False}
    days = lived(setting(HELPING, without), 1, 84).daily
    assert not days[:, mt.MATCHES].any()


# ---- loops of value ------------------------------------------------------------------------


@pytest.mark.mechanism("M52")
def test_an_open_loop_makes_its_role_withdraw(kernels):
    """R36: sharers answer less, askers ask less, observers visit less, stewards are not found."""
    assert_falls(HELPING, {"policy.roles.feeds_sharer": False}, total("answers"))
    assert_falls(HELPING, {"policy.roles.feeds_asker": False}, total("requests"))
    assert_falls(HELPING, {"policy.roles.feeds_observer": False}, total("visits"))
    rota = {**HELPING, "policy.stewarding.staff": Staff.PAID_ROTATION,
            "policy.stewarding.stipend_week_cents": 100_000,
            "world.stewarding.sign_up": 1.0}  # fmt: skip
    assert_falls(rota, {"policy.roles.feeds_steward": False}, "steward_fill")


@pytest.mark.mechanism("M52")
def test_members_of_an_open_loop_leave(kernels):
    """R36: exit as well as silence; and one role's withdrawal reaches the others."""
    leaving = {**HELPING, "world.churn.established_hazard": 0.004}
    assert_rises(leaving, {"policy.roles.feeds_observer": False}, total("exits"), days=252)
    days = lived(setting(HELPING, {"policy.roles.feeds_sharer": False}), 1, 200).daily
    assert days[199, mt.LOOP_SHARER] < 0.3
    closed = lived(setting(HELPING), 1, 200).daily
    assert days[199, mt.LOOP_OBSERVER] < closed[199, mt.LOOP_OBSERVER]
    assert closed[199, mt.LOOP_SHARER] > 0.7


@pytest.mark.mechanism("M52", "M136")
def test_a_role_s_loop_is_what_it_received(kernels):
    """R36: a prize feeds the sharers, who are less well fed without any reward."""
    assert_rises(HELPING, PRIZE, "mean:loop_sharer", seeds=range(1, 37))
    plain = lived(setting(HELPING), 1, 200).daily
    assert 0.5 < plain[199, mt.LOOP_SHARER] < 1.0


@pytest.mark.mechanism("M52")
def test_the_star_goes_when_her_loop_is_open(kernels):
    tables = lived(setting(HELPING, {"policy.roles.feeds_star": False}), 1, 120)
    star = tables.daily[:120, mt.LOOP_STAR]
    assert star[0] > 0.9 and star[-1] == 0.0 and tables.roles_state[0].has_star == 0
    assert (np.diff(star) <= 0).all()


# ---- gaming --------------------------------------------------------------------------------

FARMERS = {
    **HELPFUL,
    "policy.incentive.has_points": True,
    "world.gaming.farmer_share": 0.1,
    "policy.acquisition.referral_reward_cents": 2000,
    "policy.acquisition.referral_vest_days": 14,
}
DETECTION = {"policy.incentive.has_detection": True}


@pytest.mark.mechanism("M129")
def test_farmers_take_a_share_and_detection_takes_it_back(kernels):
    """R37: the loss T69 with and without detection; fewer than 10 % farm, far more is lost."""
    low, _ = effect(FARMERS, DETECTION, "gaming_loss", days=182)
    runs_without = [lived(setting(FARMERS), seed, 182) for seed in (1, 2, 3)]
    for tables in runs_without:
        month = tables.daily[154:182]
        loss = month[:, mt.FARMED_YUAN].sum() / month[:, mt.REWARDS_YUAN].sum()
        assert loss > 0.15
    assert low < 0
    assert_falls(FARMERS, DETECTION, "gaming_loss", days=182)
    nobody = {"policy.incentive.has_points": True, "world.gaming.farmer_share": 0.0}
    honest = lived(setting(HELPFUL, nobody), 1, 100).daily
    assert not honest[:, mt.FARMED_YUAN].any()


@pytest.mark.mechanism("M129")
def test_unfair_awards_wear_the_honest_and_detection_errs(kernels):
    """M129: motive falls where farmers win; detection restores part, and accuses some wrongly."""
    wearing = {**FARMERS, "world.incentives.unfair_loss": 0.2}
    assert_falls((wearing, {"world.gaming.farmer_share": 0.0}), {"world.gaming.farmer_share": 0.1},
                 "motive_end", days=182)  # fmt: skip
    sure = {**DETECTION, "world.gaming.recall": 0.9, "world.gaming.false_alarm": 0.0}
    assert_rises(wearing, sure, "motive_end", days=182)
    days = lived(setting(FARMERS, DETECTION), 1, 182).daily
    assert days[:, mt.CAUGHT].sum() > 0
    assert days[:, mt.FALSE_ALARMS].sum() > 0


@pytest.mark.mechanism("M129")
def test_awards_that_farmers_win_are_felt_as_unfair_until_they_are_found(kernels):
    """S08: undetected, the scheme loses fairness; detection restores part of it."""
    nobody = {"world.gaming.farmer_share": 0.0}
    assert_falls((FARMERS, nobody), {"world.gaming.farmer_share": 0.1}, "fairness_end", days=182)
    sure = {**DETECTION, "world.gaming.recall": 0.9}
    assert_rises(FARMERS, sure, "fairness_end", days=182)


@pytest.mark.mechanism("M129")
def test_an_identity_check_turns_fake_accounts_away_and_costs_trust(kernels):
    check = {"policy.incentive.has_identity_check": True}
    fake = {**FARMERS, "world.gaming.farmer_share": 0.3, "world.gaming.fake_visit": 0.1}
    assert_falls(fake, check, lambda run: -float(run.days[:, mt.EXITS].sum()))
    tables = [lived(setting(fake, change), 2, 140) for change in ({}, check)]
    alive = [((t.members.stance & Stance.FAKE > 0) & (t.fate.status > 0)).sum() for t in tables]
    assert alive[0] > 5 > alive[1]
    spent = [t.journal.amount_cents[t.journal.purpose == fund.REFERRAL_REWARD].sum()
             for t in tables]  # fmt: skip
    assert spent[1] < spent[0]
    assert_falls(({**HELPFUL, "world.arrival.p_external": 1e-3}), check, "trust_end")


@pytest.mark.mechanism("M129", "M43")
def test_votes_can_be_traded(kernels):
    """R37: where members vote, farmers win prizes they would not get from a judge."""
    base = {**HELPING, **FAITHFUL, "policy.incentive.has_prize": True,
            "world.gaming.farmer_share": 0.05}  # fmt: skip
    vote = {"policy.incentive.prize_judge": Judge.VOTE}
    assert_rises(base, vote, "gaming_loss")
    assert_falls((base, vote), DETECTION, "gaming_loss")
