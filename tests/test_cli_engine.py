"""The command line with the real engine, as a user starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from plaza_lab import compare
from plaza_lab.scenarios.command_line.cli import main

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "src")}
COMMAND = [sys.executable, "-m", "plaza_lab"]
SMALL = ["population=learning_52", "run.weeks=6", "run.replicates=4", "run.report=false"]
POLICIES = ["thanks_only", "weekly_prize"]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_python_equals_the_command_line_for_any_number_of_workers():
    result = compare(POLICIES, ["population=learning_52"], replicates=4, weeks=6, workers=1)
    for workers in (1, 3):
        out = f"out{workers}"
        words = [f"policies=[{','.join(POLICIES)}]", *SMALL, f"run.workers={workers}"]
        assert main(["compare", *words, f"run.out={out}"]) == 0
        for name in ("runs", "days", "journal"):
            kept = pd.read_parquet(f"{out}/{name}.parquet")
            ours = getattr(result, name).astype(kept.dtypes.to_dict())
            pd.testing.assert_frame_equal(ours, kept, check_categorical=False)


@pytest.mark.slow
def test_the_demo_writes_its_page(capsys):
    words = ["run.weeks=4", "run.replicates=3", "run.out=out"]
    assert main(["demo", *words]) == 0
    captured = capsys.readouterr()
    assert "against volunteer_group_baseline" in captured.out
    assert captured.err.count("\n") <= 4  # compiling and progress, nothing else
    page = Path("out/report.html").read_text()
    assert "learning_fund_500" in page
    assert {"differences.png", "paths.png", "money.png"} <= {p.name for p in Path("out").iterdir()}


@pytest.mark.slow
def test_ctrl_c_in_a_terminal(empty_folder):
    words = ["population=learning_52", "run.replicates=100000", "run.weeks=52", "run.out=out"]
    process = subprocess.Popen(
        [*COMMAND, "run", *words], env=ENVIRONMENT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline().startswith("seed 1: member growth")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    last = errors.strip().splitlines()[-1]
    assert last.startswith("plaza: stopped by Ctrl-C: ")
    assert "Traceback" not in errors
    assert [path.name for path in empty_folder.iterdir()] == ["out-interrupted"]
    runs = pd.read_parquet("out-interrupted/runs.parquet")
    assert list(runs["seed"]) == list(range(1, len(runs) + 1))


def test_mistakes_leave_by_code_two():
    done = subprocess.run(
        [*COMMAND, "run", "incentive=pointz"],
        env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert (
        done.stderr
        == "plaza: incentive=pointz: incentive has no option 'pointz'; did you mean points?\n"
    )
    assert done.stdout == ""
