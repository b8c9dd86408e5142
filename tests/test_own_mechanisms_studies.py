"""``mechanisms=`` where runs are kept: studies, searches, calibrations, other processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pandas as pd
import pytest
from own_mechanisms import SOURCE, module_of

from plaza_lab import PLAZA, open_study, run_study, sweep
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.own.own_mechanisms import carried, own_model, read_model
from plaza_lab.scenarios.own.own_objects import living_by

WORD = "mechanisms=+my_mechanisms.py"
ON = "birthday.is_greeting=true"
TWO = f'policies=[default,"{ON}"]'
FEW = ["run.replicates=2", "run.weeks=3", "population.initial_members=60"]
STUDY = ["study", "run", WORD, TWO, *FEW, "--name", "hers", "--no-report"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "my_mechanisms.py").write_text(SOURCE, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "my_mechanisms", raising=False)
    yield tmp_path
    sys.modules.pop("my_mechanisms", None)
    assert own_model() is None


def other_source(folder):
    (folder / "my_mechanisms.py").write_text(SOURCE.replace('0.1, "1"', '0.2, "1"'), "utf-8")


def line_of(capsys, *words):
    """The one line with which a command is refused."""
    capsys.readouterr()
    assert main(list(words)) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    return told


def runs_of(folder, to="out"):
    assert main(["study", "export", "hers", "--to", to]) == 0
    return pd.read_parquet(folder / to / "runs.parquet")


def test_a_study_is_read_without_her_file_and_gone_on_with_by_naming_it(folder, capsys):
    assert main(STUDY) == 0
    (folder / "my_mechanisms.py").rename(folder / "moved.py")
    for part in (["status", "hers"], ["why", "hers"], ["list"], ["report", "hers"]):
        assert main(["study", *part]) == 0, part
    told = capsys.readouterr().out
    assert "4 of 4 runs done" in told
    assert ON in told
    assert len(runs_of(folder)) == 4
    assert "name it: plaza study resume hers mechanisms=+my_mechanisms.py" in line_of(
        capsys, "study", "resume", "hers"
    )
    assert "my_mechanisms.py: there is no such file" in line_of(
        capsys, "study", "resume", "hers", WORD
    )
    (folder / "moved.py").rename(folder / "my_mechanisms.py")
    assert main(["study", "resume", "hers", WORD, "--no-report"]) == 0
    grown = ["study", "expand", "hers", WORD, "run.replicates=3", "--no-report"]
    assert main(grown) == 0
    assert "2 runs added, 4 stay" in capsys.readouterr().out
    assert len(runs_of(folder, "grown")) == 6
    facts = json.loads((folder / "plaza-store/studies/hers/study.json").read_text())
    assert facts["command"].count(WORD) == 2


def test_a_study_whose_file_changed_is_refused(folder, capsys):
    assert main(STUDY) == 0
    other_source(folder)
    changed = "the file of birthday has changed since hers was begun"
    for words in (
        ["study", "resume", "hers", WORD], ["study", "expand", "hers", WORD, "run.replicates=3"],
        ["study", "status", "hers", WORD], STUDY,
    ):  # fmt: skip
        assert changed in line_of(capsys, *words)
    assert "+birthday, not -gaming" in line_of(
        capsys, "study", "resume", "hers", "mechanisms=-gaming"
    )
    others = [word for word in STUDY if word != WORD]
    others[2] = "policies=[default,points]"
    assert "lives by mechanisms of a file" in line_of(capsys, *others)


def test_what_lies_beside_her_file_and_is_imported_counts_as_its_text(folder):
    (folder / "my_mechanisms.py").write_text("import my_numbers\n" + SOURCE)
    keys = []
    for number in (1, 23, 1):  # of two lengths: Python tells files by their seconds and sizes
        (folder / "my_numbers.py").write_text(f"NUMBER = {number}\n")
        keys.append(read_model("+my_mechanisms.py").makeup)
        assert number == sys.modules["my_numbers"].NUMBER
    assert keys[0] == keys[2] != keys[1]
    sys.modules.pop("my_numbers")


def test_where_hers_stands_in_the_order_is_part_of_the_key(folder):
    birthday = module_of(folder, name="my_order").Birthday
    made = []
    for mechanisms in ([*PLAZA, birthday], [birthday, *PLAZA]):
        with living_by(mechanisms):
            made.append(own_model().makeup)
    assert made[0] != made[1]


def test_plazas_mechanism_left_out_needs_no_file(folder, capsys):
    words = ["study", "run", "mechanisms=-gaming", "policies=[default,points]", *FEW]
    assert main([*words, "--name", "hers", "--no-report"]) == 0
    assert main(["study", "expand", "hers", "run.replicates=3", "--no-report"]) == 0
    assert len(runs_of(folder)) == 6


def test_another_process_lives_by_what_it_is_sent(folder):
    with_beside = SOURCE.replace("from plaza_lab", "import my_numbers\nfrom plaza_lab", 1)
    (folder / "my_mechanisms.py").write_text(with_beside)
    (folder / "my_numbers.py").write_text("NUMBER = 1\n")
    model = read_model("+my_mechanisms.py,-gaming")
    (folder / "told.json").write_text(json.dumps([model.parcel, model.makeup]))
    script = (
        "import json, sys\n"
        "from plaza_lab.scenarios.own.own_mechanisms import carried, own_model\n"
        "parcel, makeup = json.load(open(sys.argv[1]))\n"
        "with carried(parcel):\n"
        "    assert own_model().makeup == makeup\n"
        "    assert own_model().model.own[0].name == 'birthday'\n"
        "assert own_model() is None\n"
    )
    away = folder / "away"
    away.mkdir()
    subprocess.run([sys.executable, "-c", script, str(folder / "told.json")], cwd=away, check=True)
    assert not [*away.iterdir()]
    with carried(""):
        assert own_model() is None
    sys.modules.pop("my_numbers", None)


@pytest.mark.slow
def test_workers_of_dask_live_by_it(folder, capsys):
    words = [*STUDY, "hydra/launcher=dask", "hydra.launcher.workers=1"]
    done = subprocess.run(
        [sys.executable, "-m", "plaza_lab", *words], cwd=folder, env=dict(os.environ), check=False
    )
    assert done.returncode == 0
    mean = runs_of(folder).groupby("policy")["belonging_end"].mean()
    assert mean[ON] != mean["default"]


def test_a_mechanism_without_a_file_cannot_be_sent(folder):
    scope: dict = {"__name__": "nowhere"}
    exec(compile(SOURCE, "<cell>", "exec", dont_inherit=True), scope)
    asked = {"policies": ["default", ON], "run": {"replicates": 2, "weeks": 3}}
    with pytest.raises(UserError, match="birthday stands in no file that other processes"):
        run_study(asked, name="sent", mechanisms=[*PLAZA, scope["Birthday"]],
                  launcher=["hydra/launcher=dask"])  # fmt: skip


def test_run_study_and_sweep_take_mechanisms_from_python(folder):
    birthday = module_of(folder, name="my_python").Birthday
    mine = [*PLAZA, birthday]
    asked = {"policies": ["default", ON], "settings": FEW}
    answer = run_study(asked, name="py", mechanisms=mine)
    again = run_study(asked, name="py", mechanisms=mine)
    assert list(answer.runs["run_id"]) == list(again.runs["run_id"])
    assert open_study("py").runs.equals(answer.runs)
    assert answer.settings()[ON]["birthday"]["is_greeting"] is True  # asked for afterwards
    with pytest.raises(UserError, match="lives by mechanisms of a file"):
        run_study({"policies": ["default", "points"], "settings": FEW}, name="py")
    stronger = module_of(folder, SOURCE.replace('0.1, "1"', '0.2, "1"'), name="my_python").Birthday
    with pytest.raises(UserError, match="the file of birthday has changed"):
        run_study(asked, name="py", mechanisms=[*PLAZA, stronger])
    swept = sweep(["birthday.lift=0.1,0.3", ON, *FEW], mechanisms=mine)
    assert len(swept.frame()) == 2


def test_searches_and_looks_keep_her_runs(folder, capsys):
    small = ["run.weeks=3", "population.initial_members=60", "run.report=false", "run.out=out"]
    again = [*small[:-1], "run.out=again"]
    until = ["compare", WORD, TWO, "--until", "retention=60pp", "--max-pairs", "20"]
    assert main([*until, *small]) == 0
    best = ["compare", WORD, TWO, "--best", "retention=60pp", "--max-pairs", "20"]
    assert main([*best, *again]) == 0
    manifest = json.loads((folder / "out" / "manifest.json").read_text())
    assert manifest["command"].endswith(WORD)
    kept = pd.read_parquet(folder / "out" / "runs.parquet")
    assert kept.groupby("policy")["belonging_end"].mean().nunique() == 2


def test_optimise_moves_her_lever(folder, capsys):
    pytest.importorskip("optuna")
    words = ["optimise", WORD, "birthday.is_greeting=true,false", "run.weeks=3", "--pairs", "2"]
    more = ["--max-pairs", "4", "population.initial_members=60", "run.report=false", "run.out=out"]
    assert main([*words, *more]) == 0
    assert len(pd.read_parquet(folder / "out" / "policies.parquet")) == 2
    assert "birthday.lift is an uncertainty, not a lever" in line_of(
        capsys, "optimise", WORD, "birthday.lift=0.1,0.2", *more
    )


@pytest.mark.slow
def test_calibrate_fits_her_parameter(folder, capsys):
    pytest.importorskip("pyabc")
    (folder / "targets.yaml").write_text("growth: {value: 0.02, sd: 0.1}\n")
    words = ["calibrate", "targets.yaml", WORD, "birthday.lift=interval(0,1)", ON, "run.weeks=2"]
    more = ["population.initial_members=60", "run.report=false", "--runs", "200", "--checks", "20"]
    assert main([*words, *more, "--name", "hers"]) == 0
    assert f"{WORD}\n" in capsys.readouterr().out
    few = ["run.replicates=2", "run.weeks=2", "run.report=false", "population.initial_members=60"]
    over = ["compare", "policies=[default,points]", "world=ensemble:hers:3", *few]
    assert main([*over, WORD]) == 0
    assert "name the mechanism whose it is" in line_of(capsys, *over)


def test_policy_diff_tells_her_levers(folder, capsys):
    assert main(["policy", "diff", WORD, "default", ON]) == 0
    assert "birthday.is_greeting" in capsys.readouterr().out
