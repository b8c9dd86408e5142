"""Review and the automatic filter: what they stop, and what they cost. 95 %, paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import lived, outcome, setting
from effects import assert_falls, assert_rises, effect, share, total

from plaza_lab.sim.policy import Review, Staff
from plaza_lab.sim.recording import metrics as mt

TALK = {
    "population.initial_members": 200,
    "policy.stewarding.founder_hours_week": 20.0,
    "world.posting.violation_base": 0.15,
    "world.review.is_felt": True,
}
FILTER = {**TALK, "policy.moderation.review": Review.FILTER_QUEUE}
HOW = {"days": 84, "seeds": range(1, 9)}


@pytest.mark.mechanism("M60")
def test_screening_blocks_at_its_stated_rates(kernels):
    """R44: risky items are blocked with the filter's recall, harmless ones with its error rate."""
    which = setting(FILTER, {"policy.moderation.filter_recall": 0.7,
                             "policy.moderation.filter_false_positive": 0.05})  # fmt: skip
    days = np.concatenate([lived(which, seed, 200).daily[:200] for seed in (1, 2, 3)])
    total_of = days.sum(axis=0)
    risky = total_of[mt.VIOLATIONS]
    found = total_of[mt.BLOCKED] - total_of[mt.FALSE_BLOCKED]
    harmless = total_of[mt.POSTS] - risky
    for got, of, rate in ((found, risky, 0.7), (total_of[mt.FALSE_BLOCKED], harmless, 0.05)):
        assert of > 500
        assert abs(got / of - rate) < 4.0 * np.sqrt(rate * (1 - rate) / of)


@pytest.mark.mechanism("M60")
def test_a_better_filter_leaves_less_harm_and_false_alarms_cost_trust(kernels):
    """R44, M60."""
    blind = {**FILTER, "policy.moderation.filter_recall": 0.0, "policy.moderation.strictness": 0.0}
    assert_rises(blind, {"policy.moderation.filter_recall": 0.95}, "satisfaction_end", **HOW)
    sure = {**FILTER, "policy.moderation.filter_false_positive": 0.0}
    assert_falls(sure, {"policy.moderation.filter_false_positive": 0.4}, "trust_end", **HOW)


@pytest.mark.mechanism("M60")
def test_a_filter_prevents_public_incidents(kernels):
    """M60: what is blocked cannot become a scandal."""
    risky = {
        **TALK,
        "policy.moderation.review": Review.NONE,
        "world.incidents.happen": True,
        "world.incidents.yearly": 0.0,
        "world.incidents.scandal": 0.01,
    }
    blocked = {"policy.moderation.review": Review.FILTER_QUEUE,
               "policy.moderation.filter_recall": 0.95}  # fmt: skip
    assert_falls(risky, blocked, total("public_incidents"), **HOW)


@pytest.mark.mechanism("M59", "M60")
def test_with_few_hands_assistance_spares_the_queue(kernels):
    """R44, S15: at equal staff people look at what the filter suspects, not at everything."""
    few = {
        **TALK,
        "policy.moderation.review": Review.PRE,
        "policy.moderation.capacity_day": 5.0,
        "policy.content.brand_posts_day": 0.0,
    }
    assisted = {"policy.moderation.review": Review.ASSISTED}
    assert_rises(few, assisted, total("views"), **HOW)
    assert_falls(few, assisted, share("review_wait_days", "reviewed"), **HOW)


@pytest.mark.mechanism("M59")
def test_capacity_shortens_the_wait_and_pre_review_without_it_annoys(kernels):
    """R44, M59, T50."""
    few = {**TALK, "policy.moderation.review": Review.PRE, "policy.moderation.capacity_day": 10.0}
    many = {"policy.moderation.capacity_day": 100.0}
    assert_falls(few, many, share("review_wait_days", "reviewed"), **HOW)
    patient = {**few, "world.review.delay_satisfaction": 0.0}
    assert_falls(patient, {"world.review.delay_satisfaction": 0.3}, "satisfaction_end", **HOW)


@pytest.mark.mechanism("M59")
def test_a_second_level_errs_less_and_takes_longer(kernels):
    """R44: levels route hard cases upward."""
    one = {
        **TALK,
        "policy.stewarding.staff": Staff.FOUNDER_ONLY,
        "policy.moderation.strictness": 0.6,
        "policy.moderation.capacity_day": 500.0,
        "world.review.judgement_noise": 0.8,
    }
    three = {"policy.moderation.levels": 3, "world.review.hard_margin": 0.3}
    assert_falls(one, three, "false_removal_share", **HOW)
    slow = {**one, "policy.moderation.capacity_day": 15.0}
    assert_falls(slow, three, total("reviewed"), **HOW)


@pytest.mark.mechanism("M64")
def test_too_much_removal_lowers_fairness_and_posts(kernels):
    """R44, M64: a group can be managed to death."""
    mild = {**TALK, "policy.moderation.strictness": 0.4, "policy.moderation.capacity_day": 1000.0}
    assert_falls(mild, {"policy.moderation.strictness": 1.0}, late_fairness, **HOW)
    assert_falls(mild, {"policy.moderation.strictness": 1.0}, total("posts"), **HOW)


def late_fairness(run):
    return float(run.days[-1, mt.FAIRNESS])


@pytest.mark.mechanism("M64")
def test_strictness_has_an_optimum_between_spam_and_silence(kernels):
    """R44, S15: the inverted U of strictness, on how often they come and what they read."""
    base = {
        **TALK,
        "world.posting.violation_base": 0.3,
        "policy.moderation.review": Review.PRE,
        "policy.moderation.capacity_day": 1000.0,
        "world.mood.is_felt": True,
    }
    how = {"days": 140, "seeds": range(1, 11)}
    middle = {"policy.moderation.strictness": 0.5}
    for extreme in (0.0, 1.0):
        low, _ = effect({**base, "policy.moderation.strictness": extreme}, middle,
                        total("visits"), **how)  # fmt: skip
        assert low > 0.0, extreme
        low, _ = effect({**base, "policy.moderation.strictness": extreme}, middle,
                        total("views"), **how)  # fmt: skip
        assert low > 0.0, extreme
    assert np.isfinite(outcome(setting(base, middle), "retention", range(1, 3), 140)).all()
