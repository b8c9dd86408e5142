"""What closing finds stands in the world's file, where every run finds it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.fit.log import read_log
from plaza_lab.scenarios.forecast.closing import Closing, write_corrections
from plaza_lab.scenarios.forecast.fitting import reply_share
from plaza_lab.sim.setting import World

ACTIVITY = Path(__file__).resolve().parents[1] / "data" / "example_activity.csv"
WORLD = """# Fitted by `plaza fit`
defaults:
  - override /population@_global_.population: tea
arrival:
  market_size: 1000  # 10 x members seen; default
  p_external: 0.002  # a day; 95 % .001 to .003; from data
activity:
  posts_ln_mean: 0.5  # 95 % .4 to .6; from data
  posts_ln_sd: 0.7  # 95 % .6 to .8; from data
purchase:
  spend_mix: 3.0
"""


def test_factors_change_three_values_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "tea.yaml"
    path.write_text(WORLD)
    write_corrections(path, Closing(0.8, 1.25, 0.5, [], []))
    before, after = yaml.safe_load(WORLD), yaml.safe_load(path.read_text())
    assert after.pop("visiting") == {"activity_factor": 0.8}
    assert after["arrival"].pop("market_size") == pytest.approx(0.5 * 1000)
    assert after["activity"].pop("posts_ln_mean") == pytest.approx(0.5 + np.log(1.25), rel=1e-3)
    before["arrival"].pop("market_size")
    before["activity"].pop("posts_ln_mean")
    assert after == before
    text = path.read_text()
    assert text.startswith("# Fitted by `plaza fit`\n")
    told = "closed over the simulator: 0.5 x 1000.0, as not all who come up come in; fitted: 10 x"
    assert told in text


def test_replying_is_corrected_beside_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "tea.yaml"
    path.write_text(WORLD)
    usual = World()
    share = usual.activity.start_share
    write_corrections(path, Closing(1.0, 1.0, 1.0, [], [], starts=2.0, replying=0.5))
    after = yaml.safe_load(path.read_text())
    assert after["activity"]["start_share"] == pytest.approx(2 * share / (1 + share), rel=1e-3)
    assert after["interaction"]["reply_base"] == pytest.approx(0.5 * usual.interaction.reply_base)
    write_corrections(path, Closing(1.0, 1.0, 1.0, [], [], starts=1.0, replying=100.0))
    assert yaml.safe_load(path.read_text())["interaction"]["reply_base"] == 1.0


def test_a_second_closing_goes_on_from_the_first(tmp_path: Path) -> None:
    path = tmp_path / "tea.yaml"
    path.write_text(WORLD)
    for _ in range(2):
        write_corrections(path, Closing(0.8, 1.0, 0.5, [], []))
    after = yaml.safe_load(path.read_text())
    assert after["visiting"]["activity_factor"] == pytest.approx(0.64)
    assert after["arrival"]["market_size"] == pytest.approx(250)


def test_the_share_of_replies_is_that_of_the_last_weeks(tmp_path: Path) -> None:
    rows = ["member,time,reply_to"]
    rows += [f"m{day % 5},{np.datetime64('2024-01-01') + day},{'m1' if day > 150 else ''}"
             for day in range(300)]  # fmt: skip
    path = tmp_path / "log.csv"
    path.write_text("\n".join(rows) + "\n")
    assert reply_share(read_log(path)) == pytest.approx(149 / 182)
    path.write_text("\n".join(row.rpartition(",")[0] for row in rows) + "\n")
    assert reply_share(read_log(path)) is None


@pytest.mark.slow
def test_a_closed_world_runs_and_a_new_fit_takes_the_corrections_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("plaza_lab.scenarios.forecast.closing.SEEDS", 2)
    monkeypatch.setattr("plaza_lab.scenarios.forecast.closing.ROUNDS", 1)
    assert main(["fit", str(ACTIVITY), "--name", "tea"]) == 0
    world = Path("plaza-conf/world/tea.yaml")
    fitted = yaml.safe_load(world.read_text())
    assert main(["fit", str(ACTIVITY), "--name", "tea", "--close"]) == 0
    printed = capsys.readouterr().out
    assert "share of messages that are replies" in printed
    closed = yaml.safe_load(world.read_text())
    assert closed["visiting"]["activity_factor"] != 1.0
    assert closed["arrival"]["market_size"] > 1.5 * fitted["arrival"]["market_size"]  # a fee
    assert main(["run", "world=tea", "run.weeks=2", "run.out=lived"]) == 0
    assert main(["fit", str(ACTIVITY), "--name", "tea"]) == 0
    assert yaml.safe_load(world.read_text()) == fitted
