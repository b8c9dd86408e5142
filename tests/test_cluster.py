"""A real scheduler and real workers, each a process reached over TCP, and some of them killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hydra.core.utils import JobStatus

from plaza_lab.scenarios.errors import UserError

pytest.importorskip("distributed")

from distributed import Client
from test_dask_launcher import SETTINGS, conf, launched  # noqa: F401

from benchmarks.local_hosts import ROOT, local_hosts

pytestmark = pytest.mark.slow

TASK = """
import os, time
from pathlib import Path

def task(config):
    begun = Path(config.folder, "begun", f"{config.chunk}-{os.getpid()}-{time.monotonic_ns()}")
    begun.touch()
    time.sleep(0.1)
    if config.text == "deadly" and config.chunk == 3:
        time.sleep(0.5)
        os._exit(9)
    Path(config.folder, "done", str(config.chunk)).touch()
    return config.chunk
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Where jobs leave their marks, and where workers find the task."""
    (tmp_path / "plaza_marking_task.py").write_text(TASK)
    for name in ("begun", "done"):
        (tmp_path / name).mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    sys.modules.pop("plaza_marking_task", None)
    return tmp_path


def jobs_of(place, count, *more):
    return [[f"chunk={k}", f"folder={place}", *more] for k in range(count)]


def begun(place):
    return [file.name.split("-")[0] for file in (place / "begun").iterdir()]


def done(place):
    return {file.name for file in (place / "done").iterdir()}


def when(condition, act, most_s=60.0):
    """Act in the background once the condition holds."""

    def watch():
        end = time.monotonic() + most_s
        while not condition() and time.monotonic() < end:
            time.sleep(0.01)
        act()

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    return watching


def run(loader, jobs, address, **settings):
    from plaza_marking_task import task

    return launched(loader, task, jobs, **({"connect_s": 10.0, "address": address} | settings))


def test_a_killed_worker_costs_nothing_but_the_job_it_was_at(conf, place):  # noqa: F811
    with local_hosts(2, str(place)) as hosts:
        victim = hosts.processes[-1]
        when(lambda: len(done(place)) >= 12, lambda: os.kill(victim.pid, signal.SIGKILL))
        returns = run(conf, jobs_of(place, 60), hosts.address)
        assert victim.wait(10) == -signal.SIGKILL
    assert [one.return_value for one in returns] == list(range(60))
    times = Counter(begun(place))
    assert len(times) == 60
    assert sum(times.values()) <= 61


def test_a_worker_that_joins_late_is_given_jobs(conf, place, caplog):  # noqa: F811
    with local_hosts(0, str(place)) as hosts:
        joins = when(lambda: "jobs wait for one" in caplog.text, hosts.start_worker)
        returns = run(conf, jobs_of(place, 4), hosts.address)
        joins.join()
        with Client(hosts.address, set_as_default=False) as client:
            (looking,) = client.run(
                lambda dask_worker: list(dask_worker.periodic_callbacks)
            ).values()
    assert [one.return_value for one in returns] == list(range(4))
    assert f"no worker at {hosts.address} now; 4 jobs wait for one" in caplog.text
    assert "heartbeat" in looking
    assert "profile" not in looking  # its history of stacks grows with every job


def test_a_job_that_kills_its_workers_is_given_up_and_no_other_is(conf, place, caplog):  # noqa: F811
    with local_hosts(3, str(place)) as hosts:
        jobs = jobs_of(place, 20, "text=deadly")
        returns = run(conf, jobs, hosts.address, retries=1)
    failed = [k for k, one in enumerate(returns) if one.status == JobStatus.FAILED]
    assert failed == [3]
    assert Counter(begun(place))["3"] == 2
    with pytest.raises(UserError, match=r"^its worker died 2 times, last at tcp://127\.0\.0\.1:"):
        _ = returns[3].return_value
    (line,) = [record.getMessage() for record in caplog.records if "failed" in record.getMessage()]
    assert line.startswith("plaza: job 3 (chunk=3 ") and "\n" not in line


def test_a_lost_scheduler_is_one_line_and_what_ended_is_kept(conf, place):  # noqa: F811
    with local_hosts(1, str(place)) as hosts:
        scheduler = hosts.processes[0]
        when(lambda: len(done(place)) >= 5, lambda: os.kill(scheduler.pid, signal.SIGKILL))
        with pytest.raises(UserError, match=r"^the scheduler at tcp.* was lost; \d+ of 200 jobs"):
            run(conf, jobs_of(place, 200), hosts.address, connect_s=3.0)
    assert 5 <= len(done(place)) < 200


def test_a_worker_without_the_task_is_one_line(conf, place):  # noqa: F811
    with (
        local_hosts(1) as hosts,
        pytest.raises(
            UserError, match=r"cannot do the jobs \(No module named 'plaza_marking_task'"
        ),
    ):
        run(conf, jobs_of(place, 2), hosts.address)


DRIVER = """
import sys
sys.path[:0] = [{tests!r}, {place!r}]
import signal; signal.signal(signal.SIGINT, signal.default_int_handler)
import hydra
from hydra.core.global_hydra import GlobalHydra
from plaza_lab.scenarios import cluster
from test_cluster import jobs_of, run
cluster.register()
with hydra.initialize_config_dir({conf!r}, job_name="jobs", version_base="1.3"):
    run(GlobalHydra.instance().config_loader(), jobs_of({place!r}, 300), {address!r})
