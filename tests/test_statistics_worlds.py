"""Several worlds: pairs by world and seed, intervals by world; coverage on outcomes like ours."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from plaza_lab.scenarios.statistics import (
    BadRuns,
    compare,
    incremental_cost,
    mean_interval,
    paired_runs,
)
from plaza_lab.scenarios.statistics.worlds import over_worlds as interval_over_worlds
from plaza_lab.scenarios.statistics.worlds import world_means, world_share


def over_worlds(differences: np.ndarray, baseline: float = 0.4) -> pd.DataFrame:
    """Runs of A and B; ``differences`` has shape (worlds, seeds)."""
    worlds, seeds = differences.shape
    luck = np.random.default_rng(0).normal(0, 0.1, differences.shape)
    a = baseline + luck
    place, seed = np.meshgrid(np.arange(worlds), np.arange(seeds), indexing="ij")
    sides = [("A", a), ("B", a + differences)]
    return pd.concat(
        [pd.DataFrame({"policy": name, "world": [f"w{w}" for w in place.ravel()],
                       "world_point": place.ravel(), "seed": seed.ravel(),
                       "retention": values.ravel()}) for name, values in sides]
    )  # fmt: skip


def test_the_interval_counts_worlds_and_not_pairs():
    rng = np.random.default_rng(1)
    d = rng.normal(0.05, 0.03, (8, 1)) + rng.normal(0, 0.01, (8, 25))
    row = compare(over_worlds(d), "A", "B").iloc[0]
    low, high = stats.t.interval(0.95, 7, d.mean(), stats.sem(d.mean(axis=1)))
    assert (row["pairs"], row["worlds"]) == (200, 8)
    assert [row["difference"], row["low"], row["high"]] == pytest.approx(
        [d.mean(), low, high], rel=1e-3
    )
    assert "worlds 8" in row["why"]
    assert math.isnan(row["pairs_needed"])


def test_every_world_counts_once_however_many_of_its_pairs_are_defined():
    d = np.array([[0.0], [0.2]]) + np.array([0.01, -0.01, 0.01, -0.01])
    runs = over_worlds(d)
    runs.loc[(runs["world_point"] == 1) & (runs["seed"] >= 2), "retention"] = math.nan
    row = compare(runs, "A", "B").iloc[0]
    assert (row["pairs"], row["dropped"]) == (6, 2)
    assert row["difference"] == pytest.approx(0.1)


def test_one_sampled_world_is_paired_by_seed_as_ever():
    runs = over_worlds(np.random.default_rng(2).normal(0, 1, (1, 12)))
    row = compare(runs, "A", "B").iloc[0]
    without = compare(runs.drop(columns="world_point"), "A", "B").iloc[0]
    pd.testing.assert_series_equal(row, without)
    assert row["worlds"] == 1
    assert math.isnan(row["world_share"])


def test_the_share_of_the_world_is_told_from_luck():
    rng = np.random.default_rng(3)
    d = rng.normal(0, 3, (400, 1)) + rng.normal(0, 4, (400, 5))
    worlds = np.repeat(np.arange(400), 5)
    assert world_share(d.ravel(), worlds) == pytest.approx(9 / 25, abs=0.06)
    kept = rng.random(2_000) < 0.7  # unbalanced
    assert world_share(d.ravel()[kept], worlds[kept]) == pytest.approx(9 / 25, abs=0.07)
    alike = rng.normal(0, 1, 2_000)
    assert world_share(alike, worlds) == pytest.approx(0, abs=0.05)
    assert math.isnan(world_share(alike[:400], np.arange(400)))
    assert list(world_means(np.array([1.0, 3.0, 7.0]), np.array([0, 0, 2]))) == [2, 7]


def test_a_pair_that_is_missing_or_doubled_is_named_with_its_world():
    runs = over_worlds(np.zeros((3, 4)))
    hole = (runs["policy"] == "B") & (runs["world_point"] == 1) & runs["seed"].isin([0, 3])
    with pytest.raises(BadRuns, match="'B' has no run for world 1, seeds 0, 3: run"):
        paired_runs(runs[~hole], "A", "B")
    hole |= (runs["policy"] == "B") & (runs["world_point"] == 2)
    with pytest.raises(BadRuns, match="and 4 pairs of other worlds"):
        paired_runs(runs[~hole], "A", "B")
    with pytest.raises(BadRuns, match="more than one run for world 0, seeds 0 to 3 and 8 pairs"):
        paired_runs(pd.concat([runs, runs[runs["policy"] == "A"]]), "A", "B")


def test_the_price_of_a_member_rests_on_worlds_too():
    rng = np.random.default_rng(4)
    extra = rng.normal(20, 4, (6, 1)) + rng.normal(0, 1, (6, 10))
    runs = over_worlds(extra).rename(columns={"retention": "retained_members"})
    paid = np.where(runs["policy"] == "B", 150.0, 0.0) * np.tile(extra.ravel(), 2)
    price = incremental_cost(runs.assign(fund_spend_yuan=paid), "A", "B")
    means = extra.mean(axis=1)
    low, high = stats.t.interval(0.95, 5, means.mean(), stats.sem(means))
    assert price.pairs == 60
    assert [price.retained.low, price.retained.high] == pytest.approx([low, high])
    assert price.value == pytest.approx(150)


def test_the_relative_effect_has_fiellers_interval():
    rng = np.random.default_rng(5)
    a = rng.normal(200, 10, 30)
    b = 1.1 * a + rng.normal(0, 2, 30)
    runs = pd.concat(
        [pd.DataFrame({"policy": name, "seed": range(30), "members_end": values})
         for name, values in (("A", a), ("B", b))]
    )  # fmt: skip
    row = compare(runs, "A", "B").iloc[0]
    assert row["relative_low"] < row["relative"] < row["relative_high"]
    for bound in (row["relative_low"], row["relative_high"]):
        assert stats.ttest_1samp(b - a - bound * a, 0).pvalue == pytest.approx(0.05)
    mirrored = compare(runs.assign(members_end=-runs["members_end"]), "A", "B").iloc[0]
    assert mirrored["relative_low"] == pytest.approx(-row["relative_high"])


@pytest.mark.slow
def test_intervals_over_worlds_cover_and_intervals_over_pairs_would_not():
    rng, draws, hits, naive = np.random.default_rng(6), 250, 0, 0
    for _ in range(draws):
        d = rng.normal(0, 0.03, (10, 1)) + rng.normal(0, 0.05, (10, 12))
        row = compare(over_worlds(d + 0.02), "A", "B").iloc[0]
        hits += row["low"] <= 0.02 <= row["high"]
        plain = mean_interval(d.ravel() + 0.02)
        naive += plain.low <= 0.02 <= plain.high
    assert hits / draws >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / draws)
    assert naive / draws < 0.85


SHAPES = {  # least coverage of 95 % intervals: a skewed mean of few values is covered less often
    "normal": (lambda rng, n: rng.normal(0, 1, n), 0.95),
    "heavy tails": (lambda rng, n: rng.standard_t(5, n), 0.95),
    "slightly skewed": (lambda rng, n: rng.gamma(8, 1, n) / 8 - 1, 0.94),
    "skewed as purchases": (lambda rng, n: 0.9 - rng.gamma(0.9, 1, n), 0.90),
}


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [10, 20, 40, 100])
def test_intervals_for_a_fixed_number_of_pairs_cover(shape, n):
    rng, draws, (law, least) = np.random.default_rng(8), 600, SHAPES[shape]
    cells = [mean_interval(law(rng, n)) for _ in range(draws)]
    rate = np.mean([cell.low <= 0 <= cell.high for cell in cells])
    assert rate >= least - 3 * math.sqrt(least * (1 - least) / draws)
    assert rate <= 0.98


def test_worlds_that_share_their_seeds_share_their_luck():
    """Forty worlds at four seeds: the interval of the mean must know the four, not the forty."""
    rng, inside, naive = np.random.default_rng(7), 0, 0
    for _ in range(400):
        world, luck = rng.normal(0, 0.5, (40, 1)), rng.normal(0, 1.0, (1, 4))
        table = world + luck + rng.normal(0, 0.3, (40, 4))
        found = interval_over_worlds(table, 0.95)
        inside += found.low <= 0 <= found.high
        low, high = stats.t.interval(0.95, 39, table.mean(), stats.sem(table.mean(axis=1)))
        naive += low <= 0 <= high
    assert inside / 400 > 0.93
    assert naive / 400 < 0.5


def test_worlds_that_agree_by_chance_are_not_taken_for_certain():
    """Two worlds with the same mean: what their seeds differ by is still in the interval."""
    table = np.array([[0.10, -0.06, 0.05], [0.04, 0.09, -0.04]])
    found = interval_over_worlds(table, 0.95)
    assert found.kind == "t"
    assert found.low < 0 < found.high
