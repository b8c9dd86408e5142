"""``hydra/launcher=dask``: the jobs of a sweep on Dask workers, here or on many machines.

It is imported by every command that composes: nothing heavy is imported at the top.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

from hydra.core.config_store import ConfigStore
from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig


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
        """Take over what Hydra gives every launcher.

        Parameters
        ----------
        hydra_context : hydra.types.HydraContext
            Composes the jobs' configurations.
        task_function : callable
            Run for each job; it must be importable on the workers.
        config : omegaconf.DictConfig
            Configuration of the sweep.
        """
        self.hydra_context = hydra_context
        self.task_function = task_function
        self.config = config

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run the jobs.

        Parameters
        ----------
        job_overrides : sequence of sequence of str
            Overrides of each job.
        initial_job_idx : int
            Number of the first job.

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
        place = jobs.Place(**self.settings)
        return jobs.run_jobs(
            place,
            self.hydra_context,
            self.task_function,
            self.config,
            job_overrides,
            initial_job_idx,
        )