"""


def test_ctrl_c_takes_back_what_has_not_begun(conf, place):  # noqa: F811
    with local_hosts(2, str(place)) as hosts:
        driver = DRIVER.format(
            tests=str(Path(__file__).parent), place=str(place), conf=str(place / "conf"),
            address=hosts.address,
        )  # fmt: skip
        asking = subprocess.Popen(
            [sys.executable, "-c", driver],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
            cwd=place, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            when(lambda: len(done(place)) >= 6, lambda: asking.send_signal(signal.SIGINT)).join()
            assert asking.wait(20) != 0
            time.sleep(1.0)
            then = len(begun(place))
            time.sleep(1.0)
            assert 6 <= then == len(begun(place)) < 300
        finally:
            with contextlib.suppress(ProcessLookupError):
                asking.kill()
            asking.wait()


def test_settings_are_those_the_plugin_declares():
    from plaza_lab.scenarios.cluster.launcher import DaskLauncherConf

    assert {"_target_", *SETTINGS} == set(DaskLauncherConf.__dataclass_fields__)


STUDY = (
    "policies=[thanks_only,points]", "population=learning_52", "run.weeks=6", "run.replicates=8",
    "--name", "small", "--jobs", "8", "--no-report", "run.workers=1",
)  # fmt: skip


def plaza(folder, *words):
    """Start ``plaza study`` in a folder; what it says goes to a file there."""
    with (folder / "said.txt").open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "plaza_lab", "study", *words],
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            cwd=folder, stdout=said, stderr=said,
        )  # fmt: skip


def finished(process, folder, most_s=400):
    try:
        assert process.wait(most_s) == 0, (folder / "said.txt").read_text()
    finally:
        process.kill()
        process.wait()


def runs_of(folder):
    finished(plaza(folder, "export", "small", "--to", "tables"), folder)
    runs = pd.read_parquet(folder / "tables" / "runs.parquet")
    return runs.sort_values("run_id").reset_index(drop=True)


@pytest.mark.timeout(900)
def test_a_study_on_a_cluster_that_loses_a_worker_is_that_of_one_process(tmp_path, kernels):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    finished(plaza(here, "run", *STUDY), here)
    with local_hosts(2) as hosts:
        launcher = ("hydra/launcher=dask", f"hydra.launcher.address={hosts.address}")
        asking = plaza(there, "run", *STUDY, *launcher, "hydra/sweeper=jobs")
        victim = hosts.processes[-1]
        when(
            lambda: any(there.rglob("studies/small/jobs/*.json")) or asking.poll() is not None,
            lambda: os.kill(victim.pid, signal.SIGKILL),
        ).join()
        finished(asking, there)
    runs = runs_of(there)
    assert len(runs) == 16
    pd.testing.assert_frame_equal(runs_of(here), runs)
