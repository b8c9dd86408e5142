"""A mistake about a launcher or another setting of Hydra leaves no store and no study behind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fake_engine import FakeEngine

from plaza_lab import run_study
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.errors import UserError

POLICIES = "policies=[thanks_only,weekly_prize]"
SMALL = ["run.replicates=2", "run.weeks=2"]
VERBS = {
    "compare": ["compare", POLICIES, *SMALL],
    "compare --until": ["compare", POLICIES, "--until", "retention=5pp", "run.weeks=2"],
    "compare --best": ["compare", POLICIES, "--best", "retention=5pp", "run.weeks=2"],
    "run": ["run", "incentive=points", *SMALL],
    "sweep": ["sweep", "incentive=none,points", *SMALL],
    "study run": ["study", "run", POLICIES, *SMALL, "--no-report", "--name", "one"],
    "optimise": ["optimise", "fund.dues_month_cents=interval(100,900)", "--trials", "4",
                 "--pairs", "2", "run.weeks=2"],
    "calibrate": ["calibrate", "targets.yaml", "world.ties.decay=interval(0.001,0.05)",
                  "--runs", "200", "run.weeks=2"],
    "scenario run": ["scenario", "run", "learning_fund_500", "--seeds", "2"],
}  # fmt: skip
MISTAKES = [
    "hydra/launcher=nonsense",
    "hydra/launcher=",
    "hydra/nonsense=x",
    "hydra/sweeper=nonsense",
    "hydra.nonsense=1",
    "hydra.launcher.nonsense=1",
    "hydra.sweeper.params=3",
    "hydra.run=[",
]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("targets.yaml").write_text("retention: {value: 0.42, sd: 0.03}\n")
    return tmp_path


def put_in_place(patch: pytest.MonkeyPatch) -> FakeEngine:
    fake = FakeEngine()
    patch.setattr("plaza_lab.sim.engine.simulate_each", fake.each)
    patch.setattr("plaza_lab.sim.compile.warm", lambda *_: None)
    return fake


@pytest.fixture(autouse=True)
def engine(monkeypatch) -> FakeEngine:
    return put_in_place(monkeypatch)


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """A store with every run that is asked for below, to be copied."""
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        put_in_place(patch)
        assert main(VERBS["study run"]) == 0
        assert main(["study", "run", "incentive=none,points", *SMALL, "--no-report",
                     "--name", "swept"]) == 0  # fmt: skip
    return folder / "plaza-store"


def refusal(capsys, *words: str) -> str:
    capsys.readouterr()
    assert main(list(words)) == 2, words
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    assert "Traceback" not in lines[0] and "fault of Plaza" not in lines[0]
    return lines[0]


@pytest.mark.parametrize("verb", ["compare --until", "compare --best"])
def test_what_looks_at_every_pair_takes_no_launcher(engine, empty_folder, capsys, verb):
    line = refusal(capsys, *VERBS[verb], "hydra/launcher=basic")
    assert "is run in this process; leave it out" in line
    assert engine.calls == []


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("verb", VERBS)
def test_a_mistake_of_hydra_leaves_nothing_behind(engine, empty_folder, capsys, verb, mistake):
    refusal(capsys, *VERBS[verb], mistake)
    assert engine.calls == []
    assert [path.name for path in empty_folder.iterdir()] == ["targets.yaml"]


def everything(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize(
    "words",
    [
        VERBS["study run"],
        ["study", "resume", "one", "--no-report"],
        ["study", "expand", "one", "run.replicates=3", "--no-report"],
        ["study", "expand", "one", "run.replicates=2", "--no-report"],
        VERBS["sweep"],
        [*VERBS["compare"], "store=plaza-store"],
        [*VERBS["run"], "store=plaza-store"],
    ],
)
def test_it_is_refused_as_well_when_every_run_is_in_the_store(
    engine, finished, capsys, words, mistake
):
    before = everything(shutil.copytree(finished, Path("plaza-store")))
    refusal(capsys, *words, mistake)
    assert engine.calls == []
    assert everything(Path("plaza-store")) == before


def test_a_launcher_that_cannot_be_used_leaves_nothing_behind(engine, empty_folder, capsys):
    """Its settings are well formed, but nobody answers there."""
    nobody = ["hydra/launcher=dask", "hydra.launcher.scheduler_file=/no/such/file.json"]
    for verb in ("study run", "sweep", "compare", "run"):
        refusal(capsys, *VERBS[verb], *nobody)
        assert [path.name for path in empty_folder.iterdir()] == ["targets.yaml"]
    assert main(VERBS["study run"]) == 0
    before = everything(Path("plaza-store"))
    refusal(capsys, "study", "run", POLICIES, *SMALL, "--name", "two", *nobody, "run.seed=9")
    assert everything(Path("plaza-store")) == before


def test_from_python_too(engine, empty_folder):
    with pytest.raises(UserError, match="launcher"):
        run_study({"policies": ["thanks_only", "points"]}, SMALL, name="one",
                  launcher=["hydra/launcher=nonsense"])  # fmt: skip
    assert [path.name for path in empty_folder.iterdir()] == ["targets.yaml"]


@pytest.mark.parametrize("verb", ["run", "compare", "sweep"])
def test_a_store_that_cannot_be_written_is_told_by_the_word_that_named_it(engine, capsys, verb):
    line = refusal(capsys, *VERBS[verb], "store=/proc/plaza")
    assert "/proc/plaza" in line
    assert "give store= a folder" in line
    assert "--store" not in line
    assert "give --store a folder" in refusal(capsys, *VERBS["study run"], "--store", "/proc/plaza")
