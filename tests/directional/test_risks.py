"""R68: each risk on alone, by a lever or a switch, with the sign the sources state.

Risks from outside (growth by a surge, leaks, platform rules, public events, offended cultures, cut
budgets) have their switches in the tests of shocks; filler is among the tests of staying.
"""

from __future__ import annotations

from typing import Any

import pytest
from effects import assert_falls, assert_rises, share, total

from plaza_lab.sim.mechanisms.content.publishing import Tactic
from plaza_lab.sim.state.offering import Feed

PAID = {"population.initial_members": 300, "policy.fund.brand_week_cents": 400_000}
RISKS: dict[str, tuple[dict[str, Any], dict[str, Any], list[Any], list[Any]]] = {
    "M119": (
        {"policy.fund.brand_week_cents": 2_000_000},
        {"policy.acquisition.media_week_cents": 1_000_000},
        ["mean:newcomer_share"],
        [share("solved", "requests"), "mean:value_technical"],
    ),
    "M120": (
        {},
        {"policy.content.brand_posts_day": 40.0},  # of 20 the experts hardly feel anything
        ["mean:unread"],
        ["mean:value_informational", "mean:expert_active_share", "mean:satisfaction"],
    ),
    "M122": (
        {"policy.content.brand_posts_day": 4.0, "policy.content.promo_share": 0.0},
        {"policy.content.promo_share": 0.8},
        [],
        ["trust_end", "mean:satisfaction"],
    ),
    "M123": (
        {"policy.distribution.feed": Feed.CURATED, "policy.rules.exposure_cap": True,
         "policy.rules.rotation": True},
        {"policy.rules.exposure_cap": False, "policy.rules.rotation": False},
        ["mean:voice_gini", "mean:voice_top"],
        [],
    ),
    "M127": (
        {"world.fatigue.is_felt": True, "policy.stewarding.founder_hours_week": 7.0},
        {"policy.stewarding.kpi_pressure": 1.0},
        ["mean:staff_load", "mean:staff_fatigue"],
        [],
    ),
    "M129": (
        {"policy.incentive.has_points": True, "policy.incentive.point_value_cents": 50,
         "policy.incentive.has_detection": True},
        {"policy.incentive.has_detection": False},
        ["mean:farmers", total("farmed_items")],
        [],
    ),
    "M130": (
        {},
        {"policy.selling.tactic": Tactic.HARD_SELL, "policy.selling.posts_day": 4.0},
        [],
        ["trust_end", "mean:belonging"],
    ),
}  # fmt: skip
"""Base, what turns the risk on, what rises and what falls."""


@pytest.mark.slow
@pytest.mark.mechanism("M119", "M120", "M122", "M123", "M127", "M129", "M130")
@pytest.mark.parametrize("risk", RISKS)
def test_a_risk_alone_shows_its_sign(kernels, risk):
    base, change, rises, falls = RISKS[risk]
    how = {"seeds": range(1, 11), "days": 112}
    for measure in rises:
        assert_rises(PAID | base, change, measure, **how)
    for measure in falls:
        assert_falls(PAID | base, change, measure, **how)
