"""Sweeps: every combination of the values given, planned whole and kept in a store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.launching import Where, carry_out_plan, nothing_left_behind
from plaza_lab.scenarios.experiments.placing import Placed, placed_in
from plaza_lab.scenarios.experiments.plan import Plan, make_plan
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, save_plan
from plaza_lab.scenarios.experiments.spec import Spec, sort_words
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.experiments.sweeper import carry_out_by_sweeper, has_sweeper, open_plan
from plaza_lab.scenarios.output.output_folder import named_after
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.config import Run
from plaza_lab.scenarios.settings.overrides import check_overrides, swept
from plaza_lab.scenarios.store import Store, open_store


def plan(overrides: Sequence[str]) -> tuple[Plan, Placed]:
    """Plan a sweep; nothing is run yet.

    Parameters
    ----------
    overrides : sequence of str
        Overrides, at least one of which names several values.

    Returns
    -------
    tuple
        The plan, and where it runs.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    placed, words = placed_in(overrides, may_sweep=True)
    check_overrides(words, may_sweep=True)
    if not swept(words):
        raise UserError("nothing to sweep: give several values, as in incentive=none,points")
    if placed.launcher:
        compose(placed.launcher)  # a launcher that is none leaves no store behind
    settings, axes = sort_words(words)
    spec = Spec(
        named_after("sweep", "-".join(axis.key for axis in axes)),
        levers=tuple(axis for axis in axes if axis.is_lever),
        uncertainties=tuple(axis for axis in axes if not axis.is_lever),
        settings=tuple(settings),
    )
    return (open_plan if has_sweeper(placed.launcher) else make_plan)(spec), placed


def settings_of(plan: Plan) -> Run:
    """Return how much of a sweep is run, and where its answer goes."""
    if plan.bases:
        return plan.bases[0].composed.config.run
    return compose([word for word in plan.spec.settings if word.startswith("run.")]).config.run


def keep_plan(plan: Plan, store: Store | Path | str, command: str) -> StoredStudy:
    """Keep a planned sweep in a store.

    Parameters
    ----------
    plan : Plan
        The plan.
    store : Store, pathlib.Path or str
        Where.
    command : str
        Command line or call that asked.

    Returns
    -------
    StoredStudy
        None of its runs need be done yet.
    """
    opened = store if isinstance(store, Store) else open_store(store)
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
        if has_sweeper(where.launcher):
            done = carry_out_by_sweeper(study, where, progress)
        else:
            done = carry_out_plan(study.study, study.plan, progress, where)
    study.is_interrupted, study.problems = done.is_interrupted, done.problems
    study.wall_s = done.wall_s
