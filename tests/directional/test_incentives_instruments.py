"""Each instrument by itself: points, grades, badges, reputation, privileges, tiers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from communities import CLOSED, FAITHFUL, daily, live_by_hand, lived, opened, paid, posted, setting
from effects import assert_falls, assert_rises, effect, late, total

from plaza_lab.agents.member import Stance, Tier
from plaza_lab.agents.packed import WHOLE
from plaza_lab.engine.plain import plain
from plaza_lab.sim.mechanisms.rewards import levels
from plaza_lab.sim.mechanisms.rewards import points as points_rules
from plaza_lab.sim.policy import Feed
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.outcomes import outcomes_of
from plaza_lab.sim.state import fund

HELPFUL = {"population.initial_members": 200, "policy.fund.brand_week_cents": 800_000}
EAGER = {**HELPFUL, "world.activity.responder_share": 1.0}
HELPING = {**HELPFUL, "world.help.answer_base": 0.0, "world.help.request_week": 0.6}
SEEDS = range(1, 13)
INSTRUMENTS = {
    "points": ({"has_points": True}, "points_issued"),
    "grades": ({"has_levels": True}, "grades_reached"),
    "badges": ({"has_badges": True}, "badges"),
    "reputation": ({"has_reputation": True, "reputation_perk": 1.0}, "perks"),
    "privileges": ({"has_privileges": True}, "privilege_holders"),
    "tiers": ({"tier": Tier.AT_RISK, "care_cents_week": 50}, "favoured"),
    "prize": ({"has_prize": True}, "prizes"),
    "tips": ({"has_tips": True, "tip_norm0": 0.5}, "tips"),
    "pay": ({"oneoff_cents": 100}, "oneoff_yuan"),
    "talent pool": ({"has_talent": True, "talent_share": 0.5}, "matches"),
    "tokens": ({"has_token": True}, "tokens_minted"),
}


@pytest.mark.parametrize("name", INSTRUMENTS)
@pytest.mark.mechanism("M39", "M40", "M41", "M42", "M43", "M44", "M45", "M46", "M47", "M48", "M49")
def test_each_instrument_can_be_used_alone(kernels, name):
    """R30: what one lever turns on leaves its own trace, and no other's."""
    levers, _ = INSTRUMENTS[name]
    alone = {f"policy.incentive.{lever}": value for lever, value in levers.items()}
    record = {"world.talent.record": 1.0}
    days = lived(setting(HELPING, record, alone), 1, 70).daily
    traces = {trace for _, trace in INSTRUMENTS.values() if days[:, mt.NAMES.index(trace)].any()}
    assert traces == {INSTRUMENTS[name][1]}


# ---- points --------------------------------------------------------------------------------


@pytest.mark.mechanism("M39")
def test_points_are_accounted_for_to_the_last_one(kernels):
    """R30: issued = redeemed + expired + held; the liability is held points at their value, and
    a pool has set it aside (T56)."""
    which = setting(
        EAGER,
        {
            "policy.incentive.has_points": True,
            "policy.incentive.points_reward": 60,
            "policy.incentive.point_value_cents": 3,
            "policy.incentive.points_expiry_weeks": 2,
        },
    )
    tables = lived(which, 2, 140)
    days = tables.daily[:140]
    held = int(tables.members.points.sum())
    gone = days[:, mt.POINTS_REDEEMED].sum() + days[:, mt.POINTS_EXPIRED].sum()
    assert held > 0 and days[:, mt.POINTS_EXPIRED].sum() > 0
    assert days[:, mt.POINTS_ISSUED].sum() == gone + held
    assert round(days[-1, mt.POINTS_LIABILITY_YUAN] * 100) >= 3 * held
    assert tables.balances[fund.POINTS_RESERVE] >= 3 * held
    # spent is what members got and what is set aside for them; lapsed points cost nothing
    journal = posted(tables)
    back = journal[(journal.purpose == fund.POINTS_BACKING) & (journal.payee == fund.BRAND_POOL)]
    assert back.amount_cents.sum() > 0
    assert days[:, mt.FUND_OUT_YUAN].sum() * 100 == pytest.approx(
        paid(tables, fund.POINTS_REDEMPTION).sum() + tables.balances[fund.POINTS_RESERVE]
    )
    came_in = paid(tables, fund.BRAND_SUBSIDY).sum()
    assert days[:, mt.FUND_IN_YUAN].sum() * 100 == pytest.approx(came_in)
    found = outcomes_of(tables, 140)
    assert found["fund_spend_yuan"] == pytest.approx(found["spent_rewards_yuan"])
    assert found["fund_balance_yuan"] == pytest.approx(came_in / 100 - found["fund_spend_yuan"])


