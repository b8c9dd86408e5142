"""Sweeps by a sweeper of Hydra: it chooses the points, one job each, and the jobs tell which.

A plain sweep needs no such thing (``scenarios/experiments/sweep.py``); this is for sweepers that
users bring, installed as plugins of Hydra.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import Axis
from plaza_lab.scenarios.experiments.design import DesignPoint, seeds_of
from plaza_lab.scenarios.experiments.execute import Settings, Task, prepare, run_and_keep
from plaza_lab.scenarios.experiments.launching import Launch, Where, quoted
from plaza_lab.scenarios.experiments.plan import Base, Plan, Row
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, base_of, save_plan
from plaza_lab.scenarios.experiments.spec import Spec, value_of
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.output.output_folder import replace_text
from plaza_lab.scenarios.own.own_mechanisms import own_model
from plaza_lab.scenarios.settings.composing import compose, composed, launch
from plaza_lab.scenarios.settings.config import Contradiction
from plaza_lab.scenarios.settings.grammar import unquoted
from plaza_lab.scenarios.store import open_store, read_index
from plaza_lab.scenarios.store.keys import run_key

if TYPE_CHECKING:
    from omegaconf import DictConfig


def has_sweeper(words: Iterable[str]) -> bool:
    """Return whether overrides name a sweeper of Hydra."""
    return any(word.startswith("hydra/sweeper=") for word in words)


def open_plan(spec: Spec) -> Plan:
    """Plan a sweep whose points are not known yet.

    Parameters
    ----------
    spec : Spec
        Axes and settings.

    Returns
    -------
    Plan
        Without a design point.
    """
    run = compose([word for word in spec.settings if word.startswith("run.")]).config.run
    return Plan(spec, [], [], seeds_of(run), run.weeks)


def carry_out_by_sweeper(study: StoredStudy, where: Where, progress: Progress) -> Launch:
    """Let the sweeper choose points, run them, and make the plan of what its jobs told.

    Parameters
    ----------
    study : StoredStudy
        Its plan is replaced.
    where : Where
        Names the sweeper, and perhaps a launcher.
    progress : Progress
        Told when all is done.

    Returns
    -------
    Launch
        What became of it.

    Raises
    ------
    UserError
        If Hydra refuses.
    """
    plan, outcome = study.plan, Launch()
    prepare(progress)
    if own_model() is not None and any("hydra/launcher" in word for word in where.launcher):
        raise UserError(
            "mechanisms of one's own with hydra/sweeper and hydra/launcher together: the sweeper's "
            "jobs cannot be sent them; leave one of the two out"
        )
    words = [axis_word(axis) for axis in plan.axes] + list(plan.spec.settings)
    folder = study.study.folder / "points"
    folder.mkdir(parents=True, exist_ok=True)
    arguments = ["--multirun", *words, *where.launcher, f"hydra.sweep.dir={quoted(str(folder))}"]
    try:
        launch("sweep", arguments, live_point)
    except KeyboardInterrupt:
        outcome.is_interrupted = True
    except UserError:
        raise
    except Exception as failed:
        outcome.problems.append(" ".join(f"{failed}".split()) or type(failed).__name__)
    study.plan = told_plan(plan, folder)
    if not study.plan.rows:
        raise UserError(next(iter(study.plan.refused + outcome.problems), "no point was chosen"))
    save_plan(study.study, study.plan, "")
    progress.reach(study.n_finished)
    return outcome


def axis_word(axis: Axis) -> str:
    """Write an axis as an override of a sweep."""
    if axis.values:
        return f"{axis.key}={','.join(map(str, axis.values))}"
    span = f"interval({axis.low!r},{axis.high!r})"
    return f"{axis.key}=tag(log,{span})" if axis.is_log else f"{axis.key}={span}"


def live_point(config: DictConfig) -> int:
    """Run one design point at every seed; the task function of a sweeper's jobs.

    Parameters
    ----------
    config : omegaconf.DictConfig
        The whole configuration of the point.

    Returns
    -------
    int
        Runs made now.
    """
    from hydra.core.hydra_config import HydraConfig

    hydra = HydraConfig.get()
    folder, number = Path(hydra.sweep.dir), int(hydra.job.num)
    overrides = list(map(unquoted, hydra.overrides.task))
    choices = dict(hydra.runtime.choices)
    try:
        made = composed(config, choices)
    except Contradiction as clash:
        replace_text(folder / f"{number}.json", json.dumps({"refused": str(clash)}))
        return 0
    run, point = made.config.run, DesignPoint("", made)
    told: dict[str, Any] = {
        "overrides": overrides, "choices": made.choices, "plain": made.plain,
        "run": asdict(run), "point_id": point.fingerprint,
    }  # fmt: skip
    replace_text(folder / f"{number}.json", json.dumps(told))
    study = StudyFolder(open_store(folder.parents[2]), folder.parent.name)
    index, tasks = read_index(study.store), []
    for seed in seeds_of(run):
        key = run_key(point.fingerprint, run.weeks, seed)
        if key not in index:
            tasks.append(Task(key, 0, point.fingerprint, seed))
    return run_and_keep(
        study.store, study.name, tasks, Settings(lambda place: point),
        weeks=run.weeks, workers=run.workers, on_result=_raise_failure,
    )  # fmt: skip


def _raise_failure(task: Task, result: object) -> None:
    if isinstance(result, Exception):
        raise result


def told_plan(plan: Plan, folder: Path) -> Plan:
    """Make a plan of the points that a sweeper's jobs told.

    Parameters
    ----------
    plan : Plan
        What was asked.
    folder : pathlib.Path
        One file for each job.

    Returns
    -------
    Plan
        One row for each distinct point, in the order of jobs.
    """
    bases: list[Base] = []
    rows: list[Row] = []
    refused: list[str] = []
    for file in sorted(folder.glob("*.json"), key=lambda file: int(file.stem)):
        told = json.loads(file.read_text(encoding="utf-8"))
        if "refused" in told:
            refused.append(told["refused"])
            continue
        if any(row.point_id == told["point_id"] for row in rows):
            continue
        given = dict(word.partition("=")[::2] for word in told["overrides"])
        factors = {axis.key: value_of(given[axis.key]) for axis in plan.axes}
        name = " ".join(f"{key}={given[key]}" for key in factors)
        world, population = (told["choices"].get(key, "") for key in ("world", "population"))
        rows.append(Row(told["point_id"], name, world, population, 0, len(bases), {}, factors))
        bases.append(base_of(told))
    return replace(plan, bases=bases, rows=rows, refused=refused)
