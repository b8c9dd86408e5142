"""What a calibration leaves: ensembles, worlds, folders, pictures."""

from __future__ import annotations

import json
import math
from functools import cache

import numpy as np
import pandas as pd
import pytest

from plaza_lab.scenarios.calibrate.ensemble import (
    Ensemble,
    check_name,
    ensemble_file,
    ensemble_names,
    load_ensemble,
    resampled,
    save_ensemble,
)
from plaza_lab.scenarios.calibrate.verb import run_calibrate
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import range_axis
from plaza_lab.scenarios.experiments.design import one_policy

CHURN, DECAY = "world.churn.established_hazard", "world.ties.decay"
PATIENCE = "world.help.patience_days"


@cache
def base():
    return one_policy([])


def ensemble():
    rng = np.random.default_rng(1)
    values = pd.DataFrame({
        CHURN: rng.uniform(4e-4, 6e-4, 50), DECAY: rng.uniform(0.01, 0.02, 50),
        PATIENCE: rng.integers(10, 20, 50),
    })  # fmt: skip
    weights = rng.uniform(0, 1, 50)
    return Ensemble("tea", values, weights / weights.sum(), {"command": "plaza calibrate t.yaml"})


def ranges():
    return [range_axis(CHURN, 1e-4, 1e-3, is_log=True), range_axis(DECAY, 0.0, 0.05),
            range_axis(PATIENCE, 3, 30)]  # fmt: skip


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_ensemble_is_read_as_it_was_kept(here):
    mine = ensemble()
    places = save_ensemble(mine, base(), ranges())
    assert [str(place) for place in places] == [
        "plaza-conf/ensemble/tea.parquet", "plaza-conf/world/tea.yaml",
    ]  # fmt: skip
    again = load_ensemble("tea")
    pd.testing.assert_frame_equal(again.values, mine.values)
    assert again.weights.tolist() == pytest.approx(mine.weights.tolist())
    assert again.origin == mine.origin
    assert ensemble_names() == ["tea"]


def test_the_world_in_the_middle_is_an_option_like_any_other(here):
    mine = ensemble()
    save_ensemble(mine, one_policy(["world.ties.triad=0.08"]), ranges())
    world = one_policy(["world=tea"]).setting.world
    middle = mine.world(mine.middle())
    assert world.churn.established_hazard == pytest.approx(middle[CHURN], rel=1e-5)
    assert world.help.patience_days == middle[PATIENCE]
    assert world.ties.triad == 0.08
    assert world.ties.match == base().setting.world.ties.match


@pytest.mark.slow
def test_adaptive_rules_are_searched_over_the_worlds_of_an_ensemble(here):
    """Thresholds of a rule are policies; each counts by the world that is worst for it."""
    save_ensemble(ensemble(), base(), ranges())
    words = ["optimise", "incentive=weekly_prize if active_share<0.2|0.3", "fund=grant",
             "entry=open", "population=learning_52", "run.weeks=16", "world=ensemble:tea:2",
             "--robust", "worst", "--maximise", "retention", "--pairs", "2", "--max-pairs", "4",
             "run.out=found"]  # fmt: skip
    assert main(words) == 0
    policies = pd.read_parquet("found/policies.parquet")
    runs = pd.read_parquet("found/runs.parquet")
    rules = {f"weekly_prize@active_share<{share}" for share in (0.2, 0.3)}
    assert set(policies["incentive"]) == rules
    assert runs.groupby("incentive")["retention"].mean().nunique() == 2, "a threshold matters"
    content = json.loads((here / "found" / "manifest.json").read_text())
    assert content["over"] == {"name": "tea", "worlds": 2, "way": "worst"}


def test_more_worlds_only_add():
    weights = ensemble().weights
    assert resampled(weights, 12, 1)[:6].tolist() == resampled(weights, 6, 1).tolist()


def test_worlds_are_drawn_in_proportion_to_their_weights():
    weights = np.array([0.5, 0.3, 0.15, 0.05])
    for seed in range(5):
        counts = np.bincount(resampled(weights, 200, seed), minlength=4)
        assert np.abs(counts - 200 * weights).max() <= 3  # a random draw would stray by 7 and more


def test_the_middle_is_a_world_that_was_found():
    values = pd.DataFrame({CHURN: [1e-4, 2e-4, 9e-4], DECAY: [0.01, 0.02, 0.03]})
    assert Ensemble("x", values, np.full(3, 1 / 3)).middle() == 1
    assert Ensemble("x", values, np.array([0.05, 0.05, 0.9])).middle() == 2


