"""A user's metrics and measures are outcomes like any other; what is left out has none."""

from __future__ import annotations

import math
import sys

import numpy as np
import pandas as pd
import pytest
from own_mechanisms import SOURCE, module_of

from plaza_lab import PLAZA, Community, Measure, Policy, Population, compare, run, run_study, sweep
from plaza_lab.agents.decisions.answering import ANSWER
from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.own.own_mechanisms import own_model
from plaza_lab.sim.policy import Incentive

WORD = "mechanisms=+my_mechanisms.py"
ON = "birthday.is_greeting=true"
TWO = ["default", ON]
SMALL = ["population.initial_members=60"]
FEW = {"replicates": 2, "weeks": 3, "workers": 1}
WORDS = ["run.replicates=2", "run.weeks=3", "run.report=false", *SMALL]
MEASURED = SOURCE.replace("from plaza_lab import ", "from plaza_lab import Measure, ") + (
    'Greeted = Measure("greeted_share", lambda c: float((c.members.array("birthday.greeted") > 0)'
    '.mean()), "share", "members who were greeted", "higher", 1)\n'
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "my_mechanisms.py").write_text(MEASURED, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "my_mechanisms", raising=False)
    yield tmp_path
    sys.modules.pop("my_mechanisms", None)
    assert own_model() is None


def test_her_metric_and_measure_are_compared(folder, capsys):
    asked = ["compare", WORD, f'policies=[default,"{ON}"]', *WORDS, "run.out=out", "--all"]
    assert main(asked) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Greetings" in told
    assert "Greeted share" in told
    runs = pd.read_parquet(folder / "out" / "runs.parquet").set_index("policy")
    days = pd.read_parquet(folder / "out" / "days.parquet").groupby("run_id")["greetings"].sum()
    assert runs.loc[ON].set_index("run_id")["greetings"].to_dict() == days[
        runs.loc[ON, "run_id"]].to_dict()  # fmt: skip
    assert (runs.loc["default", "greeted_share"] == 0.0).all()
    assert runs.loc[ON, "greeted_share"].between(0.01, 0.3).all()


def test_her_outcomes_are_swept_and_run(folder, capsys):
    assert main(["sweep", WORD, "birthday.is_greeting=true,false", *WORDS]) == 0
    assert "Greetings" in capsys.readouterr().out
    assert main(["run", WORD, ON, "run.replicates=1", *WORDS[1:]]) == 0
    assert "greeted on their" in " ".join(capsys.readouterr().out.split())


def test_a_study_is_about_her_outcomes_also_without_her_file(folder, capsys):
    (folder / "hers.yaml").write_text(
        "policies: [default, birthday.is_greeting=true]\noutcomes: [greetings, greeted_share]\n"
        "uncertainties: {world.ties.decay: [0.01, 0.02]}\n"
    )
    asked = ["study", "run", "hers.yaml", WORD, *SMALL, "run.replicates=2", "run.weeks=3"]
    assert main(asked) == 0
    assert "reetings" in capsys.readouterr().out
    (folder / "my_mechanisms.py").unlink()
    assert main(["study", "report", "hers"]) == 0
    assert "greeted share" in " ".join(capsys.readouterr().out.lower().split())
    assert main(["study", "run", "hers.yaml", *SMALL, "--name", "plain"]) == 2
    assert "'greetings' is no outcome" in capsys.readouterr().err


def test_looks_until_her_outcome_is_known(folder, capsys):
    words = ["compare", WORD, f'policies=[default,"{ON}"]', "run.weeks=3", *SMALL, "run.out=out"]
    assert main([*words, "--until", "greetings=50", "--max-pairs", "20", "run.report=false"]) == 0
    assert "greetings" in capsys.readouterr().out.lower()


def test_optimise_and_calibrate_take_her_outcome(folder, capsys):
    pytest.importorskip("optuna")
    words = ["optimise", WORD, "birthday.is_greeting=true,false", "run.weeks=3", "--pairs", "2"]
    more = ["--max-pairs", "4", *SMALL, "run.report=false", "run.out=out"]
    assert main([*words, "--maximise", "greetings", "--minimise", "growth", *more]) == 0
    found = pd.read_parquet(folder / "out" / "runs.parquet")
    assert found["greetings"].max() > 0
    from plaza_lab.scenarios.calibrate.targets import targets_of
    from plaza_lab.scenarios.own.own_mechanisms import in_force, read_model

    with pytest.raises(UserError, match="greetings is no daily metric"):
        targets_of({"greetings@week2": {"value": 1, "sd": 1}})
    with in_force(read_model("+my_mechanisms.py")):
        (target,) = targets_of({"greetings@week2": {"value": 1, "sd": 1}})
        assert target.outcome.label == "greetings, week 2"


def test_measures_and_hooks_from_python(folder):
    birthday = module_of(folder, name="my_measured").Birthday
    seen: list[int] = []

    def gift(community):
        seen.append(community.day)
        community.members.set("belonging", 0.9)

    measures = {"warmest": lambda community: community.members.array("belonging").max()}
    asked = {"measures": measures, "mechanisms": [*PLAZA, birthday], **FEW}
    plain = compare([Policy(), Policy(incentive=Incentive(has_badges=True))], SMALL, **asked)
    gifted = compare([Policy(), Policy(incentive=Incentive(has_badges=True))], SMALL,
                     on_week=gift, **asked)  # fmt: skip
    assert seen == 4 * [7, 14, 21]
    assert gifted.runs["belonging_end"].min() > plain.runs["belonging_end"].max()
    assert set(gifted.runs["run_id"]) & set(plain.runs["run_id"]) == set()
    assert plain.runs["warmest"].between(0.3, 1.0).all()
    assert "warmest" in plain.frame()["outcome"].to_list()
    assert run(SMALL, measures=measures, **FEW).runs["warmest"].max() <= 1.0
    assert len(sweep(["fund=none,dues", *SMALL], measures=measures, **FEW).frame()) == 2


