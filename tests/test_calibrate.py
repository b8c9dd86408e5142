"""Calibration: known posteriors, what is said of them, and mistakes in one line."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from plaza_lab.scenarios.calibrate.calibrating import adjusted, calibrate, fewest_runs
from plaza_lab.scenarios.calibrate.learned import (
    check_sentences,
    known_together,
    learned,
    predictive,
    quantiles,
    sentences,
)
from plaza_lab.scenarios.calibrate.targets import read_targets, targets_of
from plaza_lab.scenarios.command_line.extras import needed
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import list_axis, range_axis
from plaza_lab.scenarios.experiments.design import one_policy
from plaza_lab.scenarios.experiments.evaluate import week_means
from plaza_lab.scenarios.report.style import caption_of

CHURN, DECAY = "world.churn.established_hazard", "world.ties.decay"
PATIENCE = "world.help.patience_days"
TARGETS = {"retention": {"value": 0.6, "sd": 0.03}, "growth": {"value": 0.15, "sd": 0.03}}
NOISE = 0.02


def ranges():
    return [range_axis(CHURN, 1e-4, 1e-2, is_log=True), range_axis(DECAY, 0.001, 0.05)]


def fake(points, seeds):
    """Retention and growth fall with the logarithm of the hazard; ties do nothing."""
    rows = []
    for place, point in enumerate(points):
        share = math.log(point.setting.world.churn.established_hazard / 1e-4) / math.log(100)
        for seed in seeds:
            luck = np.random.default_rng([seed, int(1e9 * share)]).normal(0, NOISE, 2)
            rows.append({
                "point": place, "seed": seed, "retention": 0.9 - 0.6 * share + luck[0],
                "growth": 0.35 - 0.4 * share + luck[1], "repurchase": math.nan,
            })  # fmt: skip
    return pd.DataFrame(rows)


class FakeEach:
    """The same with a seed for each point."""

    def __call__(self, points, seeds):
        return fake(points, seeds)

    def each(self, points, seeds):
        parts = [fake([point], [seed]) for point, seed in zip(points, seeds, strict=True)]
        return pd.concat(parts).assign(point=range(len(points)))


@pytest.fixture(scope="module")
def point():
    return one_policy([])


@pytest.fixture(scope="module")
def found(point):
    pytest.importorskip("pyabc")
    return calibrate(point, ranges(), targets_of(TARGETS), fake, runs=300, checks=60)


def exact(values):
    """Mean and standard deviation of the hazard's share given the targets, on a grid."""
    share = np.linspace(0, 1, 2001)
    variance = NOISE**2 + 0.03**2
    gaps = (0.9 - 0.6 * share - values[0]) ** 2 + (0.35 - 0.4 * share - values[1]) ** 2
    weights = np.exp(-gaps / (2 * variance))
    weights /= weights.sum()
    middle = weights @ share
    return middle, math.sqrt(weights @ (share - middle) ** 2)


def test_the_posterior_is_the_one_that_bayes_gives(found):
    middle, spread = exact([0.6, 0.15])
    weights, own = found.ensemble.weights, found.shares[:, 0]
    mean = weights @ own
    assert mean == pytest.approx(middle, abs=0.4 * spread)
    assert math.sqrt(weights @ (own - mean) ** 2) == pytest.approx(spread, rel=0.3)


def test_what_the_data_taught_and_what_not(found):
    table = found.frame().set_index("parameter")
    assert table.loc[CHURN, "verdict"] == "taught"
    assert table.loc[CHURN, "width_ratio"] < 0.3
    assert table.loc[DECAY, "verdict"] == "not taught"
    assert table.loc[DECAY, "width_ratio"] > 0.8
    said = " ".join(found.sentences())
    assert f"taught {CHURN}" in said
    assert f"could not teach {DECAY}" in said
    assert "reproduce all 2 targets" in said


def test_runs_of_the_ensemble_are_nearer_to_the_targets_than_runs_of_the_prior(found):
    check = found.check.set_index("target")
    for name, target in TARGETS.items():
        row = check.loc[name]
        assert row["low"] < target["value"] < row["high"]
        assert row["high"] - row["low"] < 0.5 * (row["prior_high"] - row["prior_low"])
    assert set(found.predicted["seed"]).isdisjoint(found.draws["seed"])


@pytest.mark.slow
def test_same_seed_same_calibration_however_runs_are_asked_for(point, found):
    own = np.random.get_state()[1].copy()  # noqa: NPY002
    again = calibrate(point, ranges(), targets_of(TARGETS), FakeEach(), runs=300, checks=60)
    pd.testing.assert_frame_equal(again.draws, found.draws)
    pd.testing.assert_frame_equal(again.predicted, found.predicted)
    pd.testing.assert_frame_equal(again.ensemble.values, found.ensemble.values)
    assert (np.random.get_state()[1] == own).all()  # noqa: NPY002


