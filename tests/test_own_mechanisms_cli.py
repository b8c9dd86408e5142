"""``mechanisms=+my_mechanisms.py`` on the command line: run, compare, settings, keys, mistakes."""

from __future__ import annotations

import sys

import pandas as pd
import pytest
from own_mechanisms import SOURCE

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.own.own_mechanisms import own_model
from plaza_lab.scenarios.settings.declared_settings import setting_keys

FEW = ["run.replicates=2", "run.weeks=4", "run.report=false", "population.initial_members=60"]
WORD = "mechanisms=+my_mechanisms.py"
ON = "birthday.is_greeting=true"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "my_mechanisms.py").write_text(SOURCE, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "my_mechanisms", raising=False)
    yield tmp_path
    sys.modules.pop("my_mechanisms", None)
    assert own_model() is None
    assert "birthday.lift" not in setting_keys()


def days_of(folder):
    return pd.read_parquet(folder / "days.parquet")


def test_run_lives_by_her_mechanism(folder, capsys):
    assert main(["run", WORD, ON, *FEW, "run.out=out"]) == 0
    days = days_of(folder / "out")
    runs = pd.read_parquet(folder / "out" / "runs.parquet")
    assert days["greetings"].sum() == runs["greetings"].sum() > 0
    assert (runs["policy"] == ON).all()


def test_compare_pairs_policies_that_differ_in_her_lever(folder, capsys):
    policies = f'policies=[default,"{ON}"]'
    assert main(["compare", WORD, policies, *FEW, "run.out=out"]) == 0
    total = days_of(folder / "out").groupby("policy")["greetings"].sum()
    assert total["default"] == 0 < total[ON]
    assert ON in capsys.readouterr().out


def test_a_policy_whose_lever_changes_nothing_is_lived_as_plaza(folder, capsys):
    assert main(["run", WORD, *FEW, "run.out=hers"]) == 0
    assert main(["run", *FEW, "run.out=usual"]) == 0
    hers, usual = days_of(folder / "hers"), days_of(folder / "usual")
    kept = [name for name in usual.columns if name != "run_id"]
    pd.testing.assert_frame_equal(hers[kept], usual[kept])
    assert set(hers["run_id"]) & set(usual["run_id"]) == set()


def test_her_lever_is_swept(folder, capsys):
    asked = ["sweep", WORD, "birthday.is_greeting=true,false", "birthday.lift=0.1,0.2", *FEW]
    assert main([*asked, "run.out=out"]) == 0
    runs = pd.read_parquet(folder / "out" / "runs.parquet")
    factors = ["birthday.is_greeting", "birthday.lift"]
    assert runs.groupby(factors).size().to_dict() == {
        (flag, lift): 2 for flag in (False, True) for lift in (0.1, 0.2)
    }
    days = days_of(folder / "out").merge(runs[["run_id", *factors]], on="run_id")
    total = days.groupby("birthday.is_greeting")["greetings"].sum()
    assert total[False] == 0 < total[True]
    mean = days[days["birthday.is_greeting"]].groupby("birthday.lift")["belonging"].mean()
    assert mean[0.1] != mean[0.2]
    (study,) = (folder / "plaza-store" / "studies").iterdir()
    capsys.readouterr()
    assert main(["study", "report", study.name]) == 0  # her file is not needed to read
    assert "birthday.lift" in capsys.readouterr().out


def test_another_source_makes_other_keys(folder, capsys):
    asked = ["run", WORD, ON, *FEW]
    assert main([*asked, "run.out=one"]) == 0
    (folder / "my_mechanisms.py").write_text(SOURCE.replace('"1", (0.0, 1.0)', '"1", (0.0, 0.9)'))
    assert main([*asked, "run.out=two"]) == 0
    assert main([*asked, "run.out=three"]) == 0
    keys = [set(days_of(folder / name)["run_id"]) for name in ("one", "two", "three")]
    assert keys[0] & keys[1] == set()
    assert keys[1] == keys[2]


def test_the_configuration_shows_her_levers(folder, capsys):
    assert main(["run", WORD, "birthday.lift=0.25", "--cfg", "job"]) == 0
    shown = capsys.readouterr().out
    assert "birthday:\n  is_greeting: false\n  lift: 0.25\n  hold: 1.0\n" in shown


