"""What is typed wrong: one line that says what, where and what would be right, and nothing run."""

from __future__ import annotations

import os
import time

import pytest
from fake_engine import FakeEngine

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.settings.grammar import MOST_VALUES

BOTH = "policies=[thanks_only,weekly_prize]"
DUES = "fund.dues_month_cents"


@pytest.fixture(autouse=True)
def engine(tmp_path, monkeypatch) -> FakeEngine:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PLAZA_DEBUG", raising=False)
    fake = FakeEngine()
    monkeypatch.setattr("plaza_lab.sim.engine.simulate_each", fake.each)
    monkeypatch.setattr("plaza_lab.sim.compile.warm", lambda *_: None)
    return fake


@pytest.fixture
def refused(capsys, engine):
    """Run a command that must be refused at once: one line, no run, nothing left."""

    def run(*arguments: str) -> str:
        before = sorted(os.listdir())  # noqa: PTH208
        begun = time.perf_counter()
        assert main(list(arguments)) == 2
        assert time.perf_counter() - begun < 20
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1, lines
        assert "fault of Plaza" not in lines[0]
        assert engine.calls == []
        assert sorted(os.listdir()) == before  # noqa: PTH208
        return lines[0].removeprefix("plaza: ")

    return run


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("incentive=[points", "the [ is not closed; end it with ]"),
        ("incentive={points", "the { is not closed; end it with }"),
        ("incentive=points]", "the ] closes nothing; leave it out"),
        ("incentive=(points]", "the ( is closed by ]; close it with )"),
        ("incentive='points", "the quote ' is not closed"),
        ("incentive=points,", "a value is missing beside a comma"),
        ("incentive=points,,none", "a value is missing beside a comma"),
        ("incentive==points", "'=' stands in quotes only, as in \"incentive='=points'\""),
        ("incentive=points\n", r"'\n' stands in quotes only"),
        ("run.out=~/results", "as in \"run.out='~/results'\""),
        ("=points", "there is no name before the ="),
        ("=", "there is no name before the ="),
        ("'incentive'=points", "is no name of a group or setting"),
        ("/incentive=points", "is no name of a group or setting"),
        ("run.seed=nope(5)", "there is no nope(...); write one of range, interval, choice"),
        ("run.seed=int(a)", "int(...) is written as in run.seed=int('5')"),
        ("fund=", "fund needs the name of an option: brand_funded, dues"),
        ("world=null", "world needs the name of an option: default"),
        ("incentive=[points]", "incentive takes one option, not a list; write incentive=points"),
        ("incentive=[a,b]", "incentive takes one option, not a list"),
        ("incentive={a:1}", "incentive.a is no setting"),
        ("world={churn:5}", "world.churn holds settings; set one of them"),
        ("world={churn:{established_hazard:5}}", "world.churn.established_hazard=5 is outside"),
        ("run={seed:many}", "run.seed=many: a whole number"),
        ("incentive.has_points={a:1}", "incentive.has_points={a:1}: true or false is expected"),
        ("run.report=2", "run.report=2: true or false is expected"),
        ("run.seed=null", "run.seed=null: a whole number"),
        ("fund@x=dues", "every group has one place here; write fund=option, without @"),
        ("~fund=none", "only a group can be left out; write ~fund"),
        (DUES + "=${nope}", "${nope} stands for nothing; name a setting"),
        (DUES + "=${" + DUES + "}", "stands for itself"),
        (DUES + "=${.dues_month_cents}", DUES + ": ${.dues_month_cents} stands for itself"),
        ("fund={dues_month_cents:${" + DUES + "}}", "stands for itself; write a value"),
        (DUES + "=${fund}", "stands for itself; write a value"),
        (DUES + "=${nope:1}", "${nope:1} stands for nothing"),
        ("run.out=${oc.env:NO_SUCH_NAME}", "variable of the environment that is not set"),
        ("hydra/nope=x", "hydra has no group 'nope'; there are launcher, sweeper"),
        ("hydra.searchpath=[x]", "./plaza-conf/<group>/<option>.yaml"),
        ("run.seed=" + "9" * 5000, "holds a number of 5,000 digits"),
        ("run.out=a\0b", "argument 2 ('run.out=a\\x00b') holds a NUL byte"),
        ("run.out=\udcff", "holds a byte that is no UTF-8"),
        ("--cfg=", "--cfg needs one of job, hydra, all"),
        ("--info=x", "--info needs one of all, config"),
        ("--help=x", "--help takes no value"),
    ],
)
def test_overrides_that_cannot_be_read(refused, word, said):
    assert said in refused("run", word)


@pytest.mark.parametrize("place", [".", "/", "..", "x/..", "' '"])
def test_a_place_without_a_name_of_its_own(refused, place):
    assert "exists already; give run.out a new folder" in refused("run", f"run.out={place}")


def test_a_name_longer_than_a_file_system_takes(refused):
    assert "has 300 bytes; a name has at most 220" in refused("run", f"run.out={'n' * 300}")
    assert "is longer than 3,800 bytes" in refused("run", f"run.out={'a/' * 3000}b")


