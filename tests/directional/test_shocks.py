"""Each shock, at its shipped size, moves what it should; an answer in time saves. Paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import runs, setting
from effects import assert_falls, assert_rises, effect, total, values

from plaza_lab.sim.recording import metrics as mt

GROUP = {"population.initial_members": 300}
HOW = {"days": 154, "seeds": range(1, 7)}
ANSWERED = {"policy.feedback.pr_response_hours": 6.0}


def shock(kind: str) -> dict[str, int]:
    return {f"world.shocks.{kind}_day": 70}


def recovery(changes, seeds=range(1, 9), days=280) -> np.ndarray:
    return np.array(
        [one.outcomes["recovery_weeks"] for one in runs(setting(*changes), seeds, days)]
    )


@pytest.mark.mechanism("M119")
def test_a_surge_brings_people_for_its_time(kernels):
    assert_rises(GROUP, shock("surge"), total("joins"), **HOW)


@pytest.mark.mechanism("M125", "M128")
@pytest.mark.parametrize("kind", ("privacy_leak", "public_event"))
def test_a_leak_and_a_public_event_cost_trust_visits_and_purchases(kernels, kind):
    assert_falls(GROUP, shock(kind), "trust_end", **HOW)
    assert_falls(GROUP, shock(kind), total("visits"), **HOW)
    low, high = effect(GROUP, shock(kind), total("purchases"), **HOW)
    assert low + high < 0


@pytest.mark.mechanism("M124")
def test_an_offence_costs_trust_and_belonging(kernels):
    assert_falls(GROUP, shock("culture_offence"), "trust_end", **HOW)
    assert_falls(GROUP, shock("culture_offence"), "belonging_end", **HOW)


@pytest.mark.mechanism("M126")
def test_a_platforms_rule_hits_those_who_are_on_no_other_channel(kernels):
    """Damage is proportional to the contacts held there alone."""
    rule = shock("platform_rule")
    both = {"policy.crm.channels": 2, "policy.crm.cross_platform": True}
    assert_falls(GROUP, rule, total("visits"), **HOW)
    there = values((GROUP, rule), total("visits"), **HOW) / values((GROUP,), total("visits"), **HOW)
    here = values((GROUP, both, rule), total("visits"), **HOW)
    here = here / values((GROUP, both), total("visits"), **HOW)
    assert (here > there).all() and (here < 1.0).all()


@pytest.mark.mechanism("M131")
def test_a_strike_leaves_work_undone_and_a_cut_leaves_the_pool_empty(kernels):
    strike = {**GROUP, "policy.stewarding.volunteers_per_100": 2.0}
    assert_falls(strike, shock("steward_strike"), total("reviewed"), **HOW)
    brand = {**GROUP, "policy.fund.brand_week_cents": 100_000}
    assert_falls(brand, shock("budget_cut"), "fund_balance_yuan", **HOW)


@pytest.mark.mechanism("M131")
def test_sales_go_the_way_demand_swings(kernels):
    """Over seeds: the drawn level and the change of purchases against the calm twin."""
    seeds, days = range(1, 13), 252
    calm = runs(setting(GROUP), seeds, days)
    swung = runs(setting(GROUP, shock("demand_swing")), seeds, days)
    column = mt.NAMES.index("demand_swing")
    level = np.array([one.days[70:, column].mean() for one in swung])
    change = values((GROUP, shock("demand_swing")), total("purchases"), seeds, days)
    change = change - values((GROUP,), total("purchases"), seeds, days)
    assert not np.array([one.days[:, column] for one in calm]).any()
    assert np.corrcoef(level, change)[0, 1] > 0.6


@pytest.mark.mechanism("M128")
@pytest.mark.parametrize("kind", ("privacy_leak", "public_event", "culture_offence"))
def test_an_answer_within_hours_saves_trust_and_visits(kernels, kind):
    assert_rises((GROUP, shock(kind)), ANSWERED, "trust_end", **HOW)
    assert_rises((GROUP, shock("privacy_leak")), ANSWERED, total("visits"), **HOW)


@pytest.mark.mechanism("M128")
def test_an_answer_after_three_days_saves_less(kernels):
    late = {"policy.feedback.pr_response_hours": 72.0}
    assert_falls((GROUP, shock("public_event"), ANSWERED), late, "trust_end", **HOW)


@pytest.mark.slow
@pytest.mark.mechanism("M126", "M131")
def test_who_answers_within_a_day_is_back_earlier(kernels):
    """Of the shipped shocks the platform's rule surely keeps a tenth of the active away."""
    large = {"population.initial_members": 500}
    never = recovery((large, shock("platform_rule")))
    soon = recovery((large, shock("platform_rule"), ANSWERED))
    assert (soon <= never).all() and soon.mean() < never.mean()


def test_without_a_shock_the_answer_changes_no_day_and_there_is_no_recovery(kernels):
    calm = runs(setting(GROUP), range(1, 3), 84)
    ready = runs(setting(GROUP, ANSWERED), range(1, 3), 84)
    assert all(
        one.days.tobytes() == two.days.tobytes() for one, two in zip(calm, ready, strict=True)
    )
    assert all(np.isnan(one.outcomes["recovery_weeks"]) for one in calm)


def test_before_its_day_a_shock_changes_no_other_column(kernels):
    """The days before it are byte for byte those of the calm twin."""
    calm = runs(setting(GROUP), range(1, 3), 84)
    later = runs(setting(GROUP, shock("public_event"), shock("surge")), range(1, 3), 84)
    for one, two in zip(calm, later, strict=True):
        assert one.days[:70].tobytes() == two.days[:70].tobytes()
        assert one.days[70:].tobytes() != two.days[70:].tobytes()
