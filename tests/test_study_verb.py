"""``plaza study``: what it prints, keeps and refuses."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from composed_once import composed_once
from fake_engine import FakeEngine

from plaza_lab import compare
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, load_plan
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.store import open_store, read_index
from plaza_lab.scenarios.store.claims import Claim
from plaza_lab.scenarios.study.verb import PARTS

POLICIES = "policies=[thanks_only,weekly_prize]"
SMALL = [POLICIES, "run.replicates=3", "run.weeks=2", "--name", "prize", "--no-report"]
N_RUNS = 6
BASIC = "hydra/launcher=basic"
"""Jobs in this process, started by Hydra."""


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PLAZA_DEBUG", raising=False)
    return tmp_path


@pytest.fixture(autouse=True)
def quick_plans(monkeypatch):
    monkeypatch.setattr("plaza_lab.scenarios.experiments.plan.compose", composed_once)


@pytest.fixture
def no_pictures(monkeypatch):
    monkeypatch.setattr("plaza_lab.scenarios.output.writing._draw", lambda answer, folder: None)


@pytest.fixture
def engine(monkeypatch) -> FakeEngine:
    fake = FakeEngine()
    monkeypatch.setattr("plaza_lab.sim.engine.simulate_each", fake.each)
    monkeypatch.setattr("plaza_lab.sim.compile.warm", lambda report, settings: None)
    return fake


@pytest.fixture(scope="module")
def finished_study(tmp_path_factory):
    """A store with one finished study, to be copied."""
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("plaza_lab.sim.engine.simulate_each", FakeEngine().each)
        patch.setattr("plaza_lab.sim.compile.warm", lambda report, settings: None)
        assert main(["study", "run", *SMALL]) == 0
    return folder / "plaza-store"


@pytest.fixture
def prize(finished_study, empty_folder) -> Path:
    return shutil.copytree(finished_study, empty_folder / "plaza-store")


def study(*arguments: str) -> int:
    return main(["study", *arguments])


def refusal(capsys, *arguments: str, code: int = 2) -> str:
    """Run a command that must be refused; return its one line."""
    capsys.readouterr()
    assert study(*arguments) == code
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    assert "Traceback" not in lines[0]
    assert "fault of Plaza" not in lines[0]
    return lines[0].removeprefix("plaza: ")


def opened(name: str = "prize", store: str = "plaza-store") -> StoredStudy:
    folder = StudyFolder(open_store(store, may_make=False), name)
    return StoredStudy(folder, load_plan(folder))


def counts(capsys, name: str = "prize") -> dict[str, int]:
    capsys.readouterr()
    assert study("status", name) == 0
    found = re.findall(r"^  (\w+) +(\d+)$", capsys.readouterr().out, re.MULTILINE)
    return {state: int(number) for state, number in found}


def everything(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


# Help


def test_help_names_every_part(capsys):
    assert study("--help") == study() == 0
    text = capsys.readouterr().out
    for part in PARTS:
        assert re.search(rf"^  {part} ", text, re.MULTILINE)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_help_and_does_nothing_else(part, capsys, empty_folder):
    assert study(part, "-h") == study(part, "--help") == 0
    text = capsys.readouterr().out
    assert text.startswith(f"plaza study {part}: ")
    assert max(map(len, text.splitlines())) <= 100
    assert "--store DIR" in text
    assert list(empty_folder.iterdir()) == []


# From question to tables


def test_a_study_is_run_once_told_resumed_and_exported(engine, capsys, empty_folder):
    assert study("run", *SMALL) == 0
    out = capsys.readouterr().out
    assert out == "prize: 2 policies x 3 seeds = 6 runs of 2 weeks\n"
    assert len(engine.calls) == N_RUNS
    assert counts(capsys) == {"done": 6, "running": 0, "planned": 0, "failed": 0}

    assert study("resume", "prize", "--no-report") == 0
    assert "6 runs done before, 0 to do" in capsys.readouterr().out
    assert study("run", *SMALL) == 0  # who asks the same resumes
    assert len(engine.calls) == N_RUNS

    assert study("list") == 0
    assert re.search(r"prize +6 of 6 runs done", capsys.readouterr().out)

    assert study("export", "prize", "--to", "tables") == 0
    assert {file.name for file in Path("tables").iterdir()} == {
        "runs.parquet", "days.parquet", "journal.parquet", "manifest.json",
    }  # fmt: skip
    assert {path.name for path in empty_folder.iterdir()} == {"plaza-store", "tables"}
    assert not list(Path("plaza-store").rglob("*partial*"))
    assert list(Path("plaza-store/claims").iterdir()) == []


def test_expanding_runs_only_what_is_new(engine, prize, capsys):
    engine.calls.clear()
    assert study("expand", "prize", "run.replicates=5", "--no-report") == 0
    assert "4 runs added, 6 stay\n" in capsys.readouterr().out
    assert sorted(seed for _, seed in engine.calls) == [4, 4, 5, 5]
    words = ["policies=[thanks_only,weekly_prize,points]", "world.ties.decay=0.02,0.03"]
    assert study("expand", "prize", *words, "--no-report") == 0
    out = capsys.readouterr().out
    assert "30 runs added, 0 stay, 10 asked for no more" in out
    assert counts(capsys)["done"] == 30
    assert study("status", "prize") == 0
    assert "&& plaza study expand prize run.replicates=5" in capsys.readouterr().out


def test_two_studies_share_runs_in_one_store(engine, prize, capsys):
    engine.calls.clear()
    words = ["policies=[thanks_only,weekly_prize,points]", "run.replicates=3", "run.weeks=2"]
    assert study("run", *words, "--name", "other", "--no-report") == 0
    assert "6 runs done before, 3 to do" in capsys.readouterr().out
    assert len(engine.calls) == 3
    first, other = opened("prize").runs_table(), opened("other").runs_table()
    same = other[other["policy"] != "points"].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, same, check_exact=True)


def test_tables_equal_those_of_a_study_in_memory(engine, prize):
    result = compare(["thanks_only", "weekly_prize"], replicates=3, weeks=2, workers=1)
    stored = opened()
    pd.testing.assert_frame_equal(stored.runs_table(), result.runs, check_exact=True)
    pd.testing.assert_frame_equal(
        stored.days_table(), result.days, check_exact=True, check_dtype=False
    )
    pd.testing.assert_frame_equal(
        stored.journal_table(), result.journal, check_categorical=False, check_dtype=False
    )
    last = result.days[result.days["day"] % 7 == 6].reset_index(drop=True)
    days = stored.shown_days().sort_values(["policy", "seed", "day"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(days, last[days.columns], check_exact=True, check_dtype=False)
    money = result.journal.groupby("policy", observed=True)["amount_cents"].sum()
    ours = stored.flows().groupby("policy")["amount_cents"].sum()
    assert ours.to_dict() == money.to_dict()


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_exported_tables_equal_those_in_memory(engine, prize, form):
    assert study("export", "prize", "--to", "out", "--format", form, "--parameters") == 0
    result = compare(["thanks_only", "weekly_prize"], replicates=3, weeks=2, workers=1)
    read = pd.read_csv if form == "csv" else pd.read_parquet
    for part in ("runs", "days", "journal"):
        table, ours = read(f"out/{part}.{form}"), getattr(result, part)
        columns = [name for name in ours.columns if name in table]
        assert set(ours.columns) - set(columns) <= {"fund_balance_yuan"}
        pd.testing.assert_frame_equal(
            table[columns], ours[columns].astype(table[columns].dtypes.to_dict()), check_exact=True
        )
        assert {"world", "population"} <= set(table)


def test_the_same_runs_make_the_same_files(engine, prize):
    words = [POLICIES, "run.replicates=3", "run.weeks=2", "--name", "again", "--store", "b"]
    assert study("run", *words, "run.workers=1", "--jobs", "3", "--no-report") == 0
    assert len(list(Path("b/runs").iterdir())) == 3
    assert study("export", "prize", "--to", "x") == 0
    assert study("export", "again", "--to", "y", "--store", "b") == 0
    for part in ("runs", "days", "journal"):
        assert Path(f"x/{part}.parquet").read_bytes() == Path(f"y/{part}.parquet").read_bytes()


@pytest.mark.slow  # it draws
def test_an_answer_is_shown_and_kept(engine, prize, capsys):
    assert study("report", "prize") == 0
    assert "+10.0 percentage points" in " ".join(capsys.readouterr().out.split())
    kept = {file.name for file in Path("plaza-store/studies/prize/answer").iterdir()}
    assert {"report.html", "manifest.json", "answer.parquet", "differences.png"} <= kept


# Failures, Ctrl-C, damage


def test_a_failed_run_is_told_with_a_line_that_shows_it_again(engine, capsys):
    engine.failing = {2}
    assert study("run", *SMALL) == 1
    captured = capsys.readouterr()
    assert "thanks_only, seed 2: FloatingPointError: seed 2 went wrong" in captured.err
    assert "2 runs failed; the first: thanks_only, seed 2: FloatingPointError" in captured.err
    assert counts(capsys) == {"done": 4, "running": 0, "planned": 0, "failed": 2}
    assert study("why", "prize") == 0
    lines = capsys.readouterr().out.splitlines()
    again = [line.partition("again: ")[2] for line in lines if "again: " in line]
    assert len(again) == 2

    engine.failing = set()
    engine.calls.clear()
    program, *words = shlex.split(again[1])
    assert program == "plaza"
    assert main([*words, "run.out=out", "run.report=false"]) == 0
    ((_, seed),) = engine.calls
    assert seed == 2
    key = lines[2].split()[0]
    assert pd.read_parquet("out/runs.parquet")["run_id"].tolist() == [key]

    assert study("resume", "prize", "--no-report") == 0
    assert counts(capsys) == {"done": 6, "running": 0, "planned": 0, "failed": 0}
    assert study("why", "prize") == 0
    assert capsys.readouterr().out == "no run of prize failed\n"
    assert study("why", "prize", key[:12]) == 0
    assert f"{key}: done" in capsys.readouterr().out


def test_a_study_with_failures_is_answered_from_whole_pairs(engine, capsys, no_pictures):
    engine.failing = {2}
    words = [word for word in SMALL if word != "--no-report"]
    assert study("run", *words) == 1
    captured = capsys.readouterr()
    assert "prize is not complete: 4 of 6 runs are done, and 4 of them make whole pairs" in (
        captured.err
    )
    assert "2 pairs by seed" in captured.out
    manifest = Path("plaza-store/studies/prize/answer/manifest.json").read_text()
    assert '"is_complete": false' in manifest


def test_when_every_run_fails_there_is_no_answer(engine, capsys):
    engine.failing = {1, 2, 3}
    words = [word for word in SMALL if word != "--no-report"]
    assert study("run", *words) == 1
    assert "no run could be finished, so there is no answer" in capsys.readouterr().err


@pytest.mark.parametrize("stop_after", [0, 4])
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(engine, capsys, stop_after):
    engine.stop_after = stop_after
    assert study("run", *SMALL) == 130
    line = capsys.readouterr().err.strip().splitlines()[-1]
    assert line == (
        f"plaza: stopped by Ctrl-C: {stop_after} of 6 runs are kept; go on with: "
        "plaza study resume prize"
    )
    assert counts(capsys)["done"] == stop_after
    engine.stop_after = None
    assert main(["study", *shlex.split(line.partition("plaza study ")[2]), "--no-report"]) == 0
    seeds = [(setting.policy.incentive.has_prize, seed) for setting, seed in engine.calls]
    assert sorted(seeds) == [(prize, seed) for prize in (False, True) for seed in (1, 2, 3)]


@pytest.mark.parametrize(
    ("part", "how"), [("days", "cut"), ("runs", "changed"), ("journal", "changed")]
)
def test_a_damaged_segment_is_named_set_aside_and_run_again(engine, prize, capsys, part, how):
    words = [POLICIES, "run.replicates=6", "run.weeks=2", "--name", "more", "--no-report"]
    assert study("run", *words) == 0
    before = opened("more").runs_table()
    (name,) = opened().index.segments(opened().asked["run_id"])
    file = prize / part / name
    data = bytearray(file.read_bytes())
    chunk = pq.read_metadata(file).row_group(0).column(0)
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    data[start + chunk.total_compressed_size - 2] ^= 255  # a value of the first column, no header
    file.write_bytes(data if how == "changed" else data[:-9])
    if how == "cut":
        line = refusal(capsys, "report", "prize")
        assert f"{name} is damaged" in line
        assert "plaza study resume sets it aside" in line
        assert study("status", "prize") == 0
        assert f"damaged: {prize / 'runs' / name}" in capsys.readouterr().out
    engine.calls.clear()
    assert study("resume", "more", "--no-report") == 0
    captured = capsys.readouterr()
    assert f"{name} is damaged" in captured.err
    assert "it is set aside" in captured.err
    assert len(engine.calls) == N_RUNS  # the other segment's runs are not run again
    pd.testing.assert_frame_equal(opened("more").runs_table(), before, check_exact=True)
    assert study("gc") == 0
    assert "3 files" in capsys.readouterr().out
    assert counts(capsys)["done"] == 6


def test_reading_a_changed_byte_names_the_segment(prize, capsys):
    (name,) = read_index(open_store(prize)).keys_in
    file = prize / "days" / name
    data = bytearray(file.read_bytes())
    data[200:4000] = bytes(3800)
    file.write_bytes(data)
    assert f"{name} is damaged" in refusal(capsys, "export", "prize", "--to", "x")
    assert not Path("x").exists()


def test_another_engine_makes_its_own_runs(engine, prize, capsys, monkeypatch):
    engine.calls.clear()
    for place in ("store.layout", "study.status", "experiments.execute", "experiments.launching"):
        monkeypatch.setattr(f"plaza_lab.scenarios.{place}.code_fingerprint", lambda: "another")
    assert counts(capsys) == {"done": 0, "running": 0, "planned": 6, "failed": 0}
    assert study("status", "prize") == 0
    assert "6 runs of this study were made by another engine" in capsys.readouterr().out
    assert "no run of prize is finished with the engine installed here" in (
        refusal(capsys, "report", "prize")
    )
    assert study("resume", "prize", "--no-report") == 0
    assert len(engine.calls) == N_RUNS
    assert opened().n_finished == N_RUNS
    assert len(read_index(open_store(prize)).segment_of) == 2 * N_RUNS
    capsys.readouterr()
    assert study("gc", "--unasked", "--dry-run") == 0
    assert "asked for by no study here: 6 runs, would be removed" in capsys.readouterr().out
    assert study("gc", "--unasked") == 0
    assert opened().n_finished == N_RUNS
    assert len(read_index(open_store(prize)).segment_of) == N_RUNS


@pytest.fixture
def other_workers(monkeypatch):
    """Workers with another engine: the first to ask for the engine's name is who sends the jobs."""
    asker = iter(["this one"])
    monkeypatch.setattr(
        "plaza_lab.scenarios.experiments.launching.code_fingerprint",
        lambda: next(asker, "another"),
    )