def test_a_home_of_nobody(refused):
    assert "there is no such user" in refused("run", "run.out='~no_such_user/x'")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("range(0,1000000000,1)", f"1,000,000,000 values are named, and a study holds at most "
                                  f"{MOST_VALUES:,}"),
        ("shuffle(range(0,1000000000))", "1,000,000,000 values are named"),
        ("range(0,1,0.0000001)", "10,000,000 values are named"),
        ("range(0,inf)", "a range has finite ends"),
        ("range(0,nan)", "a range has finite ends"),
        ("range(0,10,0)", "a range with step 0 has no end"),
        ("range(10,0)", "the list of values is empty"),
        ("interval(0,inf)", "an interval has two ends"),
        ("choice(1,2),choice(3,4)", "values do not stand inside one another"),
        ("1,1e400", "a whole number from 0"),
        ("[1,2],[3]", "a whole number from 0"),
    ],
)  # fmt: skip
def test_sweeps_without_an_end_are_counted_before_they_are_run(refused, values, said):
    assert said in refused("sweep", f"{DUES}={values}")


def test_a_product_of_sweeps_is_counted_before_it_is_made(refused):
    axes = [f"{DUES}=range(0,900)", "fund.opening_cents=range(0,900)"]
    assert "at 810,000 design points are planned" in refused("sweep", *axes)
    assert "1,000,000,000 values" in refused("optimise", f"{DUES}=range(0,1000000000)")
    assert "1,000,000,000 values" in refused("compare", "policies=range(0,1000000000)")


def test_the_ends_of_a_range_are_held_against_the_bounds(refused):
    assert "comms.lead_days=98 is outside" in refused("sweep", "comms.lead_days=range(0,99)")
    assert "comms.lead_days=-3 is outside" in refused("sweep", "comms.lead_days=range(-3,9)")


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "nan", "inf", "1" + "0" * 30, "", " ", "²"])
@pytest.mark.parametrize(
    "words",
    [
        ("study", "run", BOTH, "--jobs"), ("study", "run", BOTH, "--n"),
        ("policy", "lint", "--members"), ("optimise", "incentive=none,points", "--trials"),
        ("optimise", "incentive=none,points", "--pairs"), ("validate", "--seeds"),
        ("calibrate", "t.yaml", "x", "--runs"), ("scenario", "run", "S02", "--seeds"),
        ("compare", BOTH, "--until", "retention=1pp", "--max-pairs"),
        ("fit", "no.csv", "--members-total"),
    ],
)  # fmt: skip
def test_numbers_that_are_none_or_too_large(refused, words, value):
    *before, flag = words
    line = refused(*before, f"{flag}={value}")
    assert flag in line
    assert len(line) < 200
    assert "invalid" not in line


def test_too_few_pairs_are_told_before_a_store_is_made(refused):
    from plaza_lab.scenarios.comparing.asked import FIRST_LOOK
    from plaza_lab.scenarios.experiments.until import FIRST_ROUND

    assert FIRST_LOOK == FIRST_ROUND
    for flag in ("--until", "--best"):
        line = refused("compare", BOTH, flag, "retention=1pp", "--max-pairs", "5")
        assert "the first look is after 20 pairs" in line


def test_a_number_of_pairs_is_refused_where_something_else_decides_it(refused):
    for flag in ("--until", "--best"):
        line = refused("compare", BOTH, flag, "retention=1pp", "run.replicates=2")
        assert f"run.replicates=2: {flag} decides how many pairs are run" in line


def test_verbs_that_miss_policies_name_no_other_verb(refused):
    for verb in ("compare", "wait", "remain"):
        assert refused(verb).endswith("name them as in: policies=[thanks_only,weekly_prize]")


def test_names_of_folders_are_not_empty(refused):
    assert "the name of a folder is expected" in refused("study", "run", BOTH, "--store", "")
    assert "'' is no name of a study" in refused("study", "run", BOTH, "--name", "")


def test_a_design_of_nothing_is_refused(refused):
    line = refused("study", "run", BOTH, "--design", "sobol", "--n", "16")
    assert "design sobol: nothing is varied" in line


def test_an_unknown_launcher_leaves_no_store(refused):
    for words in (["sweep", "comms.lead_days=1,2"], ["study", "run", BOTH]):
        line = refused(*words, "hydra/launcher=nope")
        assert line.startswith("hydra/launcher has no option 'nope'; choose one of basic")


def test_an_outcome_there_is_none_of_is_told_before_a_run(refused):
    line = refused("optimise", "incentive=none,points", "--maximise", "retenton")
    assert "retenton is no outcome; did you mean retention" in line


@pytest.mark.parametrize("place", ["here", "file", "file/x", "", ".", "/", "/proc/x"])
@pytest.mark.parametrize(
    "words",
    [
        ("validate", "--to"), ("scenario", "run", "learning_fund_500", "--save"),
        ("explain", "member=1", "--to"),
    ],
)  # fmt: skip
def test_places_are_looked_at_before_any_work(refused, tmp_path, monkeypatch, words, place):
    def live(*_, **__):
        raise AssertionError("work was begun")

    monkeypatch.setattr("plaza_lab.scenarios.experiments.execute.prepare", live)
    monkeypatch.setattr("plaza_lab.scenarios.experiments.execute.observe", live)
    monkeypatch.setattr("plaza_lab.scenarios.library.evaluation.ask", live)
    (tmp_path / "here").mkdir()
    (tmp_path / "file").write_text("")
    assert words[-1] in refused(*words, place)


def test_long_words_are_cut_where_they_are_said(refused):
    line = refused("run", "incentive=" + "a" * 10_000)
    assert len(line) < 700
    assert "has no option" in line
