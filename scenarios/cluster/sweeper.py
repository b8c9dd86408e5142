"""``hydra/sweeper=jobs``: the jobs of Hydra's basic sweeper, without composing each beforehand.

The basic sweeper composes the configuration of every job before the first one starts, 0.1 s and
more for each, and stops at the first failed job's exception. This one composes none, since a
launcher does it anyway, and counts what failed. As in ``launcher.py``, nothing heavy at the top.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf


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
        """Take over what Hydra gives every sweeper, and make the launcher.

        Parameters
        ----------
        hydra_context : hydra.types.HydraContext
            Composes the jobs' configurations.
        task_function : callable
            Run for each job.
        config : omegaconf.DictConfig
            Configuration of the sweep.
        """
        from hydra.core.plugins import Plugins

        self.hydra_context, self.config = hydra_context, config
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments: list[str]) -> Any:
        """Launch all combinations.

        Parameters
        ----------
        arguments : list of str
            Overrides; ``key=1,2,3`` and ``key=range(0,10)`` name several values.

        Returns
        -------
        list of list of hydra.core.utils.JobReturn
            The jobs of the one batch, in order.

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
        Overrides in Hydra's grammar; each may name several values.

    Returns
    -------
    list of list of str
        One list of overrides a job; the last argument's values change fastest.

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
    """Return in one line why a job failed.

    Parameters
    ----------
    done : hydra.core.utils.JobReturn
        Of a failed job.

    Returns
    -------
    str
        The message; before it the kind of error, unless it is one of Plaza's own.
    """
    from plaza_lab.scenarios.errors import UserError

    error = done._return_value
    text = " ".join(str(error).split())
    return text if isinstance(error, UserError) else f"{type(error).__name__}: {text}"
