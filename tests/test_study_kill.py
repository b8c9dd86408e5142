"""Studies that are killed, shared and large, with the real engine in processes of their own."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, load_plan
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.store import open_store, read_index
from plaza_lab.scenarios.store.claims import living_claims

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-m", "plaza_lab", "study"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "src")}
ASKED = [
    "policies=[thanks_only,weekly_prize]", "world.ties.decay=0.01,0.02",
    "population=learning_52", "run.weeks=26", "--name", "killed", "--no-report",
]  # fmt: skip
KILLS = 3

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("kernels")]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def start(*words: str) -> subprocess.Popen:
    return subprocess.Popen(
        [*COMMAND, *words], env=ENVIRONMENT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def segments(store: Path) -> int:
    return len(list((store / "runs").glob("*.parquet"))) if store.exists() else 0


def wait_for(moment, process: subprocess.Popen, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not moment():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)


def opened(store: str, name: str = "killed") -> StoredStudy:
    folder = StudyFolder(open_store(store, may_make=False), name)
    return StoredStudy(folder, load_plan(folder))


def assert_nothing_is_left_over(store: Path) -> None:
    assert main(["study", "gc", "--store", str(store)]) == 0
    names = [{file.name for file in (store / part).iterdir()} for part in ("runs", "days")]
    assert names[0] == names[1] == {file.name for file in (store / "journal").iterdir()}
    assert not any(name.startswith(".") or name.endswith(".damaged") for name in names[0])
    assert list((store / "claims").iterdir()) == []


def test_a_study_killed_three_times_ends_as_one_that_was_not(capsys):
    asked = [*ASKED, "run.replicates=150"]
    chance = random.Random(3)
    for life in range(KILLS):
        words = ["resume", "killed", "--no-report"] if life else ["run", *asked]
        before = segments(Path("killed"))
        process = start(*words, "--store", "killed", "run.workers=1")
        wait_for(lambda before=before: segments(Path("killed")) > before, process)
        time.sleep(chance.uniform(0, 0.4))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        study = opened("killed")
        assert 0 < study.n_finished < study.plan.n_runs == 600
        assert not study.index.damaged
        assert living_claims(study.study.store) == {}
        files = {file.name for file in Path("killed/runs").glob("*.parquet")}
        assert set(study.index.keys_in) == files

    assert main(["study", "resume", "killed", "--no-report", "--store", "killed"]) == 0
    assert main(["study", "run", *asked, "--store", "whole"]) == 0
    plan = opened("killed").plan
    assert sorted(read_index(open_store("killed")).segment_of) == sorted(
        plan.key_of(number) for number in range(plan.n_runs)
    )
    for store in ("killed", "whole"):
        words = ["export", "killed", "--store", store, "--to", f"{store}-tables"]
        assert main(["study", *words]) == 0
    for part in ("runs", "days", "journal"):
        one, other = (Path(f"{s}-tables/{part}.parquet").read_bytes() for s in ("killed", "whole"))
        assert one == other
    runs = pd.read_parquet("killed-tables/runs.parquet")
    assert len(runs) == 600
    assert runs["run_id"].is_unique
    assert runs.groupby(["policy", "world_point"])["seed"].nunique().tolist() == [150] * 4
    assert_nothing_is_left_over(Path("killed"))
    for part in ("runs", "days", "journal"):  # tidying up took nothing away
        before = Path(f"whole-tables/{part}.parquet").read_bytes()
        opened("killed").write_tables(Path("killed-tables"))
        assert Path(f"killed-tables/{part}.parquet").read_bytes() == before


def test_processes_that_run_one_study_or_two_at_once_disturb_nothing():
    asked = [*ASKED, "run.replicates=40", "--store", "shared"]
    first = start("run", *asked, "run.workers=1")
    wait_for(lambda: Path("shared/studies/killed/study.json").exists(), first)
    second = start("resume", "killed", "--no-report", "--store", "shared", "run.workers=1")
    third = start("run", *asked, "run.workers=1", "--name", "other", "comms.lead_days=2,3")
    told = [process.communicate(timeout=250) for process in (first, second, third)]
    assert [process.returncode for process in (first, second, third)] == [0, 0, 0], told
    for name, n_runs in (("killed", 160), ("other", 320)):
        study = opened("shared", name)
        assert study.n_finished == n_runs
        runs = study.runs_table()
        assert len(runs) == n_runs
        assert runs["run_id"].is_unique
        assert len(study.shown_days()) == n_runs * 26
    assert main(["study", "run", *ASKED, "run.replicates=40", "--store", "alone"]) == 0
    pd.testing.assert_frame_equal(
        opened("shared").runs_table(), opened("alone").runs_table(), check_exact=True
    )
    assert_nothing_is_left_over(Path("shared"))


def test_processes_that_run_one_study_share_its_runs():
    """Hardly a run is made twice, and both do their part."""
    asked = [*ASKED, "run.replicates=500", "--store", "shared", "run.workers=1"]
    first = start("run", *asked)
    wait_for(lambda: any(Path("shared/claims").glob("*.json")), first)
    second = start("resume", "killed", "--no-report", "--store", "shared", "run.workers=1")
    told = [process.communicate(timeout=250) for process in (first, second)]
    assert [process.returncode for process in (first, second)] == [0, 0], told
    assert "the runs are shared" in told[1][1]
    index = read_index(open_store("shared"))
    assert len(index.segment_of) == 2000
    by_process: dict[str, int] = {}
    for segment, keys in index.keys_in.items():
        writer = segment.rsplit("-", 2)[0]
        by_process[writer] = by_process.get(writer, 0) + len(keys)
    assert len(by_process) == 2 and min(by_process.values()) > 200, by_process
    assert sum(by_process.values()) < 1.1 * 2000, by_process


def test_ctrl_c_in_a_terminal_keeps_what_is_finished():
    words = [*ASKED, "run.replicates=100000", "--store", "s", "run.workers=1"]
    process = start("run", *words)
    wait_for(lambda: segments(Path("s")) > 0, process)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    last = errors.strip().splitlines()[-1]
    done = opened("s").n_finished
    assert done > 0
    assert last.startswith(f"plaza: stopped by Ctrl-C: {done:,} of 400,000 runs are kept; go on")
    assert last.endswith(f"plaza study resume killed --store {Path('s').resolve()}")


PEAK = """
import json, resource, sys
from plaza_lab.scenarios.command_line.cli import main
codes = [main(["study", *words]) for words in json.loads(sys.argv[1])]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sys.stderr.write("\\n" + json.dumps([codes, peak]))
"""


def peak_of(*commands: list[str]) -> float:
    """Run commands in one process; return its peak memory in MB."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK, json.dumps(commands)],
        env=ENVIRONMENT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    codes, peak = json.loads(done.stderr.splitlines()[-1])
    assert set(codes) == {0}
    return peak / 1024


@pytest.mark.skipif(sys.platform == "win32", reason="no getrusage")
def test_memory_does_not_grow_with_the_number_of_runs():
    words = [word for word in ASKED if not word.startswith("world.")]
    words = [*words, "run.weeks=4"]
    words.remove("run.weeks=26")
    peaks = {}
    for seeds in (200, 1000):
        store = ["--store", f"s{seeds}"]
        run = ["run", *words, f"run.replicates={seeds}", *store]
        export = ["export", "killed", "--to", f"x{seeds}", *store]
        report = ["report", "killed", *store]
        peaks[seeds] = peak_of(run), peak_of(export), peak_of(report)
        assert len(pd.read_parquet(f"x{seeds}/runs.parquet", columns=["run_id"])) == 2 * seeds
    for few, many in zip(peaks[200], peaks[1000], strict=True):
        assert many < 1.1 * few, peaks
