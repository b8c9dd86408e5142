"""Sampling plans: sizes known beforehand, even points, exact structure, mistakes in one line."""

from __future__ import annotations

import math

import numpy as np
import pytest

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import list_axis, range_axis
from plaza_lab.scenarios.experiments.sampling import DUMMY, KINDS, LIMIT, sample, size_of

HAZARD = range_axis("world.churn.established_hazard", 1e-4, 1e-2, is_log=True)
DECAY = range_axis("world.ties.decay", 0.0, 0.1)
DAYS = range_axis("world.churn.newcomer_days", 1, 60)
TIES = list_axis("population.ties", [1.0, 3.0, 5.0])
THANKS = list_axis("incentive", ["none", "points"])
RANGES = [HAZARD, DECAY, DAYS]


@pytest.mark.parametrize(
    ("kind", "n"), [("lhs", 30), ("sobol_sequence", 32), ("sobol", 16), ("morris", 7)]
)
def test_the_size_is_known_before_and_bounds_hold(kind, n):
    axes = [HAZARD, DECAY]  # no whole numbers: no two points coincide by rounding
    plan = sample(kind, axes, n, seed=3)
    assert size_of(kind, axes, n) == len(plan.points) or kind == "morris"
    assert len(plan.points) <= size_of(kind, axes, n)
    for row in sample(kind, RANGES, n, seed=3).rows:
        assert 1e-4 * (1 - 1e-12) <= row[HAZARD.key] <= 1e-2 * (1 + 1e-12)
        assert 0 <= row[DECAY.key] <= 0.1
        assert isinstance(row[DAYS.key], int) and 1 <= row[DAYS.key] <= 60


def test_points_are_the_rows_without_repetition_and_place_finds_them():
    plan = sample("sobol", RANGES, 16, seed=2)
    assert [plan.points[at] for at in plan.place] == plan.rows
    assert len({tuple(point.values()) for point in plan.points}) == len(plan.points)


def test_a_latin_hypercube_has_one_point_in_every_stratum():
    plan = sample("lhs", [HAZARD, DECAY], 40, seed=5)
    assert plan.shares is not None
    for column in plan.shares.T:
        assert sorted((column * 40).astype(int)) == list(range(40))


def test_a_logarithmic_range_is_even_in_its_logarithm():
    plan = sample("sobol_sequence", [HAZARD], 64, seed=1)
    logs = np.log10([float(row[HAZARD.key]) for row in plan.rows])
    assert np.histogram(logs, np.linspace(-4, -2, 9))[0].tolist() == [8] * 8


def test_the_saltelli_design_has_a_dummy_that_costs_no_run():
    plan = sample("sobol", RANGES[:2], 8, seed=1)
    assert plan.names == (HAZARD.key, DECAY.key, DUMMY)
    assert plan.shares is not None and plan.shares.shape == (8 * 5, 3)
    block = plan.shares.reshape(8, 5, 3)
    first, second = block[:, 0], block[:, -1]
    for at in range(3):  # each row between takes one column from the second matrix
        expected = first.copy()
        expected[:, at] = second[:, at]
        assert np.array_equal(block[:, 1 + at], expected)
    assert all(DUMMY not in row for row in plan.rows)
    assert plan.place.reshape(8, 5)[:, 3].tolist() == plan.place.reshape(8, 5)[:, 0].tolist()
    assert len(plan.points) == 8 * 4


def test_morris_trajectories_move_one_thing_at_a_time_by_two_thirds():
    plan = sample("morris", RANGES, 6, seed=4)
    assert plan.shares is not None
    steps = np.diff(plan.shares.reshape(6, 5, 4), axis=1)
    assert np.allclose(np.abs(steps).sum(axis=2), 2 / 3)
    assert (np.count_nonzero(steps, axis=2) == 1).all()
    assert (np.count_nonzero(steps, axis=1) == 1).all()


