"""Sweeps: every combination of the values given, planned whole and kept in a store.

A sweeper of Hydra that users bring, installed as a plugin, may choose the points instead: one job
each, and the jobs tell which.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import Axis
from plaza_lab.scenarios.experiments.design import DesignPoint, seeds_of
from plaza_lab.scenarios.experiments.execute import Task, lacking, prepare, run_and_keep
from plaza_lab.scenarios.experiments.launching import (
    Launch,
    carry_out_plan,
    nothing_left_behind,
    quoted,
)
from plaza_lab.scenarios.experiments.placing import STORE, Where, placed_in
from plaza_lab.scenarios.experiments.plan import Base, Plan, Row, make_plan
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, base_of, save_plan
from plaza_lab.scenarios.experiments.spec import Spec, sort_words, value_of
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.output.output_folder import named_after, replace_text
from plaza_lab.scenarios.own.own_mechanisms import own_model
from plaza_lab.scenarios.settings.composing import compose, composed, launch
from plaza_lab.scenarios.settings.config import Contradiction, Run
from plaza_lab.scenarios.settings.grammar import unquoted
from plaza_lab.scenarios.settings.overrides import check_overrides, swept
from plaza_lab.scenarios.store import Store, open_store
from plaza_lab.scenarios.store.layout import run_key

if TYPE_CHECKING:
    from omegaconf import DictConfig


def plan(overrides: Sequence[str]) -> tuple[Plan, Where]:
    """Plan a sweep; nothing is run yet.

    Parameters
    ----------
    overrides : sequence of str
        Overrides, at least one of which names several values.

    Returns
    -------
    tuple
        The plan, without a design point where a sweeper of Hydra chooses them, and where it runs.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    where, words = placed_in(overrides, may_sweep=True)
    check_overrides(words, may_sweep=True)
    if not swept(words):
        raise UserError("nothing to sweep: give several values, as in incentive=none,points")
    if where.launcher:
        compose(where.launcher)  # a launcher that is none leaves no store behind
    settings, axes = sort_words(words)
    spec = Spec(
        named_after("sweep", "-".join(axis.key for axis in axes)),
        levers=tuple(axis for axis in axes if axis.is_lever),
        uncertainties=tuple(axis for axis in axes if not axis.is_lever),
        settings=tuple(settings),
    )
    if not where.has_sweeper:
        return make_plan(spec), where
    run = _run_of(spec)
    return Plan(spec, [], [], seeds_of(run), run.weeks), where


def settings_of(plan: Plan) -> Run:
    """Return how much of a sweep is run, and where its answer goes."""
    return plan.bases[0].composed.config.run if plan.bases else _run_of(plan.spec)


def _run_of(spec: Spec) -> Run:
    return compose([word for word in spec.settings if word.startswith("run.")]).config.run


def keep_plan(plan: Plan, store: Store | Path | str, command: str) -> StoredStudy:
    """Keep a planned sweep in a store; none of its runs need be done yet.

    Parameters
    ----------
    plan : Plan
        The plan.
    store : Store, pathlib.Path or str
        Where.
    command : str
        Command line or call that asked.
    """
    opened = store if isinstance(store, Store) else open_store(store, option=STORE)
    study = StudyFolder(opened, plan.spec.name)
    save_plan(study, plan, command)
    return StoredStudy(study, plan, "sweep")


def live_sweep(
    study: StoredStudy, where: Where, progress: Progress, *, is_new: bool = True
) -> None:
    """Run what a sweep, or a study, lacks.

    Parameters
    ----------
    study : StoredStudy
        Told of Ctrl-C and of jobs that could not end.
    where : Where
        Where it runs.
    progress : Progress
        Told of every finished run.
    is_new : bool
        Whether this command makes the study; a sweep is named by the moment.
    """
    with nothing_left_behind(study.study, where, is_new=is_new):
        if where.has_sweeper:
            done = _carry_out_by_sweeper(study, where, progress)
        else:
            done = carry_out_plan(study.study, study.plan, progress, where)
    study.is_interrupted, study.problems = done.is_interrupted, done.problems
    study.wall_s = done.wall_s


def _carry_out_by_sweeper(study: StoredStudy, where: Where, progress: Progress) -> Launch:
    """Let the sweeper choose points, run them, and make the plan of what its jobs told."""
    plan, outcome = study.plan, Launch()
    prepare(progress)
    if own_model() is not None and any("hydra/launcher" in word for word in where.launcher):
        raise UserError(
            "mechanisms of one's own with hydra/sweeper and hydra/launcher together: the sweeper's "
            "jobs cannot be sent them; leave one of the two out"
        )
    words = [_axis_word(axis) for axis in plan.axes] + list(plan.spec.settings)
    folder = study.study.folder / "points"
    folder.mkdir(parents=True, exist_ok=True)
    arguments = ["--multirun", *words, *where.launcher, f"hydra.sweep.dir={quoted(str(folder))}"]
    with outcome.noting():
        launch("sweep", arguments, live_point)
    study.plan = _told_plan(plan, folder)
    if not study.plan.rows:
        raise UserError(next(iter(study.plan.refused + outcome.problems), "no point was chosen"))
    save_plan(study.study, study.plan, "")
    progress.reach(study.n_finished)
    return outcome


def _axis_word(axis: Axis) -> str:
    """Write an axis as an override of a sweep."""
    if axis.values:
        return f"{axis.key}={','.join(map(str, axis.values))}"
    span = f"interval({axis.low!r},{axis.high!r})"
    return f"{axis.key}=tag(log,{span})" if axis.is_log else f"{axis.key}={span}"


def live_point(config: DictConfig) -> int:
    """Run one design point at every seed, and return how many runs were made now.

    The task function of a sweeper's jobs; `config` is the whole configuration of the point.
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
    store = open_store(folder.parents[2], option=STORE)
    name = point.fingerprint
    tasks = [Task(run_key(name, run.weeks, seed), 0, name, seed) for seed in seeds_of(run)]
    return run_and_keep(
        store, folder.parent.name, lacking(store, tasks), lambda place: point,
        weeks=run.weeks, workers=run.workers, on_result=_raise_failure,
    )  # fmt: skip


def _raise_failure(task: Task, result: object) -> None:
    if isinstance(result, Exception):
        raise result


def _told_plan(plan: Plan, folder: Path) -> Plan:
    """Make a plan of the points that a sweeper's jobs told: each once, in the order of jobs."""
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