def test_pictures_say_what_they_rest_on(found):
    pictures = found.pictures()
    assert list(pictures) == ["parameters", "targets"]
    assert f"{found.effective_draws:.0f} effective draws" in caption_of(found.plot())
    assert "90 % of 60 runs after" in caption_of(pictures["targets"]())
    assert "<pre" in found._repr_html_()


def test_the_budget_is_kept_and_luck_is_shared_by_few(found):
    assert len(found.draws) <= 300
    assert found.draws["seed"].value_counts().max() == 8
    assert len(found.predicted) == 60


@pytest.mark.slow
def test_failed_runs_are_draws_far_from_the_targets(point):
    pytest.importorskip("pyabc")

    def failing(points, seeds):
        table = fake(points, seeds)
        return table[table["retention"] > 0.5]

    table = calibrate(point, ranges(), targets_of(TARGETS), failing, runs=240, checks=20)
    lost = table.draws["retention"].isna()
    assert lost.any()
    hazards = table.ensemble.values[CHURN]
    middle, spread = exact([0.6, 0.15])
    share = np.log(hazards / 1e-4) / math.log(100)
    assert table.ensemble.weights @ share == pytest.approx(middle, abs=0.5 * spread)


def test_a_target_out_of_reach_is_called_missed(point):
    pytest.importorskip("pyabc")
    beyond = {"retention": {"value": 0.6, "sd": 0.01}, "growth": {"value": 0.6, "sd": 0.01}}
    answer = calibrate(point, ranges()[:1], targets_of(beyond), fake, runs=200, checks=20)
    assert "missed" in set(answer.check["verdict"])
    assert any("miss" in line for line in answer.sentences())


def test_regression_moves_draws_to_the_targets():
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 0.5, (4000, 1))
    summaries = 0.3 * logits + rng.normal(0, 0.1, (4000, 1))
    near = np.abs(summaries[:, 0] - 0.2) < 0.15
    shares = 1 / (1 + np.exp(-logits[near]))
    weights = np.full(near.sum(), 1 / near.sum())
    moved, new = adjusted(shares, weights, summaries[near], np.array([0.2]))
    slope = 0.5**2 * 0.3 / (0.5**2 * 0.3**2 + 0.1**2)
    spread = math.sqrt(0.5**2 * (1 - 0.3 * slope))
    found = np.log(moved / (1 - moved))[:, 0]
    assert new @ found == pytest.approx(slope * 0.2, abs=0.03)
    assert math.sqrt(new @ (found - new @ found) ** 2) == pytest.approx(spread, rel=0.06)


def test_too_few_draws_are_left_as_they_are():
    shares, weights = np.full((4, 1), 0.3), np.full(4, 0.25)
    moved, _ = adjusted(shares, weights, np.arange(8.0).reshape(4, 2), np.zeros(2))
    assert (moved == shares).all()


def test_width_is_one_when_nothing_was_learned_and_on_the_scale_of_the_range():
    rng = np.random.default_rng(2)
    axes = [range_axis(CHURN, 1e-4, 1e-2, is_log=True), range_axis(PATIENCE, 3, 30)]
    shares = np.column_stack([rng.uniform(size=4000), rng.uniform(0.5, 0.75, 4000)])
    table = learned(shares, np.full(4000, 1 / 4000), axes).set_index("parameter")
    assert table.loc[CHURN, "width_ratio"] == pytest.approx(1, abs=0.03)
    assert table.loc[CHURN, "median"] == pytest.approx(1e-3, rel=0.1)
    assert table.loc[PATIENCE, "width_ratio"] == pytest.approx(0.25, abs=0.01)
    assert [table.loc[PATIENCE, end] for end in ("low", "high")] == [17, 23]


def test_two_parameters_known_only_together():
    rng = np.random.default_rng(3)
    first = rng.uniform(0.2, 0.8, 500)
    shares = np.column_stack([first, 1 - first + rng.normal(0, 0.03, 500)])
    weights = np.full(500, 1 / 500)
    pairs = known_together(shares, weights, ranges())
    assert pairs["correlation"].tolist() == pytest.approx([-0.98], abs=0.02)
    said = sentences(learned(shares, weights, ranges()), pairs)
    assert any("goes with a lower value of the other" in line for line in said)
    assert known_together(rng.uniform(size=(500, 2)), weights, ranges()).empty