@pytest.mark.mechanism("M39")
def test_points_bring_responders_more_often_and_as_far_as_claims_are_believed(kernels):
    """F79, F80: more daily active members and items; the claim scaled by the calibration."""
    points = {"policy.incentive.has_points": True}
    assert_rises(EAGER, points, total("dau"))
    assert_rises(EAGER, points, total("posts"))
    neutral = {
        "world.calibration.scale": 0.0,
        "world.gaming.farmer_share": 0.0,
        "world.points.redeem": 0.0,
        "world.posting.points_quality_loss": 0.0,
        "policy.incentive.point_value_cents": 0,
    }
    visits = [
        daily(setting(EAGER, neutral, change), "visits", range(1, 5), 84) for change in ({}, points)
    ]
    assert (visits[0] == visits[1]).all()


@pytest.mark.mechanism("M39")
def test_points_worth_more_draw_more(kernels):
    """R30: what a point buys matters, so that paying more for the same acts is not for nothing."""
    points = {**EAGER, "policy.incentive.has_points": True, "policy.fund.brand_week_cents": 10**7,
              "policy.fund.brand_prize_share": 0.0, "world.incentives.crowding": 0.0}  # fmt: skip
    dearer = {"policy.incentive.point_value_cents": 100}
    assert_rises(points, dearer, total("posts"))
    assert_rises(points, dearer, total("answers"))


@pytest.mark.mechanism("M39", "M56")
def test_points_draw_as_far_as_a_pool_backs_them(kernels):
    """Once the money is gone, points are earned by nobody and move nobody."""
    poor = {**EAGER, "policy.fund.brand_week_cents": 0, "policy.fund.opening_cents": 100,
            "policy.fund.brand_prize_share": 0.0}  # fmt: skip
    points = {"policy.incentive.has_points": True, "policy.incentive.point_value_cents": 10}
    which = setting(poor, points)
    tables = lived(which, 1, 70)
    assert 0 < tables.daily[:, mt.POINTS_ISSUED].sum() <= 10
    points_state = tables.points_state[0]
    policy, world = tables.policy[0], tables.params[0]
    m = tables.members[np.flatnonzero(tables.members.stance & Stance.RESPONDER)[0]]
    assert points_state.points_paid == 0
    assert plain(points_rules.points_visit)(m, tables, policy, world) == 0
    assert plain(points_rules.points_answer)(m, tables, policy, world) == 0
    points_state.points_paid = 1.0
    assert plain(points_rules.points_visit)(m, tables, policy, world) > 0
    assert plain(points_rules.points_answer)(m, tables, policy, world) > 0


# ---- grades --------------------------------------------------------------------------------


@pytest.mark.mechanism("M40")
def test_a_grade_pulls_as_it_comes_near_and_lets_go_once_reached(kernels):
    """M40: log(1 + g progress ** h) before the threshold, a dip just after it."""
    which = setting({"policy.incentive.has_levels": True, "policy.incentive.level_first": 100.0,
                     "population.initial_members": 5, "world.calibration.scale": 1.0})  # fmt: skip
    tables = opened(which, 1, 7)
    m, policy, world = tables.members[0], tables.policy[0], tables.params[0]
    pull = plain(levels.grade_pull)
    m.stance, m.answers = Stance.RESPONDER, 0
    before = []
    for m.posts in (0, 3, 6, 9):
        before.append(pull(m, policy, world))
    expected = [math.log(1 + 0.8 * (n / 10) ** 3) for n in (0, 3, 6, 9)]
    assert before == pytest.approx(expected)
    m.posts, m.level = 10, 1
    assert pull(m, policy, world) == pytest.approx(-0.4)
    m.stance = 0
    assert pull(m, policy, world) == 0.0


@pytest.mark.mechanism("M40")
def test_grades_hold_members_and_sink_when_idle(kernels):
    """M40: who holds a grade leaves less; with decay, grades of the absent are lost."""
    grades = {"policy.incentive.has_levels": True, "policy.incentive.level_first": 20.0}
    lively = {**HELPFUL, "world.churn.established_hazard": 0.005, "world.levels.hold": 4.0}
    assert_falls(lively, grades, total("exits"))
    assert_falls(
        (lively, grades), {"policy.incentive.level_idle_weeks": 2}, late("graded_share", 1)
    )


# ---- badges --------------------------------------------------------------------------------


@pytest.mark.mechanism("M41")
def test_badges_move_the_motive_of_the_honoured_as_long_as_they_are_rare(kernels):
    """M41: honours for everybody lose their worth."""
    badges = {"policy.incentive.has_badges": True}
    assert_rises(HELPING, badges, "motive_end")
    worth = []
    for share in (0.02, 1.0):
        which = setting(HELPING, badges, {"policy.incentive.badge_share": share})
        flood = [float(lived(which, seed, 98).badges_state[0].badge_flood) for seed in range(1, 5)]
        worth.append(math.exp(-np.mean(flood) / 0.03))
    assert worth[1] < 0.5 * worth[0]