def test_a_mechanism_of_plazas_is_left_out(folder, capsys):
    assert main(["run", "mechanisms=-visiting", *FEW, "run.out=out"]) == 0
    assert days_of(folder / "out").query("day > 7")["dau"].sum() == 0
    assert main(["run", f"{WORD},-gaming", ON, *FEW, "run.out=both"]) == 0
    assert days_of(folder / "both")["greetings"].sum() > 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", WORD, "birthday.lift=1.5"],
         "birthday.lift=1.5 is outside its bounds: a number from 0 to 1"),
        (["run", WORD, "birthday.lift=much"], "a number from 0 to 1 is expected"),
        (["run", WORD, "birthday.is_greeting=3"], "true or false is expected"),
        (["run", WORD, "birthday.lifts=0.5"], "did you mean birthday.lift"),
        (["run", "birthday.lift=0.5"], "birthday.lift is no group and no setting"),
        (["run", "mechanisms=my_mechanisms.py"], "has no + or - before it; write mechanisms=+"),
        (["run", "mechanisms="], "has no + or - before it"),
        (["run", "mechanisms=+absent.py"], "absent.py: there is no such file"),
        (["run", "mechanisms=+my_mechanisms.txt"], "it is no file of Python"),
        (["run", "mechanisms=-gamin"], "Plaza has no mechanism 'gamin'; did you mean gaming"),
        (["run", WORD, WORD], "mechanisms is given twice"),
        (["run", "mechanisms=+empty.py"], "empty.py makes no Mechanism"),
        (["run", "mechanisms=+broken.py"], "broken.py, line 2: NameError: name 'nobody'"),
        (["run", "mechanisms=+unread.py"], "unread.py, line 1: SyntaxError"),
        (["run", "mechanisms=+json.py"], "Python has a module 'json' already; rename it"),
        (["run", f"{WORD},+my_mechanisms.py"], "'birthday' is there twice"),
        (["run", "mechanisms=-gaming", "incentive.has_detection=true"],
         "incentive.has_detection=True is a lever of gaming, which is not"),
        (["sweep", WORD, "birthday.lift=0.1,2.0"], "birthday.lift=2 is outside its bounds"),
        (["run", "mechanisms=+incentive.py"], "Plaza has something of that name; rename it"),
        (["run", "mechanisms=+gaming.py"], "'gaming' is there twice"),
        (["run", "mechanisms=+ending.py"], "it ends the program when it is imported"),
        (["run", "mechanisms=+folder.py"], "there is no such file"),
        (["run", "mechanisms=+my-own.py"], "its name must be one that Python can import"),
        (["sweep", WORD, "birthday.lift=0.1,0.2", "hydra/sweeper=other", "hydra/launcher=dask"],
         "hydra/sweeper has no option 'other'"),
        (["fit", WORD, "log.csv"], "plaza fit reads records and lives no community"),
        (["mechanism", "check", WORD], "takes the file itself: plaza mechanism check"),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_one_line(folder, capsys, words, says):
    (folder / "empty.py").write_text("a = 1\n")
    (folder / "broken.py").write_text("a = 1\nnobody()\n")
    (folder / "unread.py").write_text("def\n")
    (folder / "json.py").write_text("a = 1\n")
    (folder / "my_mechanisms.txt").write_text("")
    (folder / "ending.py").write_text("raise SystemExit(0)\n")
    (folder / "folder.py").mkdir()
    (folder / "my-own.py").write_text("")
    for name in ("incentive", "gaming"):
        (folder / f"{name}.py").write_text(SOURCE.replace('"birthday", step', f'"{name}", step'))
    assert main(words) == 2
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1
    assert not (folder / "plaza-out").exists()


def test_what_cannot_be_compiled_is_told(folder, capsys):
    (folder / "my_mechanisms.py").write_text(SOURCE.replace("greeted += 1", "greted += 1"))
    assert main(["run", WORD, ON, *FEW]) == 2
    told = capsys.readouterr().err
    assert "my_mechanisms.step cannot be compiled: no field 'greted'" in told
    assert "Traceback" not in told
    assert "fault of Plaza" not in told
