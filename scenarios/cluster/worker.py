"""On a worker: what all jobs of a sweep share is kept, and each job is run by Hydra."""

from __future__ import annotations

import os
import pickle
import sys
import threading
import traceback
from dataclasses import dataclass
from functools import partial
from typing import Any

import cloudpickle  # type: ignore[import-untyped]
from distributed import Reschedule, Worker, WorkerPlugin, get_worker

from plaza_lab.scenarios.cluster.configs import Job, config_of

_one_at_a_time = threading.Lock()
"""Hydra's state belongs to the process; workers have one thread, but nobody is forced to."""
_in_force = ""
"""Sweep whose state Hydra has here."""


class OtherCode(Exception):
    """A worker whose Plaza is not that of the sweep."""


@dataclass(frozen=True)
class Outcome:
    """What travels back.

    Parameters
    ----------
    is_done : bool
        Whether the task function returned.
    value : object
        What it returned, or the exception.
    working_dir, task_name : str
        As in Hydra's ``JobReturn``.
    """

    is_done: bool
    value: Any
    working_dir: str = ""
    task_name: str = ""


class Kit(WorkerPlugin):
    """What all jobs of one sweep share; every worker, also one that joins late, gets it once.

    Parameters
    ----------
    name : str
        Of the sweep.
    code : str
        Fingerprint of the sweep's code.
    shared : tuple
        State of Hydra, its context, the task function, and bases of the configurations.
    known : frozenset of str
        Addresses of the workers that are there when the sweep starts.
    """

    def __init__(self, name: str, code: str, shared: tuple, known: frozenset[str]) -> None:
        self.name = name
        self.code = code
        # as bytes, so that a worker can see whether its code agrees before it reads them
        self.packed = cloudpickle.dumps(shared)
        self.known = known
        self.shared: tuple = ()

    def setup(self, worker: Worker) -> None:
        """Unpack; a worker that cannot do the jobs says why, and leaves if it joined late.

        Raises
        ------
        OtherCode
            If the worker's Plaza is another.
        ImportError
            If the task function cannot be imported here.
        """
        from plaza_lab.scenarios.output.provenance import code_fingerprint

        try:
            if code_fingerprint() != self.code:
                raise OtherCode(f"the code here is {code_fingerprint()}, not {self.code}")
            if "numba" not in sys.modules:
                os.environ.setdefault("NUMBA_NUM_THREADS", "1")
            self.shared = cloudpickle.loads(self.packed)
        except Exception:
            if worker.address not in self.known:
                worker.loop.add_callback(partial(worker.close, reason="cannot do Plaza's jobs"))
            raise
        _stop_profiler(worker)


def _stop_profiler(worker: Worker) -> None:
    """Dask looks at the stack 100 times a second and keeps an hour of it, 50 KB for each job."""
    for name in ("profile", "profile-cycle"):
        looking = worker.periodic_callbacks.pop(name, None)
        if looking is not None:
            looking.stop()


def carry_out(name: str, job: Job) -> Outcome:
    """Run one job of the sweep of that name; a job that raised has an outcome as well.

    Raises
    ------
    distributed.Reschedule
        If this worker is about to leave.
    """
    kit = get_worker().plugins.get(name)
    if not isinstance(kit, Kit) or not kit.shared:
        raise Reschedule
    with _one_at_a_time:
        try:
            return _run(kit, job)
        except Exception as wrong:  # raised around the task, such as a folder that cannot be made
            return Outcome(False, portable(wrong, get_worker().address))


def _run(kit: Kit, job: Job) -> Outcome:
    global _in_force

    from hydra.core.singleton import Singleton
    from hydra.core.utils import JobStatus, run_job, setup_globals

    state, context, task, bases = kit.shared
    if _in_force != kit.name:
        Singleton.set_state(state)
        setup_globals()
        _in_force = kit.name
    done = run_job(
        hydra_context=context,
        config=config_of(job, bases),
        task_function=task,
        job_dir_key="hydra.sweep.dir",
        job_subdir_key="hydra.sweep.subdir",
    )
    is_done = done.status == JobStatus.COMPLETED
    value = done._return_value
    if not is_done:
        value = portable(value, get_worker().address)
    return Outcome(is_done, value, str(done.working_dir), str(done.task_name))


def portable(error: Exception, where: str) -> Exception:
    """Return an error that can travel: itself if possible, else one with the same text.

    The traceback is added as a note, with the address of the worker.
    """
    trace = "".join(traceback.format_exception(error))
    try:
        same = pickle.loads(pickle.dumps(error))
        error = same if type(same) is type(error) and str(same) == str(error) else _plain(error)
    except Exception:
        error = _plain(error)
    error.add_note(f"on the worker {where}:\n{trace}")
    return error


def _plain(error: Exception) -> RuntimeError:
    return RuntimeError(f"{type(error).__name__}: {error}")