def test_a_worker_with_another_engine_refuses_the_job(engine, capsys, other_workers):
    assert "has another engine (another)" in refusal(capsys, "run", *SMALL)


def test_who_runs_a_study_that_is_being_run_is_told(engine, prize, capsys):
    store = open_store(prize)
    with Claim(store, "prize") as claim:
        claim.tell([opened().plan.key_of(0)])
        words = ["expand", "prize", "run.replicates=4", "--no-report"]
        assert study(*words) == 0
        err = capsys.readouterr().err
        assert f"is being run already ({socket.gethostname()}, process {os.getpid()})" in err
        assert "1 process is at work" in refusal(capsys, "gc", "--unasked")
    assert counts(capsys)["done"] == 8


def test_what_another_process_has_in_hand_comes_last(engine, prize, capsys):
    store, plan = open_store(prize), opened().plan
    shutil.rmtree(prize / "runs")
    (prize / "runs").mkdir()
    claim = {"host": socket.gethostname(), "pid": os.getppid(), "study": "prize"}
    claim["since"] = 0.0
    claim["in_flight"] = [plan.key_of(n) for n in (1, 3)]
    (store.claims / "another.json").write_text(json.dumps(claim))
    engine.calls.clear()
    assert study("resume", "prize", "--no-report", "run.workers=1") == 0
    assert "the runs are shared" in capsys.readouterr().err
    made = [(setting.policy.incentive.has_prize, seed) for setting, seed in engine.calls]
    assert len(made) == N_RUNS and set(made[-2:]) == {(True, 1), (True, 2)}
    assert opened().n_finished == N_RUNS


