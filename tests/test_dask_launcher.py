"""Jobs over Dask: configurations as Hydra composes them, and mistakes in one line."""

from __future__ import annotations

import itertools
import os
import socket
from pathlib import Path

import hydra
import pytest
from hydra.core.global_hydra import GlobalHydra
from hydra.core.utils import JobStatus, setup_globals
from hydra.types import HydraContext, RunMode
from omegaconf import OmegaConf

from plaza_lab.scenarios.errors import UserError

pytest.importorskip("distributed")

from hydra._internal.callbacks import Callbacks
from hydra.core.plugins import Plugins

from plaza_lab.scenarios import cluster
from plaza_lab.scenarios.cluster.configs import config_of, plan
from plaza_lab.scenarios.cluster.launcher import DaskLauncher, combinations
from plaza_lab.scenarios.cluster.worker import portable

MAIN = """
defaults:
  - _self_
  - kind: plain
  - override hydra/job_logging: none
  - override hydra/hydra_logging: none
folder: nowhere
chunk: 0
twice: ${chunk}-${chunk}
text: a
deep: {rate: 0.5, items: [1, 2]}
hydra:
  output_subdir: null
  sweep: {dir: out, subdir: .}
"""
SETTINGS = {
    "address": None, "scheduler_file": None, "workers": 2, "retries": 3,
    "connect_s": 0.3, "patience_s": 60.0,
    "tls_ca": None, "tls_cert": None, "tls_key": None,
}  # fmt: skip


@pytest.fixture
def conf(tmp_path):
    folder = tmp_path / "conf"
    (folder / "kind").mkdir(parents=True)
    (folder / "config.yaml").write_text(MAIN)
    (folder / "kind" / "plain.yaml").write_text("colour: grey\n")
    (folder / "kind" / "loud.yaml").write_text("colour: red\nvolume: 11\n")
    with hydra.initialize_config_dir(str(folder), job_name="jobs", version_base="1.3"):
        setup_globals()
        yield GlobalHydra.instance().config_loader()


def sweep_config(loader, *overrides):
    return loader.load_configuration("config", list(overrides), RunMode.MULTIRUN)


def as_data(config):
    data = OmegaConf.to_container(config, resolve=False)
    for key in ("id", "num"):
        del data["hydra"]["job"][key]
    del data["hydra"]["sweep"]["dir"]
    return data


JOBS = [
    ["chunk=3"],
    ["chunk=41"],
    ["chunk=null"],
    ["chunk=5", "kind=loud"],
    ["chunk=6", "kind=loud"],
    ["kind=loud"],
    ["text='with, a comma'", "deep.rate=1e-3"],
    ["text=${folder}", "deep.rate=2"],
    ["+more=1", "chunk=2"],
    ["++text=forced", "chunk=2"],
    ["~text", "chunk=2"],
    ["deep.items=[3]", "chunk=2"],
    ["deep.items=[4,5]", "chunk=9"],
    ["deep={rate:7}"],
    ["chunk=1", "deep.rate=0.25", "text=true"],
]


@pytest.mark.slow
def test_every_job_has_the_configuration_that_hydra_would_compose(conf):
    sweep = sweep_config(conf)
    bases, jobs = plan(conf, sweep, JOBS, first=5)
    for lines, job in zip(JOBS, jobs, strict=True):
        made = config_of(job, bases)
        assert as_data(made) == as_data(conf.load_sweep_config(sweep, lines)), lines
        assert made.hydra.job.num == job.number
    assert [job.number for job in jobs] == list(range(5, 5 + len(JOBS)))