def test_a_grid_holds_every_combination_once_in_order():
    plan = sample("grid", [THANKS, DECAY, TIES], 3)
    assert len(plan.rows) == size_of("grid", [THANKS, DECAY, TIES], 3) == 18
    assert plan.rows[0] == {"incentive": "none", "world.ties.decay": 0.0, "population.ties": 1.0}
    assert [row["population.ties"] for row in plan.rows[:4]] == [1.0, 3.0, 5.0, 1.0]
    assert len({tuple(row.values()) for row in plan.rows}) == 18


def test_a_list_takes_the_values_side_by_side():
    other = list_axis("world.ties.decay", [0.01, 0.02])
    assert sample("list", [THANKS, other]).rows == [
        {"incentive": "none", "world.ties.decay": 0.01},
        {"incentive": "points", "world.ties.decay": 0.02},
    ]


def test_one_at_a_time_moves_one_key_from_the_base():
    plan = sample("one_at_a_time", [DECAY, TIES], 3, base={"world.ties.decay": 0.02})
    assert plan.rows[0] == {"world.ties.decay": 0.02, "population.ties": 1.0}
    for row, moved in zip(plan.rows, plan.moved, strict=True):
        changed = {key for key in row if row[key] != plan.rows[0][key]}
        assert changed <= {moved}
    assert len(plan.rows) == 1 + 3 + 3
    assert len(plan.points) == 1 + 3 + 2  # the first value of the list is the base


@pytest.mark.parametrize("kind", ["lhs", "sobol_sequence", "sobol", "morris"])
def test_the_same_seed_gives_the_same_plan_and_another_another(kind):
    assert sample(kind, RANGES, 8, 1).rows == sample(kind, RANGES, 8, 1).rows
    assert sample(kind, RANGES, 8, 1).rows != sample(kind, RANGES, 8, 2).rows


@pytest.mark.parametrize(
    ("kind", "axes", "n", "says"),
    [
        ("lhz", RANGES, 8, "did you mean lhs"),
        ("grid", [], 0, "varies nothing"),
        ("grid", RANGES, 0, "n=2 or more"),
        ("lhs", RANGES, 0, "give 1 or more"),
        ("morris", RANGES, 1, "give 2 or more"),
        ("sobol", RANGES, 1000, "take n=512 or n=1,024"),
        ("sobol_sequence", RANGES, 7, "take n=4 or n=8"),
        ("list", RANGES, 0, "is a range; name its values"),
        ("list", [THANKS, TIES], 0, "names 2 values and population.ties 3"),
        ("lhs", [DECAY, DECAY], 8, "varied twice"),
        ("sobol", [list_axis("population.ties", [1.0])], 8, "nothing to vary"),
        ("morris", [list_axis("incentive", ["none", "points", "cash"])], 8, "no order"),
        ("grid", RANGES, 100, "n=58 would fit"),
        ("sobol", RANGES, 2**20, "n=32,768 would fit"),
        ("lhs", RANGES, 10**9, f"the limit is {LIMIT:,}: n={LIMIT:,} would fit"),
        ("morris", RANGES, 10**9, "n=50,000 would fit"),
    ],
)
def test_a_wrong_plan_is_refused_in_one_line_that_says_what_is_right(kind, axes, n, says):
    with pytest.raises(UserError) as refused:
        sample(kind, axes, n)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_would_fit_fits():
    assert size_of("grid", RANGES, 58) <= LIMIT < size_of("grid", RANGES, 59)
    assert size_of("morris", RANGES, 50_000) == LIMIT
    assert math.log2(32_768).is_integer() and size_of("sobol", RANGES, 32_768) <= LIMIT


def test_a_plan_too_large_says_memory_and_time():
    with pytest.raises(UserError, match=r"786,432 design points, about 12 GB .* 4 hours a seed"):
        sample("sobol", [*RANGES, range_axis("population.ties")], 2**17)


def test_every_kind_takes_lists_of_numbers():
    for kind in KINDS:
        plan = sample(kind, [TIES, list_axis("world.ties.decay", [0.01, 0.02, 0.03])], 4)
        assert {row["population.ties"] for row in plan.rows} == {1.0, 3.0, 5.0}
