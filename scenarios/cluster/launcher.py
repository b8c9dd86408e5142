"""``hydra/launcher=dask`` and ``hydra/sweeper=jobs``: the jobs of a sweep on Dask workers.

Hydra's basic sweeper composes the configuration of every job before the first one starts, 0.1 s and
more for each, and stops at the first failed job's exception. The one here composes none, since a
launcher does it anyway, and counts what failed. Both are imported by every command that composes:
nothing heavy is imported at the top.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from hydra.core.config_store import ConfigStore
from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf


@dataclass
class DaskLauncherConf:
    """What ``hydra.launcher`` takes."""

    _target_: str = "hydra_plugins.plaza.DaskLauncher"
    address: Optional[str] = None  # noqa: UP045
    """Scheduler, such as tcp://127.0.0.1:8786; without one, workers are started on this machine."""
    scheduler_file: Optional[str] = None  # noqa: UP045
    """The scheduler's own file, instead of an address."""
    workers: int = 0
    """Worker processes to start on this machine, 0 for every core; without a scheduler only."""
    retries: int = 3
    """How often a job is given to another worker after its worker died."""
    connect_s: float = 10.0
    """Seconds to look for the scheduler."""
    patience_s: float = 600.0
    """Seconds without a single worker after which the jobs that are left are given up."""
    tls_ca: Optional[str] = None  # noqa: UP045
    """Certificate of the authority that signed those of scheduler and workers, for tls://."""
    tls_cert: Optional[str] = None  # noqa: UP045
    """Own certificate, signed by that authority."""
    tls_key: Optional[str] = None  # noqa: UP045
    """Its key."""

    @property
    def name(self) -> str:
        """As messages call where the jobs run."""
        return self.address or self.scheduler_file or "this machine"


ConfigStore.instance().store(
    group="hydra/launcher", name="dask", node=DaskLauncherConf, provider="plaza"
)


class DaskLauncher(Launcher):
    """Runs Hydra jobs on Dask workers and survives the death of a worker.

    Parameters
    ----------
    **settings
        The fields of `DaskLauncherConf`.
    """

    def __init__(self, **settings: Any) -> None:
        self.settings = settings
        self.hydra_context: HydraContext | None = None
        self.task_function: TaskFunction | None = None
        self.config: DictConfig | None = None

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Take over what Hydra gives a launcher; the workers must be able to import the task."""
        self.hydra_context = hydra_context
        self.task_function = task_function
        self.config = config

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run the jobs, of which the overrides and the number of the first are given.

        Returns
        -------
        list of hydra.core.utils.JobReturn
            One for each job, in order. A job that raised, or whose worker died too often, has
            status ``FAILED``; ``cfg`` and ``hydra_cfg`` are left out, as only small values travel.

        Raises
        ------
        plaza_lab.scenarios.errors.UserError
            In one line: no scheduler at the address, a worker with other code, a task that the
            workers cannot import, or a scheduler lost on the way.
        """
        from plaza_lab.scenarios.cluster import jobs

        assert self.hydra_context is not None
        assert self.task_function is not None
        assert self.config is not None
        return jobs.run_jobs(
            DaskLauncherConf(**self.settings), self.hydra_context, self.task_function, self.config,
            job_overrides, initial_job_idx,
        )  # fmt: skip


@dataclass
class JobsSweeperConf:
    """What ``hydra.sweeper`` takes: nothing."""

    _target_: str = "hydra_plugins.plaza.JobsSweeper"


ConfigStore.instance().store(
    group="hydra/sweeper", name="jobs", node=JobsSweeperConf, provider="plaza"
)


class JobsSweeper(Sweeper):
    """Every combination of the values given, as one batch of jobs."""

    def __init__(self) -> None:
        self.hydra_context: HydraContext | None = None
        self.config: DictConfig | None = None
        self.launcher: Launcher | None = None

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Take over what Hydra gives every sweeper, and make the launcher."""
        from hydra.core.plugins import Plugins

        self.hydra_context, self.config = hydra_context, config
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments: list[str]) -> Any:
        """Launch all combinations; what the jobs of the one batch returned is in their order.

        Parameters
        ----------
        arguments : list of str
            Overrides; ``key=1,2,3`` and ``key=range(0,10)`` name several values.

        Raises
        ------
        RuntimeError
            After all jobs ended, if some failed: how many, and why the first did.
        """
        assert self.config is not None
        assert self.launcher is not None
        jobs = combinations(arguments)
        folder = Path(str(self.config.hydra.sweep.dir))
        folder.mkdir(parents=True, exist_ok=True)
        OmegaConf.save(self.config, folder / "multirun.yaml")
        returns = self.launcher.launch(jobs, initial_job_idx=0)
        failed = [k for k, done in enumerate(returns) if done.status == JobStatus.FAILED]
        if failed:
            first = failed[0]
            raise RuntimeError(
                f"{len(failed)} of {len(jobs)} jobs failed; job {first} "
                f"({' '.join(jobs[first])}): {reason(returns[first])}"
            )
        return [returns]


def combinations(arguments: Sequence[str]) -> list[list[str]]:
    """Return the overrides of every job.

    Parameters
    ----------
    arguments : sequence of str
        Overrides in Hydra's grammar; each may name several values, and those of the last change
        fastest.

    Raises
    ------
    hydra.errors.HydraException
        If an argument cannot be read, or sweeps an interval.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    axes: dict[str, list[str]] = {}
    for given in OverridesParser.create().parse_overrides(list(arguments)):
        key = given.get_key_element()
        if not given.is_sweep_override():
            axes[key] = [f"{key}={given.get_value_element_as_str()}"]
        elif given.is_discrete_sweep():
            axes[key] = [f"{key}={value}" for value in given.sweep_string_iterator()]
        else:
            raise HydraException(f"{given.input_line}: give values, or a range with a step")
    return [list(job) for job in itertools.product(*axes.values())]


def reason(done: JobReturn) -> str:
    """Return in one line why a job failed; the kind of error first, unless it is Plaza's own."""
    from plaza_lab.scenarios.errors import UserError

    error = done._return_value
    text = " ".join(str(error).split())
    return text if isinstance(error, UserError) else f"{type(error).__name__}: {text}"