@pytest.mark.mechanism("M41")
def test_badges_go_to_the_best_answerers(kernels):
    which = setting(HELPING, {"policy.incentive.has_badges": True})
    box = {}

    def before(tables, day, name):
        if name == "badges" and day == 27:
            box["scores"] = tables.members.week_score / WHOLE
            box["badges"] = tables.members.badges.copy()

    def after(tables, day, name):
        if name == "badges" and day == 27:
            box["new"] = tables.members.badges - box["badges"]

    live_by_hand(opened(which, 3, 28, 1500), 0, 28, after, before)
    honoured, others = box["scores"][box["new"] > 0], box["scores"][box["new"] == 0]
    assert honoured.size > 0
    assert honoured.min() >= others.max() - 1 / 64


# ---- reputation ----------------------------------------------------------------------------


@pytest.mark.mechanism("M42")
def test_a_name_to_keep_up_makes_members_contribute_and_buy_again(kernels):
    reputation = {"policy.incentive.has_reputation": True}
    named = {**HELPING, "world.reputation.half": 0.5, "world.reputation.pull": 2.0}
    assert_rises(named, reputation, total("posts"))
    assert_rises(named, reputation, total("answers"))
    buyers = {
        **named,
        "world.purchase.buyer_share": 1.0,
        "world.purchase.rate_weeks": 0.5,
        "world.purchase.dropout_a": 0.01,
        "world.purchase.dropout_b": 500.0,
        "world.reputation.pull": 0.0,
    }
    assert_rises((buyers, reputation, {"world.reputation.repurchase": 0.0}),
                 {"world.reputation.repurchase": 3.0}, total("purchases"))  # fmt: skip


@pytest.mark.mechanism("M42", "M123")
def test_weight_of_reputation_concentrates_voice_unless_bounded(kernels):
    """M42: a ranked feed that counts reputation gives the known more readers."""
    ranked = {**HELPING, "policy.distribution.feed": Feed.CURATED,
              "policy.distribution.explore_share": 0.1, "world.activity.read_rate": 0.5,
              "policy.incentive.has_reputation": True}  # fmt: skip
    voice = {"policy.incentive.reputation_voice": 3.0}
    low, _ = effect(ranked, voice, "voice_gini", days=112)
    assert low > 0
    assert_falls((ranked, voice), {"policy.incentive.reputation_cap": 0.5}, "voice_gini", days=112)


@pytest.mark.mechanism("M42")
def test_certified_names_are_trusted_and_perks_please(kernels):
    reputation = {**HELPING, "policy.incentive.has_reputation": True}
    assert_rises(reputation, {"policy.incentive.is_certified": True}, "trust_end")
    assert_rises((reputation, {"world.reputation.perk_satisfaction": 0.5}),
                 {"policy.incentive.reputation_perk": 0.5}, "satisfaction_end")  # fmt: skip


# ---- privileges and tiers ------------------------------------------------------------------


@pytest.mark.mechanism("M46")
def test_privileges_hold_members_as_long_as_they_are_paid_for(kernels):
    """M46: fewer exits, at a cost per active holder; nothing where the pool is empty."""
    leaving = {**HELPFUL, "world.churn.established_hazard": 0.005, "world.privileges.hold": 2.0}
    rights = {"policy.incentive.has_privileges": True}
    assert_falls(leaving, rights, total("exits"))
    assert_rises((HELPFUL, FAITHFUL), rights, "belonging_end")
    tables = lived(setting(leaving, rights), 1, 56)
    holders = tables.daily[0:56:7, mt.PRIVILEGE_HOLDERS]
    assert paid(tables, fund.PRIVILEGES).sum() == 50 * holders.sum()
    poor = {"policy.fund.brand_week_cents": 100}
    low, high = effect((leaving, poor), rights, total("exits"))
    assert low < 0.5 * HELPFUL["population.initial_members"] * 0.1 and high > -8


@pytest.mark.mechanism("M49")
def test_service_for_those_at_risk_holds_them_and_is_minded_by_the_others(kernels):
    """M49: fewer exits; trust of those not favoured falls, if they know."""
    leaving = {**HELPFUL, **CLOSED, "world.churn.established_hazard": 0.005,
               "world.privileges.care_hold": 3.0}  # fmt: skip
    care = {"policy.incentive.tier": Tier.AT_RISK, "policy.incentive.care_cents_week": 50}
    assert_falls(leaving, care, total("exits"))
    hidden = {**care, "policy.incentive.is_tier_open": False}
    assert_falls((leaving, hidden), {"policy.incentive.is_tier_open": True}, "trust_end")


@pytest.mark.mechanism("M49")
def test_the_favoured_earn_more_points(kernels):
    base = {**HELPFUL, "policy.incentive.has_points": True, "policy.incentive.has_levels": True,
            "policy.incentive.level_first": 20.0, "policy.incentive.tier_level": 1}  # fmt: skip
    favour = {"policy.incentive.tier": Tier.GRADE, "policy.incentive.tier_bonus": 1.0}
    assert_rises(base, favour, total("points_issued"))
    journal = posted(lived(setting(base, favour), 1, 30))
    assert (journal.purpose == fund.POINTS_BACKING).any()
