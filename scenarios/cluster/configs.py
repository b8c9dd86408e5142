"""Configurations of many jobs without composing each: a few bases, and values to set in them."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType
from omegaconf import DictConfig, OmegaConf, open_dict, read_write

SCALARS = (str, int, float, bool, type(None))


@dataclass(frozen=True)
class Job:
    """What makes one job's configuration out of its base.

    Parameters
    ----------
    number, base : int
        Of the job in its sweep, and position of the base.
    values : tuple of (str, object)
        Keys and the values to set.
    overrides : tuple of str
        The job's overrides, as given.
    dirname : str
        Them as part of a folder's name, as Hydra writes it.
    """

    number: int
    base: int
    values: tuple[tuple[str, Any], ...]
    overrides: tuple[str, ...]
    dirname: str


def plan(
    loader: ConfigLoader, sweep: DictConfig, job_overrides: Sequence[Sequence[str]], first: int
) -> tuple[list[DictConfig], list[Job]]:
    """Compose one base for all jobs that differ in plain values only.

    Hydra applies a plain value, such as ``job.chunk=7``, after composition; a choice of a group,
    an addition or a deletion takes part in it. Jobs that agree in all of the second kind, and set
    the same keys, share a base.

    Parameters
    ----------
    loader, sweep
        Composes; configuration of the sweep.
    job_overrides, first
        Overrides of each job, and the number of the first.

    Raises
    ------
    hydra.errors.HydraException
        If an override cannot be read, or a base cannot be composed.
    """
    parser = OverridesParser.create()
    own = list(sweep.hydra.overrides.hydra)

    @cache
    def is_group(key: str) -> bool:
        name = sweep.hydra.job.config_name
        return bool(loader.get_group_options(key, config_name=name, overrides=own))

    def is_plain(given: Override) -> bool:
        return (
            given.type == OverrideType.CHANGE
            and given.package is None
            and not given.key_or_group.startswith("hydra.")
            and isinstance(given.value(), SCALARS)
            and not is_group(given.key_or_group)
        )

    bases: list[DictConfig] = []
    place_of: dict[tuple[str, ...], int] = {}
    jobs = []
    for number, lines in enumerate(job_overrides, first):
        given = parser.parse_overrides(list(lines))
        plain = [one for one in given if is_plain(one)]
        kind = tuple(one.key_or_group if one in plain else str(one.input_line) for one in given)
        if kind not in place_of:
            place_of[kind] = len(bases)
            bases.append(loader.load_sweep_config(sweep, list(lines)))
        values = tuple((one.key_or_group, one.value()) for one in plain)
        dirname = _dirname([one for one in given if not one.is_hydra_override()], sweep)
        jobs.append(Job(number, place_of[kind], values, tuple(lines), dirname))
    return bases, jobs


def _dirname(given: Sequence[Override], sweep: DictConfig) -> str:
    style = sweep.hydra.job.config.override_dirname
    lines = [str(one.input_line) for one in given if one.key_or_group not in style.exclude_keys]
    return str(style.item_sep).join(sorted(lines)).replace("=", str(style.kv_sep))


def config_of(job: Job, bases: Sequence[DictConfig]) -> DictConfig:
    """Make the configuration of one job.

    Parameters
    ----------
    job, bases
        As :func:`plan` returns them; left as they are.

    Returns
    -------
    omegaconf.DictConfig
        As Hydra would have composed it, with the job's number and the sweep's folder as an
        absolute path.
    """
    config = deepcopy(bases[job.base])
    for key, value in job.values:
        OmegaConf.update(config, key, value, merge=True)
    with open_dict(config), read_write(config.hydra):
        node = config.hydra.job
        node.id, node.num = f"{node.name}_{job.number}", job.number
        node.override_dirname = job.dirname
        config.hydra.overrides.task = [
            line for line in job.overrides if not line.startswith("hydra.")
        ]
        HydraConfig.instance().set_config(config)
    with read_write(config.hydra):
        # a worker need not have been started in the folder of the sweep
        config.hydra.sweep.dir = str(Path(config.hydra.runtime.cwd, str(config.hydra.sweep.dir)))
    return config