def test_what_only_looks_changes_no_other_number():
    looked = run(SMALL, measures={"members_now": lambda c: len(c.members)}, **FEW).runs
    usual = run(SMALL, **FEW).runs
    both = [name for name in usual.columns if name != "run_id"]
    pd.testing.assert_frame_equal(looked[both], usual[both])
    assert (looked["members_now"] == usual["members_end"]).all()


def test_run_study_keeps_measures_and_policies_and_calls_hooks(folder):
    days: list[int] = []
    asked = {"policies": ["default", "points"], "settings": SMALL, "run": {"weeks": 3,
             "replicates": 2}, "outcomes": ["half"]}  # fmt: skip
    known = {"half": lambda community: 0.5}
    study = run_study(asked, name="m", measures=known, on_day=lambda c: days.append(c.day))
    assert (study.runs["half"] == 0.5).all()
    assert len(days) == 4 * 21
    with pytest.raises(UserError, match="m lives by other mechanisms"):
        run_study(asked, name="m", measures=known)
    with pytest.raises(UserError, match="hooks are called in this process"):
        run_study(asked, name="n", measures=known, on_day=print, launcher=["hydra/launcher=dask"])


@pytest.mark.parametrize(
    ("measures", "says"),
    [
        ({"growth": lambda c: 1.0}, "Plaza has an outcome 'growth' already"),
        ({"run_id": lambda c: 1.0}, "Plaza has an outcome 'run_id' already"),
        ({"visits": lambda c: 1.0}, "there is a metric of that name"),
        ({"Big": lambda c: 1.0}, "must be an identifier in lower case"),
        ({"none": lambda: 1.0}, "a function of one community is expected"),
        ({"none": 3}, "a function of one community is expected"),
        ("growth", "write {'name': function}"),
        ([3], r"3 is no Measure\('name', function\)"),
    ],
)
def test_mistakes_in_measures_are_one_line(measures, says):
    with pytest.raises(UserError, match=says) as told:
        run(SMALL, measures=measures, **FEW)
    assert "\n" not in str(told.value)


def test_a_measure_that_gives_no_number_fails_its_runs():
    with pytest.raises(UserError, match="measure 'text' gives 'a', which is no number"):
        run(SMALL, measures={"text": lambda c: "a"}, **FEW)
    with pytest.raises(ValueError, match="better is one of"):
        Measure("mine", lambda c: 1.0, better="more")
    with pytest.raises(UserError, match="hook 3 is no function"):
        run(SMALL, on_day=3, **FEW)


def test_a_metric_that_has_the_name_of_an_outcome_is_refused(folder, capsys):
    (folder / "my_mechanisms.py").write_text(SOURCE.replace('"greetings"', '"growth"').replace(
        ".greetings", ".growth"))  # fmt: skip
    assert main(["run", WORD, ON, *WORDS]) == 2
    assert "Plaza has an outcome 'growth' already; rename yours" in capsys.readouterr().err


# ---- left out


def without(name):
    return [one for one in PLAZA if one.name != name]


def lived(mechanisms, days=28, **more):
    made = Community(mechanisms=mechanisms, population=Population(initial_members=80), seed=1,
                     days=days, **more)  # fmt: skip
    made.run()
    return made


def test_terms_of_what_is_left_out_are_out():
    usual, other = lived(None), lived(without("talent"))
    assert "talent" in EXIT.names and "talent" in ANSWER.names
    terms = other.members[0].exit_terms()
    assert "talent" not in terms
    assert list(terms) == [name for name in usual.members[0].exit_terms() if name != "talent"]
    # matching of talents is off in both, so nothing else differs
    assert other.tables.daily.tobytes() == usual.tables.daily.tobytes()


def test_metrics_and_outcomes_of_what_is_left_out_are_out(folder, capsys):
    other = lived(without("conflict"))
    frame = other.days_frame()
    assert "quarrels" not in frame
    assert "exits" in frame
    with pytest.raises(ValueError, match="'quarrels' is a metric of a mechanism that is left out"):
        other.metric("quarrels")
    found = other.outcomes()
    assert math.isnan(found["quarrels"])
    assert math.isfinite(found["growth"])
    assert main(["run", "mechanisms=-conflict", *WORDS, "run.out=out"]) == 0
    days = pd.read_parquet(folder / "out" / "days.parquet")
    assert not {"quarrels", "witnesses"} & set(days.columns)
    assert np.isfinite(days["exits"]).all()


def test_a_metric_that_others_write_too_stays():
    from plaza_lab.sim.model import Model

    assert "posts" not in Model(without("posting")).silent
    assert "violations" in Model(without("posting")).silent
    assert Model(PLAZA).silent == frozenset()


@pytest.mark.parametrize("names", [["no such"], ["base"], list(EXIT.names)])
def test_terms_that_cannot_be_left_out_are_refused(names):
    with pytest.raises(ValueError, match=r"no term|base") as told:
        EXIT.without_terms(names)
    assert "\n" not in str(told.value)
