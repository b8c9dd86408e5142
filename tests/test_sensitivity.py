"""Sensitivity: analytic indices and effects, luck as a dummy, pairs, mistakes in one line."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import morris as salib_morris

from plaza_lab.scenarios.experiments.axes import Axis, range_axis
from plaza_lab.scenarios.experiments.design import one_policy
from plaza_lab.scenarios.experiments.evaluate import InMemory
from plaza_lab.scenarios.experiments.sampling import DUMMY, Sample, sample
from plaza_lab.scenarios.experiments.varying import vary
from plaza_lab.scenarios.sensitivity import luck_of, morris, sobol, tornado
from plaza_lab.scenarios.sensitivity.indices import elementary_effects, morris_words, sobol_words
from plaza_lab.scenarios.sensitivity.luck import luck_words, redrawn
from plaza_lab.scenarios.sensitivity.responses import of_rows, readable, responses
from plaza_lab.scenarios.sensitivity.tornado import tornado_words
from plaza_lab.scenarios.statistics.pairing import BadRuns
from plaza_lab.scenarios.statistics.worlds import crossed_mean

CIRCLE = [Axis(key, (), -np.pi, np.pi) for key in ("x1", "x2", "x3")]
UNIT = [Axis(f"x{at}", (), 0.0, 1.0) for at in range(1, 7)]
G_WEIGHTS = np.array([0.0, 0.5, 3.0, 9.0, 99.0, 99.0])


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices() -> tuple[np.ndarray, np.ndarray]:
    """First and total indices in closed form (a=7, b=0.1)."""
    alone = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2
    together = 0.01 * np.pi**8 * (1 / 18 - 1 / 50)
    parts = np.array([alone, 49 / 8, 0.0])
    whole = parts.sum() + together
    return parts / whole, (parts + together * np.array([1, 0, 1])) / whole


def sobol_g(x: np.ndarray) -> np.ndarray:
    return np.prod((np.abs(4 * x - 2) + G_WEIGHTS) / (1 + G_WEIGHTS), axis=1)


def sobol_g_indices() -> tuple[np.ndarray, np.ndarray]:
    own = 1 / (3 * (1 + G_WEIGHTS) ** 2)
    whole = np.prod(1 + own) - 1
    others = np.array([np.prod(1 + np.delete(own, at)) for at in range(len(own))])
    return own / whole, own * others / whole


def run(
    plan: Sample,
    law: Callable[[np.ndarray], np.ndarray],
    seeds: int = 1,
    noise: float = 0.0,
    shared: float = 0.0,
    draw: int = 0,
) -> pd.DataFrame:
    """Runs of a law with luck: of each run (`noise`) and of a seed at every point (`shared`)."""
    rng = np.random.default_rng(draw)
    truth = law(pd.DataFrame(plan.points).to_numpy(dtype=float))
    luck = noise * rng.standard_normal((len(truth), seeds)) + shared * rng.standard_normal(seeds)
    values = truth[:, None] + luck
    places, seed = np.indices(values.shape)
    runs = pd.DataFrame({"world_point": places.ravel(), "seed": seed.ravel() + 1})
    runs["y"] = values.ravel()
    return runs.merge(pd.DataFrame(plan.points), left_on="world_point", right_index=True)


def by_key(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return table.set_index("key").loc[keys]


@pytest.mark.parametrize(
    ("axes", "law", "known"),
    [(CIRCLE, ishigami, ishigami_indices()), (UNIT, sobol_g, sobol_g_indices())],
    ids=["Ishigami", "Sobol G"],
)
def test_sobol_indices_are_those_of_analytic_functions(axes, law, known):
    plan = sample("sobol", axes, 1024, seed=1)
    table = by_key(sobol(run(plan, law), plan, ["y"]), [axis.key for axis in axes])
    for name, truth in zip(("first", "total"), known, strict=True):
        assert table[name].to_numpy() == pytest.approx(truth, abs=0.03)
        inside = (table[f"{name}_low"] <= truth + 1e-3) & (truth - 1e-3 <= table[f"{name}_high"])
        assert inside.all()
    moves = known[1] > 0.02
    assert (table["verdict"] == np.where(moves, "moves it", "not told from luck")).all()


@pytest.mark.slow
def test_sobol_intervals_cover_the_truth():
    covered = []
    for draw in range(40):
        plan = sample("sobol", CIRCLE, 256, seed=draw)
        table = by_key(sobol(run(plan, ishigami), plan, ["y"]), ["x1", "x2", "x3"])
        for name, truth in zip(("first", "total"), ishigami_indices(), strict=True):
            low, high = table[f"{name}_low"].to_numpy(), table[f"{name}_high"].to_numpy()
            covered.append((low <= truth) & (truth <= high))
    assert np.mean(covered) >= 0.93  # scrambled points: a little wide is right, too narrow is not


def test_the_dummy_is_the_luck_of_the_means():
    plan = sample("sobol", CIRCLE, 512, seed=3)
    table = sobol(run(plan, ishigami, seeds=4, noise=2.0, shared=5.0), plan, ["y"])
    dummy = table[table["is_dummy"]].iloc[0]
    variance = 7.0**2 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5
    assert dummy["total"] == pytest.approx(1.0 / (variance + 1.0), rel=0.15)  # 2^2 over 4 seeds
    assert dummy["total"] == pytest.approx(dummy["luck_mean"], rel=0.15)
    assert abs(dummy["first"]) < 0.05
    assert dummy["key"] == DUMMY and table.iloc[-1]["key"] == DUMMY


def test_a_setting_that_only_redraws_the_luck_does_not_rise_above_the_dummy():
    plan = sample("sobol", UNIT[:3], 256, seed=1)
    table = sobol(run(plan, lambda x: x[:, 0], 3, noise=0.3), plan, ["y"])
    verdicts = table.set_index("key")["verdict"]
    assert verdicts["x1"] == "moves it"
    assert verdicts["x2"] == verdicts["x3"] == "not told from luck"
    assert by_key(table, ["x2", "x3"])["total"].min() > 0.05  # a zero line would have let both pass


def two_policies(plan: Sample) -> pd.DataFrame:
    """A and B share all of x1 and their luck; x2 moves only what B does."""
    first = run(plan, lambda x: 10 * x[:, 0], 3, noise=1.0)
    second = first.assign(y=first["y"] + first["x2"] * 2)
    return pd.concat([first.assign(policy="A"), second.assign(policy="B")], ignore_index=True)


def test_indices_of_a_paired_difference_forget_what_both_policies_share():
    plan = sample("sobol", UNIT[:2], 64, seed=1)
    runs = two_policies(plan).sample(frac=1, random_state=1)  # order of rows must not matter
    level = by_key(sobol(runs, plan, ["y"], "B"), ["x1", "x2"])
    paired = by_key(sobol(runs, plan, ["y"], "B", "A"), ["x1", "x2"])
    assert level.loc["x1", "total"] > 0.8
    assert paired.loc["x1", "total"] == pytest.approx(0, abs=1e-9)
    assert paired.loc["x2", "total"] == pytest.approx(1, abs=0.1)
    assert paired["luck_run"].iloc[0] == pytest.approx(0, abs=1e-9)


def test_morris_is_exact_on_a_linear_law():
    plan = sample("morris", UNIT[:3], 10, seed=1)
    table = by_key(morris(run(plan, lambda x: 3 * x[:, 0] - 2 * x[:, 1]), plan, ["y"]),
                   ["x1", "x2", "x3"])  # fmt: skip
    assert table["mu"].to_numpy() == pytest.approx([3, -2, 0])
    assert table["mu_star"].to_numpy() == pytest.approx([3, 2, 0])
    assert table["sigma"].to_numpy() == pytest.approx([0, 0, 0], abs=1e-7)
    assert table["verdict"].tolist() == ["moves it", "moves it", "not told from luck"]


def test_morris_agrees_with_salib():
    plan = sample("morris", CIRCLE, 30, seed=2)
    runs = run(plan, ishigami)
    table = morris(runs, plan, ["y"]).set_index("key")
    values = of_rows(plan, responses(runs, "y"))[:, 0]
    problem = {"num_vars": 4, "names": list(plan.names), "bounds": [[0, 1]] * 4}
    known = salib_morris.analyze(problem, plan.shares, values, num_resamples=10)
    for name in ("mu", "mu_star", "sigma"):
        assert table.loc[list(plan.names), name].to_numpy() == pytest.approx(
            np.asarray(known[name], dtype=float)
        )


def test_morris_finds_signs_that_change_and_passes_by_what_is_luck():
    plan = sample("morris", UNIT[:3], 40, seed=3)
    table = morris(
        run(plan, lambda x: 2 * x[:, 0] + 4 * (x[:, 1] - 0.5) * (x[:, 0] - 0.5), 4, 0.1),
        plan,
        ["y"],
    ).set_index("key")
    assert abs(table.loc["x2", "mu"]) < 0.5 * table.loc["x2", "mu_star"]
    assert table.loc["x2", "sigma"] > table.loc["x2", "mu_star"]
    assert table.loc["x3", "mu_star"] > 0.02
    assert table["verdict"].to_dict() == {
        "x1": "moves it", "x2": "moves it", "x3": "not told from luck", DUMMY: "dummy",
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("analysis", [morris, sobol])
def test_pure_luck_seldom_moves_anything(analysis):
    """Settings without effect whose every change redraws the luck: some 5 % wrong at most."""
    kind, n = ("morris", 20) if analysis is morris else ("sobol", 64)
    wrong = []
    for draw in range(100):
        plan = sample(kind, UNIT[:4], n, seed=draw)
        table = analysis(run(plan, lambda x: 0 * x[:, 0], 3, 1.0, 1.0, draw), plan, ["y"])
        wrong += (table.loc[~table["is_dummy"], "verdict"] == "moves it").tolist()
    assert np.mean(wrong) <= 0.077  # 5 % and two and a half standard errors of 400 verdicts


def test_the_split_of_variance_recovers_what_it_was_made_of():
    rng = np.random.default_rng(1)
    values = (3 * rng.standard_normal((600, 1)) + 2 * rng.standard_normal((1, 400))
              + rng.standard_normal((600, 400)))  # fmt: skip
    luck = luck_of(values)
    assert [luck.plan, luck.seed, luck.luck] == pytest.approx([9, 4, 1], rel=0.15)
    assert luck.share_of_run == pytest.approx(5 / 14, rel=0.15)
    assert luck.share_of_mean == pytest.approx(1 / 400 / 9, rel=0.2)


def test_redrawn_luck_has_the_spread_of_two_means_and_leaves_one_seed_alone():
    rng = np.random.default_rng(2)
    values = 7 + 3 * rng.standard_normal((20_000, 5)) + 10 * rng.standard_normal((1, 5))
    apart = redrawn(values, rng) - values.mean(axis=1)
    assert apart.std() == pytest.approx(3 * np.sqrt(2 / 5), rel=0.03)
    assert (redrawn(values[:, :1], rng) == values[:, 0]).all()
    assert "run.replicates=2" in luck_words(luck_of(values[:, :1]).seeds)


@pytest.mark.slow
def test_means_over_shared_seeds_cover_the_truth_where_worlds_alone_do_not():
    rng = np.random.default_rng(3)
    both, worlds = [], []
    for _ in range(1000):
        values = (rng.standard_normal((50, 1)) + rng.standard_normal((1, 5))
                  + rng.standard_normal((50, 5)))  # fmt: skip
        low, high = crossed_mean(values).interval(0.95)
        both.append(low <= 0 <= high)
        low, high = crossed_mean(values.mean(axis=1, keepdims=True)).interval(0.95)
        worlds.append(low <= 0 <= high)
    assert 0.92 <= np.mean(both) <= 0.98
    assert np.mean(worlds) < 0.7


def one_at_a_time(difference: Callable[[np.ndarray], np.ndarray]) -> tuple[Sample, pd.DataFrame]:
    plan = sample("one_at_a_time", UNIT[:3], 2)
    first = run(plan, lambda x: 5 + x[:, 1], 20, noise=0.5, shared=1.0)
    rng = np.random.default_rng(5)
    own = difference(first[["x1", "x2", "x3"]].to_numpy()) + 0.1 * rng.standard_normal(len(first))
    second = first.assign(y=first["y"] + own)
    return plan, pd.concat([first.assign(policy="A"), second.assign(policy="B")])


def test_a_tornado_orders_settings_by_their_swing_and_sees_the_flip():
    plan, runs = one_at_a_time(lambda x: 0.7 - x[:, 0] + 0.2 * x[:, 2])
    table = tornado(runs, plan, ["y"], "B", "A")
    assert table["key"].tolist()[:2] == ["x1", "x3"]
    row = table.iloc[0]
    assert [row["at_low"], row["at_base"], row["at_high"]] == pytest.approx(
        [0.8, 0.3, -0.2], abs=0.1
    )
    assert row["swing_from"] <= -1 <= row["swing_to"]
    assert table.set_index("key")["is_flip"].to_dict() == {"x1": True, "x2": False, "x3": False}
    assert table.set_index("key")["is_clear"].to_dict() == {"x1": True, "x2": False, "x3": True}
    assert tornado_words(table)[-1] == "The difference changes its sign along x1."


def test_a_tornado_ranks_a_list_without_order_by_its_outcome():
    plan = sample("one_at_a_time", [Axis("content", ("mixed", "rich", "poor"))])
    level = {"mixed": 0.5, "rich": 0.9, "poor": 0.1}
    runs = pd.DataFrame([
        {"world_point": at, "seed": seed, "y": level[str(point["content"])]}
        for at, point in enumerate(plan.points) for seed in (1, 2)
    ])  # fmt: skip
    row = tornado(runs, plan, ["y"]).iloc[0]
    assert [row["low_value"], row["base_value"], row["high_value"]] == ["poor", "mixed", "rich"]
    assert row["swing"] == pytest.approx(0.8)


def test_a_lost_run_costs_its_block_and_no_more():
    plan = sample("sobol", UNIT[:2], 32, seed=1)
    runs = run(plan, lambda x: x[:, 0], seeds=2, noise=0.1)
    lost = plan.place.reshape(32, 5)[3, 1]
    table = sobol(runs[~((runs["world_point"] == lost) & (runs["seed"] == 2))], plan, ["y"])
    assert table["base_points"].unique().tolist() == [31]
    assert table["dropped"].unique().tolist() == [1]


def test_words_say_what_moves_and_what_is_luck():
    plan = sample("sobol", UNIT[:3], 256, seed=1)
    said = sobol_words(sobol(run(plan, lambda x: x[:, 0], 3, noise=0.3), plan, ["y"]))
    assert said[0].startswith("Of the variance of y, x1 ")
    assert said[0].endswith("2 of 3 settings cannot be told from luck.")
    assert "Seeds make" in said[1]
    constant = sample("morris", UNIT[:2], 6)
    table = morris(run(constant, lambda x: 0 * x[:, 0]), constant, ["y"])
    assert morris_words(table)[0] == "y is the same at every point of the plan."
    assert readable("world.churn.established_hazard") == "churn: established hazard"


def test_wrong_runs_are_refused_in_one_line():
    plan = sample("sobol", UNIT[:2], 16, seed=1)
    runs = run(plan, lambda x: x[:, 0])
    two = pd.concat([runs.assign(policy="A"), runs.assign(policy="B")])
    cases = [
        (lambda: morris(runs, plan, ["y"]), "need a morris plan, not one of kind sobol"),
        (lambda: sobol(runs, plan, ["growth"]), "no column 'growth'"),
        (lambda: sobol(two, plan, ["y"]), "name a policy; the table holds A, B"),
        (lambda: sobol(two, plan, ["y"], "C"), "no run of policy 'C'"),
        (lambda: sobol(pd.concat([runs, runs]), plan, ["y"]), "two runs"),
        (lambda: sobol(runs.assign(y=np.nan), plan, ["y"]), "not defined at every seed"),
        (lambda: sobol(runs[runs["world_point"] > 8], plan, ["y"]), "16 base points have all"),
        (lambda: sobol(runs.assign(x1=0.5), plan, ["y"]), "belong to another plan"),
        (lambda: sobol(runs.assign(world_point=runs["world_point"] + 9), plan, ["y"]), "another"),
    ]
    for wrong, says in cases:
        with pytest.raises(BadRuns, match=says) as refused:
            wrong()
        assert "\n" not in str(refused.value)


@pytest.mark.slow
def test_the_engine_loses_members_where_the_hazard_is_high():
    key = "world.churn.established_hazard"
    axes = [range_axis(key, 1e-4, 1e-2, is_log=True), range_axis("world.ties.match", 0.0, 0.2)]
    plan = sample("morris", axes, 6, seed=1)
    start = one_policy(["population=learning_52"])
    points = [vary(start, point) for point in plan.points]
    runs = InMemory(6)(points, [1, 2, 3]).rename(columns={"point": "world_point"})
    table = morris(runs, plan, ["membership_retention"]).set_index("key")
    assert table.loc[key, "verdict"] == "moves it"
    assert table.loc[key, "mu_high"] < 0
    assert table.loc["world.ties.match", "mu_star"] < table.loc[key, "mu_star"]


def test_elementary_effects_drop_whole_trajectories():
    plan = sample("morris", UNIT[:2], 5, seed=1)
    values = of_rows(plan, responses(run(plan, lambda x: x[:, 0]), "y"))
    values[0] = np.nan
    effects, dropped = elementary_effects(plan, values)
    assert effects.shape == (4, 3) and dropped == 1
