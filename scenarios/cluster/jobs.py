"""A sweep on Dask, seen from the process that asked for it."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import pickle
import queue
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, JobStatus, configure_log, setup_globals
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from plaza_lab.scenarios.cluster.configs import Job, plan
from plaza_lab.scenarios.cluster.security import TLS, security_here, security_of
from plaza_lab.scenarios.command_line.extras import needed
from plaza_lab.scenarios.command_line.stopping import is_stopping
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.output.provenance import code_fingerprint

if TYPE_CHECKING:
    from dask.typing import Key
    from distributed import Client, Future

    from plaza_lab.scenarios.cluster.launcher import DaskLauncherConf

log = logging.getLogger(__name__)

CHECK_S = 2.0
"""Seconds without a finished job after which the workers are counted."""


def run_jobs(
    place: DaskLauncherConf,
    context: HydraContext,
    task: TaskFunction,
    config: DictConfig,
    job_overrides: Sequence[Sequence[str]],
    first: int,
) -> list[JobReturn]:
    """Run all jobs of a sweep; what they returned is in their order.

    Parameters
    ----------
    place : DaskLauncherConf
        Where.
    context, task, config
        What Hydra gives a launcher.
    job_overrides, first
        Overrides of each job, and the number of the first.

    Raises
    ------
    UserError
        In one line, for what the user can mend.
    """
    setup_globals()
    configure_log(config.hydra.hydra_logging, config.hydra.verbose)
    Path(str(config.hydra.sweep.dir)).mkdir(parents=True, exist_ok=True)
    bases, jobs = plan(context.config_loader, config, job_overrides, first)
    if not jobs:
        return []
    needed("distributed", "cluster")
    shared = (Singleton.get_state(), context, task, bases)
    with (
        _connected(place) as (client, restore_workers),
        _equipped(client, place, shared) as name,
    ):
        _set_up_scheduler(client, place.retries)
        return _Sweep(client, place, name, jobs, restore_workers).run()


@contextlib.contextmanager
def _connected(place: DaskLauncherConf) -> Iterator[tuple[Client, Callable[[], object]]]:
    """A client of the scheduler, or of workers started here and ended afterwards.

    With it comes what replaces workers that are gone: on a cluster that is not ours to do; here a
    worker's own guard starts it again, but not one that died while it was being started.
    """
    import dask
    from distributed import Client, LocalCluster

    if place.address is None and place.scheduler_file is None:
        n_workers = place.workers or os.cpu_count() or 1
        settings = {
            "distributed.deploy.lost-worker-timeout": "1s",
            "distributed.nanny.pre-spawn-environ.NUMBA_NUM_THREADS": 1,
            "distributed.admin.system-monitor.gil.enabled": False,
        }
        with (
            _no_second_closing(),
            dask.config.set(settings),
            # what workers spill is read back as code: into a folder of our own
            tempfile.TemporaryDirectory(
                prefix="plaza-dask-", ignore_cleanup_errors=True
            ) as scratch,
            LocalCluster(
                n_workers=n_workers,
                threads_per_worker=1,
                host="127.0.0.1",
                # without an address they would listen on every interface
                dashboard_address="127.0.0.1:0",
                worker_dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
                local_directory=scratch,
                security=security_here(),
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield client, partial(cluster.scale, n_workers)
        return
    with _quiet_client(), _client_of(place) as client:
        yield client, _leave_workers


@contextlib.contextmanager
def _no_second_closing() -> Iterator[None]:
    """After a signal Dask must not try again at exit to close what was only half started.

    Plaza ends the processes that are left itself (``stopping.end_children``).
    """
    try:
        yield
    except KeyboardInterrupt:
        if is_stopping():
            from distributed.deploy import spec

            atexit.unregister(spec.close_clusters)
            # workers that are ended while they start are no news
            logging.getLogger("asyncio").setLevel(logging.CRITICAL + 1)
        raise


def _leave_workers() -> None:
    """Workers of a cluster are started by its user."""


def _client_of(place: DaskLauncherConf) -> Client:
    from distributed import Client

    file = place.scheduler_file
    if file is not None and not Path(file).exists():
        raise UserError(
            f"no scheduler file {file}; start one: dask scheduler --scheduler-file {file}"
        )
    where: dict[str, Any] = (
        {"address": place.address} if place.address else {"scheduler_file": file}
    )
    if security := security_of(place):
        where["security"] = security
    try:
        return Client(**where, timeout=place.connect_s, set_as_default=False, name="plaza")  # type: ignore[no-untyped-call]
    except (TypeError, RuntimeError) as wrong:
        raise UserError(
            f"the scheduler at {place.name} cannot be reached so ({_short(wrong)}); "
            f"for tls:// give {TLS}, for tcp:// none of them"
        ) from wrong
    except (OSError, ValueError) as wrong:
        raise UserError(
            f"no Dask scheduler answers at {place.name} ({_short(wrong)}); "
            "start one (dask scheduler) or mend hydra.launcher.address"
        ) from wrong


@contextlib.contextmanager
def _quiet_client() -> Iterator[None]:
    """What goes wrong is said by Plaza in one line."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _set_up_scheduler(client: Client, retries: int) -> None:
    def set_up(dask_scheduler: Any) -> None:
        dask_scheduler.allowed_failures = retries
        # no job waits at a worker: it would be blamed for that worker's death as well
        dask_scheduler.WORKER_SATURATION = 1.0

    # a closure travels by value: the scheduler's machine needs no Plaza
    client.run_on_scheduler(set_up)


