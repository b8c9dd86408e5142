"""Sweeps: Hydra's multirun over levers; one job is one design point with all its seeds."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

from scenarios.composing import compose, composed, launch
from scenarios.config import Contradiction, Run
from scenarios.errors import UserError
from scenarios.experiments.design import DesignPoint, seeds_of
from scenarios.experiments.run import live
from scenarios.experiments.study import Study
from scenarios.overrides import check_overrides, parsed, swept
from scenarios.progress import Progress

if TYPE_CHECKING:
    from omegaconf import DictConfig


def plan(overrides: Sequence[str]) -> tuple[Study, Run, dict[str, list[str]]]:
    """Check a sweep; nothing is run yet.

    Parameters
    ----------
    overrides : sequence of str
        Overrides, at least one of which names several values.

    Returns
    -------
    tuple
        An empty study, the run settings, and the axes.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    check_overrides(overrides, may_sweep=True)
    axes = swept(overrides)
    if not axes:
        raise UserError("nothing to sweep: give several values, as in incentive=none,points")
    for key, values in axes.items():
        if len(set(values)) < len(values):
            raise UserError(f"{key}={','.join(values)} names a value twice")
    own = [o.input_line for o in parsed(overrides) if o.key_or_group.startswith("run.")]
    run = compose(own).config.run
    return Study("sweep", seeds_of(run), run.weeks), run, axes


def n_points(axes: dict[str, list[str]]) -> int:
    """Return the number of design points of the axes."""
    return prod(len(values) for values in axes.values())


def live_sweep(
    study: Study,
    overrides: Sequence[str],
    axes: dict[str, list[str]],
    progress: Progress,
) -> None:
    """Run every design point as a job of Hydra's multirun.

    Parameters
    ----------
    study : Study
        Collects points, results and failures.
    overrides : sequence of str
        Overrides as given.
    axes : dict of str to list of str
        What is swept.
    progress : Progress
        Told of every finished run, and in one line of every impossible point.
    """
    from hydra.core.hydra_config import HydraConfig

    refused: list[UserError] = []

    def job(config: DictConfig) -> None:
        hydra = HydraConfig.get()
        given = dict(text.partition("=")[::2] for text in hydra.overrides.task)
        name = " ".join(f"{key}={given[key]}" for key in axes)
        factors = {key: _number_or_text(given[key]) for key in axes}
        if study.is_interrupted or refused:
            return
        try:
            point = DesignPoint(name, composed(config, dict(hydra.runtime.choices)), factors)
        except Contradiction as clash:
            study.failures.append(f"{name}: {clash}")
            progress.say(f"plaza: {study.failures[-1]}")
            progress.total -= len(study.seeds)
        except UserError as wrong:
            refused.append(UserError(f"{name}: {wrong}"))
        else:
            live(study, [point], point.run.workers, progress)

    with tempfile.TemporaryDirectory(prefix="plaza-sweep-") as folder:
        launch("sweep", ["--multirun", *overrides, f"hydra.sweep.dir='{folder}'"], job)
    if refused:
        raise refused[0]


def _number_or_text(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
