"""The command line: what it prints, what it keeps, how it refuses."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from fake_engine import FakeEngine

from plaza_lab.scenarios.answers import PolicyAnswer
from plaza_lab.scenarios.command_line.cli import GROUPS, main
from plaza_lab.scenarios.command_line.printing import complain
from plaza_lab.scenarios.command_line.verb_table import VERBS
from plaza_lab.scenarios.settings.options import option_names

ROOT = Path(__file__).resolve().parents[1]
QUICK = ["run.replicates=3", "run.weeks=2", "run.report=false"]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PLAZA_DEBUG", raising=False)
    return tmp_path


@pytest.fixture
def engine(monkeypatch) -> FakeEngine:
    fake = FakeEngine()
    monkeypatch.setattr("plaza_lab.sim.engine.simulate_each", fake.each)
    monkeypatch.setattr("plaza_lab.sim.compile.warm", lambda report, settings: None)
    return fake


def refusal(capsys, *arguments: str, code: int = 2) -> str:
    """Run a command that must be refused; return its one line."""
    assert main(list(arguments)) == code
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    assert "Traceback" not in lines[0]
    return lines[0].removeprefix("plaza: ")


def kept(folder: Path) -> Path:
    (only,) = folder.iterdir()
    return only


def program(*arguments: str, **options) -> subprocess.CompletedProcess:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(
        [sys.executable, "-m", "plaza_lab", *arguments],
        env=environment, capture_output=True, text=True, check=False, **options,
    )  # fmt: skip


# Help


def test_help_names_every_verb_group_and_option(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 100
    for verb in VERBS:
        assert f"plaza {verb}" in text
    for group in GROUPS:
        for option in option_names(group):
            assert re.search(rf"^  {group} [^:]*\b{option}\b", text, re.MULTILINE)


def test_help_comes_at_once_and_without_heavy_imports():
    start = time.perf_counter()
    done = program("--help")
    assert time.perf_counter() - start < 2.0  # 0.1 s alone; the bound is for a busy machine
    assert done.returncode == 0
    names = ["numpy", "numba", "pandas", "hydra", "omegaconf", "matplotlib", "mesa", "rich", "yaml"]
    code = "import sys, plaza_lab.scenarios.command_line.cli as c; c.main(['--help']); "
    code += f"sys.exit(any(m in sys.modules for m in {names}))"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert told.returncode == 0


@pytest.mark.parametrize("verb", ["compare", "demo", "bench"])
def test_verbs_have_help(verb, capsys):
    assert main([verb, "--help"]) == 0
    assert VERBS[verb].example in capsys.readouterr().out


@pytest.mark.parametrize("verb", ["run", "sweep"])
def test_hydra_answers_help(verb, capsys):
    assert main([verb, "--help"]) == 0
    text = capsys.readouterr().out
    assert "incentive: full_stack, none, points" in text
    assert "plaza run --cfg job shows every setting" in text
    assert len(text.splitlines()) < 60


def test_version(capsys):
    assert main(["--version"]) == 0
    assert re.fullmatch(r"plaza \d+\.\d+\.\d+\S*\n", capsys.readouterr().out)


def test_the_configuration_can_be_seen(capsys):
    import yaml

    assert main(["run", "scenario=learning_fund_500", "run.seed=7", "--cfg", "job"]) == 0
    shown = yaml.safe_load(capsys.readouterr().out)
    assert shown["comms"]["protocol"] == "structured_digest"
    assert shown["run"]["seed"] == 7
    assert "hydra" not in shown


def test_the_configuration_of_every_policy_can_be_seen(capsys):
    view = ["--cfg", "job", "-p", "incentive"]
    assert main(["compare", "policies=[thanks_only,points]", *view]) == 0
    text = capsys.readouterr().out
    assert re.findall("# policy: (.*)", text) == ["thanks_only", "points"]
    assert re.findall("has_points: (.*)", text) == ["false", "true"]


def test_hydra_shows_its_insides(capsys):
    assert main(["run", "--info", "defaults"]) == 0
    assert "scenario" in capsys.readouterr().out


# Studies


def test_intervals_of_a_part_of_a_whole_stay_within_it():
    two = {"active_share": [0.2, 0.9], "membership_retention": [0.96, 0.99], "growth": [-0.2, 0.4],
           "winback_lift": [0.0, 0.1], "solved_rate": [0.5, math.nan]}  # fmt: skip
    told = PolicyAnswer.frame(SimpleNamespace(runs=pd.DataFrame(two))).set_index("outcome")
    assert told.loc["active_share", ["low", "high"]].tolist() == [0, 1]
    assert told.loc["membership_retention", "high"] == 1
    assert 0 < told.loc["membership_retention", "low"] < 0.96
    assert told.loc["growth", "low"] < -1 < 1 < told.loc["growth", "high"]
    assert told.loc["winback_lift", "low"] < 0
    assert told.loc["solved_rate", ["low", "high"]].isna().all()


def test_run_prints_and_keeps_everything(engine, empty_folder, capsys):
    assert main(["run", *QUICK, "incentive=points"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("seed 1: member growth")
    assert "means of 3 runs" in text
    folder = kept(empty_folder / "plaza-out")
    assert re.fullmatch(r"run-incentive-points-\d{8}-\d{6}", folder.name)
    assert {file.name for file in folder.iterdir()} == {
        "runs.parquet", "days.parquet", "journal.parquet", "manifest.json",
        "config-incentive-points.yaml",
    }  # fmt: skip
    runs = pd.read_parquet(folder / "runs.parquet")
    assert list(runs["seed"]) == [1, 2, 3]
    assert runs["run_id"].is_unique
    days = pd.read_parquet(folder / "days.parquet")
    assert len(days) == 3 * 14
    assert set(days["run_id"]) == set(runs["run_id"])
    journal = pd.read_parquet(folder / "journal.parquet")
    assert set(journal["purpose"]) == {"prize"}
    assert set(journal["payer"]) == {"brand_pool"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["is_complete"]
    assert manifest["command"].startswith("plaza run run.replicates=3")
    assert manifest["seeds"] == [1, 2, 3]


def test_nothing_is_left_beside_the_output(engine, empty_folder):
    assert main(["run", *QUICK]) == 0
    assert main(["sweep", *QUICK, "incentive=none,points"]) == 0
    assert sorted(os.listdir(empty_folder)) == ["plaza-out", "plaza-store"]  # noqa: PTH208
    assert not list(empty_folder.glob("**/*partial*"))


def test_run_with_pictures_and_page(engine, empty_folder):
    assert main(["run", "run.replicates=1", "run.weeks=4", "run.out=here"]) == 0
    assert {"paths.png", "money.png", "report.html"} <= set(os.listdir("here"))  # noqa: PTH208


def test_compare_pairs_by_seed(engine, empty_folder, capsys):
    arguments = ["policies=[thanks_only,weekly_prize]", *QUICK, "run.seed=11", "run.out=x/y"]
    assert main(["compare", *arguments]) == 0
    assert "+10.0 percentage points" in " ".join(
        capsys.readouterr().out.split()
    )  # the fake engine's effect of a prize
    runs = pd.read_parquet("x/y/runs.parquet")
    assert list(runs.groupby("policy", sort=False)["seed"].apply(list)) == [[11, 12, 13]] * 2
    assert runs["run_id"].is_unique


def test_compare_takes_scenarios_options_and_overrides(engine):
    arguments = ['policies=[learning_fund_500,points,"incentive=points fund=dues",default]']
    assert main(["compare", *arguments, *QUICK, "run.out=out"]) == 0
    runs = pd.read_parquet("out/runs.parquet")
    assert list(dict.fromkeys(runs["policy"])) == [
        "learning_fund_500", "points", "incentive=points fund=dues", "default",
    ]  # fmt: skip


def test_other_overrides_hold_for_all_policies(engine):
    assert main(["compare", "policies=[points,weekly_prize]", "comms=structured", *QUICK]) == 0
    protocols = {setting.policy.comms.protocol.name for setting, _ in engine.calls}
    assert protocols == {"STRUCTURED"}


def test_demo_is_s01_against_s02(engine, capsys):
    assert main(["demo", *QUICK]) == 0
    text = capsys.readouterr().out
    assert "(S01)" in text
    assert "(S02)" in text
    assert len(engine.calls) == 6
    assert "A = volunteer_group_baseline\nB = learning_fund_500\n" in text
    assert "learning_fund_500: active retention" in " ".join(text.split())


@pytest.mark.slow
def test_sweep_is_one_table_and_one_folder(engine, empty_folder, capsys):
    sweep = ["-m", "incentive=thanks_only,weekly_prize", "fund=entry_fee,dues"]
    assert main(["sweep", *sweep, "run.replicates=3", "run.weeks=2", "run.out=out"]) == 0
    text = capsys.readouterr().out
    for option in ("thanks_only", "weekly_prize", "entry_fee", "dues"):
        assert option in text
    runs = pd.read_parquet("out/runs.parquet")
    assert len(runs.groupby(["incentive", "fund"])) == 4
    assert len(runs) == 12
    assert {"sweep.png", "map.png", "report.html"} <= set(os.listdir("out"))  # noqa: PTH208


def test_sweep_over_numbers(engine):
    assert main(["run", "-m", "comms.lead_days=range(1,3)", *QUICK, "run.out=out"]) == 0
    assert set(pd.read_parquet("out/runs.parquet")["comms.lead_days"]) == {1, 2}


@pytest.mark.slow
def test_impossible_points_are_named_and_the_others_go_on(engine, capsys):
    sweep = ["incentive=thanks_only,weekly_prize", "fund=none,dues", *QUICK, "run.out=out"]
    assert main(["sweep", *sweep]) == 1
    complaints = [line for line in capsys.readouterr().err.splitlines() if "needs a fund" in line]
    assert len(complaints) == 1
    assert complaints[0].startswith("plaza: incentive=weekly_prize fund=none: ")
    assert len(pd.read_parquet("out/runs.parquet")) == 9
    manifest = json.loads(Path("out/manifest.json").read_text())
    assert not manifest["is_complete"]
    assert len(manifest["failures"]) == 1


def test_the_reason_why_a_part_could_not_be_run_is_the_last_but_one_line(engine, capsys):
    sweep = ["sweep", "incentive=thanks_only,weekly_prize", "fund=none", *QUICK, "run.out=out"]
    assert main(sweep) == 1
    *_, reason, told = capsys.readouterr().err.splitlines()
    assert reason.startswith("plaza: incentive=weekly_prize: incentive: a weekly prize needs a")
    assert told.startswith("plaza: 1 part of the study could not be run")


def test_a_sweep_of_impossible_points_only_keeps_nothing(engine, empty_folder, capsys):
    sweep = ["sweep", "incentive=weekly_prize,prize_and_points", "fund=none", *QUICK]
    assert "incentive=weekly_prize: incentive: a weekly prize needs a fund" in refusal(
        capsys, *sweep
    )
    assert os.listdir(empty_folder) == []  # noqa: PTH208


def test_your_own_options_are_found(engine, empty_folder):
    (empty_folder / "plaza-conf" / "world").mkdir(parents=True)
    (empty_folder / "plaza-conf" / "world" / "mine.yaml").write_text("# Mine.\n")
    assert main(["run", "world=mine", *QUICK, "run.out=out"]) == 0
    assert set(pd.read_parquet("out/runs.parquet")["world"]) == {"mine"}


@pytest.mark.parametrize(
    ("words", "members"),
    [([], 149), (["scenario=learning_fund_500"], 149), (["population=learning_52"], 52)],
)
def test_a_world_can_bring_its_population(engine, empty_folder, words, members):
    for group, text in {
        "population": "initial_members: 149\n",
        "world": "defaults:\n  - override /population@_global_.population: mine\n",
    }.items():
        (empty_folder / "plaza-conf" / group).mkdir(parents=True)
        (empty_folder / "plaza-conf" / group / "mine.yaml").write_text(text)
    assert main(["run", "world=mine", *words, *QUICK]) == 0
    assert {setting.population.initial_members for setting, _ in engine.calls} == {members}


def test_your_own_scenarios_can_be_compared(engine, empty_folder):
    folder = empty_folder / "plaza-conf" / "scenario"
    folder.mkdir(parents=True)
    text = "# @package _global_\n# Mine.\ndefaults:\n  - override /incentive: points\n"
    (folder / "mine.yaml").write_text(text)
    assert main(["compare", "policies=[default,mine]", *QUICK, "run.out=out"]) == 0


def test_same_configuration_same_run_id(engine):
    for out, seed in (("a", 1), ("b", 2)):
        assert main(["run", *QUICK, f"run.seed={seed}", f"run.out={out}"]) == 0
    first, second = (pd.read_parquet(f"{out}/runs.parquet")["run_id"].tolist() for out in "ab")
    assert first[1:] == second[:2]  # seeds 2 and 3 of both


# Mistakes


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rnu"], "'rnu' is no verb; did you mean run?"),
        (["run", "incentiv=points"], "did you mean incentive?"),
        (["run", "incentive=pointz"], "incentive has no option 'pointz'; did you mean points?"),
        (["run", "scenario=learning_fund"], "did you mean learning_fund_500?"),
        (["run", "world=mars"], "world has no option 'mars'; choose one of default"),
        (["run", "run.sed=3"], "run.sed is no group and no setting; did you mean run.seed"),
        (["run", "seed=3"], "did you mean run.seed?"),
        (["run", "comms.lead_day=3"], "did you mean comms.lead_days?"),
        (["run", "run.seed=-1"], "run.seed=-1 is outside its bounds"),
        (["run", "fund.dues_prize_share=1.5"], "from 0 to 1"),
        (["run", "fund.dues_prize_share=nan"], "outside its bounds"),
        (["run", "run.seed=many"], "a whole number"),
        (["run", "comms.lead_days=2.5"], "a whole number from 0 to 14 days is expected"),
        (["run", "run.overwrite=perhaps"], "true or false"),
        (["run", "run.seed=null"], "a whole number"),
        (["run", "comms.protocol=telepathy"], "one of free_chat, structured"),
        (["run", "run=3"], "set one of them, as run.seed"),
        (["run", "fund=none", "incentive=weekly_prize"], "a weekly prize needs a fund"),
        (["run", "incentive=points", "incentive=none"], "incentive is set twice"),
        (["run", "incentive"], "write group=option"),
        (["run", "incentive=[points"], "cannot be read"),
        (["run", "+run.x=3"], "nothing can be added"),
        (["run", "~runs"], "only a group can be left out"),
        (["run", "incentive=none,points"], "plaza sweep incentive=none,points"),
        (["run", "policies=[none]"], "plaza compare policies=[none]"),
        (["run", "hydra/launcher=joblib"], "choose one of basic, dask"),
        (["run", "hydra/sweeper=basic"], "nothing is swept here"),
        (["run", "store=a", "store=b"], "store is set twice"),
        (["run", "--config-dir", "x"], "./plaza-conf/"),
        (["run", "--multrun"], "did you mean --multirun?"),
        (["run", "--cfg", "jib"], "--cfg needs one of job, hydra, all"),
        (["run", "--cfg"], "--cfg needs one of job, hydra, all"),
        (["run", "--cfg", "job", "run.seeed=3"], "did you mean run.seed"),
        (["compare"], "which policies?"),
        (["compare", "policies=[points]"], "name at least two"),
        (["compare", "policy=[points,none]"], "name them as in: policies="),
        (["compare", "policies=[none,points]"], "'none' is an option of incentive, fund,"),
        (["compare", "policies=[weekly_price,points]"], "did you mean weekly_prize?"),
        (["compare", "policies=[points,points]"], "points is named twice"),
        (["compare", "policies=[thanks_only,volunteers]"], "are the same policy here"),
        (["compare", "policies=[points,weekly_prize]", "incentive=none"], "drop one of them"),
        (["compare", "policies=[points,weekly_prize]", "fund=none"], "policy points: incentive:"),
        (["compare", 'policies=[points,"incentive=x"]'], "policy incentive=x: incentive=x:"),
        (["sweep", "incentive=points"], "nothing to sweep"),
        (["sweep", "incentive=points,pointz"], "incentive has no option 'pointz'"),
        (["sweep", "incentive=points,points"], "names a value twice"),
        (["sweep", "comms.lead_days=1,99"], "comms.lead_days=99 is outside its bounds"),
        (["sweep", "comms.lead_days=interval(1,9)"], "name the values"),
        (["sweep", "run.seed=range(1,30)"], "run.* cannot be swept"),
    ],
)
def test_mistakes_are_one_line_and_run_nothing(engine, capsys, arguments, said, empty_folder):
    assert said in refusal(capsys, *arguments)
    assert engine.calls == []
    assert os.listdir(empty_folder) == []  # noqa: PTH208


@pytest.mark.parametrize(
    ("file", "text", "choice", "said"),
    [
        ("world/mine.yaml", "activty: 3\n", "world=mine", "'activty' not in 'World'"),
        ("world/mine.yaml", "activity: [\n", "world=mine", "plaza-conf/world/mine.yaml, line 2"),
        ("world/mine.yaml", "3\n", "world=mine", "lines of 'name: value'"),
        ("world/mine.yaml", "", "world=mien", "did you mean mine?"),
        ("worlds/mine.yaml", "", "incentive=none", "did you mean world?"),
        ("world/default.yaml", "", "incentive=none", "give your file another name"),
        ("scenario/mine.yaml", "fund: {}\n", "scenario=mine", "begins with the line"),
        (
            "scenario/mine.yaml",
            "# @package _global_\ndefaults:\n  - override /incentive: pointz\n",
            "scenario=mine",
            "incentive has no option 'pointz'; did you mean points?",
        ),
        (
            "population/mine.yaml",
            "initial_members: 0\n",
            "population=mine",
            "population.initial_members=0 is outside its bounds",
        ),
        (
            "population/mine.yaml",
            "initial_members: few\n",
            "population=mine",
            "population/mine.yaml: population.initial_members:",
        ),
    ],
)
def test_mistakes_in_your_own_options(engine, capsys, empty_folder, file, text, choice, said):
    place = empty_folder / "plaza-conf" / file
    place.parent.mkdir(parents=True)
    place.write_text(text)
    assert said in refusal(capsys, "run", choice)
    assert engine.calls == []


@pytest.mark.parametrize("place", ["file/out", "/proc/plaza/out", "file"])
def test_places_that_cannot_be_written_are_refused_before_the_first_run(
    engine, capsys, empty_folder, place
):
    (empty_folder / "file").write_text("")
    assert "run.out" in refusal(capsys, "run", f"run.out={place}")
    assert engine.calls == []


def test_existing_results_are_kept(engine, capsys):
    assert main(["run", *QUICK, "run.out=out"]) == 0
    capsys.readouterr()
    assert "run.overwrite=true" in refusal(capsys, "run", *QUICK, "run.out=out")
    assert main(["run", *QUICK, "run.out=out", "run.overwrite=true"]) == 0


def test_a_full_disk_leaves_nothing_that_looks_whole(engine, capsys, empty_folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("plaza_lab.scenarios.experiments.study.write_tables", full)
    assert main(["run", *QUICK, "run.out=out"]) == 2
    captured = capsys.readouterr()
    assert "no space left" in captured.err.splitlines()[-1]
    assert "means of 3 runs" in captured.out  # the answer was printed before
    assert os.listdir(empty_folder) == []  # noqa: PTH208


def test_a_picture_that_cannot_be_drawn_costs_no_table(engine, capsys, monkeypatch):
    monkeypatch.setattr(
        "plaza_lab.scenarios.answers.policy.PolicyAnswer.pictures", lambda self: 1 / 0
    )
    assert main(["run", "run.replicates=2", "run.weeks=2", "run.out=out"]) == 0
    assert "tables are kept" in capsys.readouterr().err
    assert Path("out/runs.parquet").exists()


def test_a_table_that_cannot_be_made_costs_no_run(engine, capsys, monkeypatch):
    monkeypatch.setattr("plaza_lab.scenarios.answers.policy.PolicyAnswer.table", lambda self: 1 / 0)
    assert main(["run", *QUICK, "run.out=out"]) == 0
    assert "the runs are kept" in capsys.readouterr().err
    assert Path("out/runs.parquet").exists()


# Runs that fail, and Ctrl-C


def test_failed_runs_do_not_hide_the_others(monkeypatch, engine, capsys):
    engine.failing = {2}
    arguments = ["run.replicates=4", "run.weeks=2", "run.workers=1", "run.report=false"]
    arguments += ["policies=[thanks_only,weekly_prize]", "run.out=out"]
    assert main(["compare", *arguments]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert "plaza: thanks_only, seed 2: FloatingPointError: seed 2 went wrong" in lines
    assert sorted(set(pd.read_parquet("out/runs.parquet")["seed"])) == [1, 3, 4]
    assert not json.loads(Path("out/manifest.json").read_text())["is_complete"]


def test_ctrl_c_keeps_whole_pairs(monkeypatch, engine, capsys, empty_folder):
    engine.stop_after = 6
    arguments = ["policies=[thanks_only,weekly_prize]", "run.replicates=6", "run.workers=2"]
    assert main(["compare", *arguments, "run.weeks=2", "run.out=out"]) == 130
    line = capsys.readouterr().err.splitlines()[-1]
    assert line == (
        "plaza: stopped by Ctrl-C: 2 of 6 pairs complete (seeds 1, 2); kept in out-interrupted"
    )
    assert os.listdir(empty_folder) == ["out-interrupted"]  # noqa: PTH208
    runs = pd.read_parquet("out-interrupted/runs.parquet")
    assert runs.groupby("policy")["seed"].apply(list).tolist() == [[1, 2], [1, 2]]
    manifest = json.loads(Path("out-interrupted/manifest.json").read_text())
    assert not manifest["is_complete"]
    assert manifest["seeds"] == [1, 2]


@pytest.mark.parametrize("arguments", [["run"], ["demo"]])
def test_ctrl_c_before_the_first_run_keeps_nothing(engine, capsys, empty_folder, arguments):
    engine.stop_after = 0
    assert "nothing was kept" in refusal(capsys, *arguments, *QUICK, code=130)
    assert os.listdir(empty_folder) == []  # noqa: PTH208


def test_ctrl_c_in_a_sweep_keeps_the_finished_runs(engine, capsys, empty_folder):
    engine.stop_after = 4
    arguments = ["incentive=none,points,thanks_only", *QUICK, "run.out=out"]
    assert main(["sweep", *arguments]) == 130
    line = capsys.readouterr().err.splitlines()[-1]
    assert "stopped by Ctrl-C: 4 of 9 runs are kept" in line
    assert os.listdir(empty_folder) == ["plaza-store"]  # noqa: PTH208
    resume = line.rpartition("go on with: plaza ")[2].split()
    engine.stop_after = None
    assert main([*resume, "--no-report"]) == 0
    assert len(engine.calls) == 9


def test_a_fault_of_plaza_is_one_line_too(capsys, monkeypatch):
    verb = "plaza_lab.scenarios.command_line.verbs.one_policy"
    monkeypatch.setattr(verb, lambda overrides: 1 / 0)
    assert "PLAZA_DEBUG=1" in refusal(capsys, "run", code=1)


def test_debugging_shows_where(capsys, monkeypatch):
    monkeypatch.setenv("PLAZA_DEBUG", "1")
    assert main(["run", "incentive=pointz"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_bench_says_where_when_there_is_none(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(
        "plaza_lab.scenarios.command_line.verbs.__file__", str(tmp_path / "scenarios" / "verbs.py")
    )
    assert "benchmarks/" in refusal(capsys, "bench")


def test_complaints_go_to_standard_error(capsys):
    complain("x")
    assert capsys.readouterr() == ("", "plaza: x\n")