def test_a_study_is_removed_and_its_runs_stay_until_nobody_asks(engine, prize, capsys):
    before = len(read_index(open_store(prize)).segment_of)
    with Claim(open_store(prize), "prize"):
        assert "prize is being run" in refusal(capsys, "remove", "prize")
        assert study("status", "prize") == 0
        out = capsys.readouterr().out
        assert f"being run by {socket.gethostname()}, process {os.getpid()}" in out
        assert "plaza study resume" not in out
    assert study("remove", "prize") == 0
    assert "prize is removed; its runs stay until" in capsys.readouterr().out
    assert not list((prize / "studies").iterdir())
    assert "holds no study 'prize'" in refusal(capsys, "status", "prize")
    assert len(read_index(open_store(prize)).segment_of) == before
    engine.calls.clear()
    assert study("run", *SMALL, "--no-report") == 0  # asked again, nothing is to be run
    assert engine.calls == []
    assert study("remove", "prize") == study("gc", "--unasked") == 0
    assert not read_index(open_store(prize)).segment_of


def test_runs_in_flight_are_told(prize, capsys):
    key = opened().plan.key_of(0)
    for file in (prize / "runs").iterdir():
        file.unlink()
    with Claim(open_store(prize), "prize") as claim:
        claim.tell([key])
        assert counts(capsys) == {"done": 0, "running": 1, "planned": 5, "failed": 0}


