"""Policies over worlds: regret and satisficing by hand, intervals, mistakes in one line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from plaza_lab.scenarios.sensitivity import regret, regret_summary, satisficing, thresholds
from plaza_lab.scenarios.sensitivity.robustness import regret_words
from plaza_lab.scenarios.statistics.pairing import BadRuns

COLUMNS = ["retention", "fund_spend_yuan"]


def runs_of(means: dict[str, list[float]], outcome: str = "retention", seeds=(1, 2)):
    """Runs whose mean over seeds is given for each policy and world."""
    middle = (len(seeds) - 1) / 2
    return pd.DataFrame([
        {"policy": policy, "world_point": world, "seed": seed, outcome: mean + 0.01 * (at - middle)}
        for policy, row in means.items() for world, mean in enumerate(row)
        for at, seed in enumerate(seeds)
    ])  # fmt: skip


def test_regret_is_what_hindsight_would_have_won():
    table = regret(runs_of({"A": [0.5, 0.2, 0.6], "B": [0.4, 0.5, 0.6], "C": [0.3, 0.4, 0.1]}),
                   "retention")  # fmt: skip
    wide = table.pivot(index="policy", columns="world_point", values="regret")
    assert wide.loc["A"].tolist() == pytest.approx([0.0, 0.3, 0.0])
    assert wide.loc["B"].tolist() == pytest.approx([0.1, 0.0, 0.0])
    assert wide.loc["C"].tolist() == pytest.approx([0.2, 0.1, 0.5])
    assert table["seeds"].unique().tolist() == [2]
    summary = regret_summary(table)
    assert summary["policy"].tolist() == ["B", "A", "C"]
    assert summary["max_regret"].tolist() == pytest.approx([0.1, 0.3, 0.5])
    assert summary["worst_world"].tolist() == [0, 1, 2]
    assert summary["mean_regret"].tolist() == pytest.approx([0.1 / 3, 0.1, 0.8 / 3])
    assert summary["is_minimax"].tolist() == [True, False, False]
    assert summary["share_best"].tolist() == pytest.approx([2 / 3, 2 / 3, 0])
    assert summary["minimax_share"].sum() == pytest.approx(1)
    assert "at worst 10.0 points behind" in regret_words(summary)[0]


def test_regret_of_an_outcome_to_be_low_is_what_is_spent_too_much():
    table = regret(runs_of({"A": [100.0, 300.0], "B": [150.0, 200.0]}, "fund_spend_yuan"),
                   "fund_spend_yuan")  # fmt: skip
    assert table["regret"].tolist() == pytest.approx([0, 100, 50, 0])


def test_only_pairs_that_every_policy_has_count():
    runs = runs_of({"A": [0.5, 0.2], "B": [0.4, 0.5]})
    without = runs[~((runs["policy"] == "B") & (runs["world_point"] == 0) & (runs["seed"] == 2))]
    table = regret(without, "retention")
    first = table[table["world_point"] == 0].set_index("policy")
    assert first["seeds"].tolist() == [1, 1]
    assert first.loc["A", "value"] - first.loc["B", "value"] == pytest.approx(0.1)
    assert (
        len(regret(runs[~((runs["policy"] == "B") & (runs["world_point"] == 0))], "retention")) == 2
    )


def test_satisficing_counts_the_worlds_in_which_every_wish_is_met():
    runs = runs_of({"A": [0.5, 0.2, 0.6, 0.7], "B": [0.6, 0.5, 0.9, 0.8]})
    spend = {"A": [90, 90, 90, 110], "B": [200, 90, 200, 200]}
    runs["fund_spend_yuan"] = [
        1000.0 * spend[row.policy][row.world_point] for row in runs.itertuples()
    ]
    table = satisficing(runs, thresholds(["retention>=50%", "spend<=100,000"], runs.columns))
    found = table.set_index(["policy", "wish"])["met"]
    assert found.loc["A"].tolist() == [3, 3, 2]
    assert found.loc["B"].tolist() == [4, 1, 1]
    whole = table[table["wish"] == "all of them"].set_index("policy")
    assert whole["share"].to_dict() == {"A": 0.5, "B": 0.25}


def test_the_interval_of_a_share_is_wilsons():
    runs = runs_of({"A": [0.6] * 8 + [0.1] * 2, "B": [0.6] * 10})
    row = satisficing(runs, thresholds(["retention>=0.5"], COLUMNS)).iloc[0]
    assert [row["share"], row["low"], row["high"]] == pytest.approx([0.8, 0.4902, 0.9433], abs=1e-4)


def test_an_undefined_outcome_meets_no_wish():
    runs = runs_of({"A": [0.6, 0.6], "B": [0.6, 0.6]})
    runs.loc[0, "retention"] = np.nan
    table = satisficing(runs, thresholds(["retention>0.5"], COLUMNS)).set_index(["policy", "wish"])
    assert table.loc["A"]["met"].tolist() == [1, 1]
    assert table.loc["B"]["met"].tolist() == [2, 2]


@pytest.mark.slow
def test_the_interval_of_mean_regret_covers_it():
    rng, covered = np.random.default_rng(1), []
    for _ in range(120):
        gap = rng.exponential(0.1, 60) - 0.05  # mean regret of B: E max(gap, 0)
        runs = runs_of({"A": list(0.5 + gap), "B": [0.5] * 60}, seeds=(1,))
        row = regret_summary(regret(runs, "retention")).set_index("policy").loc["B"]
        covered.append(row["mean_low"] <= 0.1 * np.exp(-0.5) <= row["mean_high"])
    assert 0.89 <= np.mean(covered) <= 0.985


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("retention=50", "write it as retention>=50%"),
        ("retension>=0.5", "did you mean retention"),
        ("retention>=a lot", "is no wish"),
        ("retention>=1.2.3", "is no wish"),
        ("growth>=0", "no outcome growth"),
    ],
)
def test_a_wish_that_cannot_be_read_is_refused_in_one_line(text, says):
    with pytest.raises(BadRuns) as refused:
        thresholds([text], COLUMNS)
    assert says in str(refused.value) and "\n" not in str(refused.value)


def test_wrong_runs_are_refused_in_one_line():
    runs = runs_of({"A": [0.5], "B": [0.4]})
    cases = [
        (lambda: regret(runs, "growth"), "no column 'growth'"),
        (lambda: regret(runs, "retention", ["A", "C"]), "no run of policy 'C'"),
        (lambda: regret(pd.concat([runs, runs]), "retention"), "two runs"),
        (lambda: regret(runs.assign(retention=np.nan), "retention"), "no world and seed"),
    ]
    for wrong, says in cases:
        with pytest.raises(BadRuns, match=says):
            wrong()
