"""From Python: three lines, and the same numbers as on the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from fake_engine import FakeEngine

import plaza_lab
from plaza_lab import compare, run, sweep
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.errors import UserError

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def engine(monkeypatch, tmp_path) -> FakeEngine:
    monkeypatch.chdir(tmp_path)
    fake = FakeEngine()
    monkeypatch.setattr("plaza_lab.sim.engine.simulate_each", fake.each)
    monkeypatch.setattr("plaza_lab.sim.compile.warm", lambda report, settings: None)
    return fake


def test_importing_it_is_quick():
    code = "import sys, plaza_lab; sys.exit('numpy' in sys.modules or 'hydra' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.slow
def test_compare_is_the_command(tmp_path):
    result = compare(["volunteer_group_baseline", "learning_fund_500"], replicates=4, weeks=3)
    arguments = ["policies=[volunteer_group_baseline,learning_fund_500]", "run.replicates=4"]
    assert main(["compare", *arguments, "run.weeks=3", "run.out=out", "run.report=false"]) == 0
    for name in ("runs", "days", "journal"):
        kept = pd.read_parquet(f"out/{name}.parquet")
        pd.testing.assert_frame_equal(
            getattr(result, name).astype(kept.dtypes.to_dict()), kept, check_categorical=False
        )


def test_the_effect_is_the_one_put_in():
    frame = compare(["thanks_only", "weekly_prize"], replicates=5, weeks=2).frame()
    growth = frame.set_index("outcome").loc["growth"]
    assert growth["difference"] == pytest.approx(0.1)
    assert growth["pairs"] == 5


@pytest.mark.slow
def test_answers_draw_and_report(tmp_path):
    result = compare(["thanks_only", "weekly_prize"], replicates=3, weeks=4)
    result.plot().savefig(tmp_path / "figure.png")
    page = result.report(tmp_path / "page.html").read_text()
    assert "weekly_prize" in page
    html = result._repr_html_()
    assert html.startswith("<pre")
    assert "Member growth" in html


def test_run_and_sweep():
    alone = run(["incentive=points"], replicates=2, weeks=2, seed=5)
    assert list(alone.runs["seed"]) == [5, 6]
    assert set(alone.frame()["runs"]) == {2}
    points = sweep(["incentive=none,weekly_prize"], replicates=2, weeks=2)
    assert list(points.frame()["incentive"]) == ["none", "weekly_prize"]


def test_mistakes_are_user_errors():
    with pytest.raises(UserError, match="did you mean points"):
        run(["incentive=pointz"])
    with pytest.raises(UserError, match=r"run\.replicates=0 is outside"):
        compare(["points", "weekly_prize"], replicates=0)
    with pytest.raises(UserError, match="a weekly prize needs a fund"):
        sweep(["incentive=weekly_prize,prize_and_points", "fund=none"], replicates=1, weeks=1)


def test_interrupting_is_an_interrupt(engine):
    engine.stop_after = 1
    with pytest.raises(KeyboardInterrupt):
        run(replicates=3, weeks=2)


def test_unknown_names_are_unknown():
    with pytest.raises(AttributeError, match="has no attribute"):
        plaza_lab.nothing  # noqa: B018