@contextlib.contextmanager
def _equipped(client: Client, place: DaskLauncherConf, shared: tuple) -> Iterator[str]:
    """Give every worker, now and later, what the jobs share."""
    from plaza_lab.scenarios.cluster.worker import Kit, OtherCode

    threads = client.nthreads()
    name = f"plaza-{uuid.uuid4().hex[:12]}"
    try:
        kit = Kit(name, code_fingerprint(), shared, frozenset(threads))
    except (TypeError, AttributeError, pickle.PicklingError) as stuck:
        raise UserError(f"these jobs cannot be sent to a worker ({_short(stuck)})") from stuck
    try:
        try:
            client.register_plugin(kit, name)
        except OtherCode as other:
            raise UserError(
                f"a worker of {place.name} has another Plaza ({other}); install the same version "
                "everywhere and start its workers again"
            ) from other
        except Exception as unable:
            raise UserError(
                f"a worker of {place.name} cannot do the jobs ({_short(unable)}); "
                "install the same Plaza there"
            ) from unable
        if any(count > 1 for count in threads.values()):
            log.warning("plaza: a worker runs one job at a time; start workers with --nthreads 1")
        yield name
    finally:
        with contextlib.suppress(Exception):
            client.unregister_worker_plugin(name)


@dataclass
class _Sweep:
    """Jobs under way."""

    client: Client
    place: DaskLauncherConf
    name: str
    jobs: list[Job]
    restore_workers: Callable[[], object]
    futures: dict[Key, Future] = field(default_factory=dict)
    returns: dict[Key, JobReturn] = field(default_factory=dict)
    ended: queue.SimpleQueue[Future] = field(default_factory=queue.SimpleQueue)
    looked_at: float = 0.0
    lonely_since: float | None = None

    def run(self) -> list[JobReturn]:
        """Submit all, collect each as it ends, and release it at once."""
        from plaza_lab.scenarios.cluster.worker import carry_out

        job_of: dict[Key, Job] = {f"plaza-job-{self.name}-{job.number}": job for job in self.jobs}
        # the results of a worker that dies are made again for as long as somebody wants them
        futures = self.client.map(
            carry_out, [self.name] * len(job_of), list(job_of.values()),
            key=list(job_of), pure=False,
        )  # fmt: skip
        for future in futures:
            self.futures[future.key] = future
            future.add_done_callback(self.ended.put)
        del futures, future
        try:
            while self.futures:
                self._collect(self._wait(), job_of)
        except OSError as lost:
            raise self._lost() from lost
        except BaseException:
            with contextlib.suppress(Exception):
                self.client.cancel(list(self.futures.values()), force=True)
            raise
        return [self.returns[key] for key in job_of]

    def _wait(self) -> list[Future]:
        """All jobs that have ended since, at least one."""
        while True:
            self._look_after_workers()
            with contextlib.suppress(queue.Empty):
                batch = [self.ended.get(timeout=CHECK_S)]
                while not self.ended.empty():
                    batch.append(self.ended.get())
                return batch

    def _look_after_workers(self) -> None:
        now = time.monotonic()
        if now - self.looked_at < CHECK_S:
            return
        self.looked_at = now
        n_workers = len(self.client.nthreads())
        self.restore_workers()
        if n_workers:
            self.lonely_since = None
        elif self.lonely_since is None:
            self.lonely_since = now
            waiting = "plaza: no worker at %s now; %d jobs wait for one"
            log.warning(waiting, self.place.name, len(self.futures))
        elif now - self.lonely_since > self.place.patience_s:
            raise UserError(
                f"no worker at {self.place.name} for {self.place.patience_s:g} s; "
                f"{len(self.futures)} of {len(self.jobs)} jobs were not done; start workers "
                "(dask worker ADDRESS --nthreads 1) and resume"
            )

    def _collect(self, batch: list[Future], job_of: dict[Key, Job]) -> None:
        finished = {future.key: future for future in batch if future.status == "finished"}
        # some results may have gone with their worker since; those jobs are under way again
        outcomes = self.client.gather(finished, errors="skip") if finished else {}
        for future in batch:
            job = job_of[future.key]
            if future.key in outcomes:
                self._keep(future, job, outcomes[future.key])
            elif future.status == "cancelled":
                raise self._lost()
            elif future.status == "error":
                self._give_up(future, job)
            else:
                future.add_done_callback(self.ended.put)

    def _keep(self, future: Future, job: Job, outcome: Any) -> None:
        status = JobStatus.COMPLETED if outcome.is_done else JobStatus.FAILED
        kept = JobReturn(
            overrides=list(job.overrides), working_dir=outcome.working_dir,
            task_name=outcome.task_name, status=status,
        )  # fmt: skip
        kept.return_value = outcome.value
        self._end(future, job, kept)

    def _give_up(self, future: Future, job: Job) -> None:
        from distributed import KilledWorker

        error = future.exception()
        if isinstance(error, KilledWorker):
            deaths = self.place.retries + 1
            times = "once" if deaths == 1 else f"{deaths} times"
            error = UserError(
                f"its worker died {times}, last at {error.last_worker.address}: "
                "out of memory, a crash, or ended by somebody"
            )
        kept = JobReturn(overrides=list(job.overrides), status=JobStatus.FAILED)
        kept.return_value = error
        self._end(future, job, kept)

    def _end(self, future: Future, job: Job, kept: JobReturn) -> None:
        from plaza_lab.scenarios.cluster.launcher import reason

        if kept.status == JobStatus.FAILED:
            what = " ".join(job.overrides)
            log.error("plaza: job %d (%s) failed: %s", job.number, what, reason(kept))
        self.returns[future.key] = kept
        del self.futures[future.key]
        future.release()

    def _lost(self) -> UserError:
        return UserError(
            f"the scheduler at {self.place.name} was lost; "
            f"{len(self.returns)} of {len(self.jobs)} jobs had ended"
        )


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
