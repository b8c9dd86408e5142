"""Processes that work on one study at once: who takes which run, and who has given up."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_engine import FakeEngine

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, load_plan
from plaza_lab.scenarios.store import open_store, read_index
from plaza_lab.scenarios.store.claims import LOST_S, Claim, living_claims
from plaza_lab.scenarios.store.sharing import Taken
from plaza_lab.scenarios.store.upkeep import find_garbage

ROOT = Path(__file__).resolve().parents[1]
ASKED = ["policies=[thanks_only,weekly_prize]", "run.weeks=2", "run.workers=1", "--name", "one",
         "--no-report", "--store", "s"]  # fmt: skip
WORKER = """
import sys, time
sys.path.insert(0, "tests")
import fake_engine
from pathlib import Path

class Slow(fake_engine.FakeEngine):
    def each(self, runs, days=364, workers=0):
        for one in super().each(runs, days, workers):
            time.sleep(0.03)
            yield one

import plaza_lab.sim.compile, plaza_lab.sim.engine
plaza_lab.sim.engine.simulate_each = Slow().each
plaza_lab.sim.compile.warm = lambda *_: None
from plaza_lab.scenarios.command_line.cli import main
ready = Path(sys.argv[1])
ready.touch()
while not (ready.parent / "go").exists():
    time.sleep(0.001)
