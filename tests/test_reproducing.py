"""A kept result is made again, and told apart from another one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from plaza_lab.scenarios.command_line.cli import main

ASKED = ["run", "population=learning_52", "run.weeks=2", "run.replicates=2", "run.report=false"]


@pytest.fixture(scope="module")
def kept(tmp_path_factory, kernels):
    out = tmp_path_factory.mktemp("kept") / "once"
    assert main([*ASKED, f"run.out={out}"]) == 0
    return out


@pytest.fixture
def copy(kept, tmp_path):
    return Path(shutil.copytree(kept, tmp_path / "copy"))


def rewritten(folder: Path, **changes) -> Path:
    file = folder / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))
    return file


def line_of(capsys, *words: str) -> str:
    assert main(["reproduce", *words]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    return told


def test_a_result_comes_out_the_same_to_the_byte(kept, capsys):
    for place in (kept, kept / "manifest.json"):
        assert main(["reproduce", str(place)]) == 0
        told = capsys.readouterr().out.splitlines()
        assert told[0].startswith("again: plaza run population=learning_52")
        assert [line.partition(": ")[2] for line in told[1:]] == ["the same to the byte"] * 3


def test_another_value_and_another_version_are_told(copy, capsys):
    runs = pd.read_parquet(copy / "runs.parquet")
    runs.loc[0, "members_end"] += 1
    runs.to_parquet(copy / "runs.parquet")
    rewritten(copy, code="0" * 16)
    assert main(["reproduce", str(copy)]) == 1
    told = capsys.readouterr().out
    assert f"runs.parquet: 1 of {runs.shape[1]} columns differ: members_end" in told
    assert "days.parquet: the same to the byte" in told
    assert f"the code is another: {'0' * 16} then" in told


def test_the_same_values_in_another_file_are_the_same(copy, capsys):
    pd.read_parquet(copy / "runs.parquet").to_parquet(copy / "runs.parquet", compression="gzip")
    assert main(["reproduce", str(copy)]) == 0
    assert "runs.parquet: the same values" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("rm -rf /", "tells of 'rm -rf /'"),
        ("plaza fit log.csv", "can be made again"),
        ("plaza run --trust", "asks for --trust"),
        ("plaza run 'fund=", "tells of no command"),
        ("plaza run fund=nowhere", "fund has no option 'nowhere'"),
    ],
)
def test_a_manifest_that_asks_for_something_else_is_refused(copy, capsys, command, told):
    rewritten(copy, command=command)
    assert told in line_of(capsys, str(copy))


def test_what_is_no_result_is_told(copy, tmp_path, capsys):
    assert "which result?" in line_of(capsys)
    assert "cannot be read" in line_of(capsys, str(tmp_path / "nothing"))
    (tmp_path / "some.json").write_text("[1]")
    assert "not a manifest" in line_of(capsys, str(tmp_path / "some.json"))
    (copy / "days.parquet").unlink()
    assert "has no days.parquet" in line_of(capsys, str(copy))