# The disk


@pytest.mark.parametrize("step", [1, 3, 6])
def test_a_full_disk_is_one_line_and_loses_nothing(engine, capsys, monkeypatch, step):
    monkeypatch.setattr("plaza_lab.scenarios.store.segments.MOST_RUNS", 2)
    monkeypatch.setattr("plaza_lab.scenarios.experiments.execute.SegmentWriter", two_at_once)
    count, real = 0, pq.write_table

    def full(*args, **kwargs):
        nonlocal count
        count += "segment" in str(kwargs) or ".parquet.partial" in str(args[1])
        if count > step:
            raise OSError(28, "No space left on device")
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(pq, "write_table", full)
        line = refusal(capsys, "run", *SMALL)
    assert "cannot be written: no space left on the disk" in line
    assert "--store" in line
    assert "run.out" not in line
    kept = 2 * ((step - 1) // 3)  # the plan, then three files for two runs
    if step >= 1 and Path("plaza-store/studies/prize/study.json").exists():
        assert counts(capsys)["done"] == kept
    engine.calls.clear()
    assert study("run", *SMALL) == 0
    assert len(engine.calls) == N_RUNS - kept
    assert study("gc", "--dry-run") == 0
    assert ": 0 files" in capsys.readouterr().out


def two_at_once(store, writer):
    from plaza_lab.scenarios.store import SegmentWriter

    return SegmentWriter(store, writer, seconds=1e9, most=2)


@contextlib.contextmanager
def small_disk(place: Path, size: str):
    """Put a small file system at a folder, where one may."""
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount")
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting is not allowed here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def test_a_disk_that_is_really_full_is_one_line_and_loses_nothing(engine, capsys, tmp_path):
    with small_disk(tmp_path / "disk", "700k") as disk:
        words = [POLICIES, "run.replicates=400", "run.weeks=52", "--no-report", "--name", "big"]
        line = refusal(capsys, "run", *words, "--store", str(disk / "s"))
        assert "no space left on the disk" in line
        (disk / "s" / "store.json").read_text()
        index = read_index(open_store(disk / "s", may_make=False))
        assert index.damaged == {}
        assert not list((disk / "s").rglob("*.partial"))
    capsys.readouterr()


@contextlib.contextmanager
def read_only(folder: Path):
    """Let nobody write to a folder."""
    if os.geteuid() != 0:
        for place in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
            place.chmod(0o555)
        try:
            yield
        finally:
            for place in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
                place.chmod(0o755)
        return
    mount = shutil.which("mount")
    bound = ["mount", "--bind", str(folder), str(folder)]
    if mount is None or subprocess.run(bound, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting is not allowed here")
    try:
        again = ["mount", "-o", "remount,ro,bind", str(folder)]
        if subprocess.run(again, capture_output=True, check=False).returncode != 0:
            pytest.skip("remounting is not allowed here")
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_read_only_store_is_read_and_not_written(engine, prize, capsys, no_pictures):
    before = everything(prize)
    with read_only(prize):
        assert counts(capsys)["done"] == 6
        assert study("list") == study("why", "prize") == study("gc", "--dry-run") == 0
        assert study("export", "prize", "--to", "tables") == 0
        assert study("report", "prize", "--to", "answer") == 0
        capsys.readouterr()
        assert study("report", "prize") == 1
        captured = capsys.readouterr()
        assert "+10.0 percentage points" in " ".join(captured.out.split())
        (line,) = captured.err.strip().splitlines()
        assert line.startswith("plaza: the answer is shown and not kept: ")
        assert "--to" in line
        for words in (
            ["resume", "prize"],
            ["run", *SMALL],
            ["gc"],
            ["remove", "prize"],
            ["expand", "prize", "--n", "2"],
        ):
            line = refusal(capsys, *words)
            assert "plaza-store cannot be written" in line
            assert "give --store a folder you may write to" in line
    assert Path("answer/answer.parquet").is_file()
    assert everything(prize) == before


# Mistakes


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rnu"], "there is no such part; did you mean run?"),
        (["run"], "nothing to study"),
        (["run", "market.yaml"], "market.yaml cannot be read: No such file"),
        (["run", "nonesuch"], "'nonesuch' is no study file and no option of conf/study"),
        (["run", "incentive=points"], "nothing to study"),
        (["run", "incentiv=points,none"], "did you mean incentive?"),
        (["run", "world.tie.decay=0.01,0.02"], "did you mean world.ties.decay"),
        (["run", POLICIES, "world.ties.decay=7,8"], "outside its bounds"),
        (["run", POLICIES, "run.seed=1,2"], "run.* is no axis"),
        (["run", POLICIES, "run.workers=many"], "a whole number"),
        (["run", POLICIES, "run.workers=2", "run.workers=3"], "run.workers is set twice"),
        (["run", POLICIES, "--name", "a/b"], "'a/b' is no name of a study"),
        (["run", POLICIES, "--name", "../x"], "is no name of a study"),
        (["run", POLICIES, "--n", "many"], "--n many: a whole number from 1 to 1,000,000,000"),
        (["run", POLICIES, "--n=-1"], "--n -1: a whole number from 1"),
        (["run", POLICIES, "--jobs=-1"], "--jobs -1"),
        (["run", POLICIES, "--desing", "lhs"], "unrecognized arguments: --desing"),
        (["run", POLICIES, "--design", "lsh"], "did you mean lhs?"),
        (["run", POLICIES, "world.ties.decay=interval(0.2,0.1)"], "low 0.2 is not below high 0.1"),
        (["run", POLICIES, "world.ties.decay=interval(0.1,0.2)"], "in how many steps"),
        (["run", "policies=[points,pointz]"], "did you mean points"),
        (["run", POLICIES, "incentive=none,points"], "thanks_only sets incentive"),
        (
            ["run", "world.ties.decay=interval(0.01,0.02)", "--design", "lhs", "--n", "1000000000"],
            "a study holds at most 2,000,000 runs",
        ),
        (["status", "prize"], "there is no store plaza-store; plaza study run makes one"),
        (["list"], "there is no store plaza-store"),
        (["resume", "prize"], "there is no store plaza-store"),
        (["resume"], "arguments are required: STUDY"),
        (["expand", "prize", "run.replicates=4"], "there is no store plaza-store"),
        (["expand"], "name the study, and what to add"),
        (["why", "prize"], "there is no store plaza-store"),
        (["remove", "prize"], "there is no store plaza-store"),
        (["report", "prize"], "there is no store plaza-store"),
        (["export", "prize", "--to", "x"], "there is no store plaza-store"),
        (["export", "prize"], "the following arguments are required: --to"),
        (["gc", "--dry-run"], "there is no store plaza-store"),
    ],
)
def test_mistakes_are_one_line_and_make_nothing(engine, capsys, empty_folder, arguments, said):
    assert said in refusal(capsys, *arguments)
    assert engine.calls == []
    assert list(empty_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["status", "price"], "holds no study 'price'; did you mean prize?"),
        (["remove", "price"], "holds no study 'price'; did you mean prize?"),
        (["resume", "nothing_like_it"], "holds no study 'nothing_like_it'; there are prize"),
        (["resume", "prize", "run.replicates=4"], "changes nothing but where it runs"),
        (["expand", "prize"], "name what to add, such as run.replicates=200"),
        (["expand", "prize", "run.replicats=4"], "did you mean run.replicates"),
        (["run", *SMALL, "comms.lead_days=2"], "prize is a study of"),
        (["why", "prize", "zzz"], "has no run whose key begins with 'zzz'"),
        (["export", "prize", "--to", "."], "exists already; give --to a new folder"),
        (["export", "prize", "--to", "x", "--format", "xls"], "invalid choice: 'xls'"),
        (["report", "prize", "--to", "plaza-store"], "exists already; give --to a new folder"),
    ],
)
def test_mistakes_about_a_study_change_nothing(engine, prize, capsys, arguments, said):
    before = everything(prize)
    engine.calls.clear()
    assert said in refusal(capsys, *arguments)
    assert engine.calls == []
    assert everything(prize) == before


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("store.json", '{"format": 2}', "was made by a newer Plaza (store format 2"),
        ("store.json", "nonsense", "cannot be read as the mark of a store"),
        ("studies/prize/study.json", "nonsense", "study.json cannot be read"),
    ],
)
@pytest.mark.parametrize("part", ["status", "resume"])
def test_stores_that_cannot_be_read_stay_as_they_are(engine, prize, capsys, file, text, said, part):
    (prize / file).write_text(text)
    before = everything(prize)
    assert said in refusal(capsys, part, "prize")
    assert everything(prize) == before


