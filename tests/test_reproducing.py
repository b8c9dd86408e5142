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
    assert "runs.parquet was changed since Plaza wrote it" in told
    assert "days.parquet was changed" not in told


def test_the_same_values_in_another_file_are_the_same(copy, capsys):
    pd.read_parquet(copy / "runs.parquet").to_parquet(copy / "runs.parquet", compression="gzip")
    assert main(["reproduce", str(copy)]) == 0
    assert "runs.parquet: the same values" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("rm -rf /", "tells of 'rm -rf /'"),
        ("plaza fit log.csv", "can be made again"),
        ("plaza calibrate targets.yaml --name mine", "tells of 'plaza calibrate"),
        ("plaza study run a && rm b", "tells of 'rm b'"),
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


FEW = "population.initial_members=60 run.weeks=3 run.report=false"
TWO = f"policies=[thanks_only,weekly_prize] {FEW}"
MADE = {
    "compare --until": f"compare {TWO} --until retention=30pp --max-pairs 20",
    "compare store": f"compare {TWO} run.replicates=2 store=mine",
    "wait": f"wait {TWO} run.replicates=2 --weeks 1",
    "sweep": f"sweep incentive=none,points {FEW} run.replicates=2",
    "optimise": "optimise incentive=none,points --maximise retention --trials 2 --pairs 2 "
    f"--max-pairs 4 {FEW}",
}
"""Verbs, and a small command of each."""


@pytest.mark.parametrize("verb", MADE)
def test_what_a_verb_keeps_is_made_again(verb, tmp_path, monkeypatch, kernels, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([*MADE[verb].split(), "run.out=once"]) == 0
    again_all_the_same(Path("once"), capsys)


def again_all_the_same(place: Path, capsys) -> None:
    """Make a result again in a store of its own; every table is the same to the byte."""
    before = {file for file in Path.cwd().rglob("*") if file.is_file()}
    capsys.readouterr()
    assert main(["reproduce", str(place)]) == 0
    told = [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()[1:]]
    assert told and set(told) == {"the same to the byte"}
    assert {file for file in Path.cwd().rglob("*") if file.is_file()} == before


def test_a_trial_is_made_again(tmp_path, monkeypatch, kernels, capsys):
    monkeypatch.chdir(tmp_path)
    words = "try points fund=brand_funded population.initial_members=100 --weeks 2 --after 1"
    assert main([*words.split(), "run.weeks=4", "run.replicates=2", "--to", "tried"]) == 0
    again_all_the_same(Path("tried"), capsys)


@pytest.mark.slow
def test_a_study_is_made_again_expanded_and_without_a_name(tmp_path, monkeypatch, kernels, capsys):
    monkeypatch.chdir(tmp_path)
    words = "study run policies=[thanks_only,weekly_prize] run.weeks=2 run.replicates=2"
    assert main([*words.split(), "population.initial_members=60"]) == 0
    (name,) = (folder.name for folder in Path("plaza-store/studies").iterdir())
    assert main(["study", "expand", name, "run.replicates=3"]) == 0
    again_all_the_same(Path("plaza-store/studies") / name / "answer", capsys)


def test_neither_a_launcher_nor_a_store_changes_a_byte(tmp_path, monkeypatch, kernels, capsys):
    monkeypatch.chdir(tmp_path)
    words = ["compare", *TWO.split(), "run.replicates=2"]
    ways = {"here": [], "kept": ["store=mine"], "sent": ["hydra/launcher=basic"],
            "found": ["store=mine", "hydra/launcher=basic"]}  # fmt: skip
    told = []
    for place, more in ways.items():
        assert main([*words, *more, f"run.out={place}"]) == 0
        told.append(capsys.readouterr().out.replace(f"kept in {place}:", "kept:"))
    assert len(set(told)) == 1
    for table in ("runs", "days", "journal"):
        found = {Path(place, f"{table}.parquet").read_bytes() for place in ways}
        assert len(found) == 1, table
    names = {place.name for place in Path.cwd().iterdir()}
    assert names == {*ways, "mine"}  # a store for the time of a command is gone
    assert main(["study", "list", "--store", "mine"]) == 0
    assert capsys.readouterr().out.count("4 of 4 runs done") == 2


def test_a_run_that_fails_elsewhere_is_told_as_here(tmp_path, monkeypatch, kernels, capsys):
    import plaza_lab.sim.engine as engine

    def broken(setting, seed, days, levers=None, lives=engine.run_one):
        if seed == 2:
            raise FloatingPointError("went wrong")
        return lives(setting, seed, days, levers)

    monkeypatch.setattr(engine, "run_one", broken)
    monkeypatch.chdir(tmp_path)
    told = []
    for place, more in (("here", []), ("sent", ["hydra/launcher=basic"])):
        words = ["run", *FEW.split(), "run.replicates=3", f"run.out={place}", *more]
        assert main(words) == 1
        manifest = json.loads(Path(place, "manifest.json").read_text())
        told.append((manifest["failures"], Path(place, "days.parquet").read_bytes()))
    assert told[0] == told[1] and "FloatingPointError: went wrong" in told[0][0][0]
