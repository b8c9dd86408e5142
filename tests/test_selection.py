"""The best of many: Hsu's intervals and KN selection, on known answers and by simulation."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import several_policies
from plaza_lab.scenarios.experiments.evaluate import InMemory
from plaza_lab.scenarios.statistics import BadRuns, hsu, tied_with_best
from plaza_lab.scenarios.statistics.selection import Screening, constant, select_best
from plaza_lab.scenarios.statistics.sweeps import hsu_intervals


def runs_of(values: np.ndarray, outcome: str = "retention") -> pd.DataFrame:
    """Runs of policies A, B, ...: ``values`` has shape (seeds, policies)."""
    seeds, k = values.shape
    names = np.tile([chr(65 + place) for place in range(k)], seeds)
    return pd.DataFrame(
        {"policy": names, "seed": np.repeat(np.arange(seeds), k), outcome: values.ravel()}
    )


def correlated(rng, shape, rho=0.6):
    """Standard normal columns of which each two correlate by rho; shape (..., seeds, k)."""
    shared = rng.standard_normal((*shape[:-1], 1))
    return math.sqrt(rho) * shared + math.sqrt(1 - rho) * rng.standard_normal(shape)


def skewed(normal: np.ndarray) -> np.ndarray:
    """Lognormal values of mean 0, spread 1 and skewness 1.75."""
    return (np.exp(0.5 * normal) - math.exp(0.125)) / math.sqrt(math.exp(0.5) - math.exp(0.25))


def test_of_two_policies_hsu_is_the_one_sided_paired_t():
    values = correlated(np.random.default_rng(1), (20, 2)) + np.array([0, 0.1])
    table = hsu(runs_of(values)).set_index("policy")
    d = values[:, 1] - values[:, 0]
    reach = stats.t.ppf(0.95, 19) * d.std(ddof=1) / math.sqrt(20)
    assert table.loc["B", "difference"] == pytest.approx(d.mean())
    assert table.loc["B", "high"] == pytest.approx(d.mean() + reach)
    assert table.loc["B", "low"] == pytest.approx(min(d.mean() - reach, 0))
    assert table.loc["A", "high"] == pytest.approx(max(reach - d.mean(), 0))
    assert table["may_be_best"].all()


def test_a_clear_winner_is_surely_the_best_and_its_lead_has_an_interval():
    values = correlated(np.random.default_rng(2), (30, 4)) + np.array([0, 5, 0.2, -1])
    table = hsu(runs_of(values)).set_index("policy")
    assert table.index[table["is_surely_best"]].to_list() == ["B"]
    assert (table.loc["B", "low"], table["may_be_best"].sum()) == (0, 1)
    rival = (values[:, 1] - values[:, 2]).mean()
    assert table.loc["B", "difference"] == pytest.approx(rival)
    assert table.loc["B", "high"] > rival
    assert (table.drop("B")["high"] == 0).all()
    assert (table.drop("B")["low"] < table.drop("B")["difference"]).all()


def test_where_lower_is_better_the_intervals_are_mirrored():
    values = correlated(np.random.default_rng(3), (15, 3)) + np.array([0, 0.3, 0.6])
    up, down = hsu(runs_of(values)), hsu(runs_of(-values, "fund_spend_yuan"), ("policy",),
                                         "fund_spend_yuan")  # fmt: skip
    assert down["low"].to_numpy() == pytest.approx(-up["high"].to_numpy())
    assert down["high"].to_numpy() == pytest.approx(-up["low"].to_numpy())
    assert down["may_be_best"].equals(up["may_be_best"])
    assert down["is_best"].equals(up["is_best"])


def test_policies_that_are_always_equal_may_both_be_best():
    values = np.random.default_rng(4).normal(0, 1, (10, 1)) + np.array([0.0, 0.0, -3.0])
    table = hsu(runs_of(values))
    assert table["may_be_best"].to_list() == [True, True, False]
    assert table["high"].to_numpy() == pytest.approx([3, 3, 0], abs=1e-6)


def test_one_seed_rules_nothing_out_and_one_point_is_no_comparison():
    table = hsu(runs_of(np.array([[1.0, 2.0]])))
    assert table["may_be_best"].all()
    assert np.isnan(table[["low", "high"]]).all(axis=None)
    assert tied_with_best(runs_of(np.array([[1.0, 2.0]])), ["policy"])["is_tied"].all()
    with pytest.raises(BadRuns, match="one point only"):
        hsu(runs_of(np.ones((5, 1))))


def truth(means: np.ndarray) -> np.ndarray:
    return np.array([m - np.delete(means, place).max() for place, m in enumerate(means)])


@pytest.mark.slow
@pytest.mark.parametrize(
    "means", [[0, 0, 0, 0, 0, 0], [0.3, 0, 0, 0, 0, 0], [0.4, 0.35, 0.3, 0, -1, -2], [0.1, 0]]
)
@pytest.mark.parametrize("law", ["normal", "skewed"])
def test_hsu_covers_all_distances_at_once_at_common_seeds(means, law):
    rng, draws, k = np.random.default_rng(5), 2_000, len(means)
    known, hits = truth(np.array(means, float)), 0
    scales = np.linspace(0.5, 1.5, k)  # unequal spreads, correlated
    for _ in range(draws):
        noise = correlated(rng, (25, k))
        noise = skewed(noise) if law == "skewed" else noise
        _, low, high = hsu_intervals(noise * scales + means)
        hits += bool(((low <= known + 1e-12) & (known <= high + 1e-12)).all())
    assert hits / draws >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / draws)


@pytest.mark.parametrize(("k", "first", "level"), [(2, 10, 0.95), (10, 20, 0.9), (100, 30, 0.99)])
def test_the_constant_of_kn_solves_its_equation(k, first, level):
    eta = constant(k, first, level) / (2 * (first - 1))
    assert (1 + 2 * eta) ** (-(first - 1) / 2) / 2 == pytest.approx((1 - level) / (k - 1))


def test_screening_drops_the_hopeless_at_once_and_always_ends():
    rng = np.random.default_rng(6)
    values = correlated(rng, (400, 3)) * 0.1 + np.array([0.0, 0.0, -5.0])
    race = Screening(values[:20], delta=0.02)
    assert race.dropped[0][:2] == (2, 20)
    spread = (values[:20, 0] - values[:20, 1]).var(ddof=1)
    latest = math.floor(constant(3, 20, 0.95) * spread / 0.02**2) + 1
    for row in values[20:]:
        if len(race.alive) == 1:
            break
        race.add(row)
    assert len(race.alive) == 1
    assert race.pairs <= latest


def test_policies_that_are_always_equal_end_in_one():
    same = np.random.default_rng(7).normal(0, 1, (10, 1)) * np.ones(3)
    assert len(Screening(same, delta=0.1).alive) == 1


def point(name: str) -> SimpleNamespace:
    return SimpleNamespace(policy=name)


class World:
    """Policies with known means, correlated luck by seed, and a count of runs."""

    def __init__(self, means: dict[str, float], spread=0.05, outcome="retention", failing=()):
        self.means, self.spread, self.outcome, self.failing = means, spread, outcome, failing
        self.runs = 0

    def __call__(self, points, seeds):
        rows = []
        for place, chosen in enumerate(points):
            for seed in seeds:
                self.runs += 1
                if (chosen.policy, seed) in self.failing:
                    continue
                own = list(self.means).index(chosen.policy)
                luck = np.random.default_rng(seed).normal(0, self.spread, 1 + len(self.means))
                value = self.means[chosen.policy] + luck[0] + luck[1 + own]
                rows.append({"point": place, "seed": seed, self.outcome: value})
        return pd.DataFrame(rows)


MEANS = {"A": 0.50, "B": 0.56, "C": 0.53, "D": 0.30, "E": 0.20}


def test_the_best_is_selected_with_fewer_runs():
    world, seen = World(MEANS), []
    best = select_best(
        world, [point(name) for name in MEANS], "retention", 0.02,
        on_batch=lambda pairs, left: seen.append((pairs, left)),
    )  # fmt: skip
    assert best.survivors == ("B",)
    assert best.is_decided
    dropped = best.history.set_index("policy")["pairs"]
    assert (dropped[["D", "E"]] == 20).all()
    assert dropped["A"] <= best.pairs
    assert (best.history["behind"] > 0).all()
    assert set(dropped.index) == {"A", "C", "D", "E"}
    assert best.runs_used == world.runs == len(best.runs)
    assert best.runs_saved == 5 * best.seeds - world.runs > 0
    assert seen[0][0] == 20
    assert set(seen[0][1]) <= {"A", "B", "C"}
    assert seen[-1][1] == ("B",)
    assert best.means["policy"][0] == "B"
    assert best.means.set_index("policy").loc["D", "difference"] == pytest.approx(-0.26, abs=0.05)
    assert "B is selected as the best of 5 by active retention" in best.words()
    assert "ahead by 2.0 points or more" in best.words()


def test_the_batch_size_changes_the_waste_and_not_the_choice():
    points = [point(name) for name in MEANS]
    one, many = (select_best(World(MEANS), points, "retention", 0.02, batch=b) for b in (1, 50))
    pd.testing.assert_frame_equal(one.history, many.history)
    assert (one.survivors, one.pairs) == (many.survivors, many.pairs)
    assert one.runs_used <= many.runs_used


def test_where_lower_is_better_the_lowest_is_selected():
    world = World({"A": 500, "B": 300, "C": 900}, 20, "fund_spend_yuan")
    best = select_best(world, [point(name) for name in "ABC"], "fund_spend_yuan", 10)
    assert best.survivors == ("B",)
    assert best.history.set_index("policy").loc["C", "behind"] == pytest.approx(600, abs=40)
    assert best.means.set_index("policy").loc["C", "difference"] == pytest.approx(600, abs=40)


def test_out_of_seeds_the_survivors_are_named_and_nothing_is_claimed():
    world = World({"A": 0.5, "B": 0.501, "C": 0.2})
    best = select_best(world, [point(name) for name in "ABC"], "retention", 0.005, max_pairs=40)
    assert not best.is_decided
    assert set(best.survivors) == {"A", "B"}
    assert best.seeds == 40
    assert "2 of 3 policies are left" in best.words()


def test_a_failed_run_costs_its_seed_and_is_counted():
    failing = {("A", 3), ("B", 25)}
    best = select_best(
        World({"A": 0.5, "B": 0.505}, failing=failing), [point("A"), point("B")], "retention",
        0.01, max_pairs=60,
    )  # fmt: skip
    assert best.seeds_lost == 2
    assert "Seeds left out" in best.words()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"delta": 0.0}, "above zero"),
        ({"first": 5}, "10 pairs or more"),
        ({"max_pairs": 15}, "no room"),
        ({"level": 0.4}, "between 0.5 and 1"),
        ({"outcome": "messages_per_day"}, "neither higher nor lower"),
        ({"outcome": "growth"}, "no outcome of these runs"),
        ({"points": [point("A")]}, "two policies or more"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(change, words):
    given = {"points": [point("A"), point("B")], "outcome": "retention", "delta": 0.01} | change
    with pytest.raises(UserError, match=words) as caught:
        select_best(World({"A": 0.5, "B": 0.6}), **given)
    assert "\n" not in str(caught.value)


def test_an_outcome_undefined_in_the_first_stage_is_refused():
    world = World({"A": math.nan, "B": 0.6})
    with pytest.raises(UserError, match="only 0 of the first 20 seeds"):
        select_best(world, [point("A"), point("B")], "retention", 0.01)


@pytest.mark.slow
@pytest.mark.parametrize("law", ["normal", "skewed"])
def test_kn_selects_the_best_at_the_indifference_zone(law):
    # the least favourable case: one policy ahead of four equal ones by exactly delta
    rng, draws, delta, right, pairs = np.random.default_rng(8), 600, 0.25, 0, []
    for _ in range(draws):
        noise = correlated(rng, (2_000, 5), 0.5)
        noise = skewed(noise) if law == "skewed" else noise
        values = noise + np.array([delta, 0, 0, 0, 0])
        race, row = Screening(values[:20], delta), 20
        while len(race.alive) > 1:
            race.add(values[row])
            row += 1
        right += race.alive == [0]
        pairs.append(row)
    assert right / draws >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / draws)
    assert np.mean(pairs) > 20


@pytest.mark.slow
def test_among_real_policies_it_agrees_with_running_all_to_the_end():
    points = several_policies(["default", "weekly_prize", "points"], ["population=learning_52"])
    evaluate = InMemory(4, 2)
    best = select_best(evaluate, points, "active_share", 0.01, max_pairs=120)
    whole = evaluate(points, range(1, 121)).groupby("point")["active_share"].mean()
    by_name = {points[place].policy: mean for place, mean in whole.items()}
    assert max(by_name.values()) - max(by_name[name] for name in best.survivors) < 0.01
