"""The example logs and notebooks can be had from an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from plaza_lab.scenarios.command_line.cli import main


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


def test_the_example_logs_are_copied_here():
    assert main(["example", "data"]) == 0
    assert {"example_activity.csv", "example_purchases.csv"} <= {
        f.name for f in Path("data").iterdir()
    }


def test_notebooks_go_where_one_says():
    assert main(["example", "notebooks", "lessons"]) == 0
    assert Path("lessons/01_first_community.ipynb").is_file()


def test_what_is_there_is_left(capsys):
    Path("data").mkdir()
    Path("data/example_activity.csv").write_text("mine")
    assert main(["example", "data"]) == 0
    assert "left as it is" in capsys.readouterr().out
    assert Path("data/example_activity.csv").read_text() == "mine"


@pytest.mark.parametrize("words", [[], ["date"], ["data", "a", "b"], ["data", "."], ["data", ""]])
def test_what_cannot_be_copied_is_one_line(capsys, words):
    assert main(["example", *words]) == 2
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert "example" in said


def test_a_file_in_the_way_is_one_line(capsys):
    Path("data").write_text("mine")
    assert main(["example", "data"]) == 2
    assert Path("data").read_text() == "mine"
