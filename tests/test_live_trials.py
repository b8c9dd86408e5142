"""Learning from a live trial, and planning one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.forecast.learn import learn, run_learn, surer
from plaza_lab.scenarios.forecast.plan_test import run_plan_test, size_test
from plaza_lab.scenarios.forecast.trial_result import Trial, read_trial

POLICIES = ("default", "points")


def runs_of(effects: np.ndarray, seeds: int = 4, noise: float = 0.0) -> pd.DataFrame:
    """Runs of a comparison over worlds in which the alternative has known effects."""
    rng = np.random.default_rng(0)
    rows = []
    for world, effect in enumerate(effects):
        for seed in range(seeds):
            base = 0.4 + 0.01 * seed
            for policy in POLICIES:
                value = base + (effect + noise * rng.standard_normal()) * (policy == "points")
                rows.append({"policy": policy, "world_point": world, "seed": seed,
                             "retention": value, "growth": 2 * value,
                             "world.ties.decay": 0.001 + 0.01 * effect})  # fmt: skip
    return pd.DataFrame(rows)


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


class TestReading:
    def test_shares_of_two_arms(self, tmp_path: Path) -> None:
        file = write(tmp_path / "r.csv", "arm,n,events\ndefault,200,60\npoints,200,80\n")
        trial = read_trial(file, POLICIES)
        assert trial.estimate == pytest.approx(0.1)
        assert trial.se == pytest.approx(np.sqrt(0.3 * 0.7 / 200 + 0.4 * 0.6 / 200), rel=0.02)

    def test_an_estimate_is_taken_as_given(self, tmp_path: Path) -> None:
        trial = read_trial(write(tmp_path / "r.csv", "estimate,se\n0.05,0.02\n"), POLICIES)
        assert (trial.estimate, trial.se) == (0.05, 0.02)

    def test_rows_of_an_arm_are_clusters(self, tmp_path: Path) -> None:
        rows = ["default,100,.1,.1", "default,100,.5,.1", "points,100,.4,.1", "points,100,.8,.1"]
        text = "\n".join(["arm,n,mean,sd", *rows])
        trial = read_trial(write(tmp_path / "r.csv", text), POLICIES)
        assert trial.estimate == pytest.approx(0.3)
        assert trial.se == pytest.approx(np.sqrt(2) * 0.2, rel=1e-6)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("arm,n\ndefault,3\n", "a table is expected"),
            ("arm,n,events\ndefault,20,2\nprize,20,3\n", "none of the policies"),
            ("arm,n,events\ndefault,20,2\n", "two arms"),
            ("arm,n,events\ndefault,20,30\npoints,20,3\n", "between 0 and n"),
            ("arm,n,events\ndefault,1,1\npoints,20,3\n", "2 or more"),
            ("arm,n,events\ndefault,x,1\npoints,20,3\n", "a number is expected"),
            ("estimate,se\n0.1,0\n", "above 0"),
            ("estimate,se\n0.1,nan\n", "a number is expected"),
        ],
    )
    def test_what_is_no_result(self, tmp_path: Path, text: str, said: str) -> None:
        with pytest.raises(UserError, match=said):
            read_trial(write(tmp_path / "r.csv", text), POLICIES)


class TestLearning:
    def test_weights_are_those_of_the_normal_likelihood(self) -> None:
        effects = np.array([0.0, 0.05, 0.1, 0.15, 0.2])
        found = learn(runs_of(effects), POLICIES, "retention", Trial("points", 0.1, 0.05, ""))
        wanted = np.exp(-0.5 * ((0.1 - effects) / 0.05) ** 2)
        np.testing.assert_allclose(found.weights, wanted / wanted.sum(), rtol=1e-6)

    def test_a_sharp_trial_makes_surer_and_a_vague_one_does_not(self) -> None:
        effects = np.linspace(-0.2, 0.2, 41)
        runs = runs_of(effects)
        sharp = learn(runs, POLICIES, "retention", Trial("points", 0.1, 0.01, ""))
        vague = learn(runs, POLICIES, "retention", Trial("points", 0.1, 10.0, ""))
        values = sharp.effects["retention"].to_numpy()
        assert surer(values, sharp.weights) > 0.8
        assert abs(surer(values, vague.weights)) < 0.01
        assert sharp.weights @ values == pytest.approx(0.1, abs=0.01)
        assert sharp.effective < vague.effective

    def test_the_answer_before_and_after_is_told(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        runs_of(np.linspace(-0.2, 0.2, 20), noise=0.001).to_parquet(tmp_path / "runs.parquet")
        file = write(tmp_path / "r.csv", "arm,n,events\ndefault,2000,800\npoints,2000,1000\n")
        assert run_learn([str(file), "--from", str(tmp_path)]) == 0
        told = capsys.readouterr().out
        assert "before: retention is higher under points in 50% of worlds" in told
        assert "after: retention is higher under points in 100% of worlds" in told
        assert "world.ties.decay" in told
        assert (tmp_path / "learned.png").read_bytes().startswith(b"\x89PNG")

    def test_a_trial_beyond_all_worlds_is_said(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        runs_of(np.linspace(0.0, 0.1, 8)).to_parquet(tmp_path / "runs.parquet")
        file = write(tmp_path / "r.csv", "estimate,se\n-0.2,0.02\n")
        assert run_learn([str(file), "--from", str(tmp_path)]) == 0
        assert "beyond what any world says" in capsys.readouterr().out

    def test_one_world_cannot_learn(self, tmp_path: Path) -> None:
        runs_of(np.array([0.1])).to_parquet(tmp_path / "runs.parquet")
        file = write(tmp_path / "r.csv", "estimate,se\n0.1,0.1\n")
        with pytest.raises(UserError, match="5 or more are needed"):
            run_learn([str(file), "--from", str(tmp_path)])
        with pytest.raises(UserError, match="holds no runs"):
            run_learn([str(file), "--from", str(tmp_path / "nowhere")])


class TestPlanning:
    def test_clusters_are_those_of_the_textbook_and_such_tests_decide(self) -> None:
        rng = np.random.default_rng(4)
        first = rng.normal(0.4, 0.1, 40_000)
        second = rng.normal(0.45, 0.1, 40_000)
        plan = size_test(first, second, 8, 0.8, size=100)
        assert plan.clusters == pytest.approx(2 * 0.01 * 7.849 / 0.05**2 + 1, rel=0.1)
        assert plan.power == pytest.approx(0.8, abs=0.05)
        assert plan.design_effect == pytest.approx(0.01 / (0.24 / 100), rel=0.1)

    def test_no_effect_has_no_size(self) -> None:
        rng = np.random.default_rng(4)
        values = rng.normal(0.4, 0.1, 60)
        assert size_test(values, values + 1e-15, 8, 0.8, None).clusters is None
        tiny = size_test(values, values + 1e-4 * rng.standard_normal(60), 8, 0.8, None)
        assert tiny.clusters is None

    @pytest.mark.parametrize(
        "words",
        [
            ["policies=[thanks_only]"],
            ["policies=[thanks_only,points,weekly_prize]"],
            ["policies=[thanks_only,points]", "--power", "1.5"],
            ["policies=[thanks_only,points]", "--outcome", "nothing"],
            ["policies=[thanks_only,points]", "--size", "0"],
            ["policies=[thanks_only,points]", "run.weeks=13"],
            ["policies=[thanks_only,points]", "pairs=40"],
        ],
    )
    def test_mistakes_are_one_line(self, words: list[str]) -> None:
        with pytest.raises(UserError) as told:
            run_plan_test(words)
        assert "\n" not in str(told.value)