@pytest.mark.parametrize("store", ["/proc/plaza", "file", "file/store", "thesis"])
def test_places_that_are_no_store_are_refused(engine, capsys, empty_folder, store):
    (empty_folder / "file").write_text("")
    (empty_folder / "thesis").mkdir()
    (empty_folder / "thesis" / "chapter").write_text("precious")
    before = everything(empty_folder)
    assert "--store" in refusal(capsys, "run", *SMALL, "--store", store)
    assert engine.calls == []
    assert everything(empty_folder) == before


def test_an_unknown_launcher_is_one_line_and_leaves_no_store(engine, capsys):
    line = refusal(capsys, "run", *SMALL, "hydra/launcher=nonsense")
    assert "launcher" in line
    assert "nonsense" in line
    assert "there is no store plaza-store" in refusal(capsys, "status", "prize")
    assert not Path("plaza-store").exists()
    assert study("run", *SMALL, "--no-report") == 0
    refusal(capsys, "resume", "prize", "hydra/launcher=nonsense")
    assert counts(capsys)["done"] == 6


def test_stores_lie_wherever_one_likes(engine):
    store = 'it\'s ${a} \\ $store, "really"'
    assert study("run", *SMALL, BASIC, "--store", store) == 0
    assert study("export", "prize", "--to", "it's out", "--store", store) == 0
    assert len(pd.read_parquet("it's out/runs.parquet")) == N_RUNS


def test_a_launch_whose_name_looks_like_a_number_is_still_a_name(
    engine, capsys, monkeypatch, other_workers
):
    class Digits:
        hex = "12345e67" * 4

    monkeypatch.setattr("plaza_lab.scenarios.experiments.launching.uuid.uuid4", Digits)
    assert "has another engine (another)" in refusal(capsys, "run", *SMALL, BASIC)