sys.exit(main(["study", *sys.argv[2:]]))
"""


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def engine(monkeypatch) -> FakeEngine:
    fake = FakeEngine()
    monkeypatch.setattr("plaza_lab.sim.engine.simulate_each", fake.each)
    monkeypatch.setattr("plaza_lab.sim.compile.warm", lambda *_: None)
    return fake


def study(*words: str) -> int:
    return main(["study", *words])


def started(folder: Path, n: int, *words: str) -> list[subprocess.Popen]:
    """Start processes that begin at one moment."""
    script = folder / "worker.py"
    script.write_text(WORKER.replace('"tests"', repr(str(ROOT / "tests"))))
    processes = [
        subprocess.Popen(
            [sys.executable, str(script), str(folder / f"ready-{number}"), *words],
            env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for number in range(n)
    ]  # fmt: skip
    while len(list(folder.glob("ready-*"))) < n:
        assert all(process.poll() is None for process in processes)
        time.sleep(0.01)
    (folder / "go").touch()
    return processes


def made(store: str = "s") -> tuple[int, int]:
    """Runs that lie in a store, and how many different ones."""
    index = read_index(open_store(store, may_make=False))
    assert index.damaged == {}
    return sum(map(len, index.keys_in.values())), len(index.segment_of)


@pytest.mark.slow
@pytest.mark.parametrize("n", [2, 4])
@pytest.mark.parametrize("is_planned", [True, False])
def test_processes_that_start_together_make_hardly_a_run_twice(engine, empty_folder, n, is_planned):
    asked = [*ASKED, "run.replicates=60"]
    if is_planned:
        engine.stop_after = 0
        assert study("run", *asked) == 130
        asked = ["resume", "one", "--no-report", "--store", "s", "run.workers=1"]
    else:
        asked = ["run", *asked]
    processes = started(empty_folder, n, *asked)
    told = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0] * n, told
    total, different = made()
    assert different == 120
    assert total <= 1.05 * 120, total
    assert list(Path("s/claims").iterdir()) == []
    writers = {file.name.rsplit("-", 2)[0] for file in Path("s/runs").iterdir()}
    assert len(writers) >= n, "each does its part"


@pytest.mark.slow
def test_one_of_two_that_is_killed_leaves_every_run_to_the_other(engine, empty_folder):
    engine.stop_after = 0
    assert study("run", *ASKED, "run.replicates=60") == 130
    words = ["resume", "one", "--no-report", "--store", "s", "run.workers=1"]
    processes = started(empty_folder, 2, *words)
    while len(list(Path("s/runs").glob("*.parquet"))) < 3:
        time.sleep(0.01)
    processes[0].kill()
    processes[0].communicate()
    _, errors = processes[1].communicate(timeout=120)
    assert processes[1].returncode == 0, errors
    total, different = made()
    assert different == 120
    assert total <= 1.05 * 120, total
    assert study("gc", "--store", "s") == 0
    assert list(Path("s/claims").iterdir()) == []
    engine.stop_after = None
    assert study("run", *ASKED[:-1], "whole", "run.replicates=60") == 0
    for store in ("s", "whole"):
        assert study("export", "one", "--store", store, "--to", f"{store}-tables") == 0
    for part in ("runs", "days", "journal"):
        one, other = (Path(f"{name}-tables/{part}.parquet") for name in ("s", "whole"))
        assert one.read_bytes() == other.read_bytes()


# One process, and what others left


def planned(engine) -> tuple:
    """A study of six runs, none of them made."""
    engine.stop_after = 0
    assert study("run", *ASKED, "run.replicates=3") == 130
    engine.stop_after = None
    store = open_store("s")
    return store, load_plan(StudyFolder(store, "one"))


def claim(store, name: str, *, pid: int, host: str, ahead_s: float = 0.0) -> None:
    content = {"host": host, "pid": pid, "study": "one", "since": 0.0, "in_flight": []}
    file = store.claims / f"{name}.json"
    file.write_text(json.dumps(content))
    stamp = time.time() + ahead_s
    os.utime(file, (stamp, stamp))


@pytest.mark.parametrize(
    ("pid", "host", "ahead_s"),
    [
        (2**22 + 1, "HERE", 0.0),
        (1, "elsewhere", -3 * LOST_S),
        (1, "elsewhere", 3 * LOST_S),
        (1, "elsewhere", 1e9),
        (os.getppid(), "HERE", 1e6),
    ],
)
def test_runs_taken_by_a_process_that_is_gone_are_made_at_once(
    engine, empty_folder, pid, host, ahead_s
):
    store, plan = planned(engine)
    claim(store, "gone", pid=pid, host=host.replace("HERE", socket.gethostname()), ahead_s=ahead_s)
    gone = Taken(store)
    gone.begin("gone")
    assert all(gone.take(plan.key_of(number)) for number in range(4))
    assert living_claims(store) == {}
    began = time.monotonic()
    assert study("resume", "one", "--no-report", "--store", "s") == 0
    assert time.monotonic() - began < 20
    assert made() == (6, 6)
    assert not list(store.claims.glob("*.run"))


def test_runs_taken_by_a_process_at_work_are_left_until_it_has_made_them(
    engine, empty_folder, monkeypatch
):
    store, plan = planned(engine)
    keys = [plan.key_of(number) for number in (1, 4)]
    claim(store, "other", pid=os.getppid(), host=socket.gethostname())
    other, waits = Taken(store), []
    other.begin("other")
    assert all(map(other.take, keys))

    def wait(seconds):
        waits.append(len(read_index(store).segment_of))
        if len(waits) == 3:
            other.release()  # it gives up without having made them

    monkeypatch.setattr("plaza_lab.scenarios.store.sharing.time.sleep", wait)
    assert study("resume", "one", "--no-report", "--store", "s") == 0
    assert waits == [4, 4, 4], "the others were made and written before one waits"
    assert made() == (6, 6)


def test_who_makes_nothing_is_not_waited_for_for_ever(engine, empty_folder, monkeypatch):
    store, plan = planned(engine)
    claim(store, "stuck", pid=os.getppid(), host=socket.gethostname())
    stuck = Taken(store)
    stuck.begin("stuck")
    assert stuck.take(plan.key_of(0))
    monkeypatch.setattr("plaza_lab.scenarios.store.sharing.LOST_S", 0.3)
    assert study("resume", "one", "--no-report", "--store", "s") == 0
    assert made() == (6, 6)


def test_one_run_is_taken_by_one_process(engine, empty_folder):
    store, _ = planned(engine)
    with Claim(store, "one") as one, Claim(store, "one") as two:
        first, second = Taken(store), Taken(store)
        first.begin(one.writer)
        second.begin(two.writer)
        assert first.take("a") and not second.take("a") and not first.take("a")
        first.release()
        assert second.take("a")
        assert find_garbage(store).files == []
    assert [file.name for file in find_garbage(store).files] == ["a.run"]


@pytest.mark.parametrize("owner", ["", "../../x", "no such claim", "\x1b[31m", "a/b"])
def test_a_file_that_names_no_process_holds_no_run_for_long(engine, empty_folder, owner):
    store, plan = planned(engine)
    place = store.claims / f"{plan.key_of(0)}.run"
    place.write_text(owner)
    os.utime(place, (1, 1))
    assert study("resume", "one", "--no-report", "--store", "s") == 0
    assert made() == (6, 6)
    assert not place.exists()
