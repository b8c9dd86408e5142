"""The review of goals moves money, targets and the offer."""

from __future__ import annotations

import numpy as np
import pytest
from communities import runs, setting
from effects import assert_rises, total

from plaza_lab.engine.plain import plain
from plaza_lab.sim.engine import live_until, open_tables
from plaza_lab.sim.mechanisms.governance import quarterly
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state.events import Schedule, Stage
from plaza_lab.sim.state.prospects import Gate

ROUTES = {
    "policy.entry.gate": Gate.OPEN, "policy.entry.fee_cents": 0, "population.initial_members": 300,
    "policy.fund.brand_week_cents": 600_000,
    "policy.acquisition.media_week_cents": 100_000,
    "policy.acquisition.influencer_posts_week": 2.0,
}  # fmt: skip
STEADY = {"population.initial_members": 300}
REVIEWED = {"policy.programme.review_weeks": 13}


@pytest.mark.mechanism("M116")
def test_growth_of_a_quarter_as_growth_of_a_year():
    yearly = plain(quarterly.yearly)
    assert yearly(107.0, 100.0, 91) == pytest.approx(0.3108, abs=1e-4)
    assert yearly(100.0, 100.0, 91) == 0.0 and yearly(5.0, 0.0, 91) == 0.0


@pytest.mark.mechanism("M116")
def test_money_goes_from_the_poorest_route_to_the_best_and_none_is_lost(kernels):
    goal = {"policy.programme.growth_goal": -1.0}  # never missed: money moves, and does not grow
    which = setting(ROUTES, REVIEWED, goal)
    tables = open_tables(which, 2, 91 + 7)
    before = [plain(quarterly.budget_of)(tables, route) for route in range(3)]
    tables = live_until(tables, 0, 92)
    after = [plain(quarterly.budget_of)(tables, route) for route in range(3)]
    columns = [mt.NAMES.index(f"joins_{one}") for one in ("paid", "influencer")]
    joins = tables.daily[:91, columns].sum(axis=0)
    best = int(np.argmax(joins / before[:2]))
    assert sum(after) == pytest.approx(sum(before), abs=1.0)
    assert after[best] > before[best] and after[1 - best] == pytest.approx(
        0.75 * before[1 - best], rel=1e-5
    )
    assert which.policy.acquisition.media_week_cents == 100_000  # the setting itself is as it was


@pytest.mark.mechanism("M116")
def test_a_missed_goal_raises_what_routes_get_and_brings_more(kernels):
    missed = {"policy.programme.growth_goal": 1000.0}
    how = {"days": 273, "seeds": range(1, 7)}
    assert_rises(ROUTES, REVIEWED | missed, total("joins"), **how)
    for run in runs(setting(ROUTES, REVIEWED, missed), range(1, 3), 100):
        at = run.days[:, mt.NAMES.index("goals_missed")]
        assert at[91] == 1.0 and at.sum() == 1.0


@pytest.mark.mechanism("M116", "M71")
def test_a_goal_that_moves_to_what_was_reached_opens_the_next_package(kernels):
    staged = {
        "policy.programme.schedule": Schedule.STAGED_BY_METRIC,
        "policy.programme.conversion_goal": 0.0,
        "policy.programme.incubation_weeks": 13,
        "policy.programme.growth_weeks": 13,
        "policy.programme.active_goal": 0.9,
    }
    monthly = {"policy.programme.review_weeks": 4}
    held = runs(setting(STEADY, staged), range(1, 4), 385)
    reviewed = runs(setting(STEADY, staged, monthly), range(1, 4), 385)
    stage, active = mt.NAMES.index("stage"), mt.NAMES.index("active_28d")
    assert all(run.days[-1, stage] == Stage.GROWTH for run in held)
    assert all(run.days[-1, stage] == Stage.MATURITY for run in reviewed)
    tables = live_until(open_tables(setting(STEADY, staged, monthly), 1, 35), 0, 29)
    reached = tables.daily[27, active] / tables.daily[27, mt.NAMES.index("members")]
    goal = tables.policy[0].programme.active_goal
    assert goal == pytest.approx(0.9 + 0.5 * (reached - 0.9))
