"""Many questions at once: known answers, and the false discovery rate by simulation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from plaza_lab.scenarios.statistics import (
    against_first,
    benjamini_hochberg,
    compare_contrasts,
    summarise,
)
from plaza_lab.scenarios.statistics.multiplicity import holm, shared_level

# Benjamini & Hochberg (1995), section 4.1: 15 outcomes of a trial of two drugs
TRIAL = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459,
         0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000]  # fmt: skip


def grid(values: np.ndarray) -> pd.DataFrame:
    """Runs of a sweep: ``values`` has shape (seeds, points)."""
    seeds, points = values.shape
    return pd.DataFrame(
        {
            "seed": np.repeat(np.arange(seeds), points),
            "dues": np.tile(np.arange(points), seeds),
            "retention": values.ravel(),
        }
    )


def test_the_trial_of_benjamini_and_hochberg():
    assert (benjamini_hochberg(TRIAL) <= 0.05).sum() == 4
    assert (holm(TRIAL) <= 0.05).sum() == 3
    assert benjamini_hochberg(TRIAL)[3] == pytest.approx(0.0095 * 15 / 4)


def test_a_p_that_is_nan_does_not_count():
    known = benjamini_hochberg([0.01, math.nan, 0.02])
    assert known[[0, 2]] == pytest.approx([0.02, 0.02])
    assert math.isnan(known[1])
    assert np.isnan(benjamini_hochberg([math.nan])).all()


def test_intervals_share_what_may_go_wrong():
    assert shared_level(0.95, 1) == 0.95
    assert shared_level(0.95, 5) == pytest.approx(0.99)


def test_each_point_is_compared_with_the_first_by_seed():
    rng = np.random.default_rng(4)
    luck = rng.normal(0, 1, (30, 1))
    values = luck + rng.normal(0, 0.1, (30, 3)) + [0, 0, 0.2]
    table = against_first(grid(values), ["dues"], ["retention"])
    known = [stats.ttest_rel(values[:, place], values[:, 0]) for place in (1, 2)]
    assert math.isnan(table["p"][0])
    assert table["difference"][0] == 0
    assert table["p"][1:].to_list() == pytest.approx([test.pvalue for test in known])
    assert table["low"][2] == pytest.approx(known[1].confidence_interval().low)
    assert table["p_bh"][1:].to_list() == pytest.approx(benjamini_hochberg(table["p"][1:]))


def test_the_sweep_table_holds_the_adjusted_p_of_every_point_and_outcome():
    rng = np.random.default_rng(5)
    runs = grid(rng.normal(0, 1, (12, 4))).assign(growth=rng.normal(0, 1, 48))
    table = summarise(runs, ["dues"], ["retention", "growth"])
    tested = against_first(runs, ["dues"], ["retention", "growth"])
    for name in ("retention", "growth"):
        own = tested[tested["outcome"] == name]
        assert table[f"{name}_p_bh"].to_numpy() == pytest.approx(own["p_bh"], nan_ok=True)
    raw = tested["p"].dropna().sort_values().to_numpy()
    assert tested["p_bh"].min() == pytest.approx((raw * 6 / np.arange(1, 7)).min())
    assert "retention_p_bh" not in summarise(runs.drop(columns="seed"), ["dues"], ["retention"])


def test_the_first_point_is_the_first_of_the_table_and_a_missing_seed_costs_one_pair():
    runs = grid(np.arange(12.0).reshape(4, 3))
    runs["dues"] = runs["dues"].map({0: "z", 1: "a", 2: "m"})
    runs = runs[~((runs["seed"] == 0) & (runs["dues"] == "a"))]
    table = against_first(runs, ["dues"], ["retention"]).set_index("dues")
    assert table["difference"].to_dict() == {"z": 0, "a": 1, "m": 2}
    assert table["pairs"].to_dict() == {"z": 4, "a": 3, "m": 4}
    wide = summarise(runs, ["dues"], ["retention"]).set_index("dues")
    assert wide["retention_difference"].to_dict() == {"z": 0, "a": 1, "m": 2}


def test_named_contrasts_share_one_holm_family():
    rng = np.random.default_rng(6)
    policies = {name: rng.normal(shift, 1, 25) for name, shift in (("A", 0), ("B", 0.5), ("C", 1))}
    runs = pd.concat(
        [pd.DataFrame({"policy": name, "seed": range(25), "retention": values})
         for name, values in policies.items()]
    )  # fmt: skip
    table = compare_contrasts(runs, [("A", "B"), ("B", "C")], ["retention"])
    assert list(zip(table["baseline"], table["alternative"], strict=True)) == [
        ("A", "B"),
        ("B", "C"),
    ]
    assert table["p_holm"].to_numpy() == pytest.approx(holm(table["p"].to_numpy()))


@pytest.mark.slow
@pytest.mark.parametrize("effects", [0, 10])
def test_false_discoveries_stay_below_their_rate_at_common_seeds(effects):
    rng, shares, found, draws, q = np.random.default_rng(7), [], [], 250, 0.1
    for _ in range(draws):
        values = rng.normal(0, 1, (20, 1)) + rng.normal(0, 0.5, (20, 41))
        values[:, 1 : 1 + effects] += 0.6
        claimed = (against_first(grid(values), ["dues"], ["retention"])["p_bh"] <= q).to_numpy()
        shares.append(claimed[1 + effects :].sum() / max(claimed.sum(), 1))
        found.append(claimed[1 : 1 + effects].mean() if effects else 0.0)
    rate, error = np.mean(shares), np.std(shares) / math.sqrt(draws)
    assert rate <= q * (40 - effects) / 40 + 3 * error
    assert np.mean(found) > 0.7 or not effects


def test_points_that_are_equal_in_every_pair_may_both_be_the_best():
    from plaza_lab.scenarios.statistics.sweeps import hsu_intervals

    rng = np.random.default_rng(3)
    x, y = rng.normal(0.50, 0.05, 30), rng.normal(0.49, 0.05, 30)
    _, low, high = hsu_intervals(np.column_stack([x, x, y, y]))
    assert (high > 0).all()
    assert (low <= 0).all()