def test_a_wrong_ensemble_is_one_line(here):
    with pytest.raises(UserError, match="'tea' is no ensemble of plaza-conf/ensemble"):
        load_ensemble("tea")
    save_ensemble(ensemble(), base(), ranges())
    with pytest.raises(UserError, match="did you mean tea"):
        load_ensemble("teaa")
    place = ensemble_file("tea")
    whole = place.read_bytes()
    for broken in (whole[: len(whole) // 2], b"", b"text"):
        place.write_bytes(broken)
        with pytest.raises(UserError, match=r"tea.parquet is damaged or no ensemble"):
            load_ensemble("tea")
    pd.DataFrame({"a": [1]}).to_parquet(place)
    with pytest.raises(UserError, match="damaged or no ensemble"):
        load_ensemble("tea")
    other = Ensemble("tea", pd.DataFrame({"world.no.such": [1.0]}), np.ones(1), {"command": ""})
    table = other.values.assign(weight=1.0)
    import pyarrow as pa
    import pyarrow.parquet as pq

    note = {b"plaza_ensemble": b"{}"}
    pq.write_table(pa.Table.from_pandas(table).replace_schema_metadata(note), place)
    with pytest.raises(UserError, match=r"world\.no\.such is no setting here; calibrate anew"):
        load_ensemble("tea")


def test_names_that_cannot_be_kept(here):
    save_ensemble(ensemble(), base(), ranges())
    with pytest.raises(UserError, match="exists already"):
        check_name("tea")
    check_name("tea", may_replace=True)
    with pytest.raises(UserError, match="use letters, digits"):
        check_name("My World")
    with pytest.raises(UserError, match="own world=default"):
        check_name("default")
    (here / "plaza-conf/world/fitted.yaml").write_text("{}")
    with pytest.raises(UserError, match="a world of yours"):
        check_name("fitted", may_replace=True)


def fake(points, seeds):
    rows = []
    for place, point in enumerate(points):
        world = point.setting.world
        share = math.log(world.churn.established_hazard / 1e-4) / math.log(100)
        mix = share + world.ties.decay / 0.05
        for seed in seeds:
            luck = np.random.default_rng([seed, int(1e9 * share)]).normal(0, 0.02, 2)
            rows.append({"point": place, "seed": seed, "retention": 0.9 - 0.3 * mix + luck[0],
                         "growth": 0.3 + luck[1]})  # fmt: skip
    return pd.DataFrame(rows)


WORDS = ["targets.yaml", f"{CHURN}=tag(log,interval(0.0001,0.01))", "--name", "tea",
         f"{DECAY}=interval(0.001,0.05)", "--runs", "240",
         "--checks", "40", "run.out=out"]  # fmt: skip


@pytest.mark.slow
def test_the_command_keeps_everything(here, capsys):
    pytest.importorskip("pyabc")
    (here / "targets.yaml").write_text("retention: {value: 0.6, sd: 0.02}\n")
    assert run_calibrate(WORDS, evaluate=fake) == 0
    out = capsys.readouterr().out
    assert "known together better than each by itself" in " ".join(out.split())
    assert "world=ensemble:tea" in out
    kept = {file.name for file in (here / "out").iterdir()}
    assert kept == {
        "config.yaml", "draws.parquet", "manifest.json", "parameters.parquet", "parameters.png",
        "posterior.parquet", "predicted.parquet", "report.html", "targets.parquet", "targets.png",
        "together.parquet", "together.png",
    }  # fmt: skip
    manifest = json.loads((here / "out/manifest.json").read_text())
    assert manifest["command"].startswith("plaza calibrate targets.yaml")
    assert manifest["ranges"][CHURN] == {"low": 1e-4, "high": 0.01, "log": True, "unit": "1/day"}
    found = load_ensemble("tea")
    mix = np.log(found.values[CHURN] / 1e-4) / math.log(100) + found.values[DECAY] / 0.05
    assert found.weights @ mix == pytest.approx(1.0, abs=0.08)
    assert one_policy(["world=tea"]).world == "tea"
    page = (here / "out/report.html").read_text()
    assert "What the data taught" in page
    with pytest.raises(UserError, match="exists already"):
        run_calibrate(WORDS, evaluate=fake)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["nowhere.yaml", *WORDS[1:]], "nowhere.yaml cannot be read"),
        (["targets.yaml", "--name", "tea"], "nothing to fit"),
        (["targets.yaml", *WORDS[1:], "entry.fee_cents=interval(1,9)"], "is a lever"),
        (["targets.yaml", *WORDS[1:], "world.ties.dekay=1"], "did you mean"),
        (["targets.yaml", *WORDS[1:], f"{DECAY}=0.01"], "set and fitted"),
        (["targets.yaml", *WORDS[1:], "run.replicates=4"], "run once"),
        (["targets.yaml", *WORDS[1:], "--run", "4"], "--runs 4 are too few"),
        (["targets.yaml", f"{DECAY}=interval(0.05,0.001)"], "is not below"),
        (["late.yaml", *WORDS[1:], "run.weeks=4"], "set run.weeks=9"),
        ([], "plaza calibrate --help"),
    ],
)
def test_mistakes_are_found_before_the_first_run(here, words, expected):
    (here / "targets.yaml").write_text("retention: {value: 0.6, sd: 0.02}\n")
    (here / "late.yaml").write_text("dau@week9: {value: 6, sd: 2}\n")

    def never(points, seeds):
        raise AssertionError("a run was started")

    with pytest.raises(UserError) as caught:
        run_calibrate(words, evaluate=never)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (here / "out").exists()
