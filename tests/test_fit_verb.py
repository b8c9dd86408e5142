"""`plaza fit` from end to end: files written, merged, refused; examples reproducible."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.files.places import write_whole
from plaza_lab.scenarios.fit.verb import run_fit
from plaza_lab.scenarios.fit.world_file import number

EXAMPLES = Path(__file__).resolve().parents[1] / "data"
ACTIVITY = EXAMPLES / "example_activity.csv"
PURCHASES = EXAMPLES / "example_purchases.csv"


def files_of(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def numbers_of(folder: Path, name: str) -> dict:
    return json.loads((folder / "fit" / f"{name}.json").read_text())


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("conf")
    assert run_fit([str(ACTIVITY), "--name", "tea", "--out", str(folder)]) == 0
    return folder


def test_world_and_population_say_what_was_fitted(fitted: Path) -> None:
    assert files_of(fitted) == [
        "fit/tea.json",
        "fit/tea.png",
        "fit/tea_backtest.png",
        "population/tea.yaml",
        "state/tea/acts.parquet",
        "state/tea/members.parquet",
        "state/tea/state.json",
        "state/tea/ties.parquet",
        "world/tea.yaml",
    ]
    world = yaml.safe_load((fitted / "world" / "tea.yaml").read_text())
    told = numbers_of(fitted, "tea")["estimates"]
    assert world["defaults"] == [{"override /population@_global_.population": "tea"}]
    assert set(world) == {"defaults", "arrival", "activity", "interaction"}
    assert world["activity"]["rate_shape"] == pytest.approx(told["rate_shape"]["value"], rel=1e-3)
    assert sum(world["activity"]["weekday"]) == pytest.approx(7, abs=0.01)
    arrivals = world["arrival"]["market_size"] * world["arrival"]["p_external"]
    seen = told["arrivals a day at the end"]["value"]
    assert arrivals * (1 - world["activity"]["lurker_share"]) == pytest.approx(seen, rel=2e-3)
    joined = 120 / (1 - world["activity"]["lurker_share"])
    assert world["arrival"]["market_size"] == pytest.approx(20 * joined, rel=1e-3)
    trend = np.clip(told["arrivals: ln-trend a day"]["value"], -0.002, 0.002)
    lasting = np.mean(0.98 ** np.arange(1, 53))  # a year of a trend that fades by 2 % a week
    assert world["arrival"]["trend"] == pytest.approx(trend * lasting, rel=1e-3)
    answered = told["answered within 7 days"]["value"]
    reply = min(np.log(1 - answered) / np.log(0.5), 1.0)  # times the usual, 1
    assert world["interaction"]["reply_base"] == pytest.approx(reply, rel=1e-3)
    population = yaml.safe_load((fitted / "population" / "tea.yaml").read_text())
    assert population["initial_members"] >= 20
    assert (fitted / "fit" / "tea.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_every_value_carries_its_interval_and_origin(fitted: Path) -> None:
    text = (fitted / "world" / "tea.yaml").read_text()
    assert text.startswith("# Fitted by `plaza fit ")
    values = [line for line in text.splitlines() if line.startswith("  ") and ": " in line]
    for line in values:
        assert "from data" in line or "default" in line or "- override" in line, line


@pytest.mark.slow
def test_purchases_are_merged_and_the_rest_is_kept(fitted: Path, tmp_path: Path) -> None:
    world = tmp_path / "world" / "tea.yaml"
    write_whole(world, (fitted / "world" / "tea.yaml").read_bytes())
    before = world.read_text()
    run_fit(["--purchases", str(PURCHASES), "--name", "tea", "--out", str(tmp_path)])
    after = world.read_text()
    assert after.startswith(before)
    blocks = yaml.safe_load(after)
    assert set(blocks["purchase"]) == {
        "rate_shape", "rate_weeks", "dropout_a", "dropout_b", "spend_shape", "spend_mix",
        "spend_scale_yuan",
    }  # fmt: skip
    run_fit(["--purchases", str(PURCHASES), "--name", "tea", "--out", str(tmp_path)])
    assert world.read_text() == after
    run_fit([str(ACTIVITY), "--name", "tea", "--out", str(tmp_path)])
    assert yaml.safe_load(world.read_text()) == blocks


def test_purchases_alone_make_a_world_of_their_customers(tmp_path: Path) -> None:
    run_fit(["--purchases", str(PURCHASES), "--name", "shop", "--out", str(tmp_path)])
    world = yaml.safe_load((tmp_path / "world" / "shop.yaml").read_text())
    assert list(world) == ["defaults", "purchase"]
    assert world["purchase"]["buyer_share"] == 1.0
    population = yaml.safe_load((tmp_path / "population" / "shop.yaml").read_text())
    assert 20 <= population["initial_members"] <= 320


@pytest.mark.slow
def test_shuffled_rows_give_the_same_estimates_and_the_same_print(
    fitted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shuffled = tmp_path / "shuffled.csv"
    pd.read_csv(ACTIVITY).sample(frac=1, random_state=7).to_csv(shuffled, index=False)
    run_fit([str(shuffled), "--name", "tea", "--out", str(tmp_path)])
    assert numbers_of(tmp_path, "tea")["estimates"] == numbers_of(fitted, "tea")["estimates"]
    assert numbers_of(tmp_path, "tea")["check"] == numbers_of(fitted, "tea")["check"]
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("read shuffled.csv: 120 members")
    assert printed[-1] == (
        "plaza compare world=tea start=today policies=[volunteer_group_baseline,learning_fund_500]"
    )
    assert any("members who never act" in line and "default" in line for line in printed)
    assert any("Fit against data" in line for line in printed)


def test_help_answers_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_fit(["--help"]) == 0
    assert "--members-total" in capsys.readouterr().out


def test_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UserError, match=r"cannot be written: .*file is a file.*--out"):
            run_fit([str(ACTIVITY), "--out", str(path)])
    with pytest.raises(UserError, match=r"cannot be written.*--out"):
        write_whole(tmp_path / "file" / "world.yaml", b"")


def test_full_disk_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def __init__(self, handle: int, mode: str) -> None:
            self.handle = handle

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            os.close(self.handle)

        def write(self, content: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "world.yaml"
    path.write_text("old")
    monkeypatch.setattr("plaza_lab.scenarios.files.places.os.fdopen", Full)
    with pytest.raises(UserError, match="No space left"):
        write_whole(path, b"new")
    assert (path.read_text(), files_of(tmp_path)) == ("old", ["world.yaml"])


def test_a_file_that_is_no_world_is_left_alone(tmp_path: Path) -> None:
    world = tmp_path / "world" / "tea.yaml"
    write_whole(world, b"- just\n- a list\n")
    with pytest.raises(UserError, match="choose another --name"):
        run_fit(["--purchases", str(PURCHASES), "--name", "tea", "--out", str(tmp_path)])
    assert world.read_bytes() == b"- just\n- a list\n"


@pytest.mark.parametrize("value", [1e-7, 0.00123, 2.0, 12345.678, 3e9, -0.002, 0.0])
def test_numbers_come_back_from_yaml_as_floats(value: float) -> None:
    read = yaml.safe_load(f"x: {number(value)}")["x"]
    assert isinstance(read, float)
    assert read == pytest.approx(value, rel=1e-3)


def test_examples_are_what_the_script_makes(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_examples", EXAMPLES / "make_examples.py")
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.main(tmp_path)
    for path in (ACTIVITY, PURCHASES):
        assert path.stat().st_size < 200_000
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