def test_hundreds_of_jobs_are_composed_once_and_each_option_once_more(conf, monkeypatch):
    composed = []
    compose = type(conf).load_sweep_config

    def counting(self, *given):
        composed.append(given[1])
        return compose(self, *given)

    monkeypatch.setattr(type(conf), "load_sweep_config", counting)
    sweep = sweep_config(conf)
    lines = [[f"chunk={k}", "text=b"] for k in range(300)]
    bases, jobs = plan(conf, sweep, lines, 0)
    assert (len(bases), len(composed)) == (1, 1)
    options = [[f"chunk={k}", f"kind={kind}"] for k in range(9) for kind in ("plain", "loud")]
    assert len(plan(conf, sweep, options, 0)[0]) == 2
    assert config_of(jobs[270], bases).twice == "270-270"


def test_a_jobs_folder_is_that_of_the_sweep_wherever_the_worker_was_started(conf, monkeypatch):
    bases, jobs = plan(conf, sweep_config(conf), [["chunk=1"]], 0)
    began = Path.cwd()
    monkeypatch.chdir("/")
    assert config_of(jobs[0], bases).hydra.sweep.dir == str(began / "out")


def test_the_sweeper_takes_every_combination_and_the_last_changes_fastest():
    jobs = combinations(["a=1,2", "b=range(0,3)", "c='x,y'"])
    expected = [[f"a={a}", f"b={b}", "c='x,y'"] for a, b in itertools.product("12", "012")]
    assert jobs == expected


def test_the_plugins_are_found_by_hydra():
    cluster.register()
    names = {clazz.__name__ for clazz in Plugins.instance().discover()}
    assert {"DaskLauncher", "JobsSweeper"} <= names


class Picky(Exception):
    """Cannot be made again from its arguments, as pickle would."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def test_an_error_travels_as_itself_or_else_with_the_same_text():
    assert type(portable(ValueError("no"), "tcp://w")) is ValueError
    picky = portable(Picky(1, 2), "tcp://w")
    assert (type(picky), str(picky)) == (RuntimeError, "Picky: 1 and 2")
    assert "tcp://w" in picky.__notes__[0]


def launched(loader, task, jobs, **settings):
    sweep = sweep_config(loader)
    launcher = DaskLauncher(**(SETTINGS | settings))
    context = HydraContext(config_loader=loader, callbacks=Callbacks(sweep))
    launcher.setup(hydra_context=context, task_function=task, config=sweep)
    return launcher.launch(jobs, 0)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_no_scheduler_is_one_line(conf, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(UserError, match=rf"^no Dask scheduler answers at {address} \(.*\); start"):
        launched(conf, print, [["chunk=1"]], address=address)
    with pytest.raises(UserError, match=r"^no scheduler file gone\.json; start one: dask"):
        launched(conf, print, [["chunk=1"]], scheduler_file="gone.json")


TASK = """
import os
from pathlib import Path

def task(config):
    if config.chunk == 2:
        raise ValueError("two is refused")
    Path(config.hydra_out, f"{config.chunk}").touch()
    return [config.chunk, os.environ["NUMBA_NUM_THREADS"], os.getpid()]
"""


@pytest.mark.slow
def test_workers_of_this_machine_do_all_jobs_and_one_that_raises_stops_no_other(
    conf, tmp_path, monkeypatch, caplog
):
    (tmp_path / "plaza_test_task.py").write_text(TASK)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    from plaza_test_task import task

    jobs = [[f"chunk={k}", f"+hydra_out={tmp_path}"] for k in range(12)]
    returns = launched(conf, task, jobs)
    failed = [k for k, done in enumerate(returns) if done.status == JobStatus.FAILED]
    assert failed == [2]
    assert isinstance(returns[2]._return_value, ValueError)
    assert "job 2 (chunk=2" in caplog.text and "two is refused" in caplog.text
    done = [one.return_value for k, one in enumerate(returns) if k != 2]
    assert [value[0] for value in done] == [k for k in range(12) if k != 2]
    assert {value[1] for value in done} == {"1"}
    assert os.getpid() not in {value[2] for value in done}
    assert [list(one.overrides) for one in returns] == jobs
    assert len(list(tmp_path.glob("[0-9]*"))) == 11
