"""What waiting costs and what remains: parts of a whole difference, and the two commands."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.comparing.timing import dated, part_of

FEW = ["population=learning_52", "run.replicates=3", "run.report=false"]
POLICIES = "policies=[thanks_only,points]"


def made(part: float, effect: float, noise: float) -> pd.DataFrame:
    """40 pairs in which the life between shows a part of the effect, give or take noise."""
    rng = np.random.default_rng(3)
    luck = rng.normal(0.5, 0.1, 40)
    between = luck + part * effect + rng.normal(0.0, noise, 40)
    arms = {"old": luck, "between": between, "new": luck + effect}
    return pd.concat(
        [pd.DataFrame({"policy": name, "seed": range(40), "retention": values})
         for name, values in arms.items()]
    )  # fmt: skip


@pytest.mark.parametrize("part", [0.0, 0.3, 1.0])
def test_the_part_between_is_found_within_its_interval(part):
    found, low, high = part_of(made(part, 0.2, 0.02), ["old", "between", "new"], "retention")
    assert low <= part <= high and low < found < high
    assert high - low < 0.1


def test_seen_from_the_other_end_the_parts_add_to_one():
    runs = made(0.3, 0.2, 0.02)
    there, back = (part_of(runs, order, "retention")[0]
                   for order in (["old", "between", "new"], ["new", "between", "old"]))  # fmt: skip
    assert there + back == pytest.approx(1.0)


def test_no_part_is_told_of_a_whole_that_is_not_there():
    runs = made(0.3, 0.0, 0.02)
    noise = np.random.default_rng(4).normal(0.0, 0.05, 40)
    runs.loc[runs["policy"] == "new", "retention"] += noise
    assert np.isnan(part_of(runs, ["old", "between", "new"], "retention")[1:]).all()


def test_every_word_of_a_policy_is_dated():
    assert dated("points", "5-") == "points@week5-"
    assert dated("incentive=points fund=dues", "1-4") == (
        "incentive=points@week1-4 fund=dues@week1-4"
    )


@pytest.mark.parametrize(
    ("verb", "first"),
    [
        ("wait", "Waiting 2 weeks with points, against beginning at once"),
        ("remain", "What is left of points, ended after 2 weeks, after 4 weeks, against never"),
    ],
)
def test_the_commands_answer_and_keep(kernels, tmp_path, monkeypatch, capsys, verb, first):
    monkeypatch.chdir(tmp_path)
    assert main([verb, POLICIES, "--weeks", "2", "run.weeks=4", *FEW, "run.out=here"]) == 0
    told = capsys.readouterr().out
    assert first in " ".join(told.split()) and "Fund spend" in told
    assert {"runs.parquet", "manifest.json"} <= {
        file.name for file in (tmp_path / "here").iterdir()
    }


def test_the_same_change_in_two_pairs_is_not_called_better_or_worse(
    kernels, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    words = ["wait", "policies=[thanks_only,weekly_prize]", "--weeks", "4", "fund=brand_funded",
             "entry=open", "run.weeks=8", "population=learning_52", "run.replicates=2",
             "run.workers=1", "run.report=false"]  # fmt: skip
    assert main(words) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "the same in 2 pairs, which are too few to tell" in told
    assert "same in every pair" not in told and "(100 to 100 %)" not in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["policies=[thanks_only,points,weekly_prize]"], "takes two policies"),
        (["policies=[thanks_only,'points@week1-4']"], "without dates"),
        ([POLICIES, "--weeks", "0"], "whole number from 1"),
        ([POLICIES, "--weeks", "4", "run.weeks=4"], "after the 4 weeks of the run"),
        ([], "which policies?"),
    ],
)
def test_mistakes_are_one_line(capsys, words, told):
    assert main(["wait", *words]) == 2
    line = capsys.readouterr().err
    assert told in line and line.count("\n") == 1