def test_draws_at_an_end_say_that_the_range_may_be_too_narrow():
    shares = np.random.default_rng(4).beta(8, 0.3, (500, 1))
    weights = np.full(500, 1 / 500)
    table = learned(shares, weights, ranges()[:1])
    assert table["piles_at"].tolist() == ["high"]
    said = sentences(table, known_together(shares, weights, ranges()[:1]))
    assert "0.01: the range may be too narrow" in said[-1]


def test_weighted_quantiles():
    values = np.array([3.0, 1.0, 2.0])
    assert quantiles(values, np.array([0.1, 0.1, 0.8]), [0.05, 0.5, 0.95]).tolist() == [1, 2, 3]


def test_predictive_verdicts():
    targets = targets_of({"retention": {"value": 0.5, "sd": 0.01}})
    draws = pd.DataFrame({"generation": [-1] * 50, "retention": np.linspace(0.1, 0.9, 50)})
    for middle, verdict in ((0.5, "reproduced"), (0.7, "missed")):
        runs = np.random.default_rng(5).normal(middle, 0.02, 200)
        table = predictive(targets, draws, pd.DataFrame({"retention": runs}))
        assert table["verdict"].tolist() == [verdict]
    line = check_sentences(table, targets)[0]
    assert "it was 50.0 %, runs lead to" in line


def test_weeks_of_daily_metrics():
    days = np.arange(28.0).reshape(14, 2)
    found = week_means(days, ("joins", "dau"), ["dau@week2", "growth"])
    assert found == {"dau@week2": days[7:14, 1].mean()}


def test_targets_from_a_file(tmp_path):
    file = tmp_path / "targets.yaml"
    file.write_text("retention: {value: 0.42, ci95: [0.36, 0.48]}\ndau@week3: {value: 9, sd: 2}\n")
    first, second = read_targets(file)
    assert first.sd == pytest.approx(0.06 / 1.96, rel=1e-3)
    assert second.outcome.label == "dau, week 3"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "no targets; name at least one, as in retention"),
        ("retention: 0.4", "retention: value and sd are expected"),
        ("retention: {value: 0.4, sd: 0}", "above zero, sd is 0"),
        ("retention: {value: 0.4, sd: -1}", "above zero, sd is -1"),
        ("retention: {value: 0.4}", "either sd or ci95"),
        ("retention: {value: 0.4, ds: 1}", "it may hold value, sd, ci95"),
        ("retention: {value: high, sd: 1}", "value is a number, not 'high'"),
        ("retention: {value: .nan, sd: 1}", "line 1: .nan is no number that Plaza can use"),
        ("retention: {value: 0.4, ci95: [0.5]}", "ci95 holds two numbers"),
        ("retention: {value: 0.4, ci95: [0.5, 0.3]}", "above zero"),
        ("actve_7d@week3: {value: 9, sd: 2}", "did you mean active_7d"),
        ("active_7d@3: {value: 9, sd: 2}", "such as active_7d@week12"),
        ("retention: {value: 0.4", "line"),
    ],
)
def test_a_wrong_target_is_one_line(tmp_path, text, expected):
    file = tmp_path / "t.yaml"
    file.write_text(text)
    with pytest.raises(UserError) as caught:
        read_targets(file)
    assert expected in str(caught.value)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wrong_request_is_one_line(point):
    pytest.importorskip("pyabc")
    targets = targets_of(TARGETS)

    def refused(axes=None, wanted=targets, evaluate=fake, **others):
        with pytest.raises(UserError) as caught:
            calibrate(point, axes or ranges(), wanted, evaluate, **{"runs": 300} | others)
        return str(caught.value)

    assert "is a lever" in refused([range_axis("entry.fee_cents", 100, 200)])
    assert "a range is fitted" in refused([list_axis(DECAY, [0.01, 0.02])])
    assert f"give {fewest_runs(2)} or more" in refused(runs=50)
    assert "given twice" in refused(ranges() * 2)
    assert "--checks 3" in refused(checks=3)
    misspelt = targets_of({"retension": {"value": 0.4, "sd": 0.1}})
    assert "did you mean retention" in refused(wanted=misspelt)
    never = targets_of({**TARGETS, "repurchase": {"value": 0.4, "sd": 0.1}})
    assert "repurchase is undefined in each of the first" in refused(wanted=never)
    assert "failed" in refused(evaluate=lambda points, seeds: pd.DataFrame())


def test_a_missing_library_is_one_line(point, monkeypatch):
    def without(module, extra):
        return needed("no_such_library_of_plaza", extra)

    monkeypatch.setattr("plaza_lab.scenarios.calibrate.calibrating.needed", without)
    with pytest.raises(UserError, match=r"plaza-lab\[calibrate\]"):
        calibrate(point, ranges(), targets_of(TARGETS), fake)
