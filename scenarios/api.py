"""Plaza from Python: the same studies as on the command line, in three lines.

>>> from plaza_lab import compare
>>> result = compare(["thanks_only", "weekly_prize"], replicates=10, weeks=26)  # doctest: +SKIP
>>> result.frame()  # doctest: +SKIP
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

from plaza_lab.scenarios.answers import Answer, Comparison, PolicyAnswer, Sweep
from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments import compare as comparing
from plaza_lab.scenarios.experiments import sweep as sweeping
from plaza_lab.scenarios.experiments.design import (
    DesignPoint,
    check_whole,
    is_policy,
    named_policies,
    one_policy,
    seeds_of,
    words_of,
)
from plaza_lab.scenarios.experiments.execute import live
from plaza_lab.scenarios.experiments.placing import STORE, Where
from plaza_lab.scenarios.experiments.plan import make_plan
from plaza_lab.scenarios.experiments.plan_files import (
    StudyFolder,
    load_facts,
    load_plan,
    study_named,
)
from plaza_lab.scenarios.experiments.spec import read_spec, spec_of
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.experiments.study import Study
from plaza_lab.scenarios.own.own_mechanisms import in_force
from plaza_lab.scenarios.own.own_objects import Functions, living_by
from plaza_lab.scenarios.own.stand_in import model_of
from plaza_lab.scenarios.settings.composing import check_words_of_hydra, compose
from plaza_lab.scenarios.settings.config import Run, check_mechanisms
from plaza_lab.scenarios.settings.names import check_name
from plaza_lab.scenarios.settings.overrides import check_overrides
from plaza_lab.scenarios.store import DEFAULT_STORE, open_store
from plaza_lab.scenarios.study.execution import answer_of
from plaza_lab.sim.checking import LARGEST, whole

MOST = 1_000_000
"""Jobs, or runs side by side; a number beyond is a mistake of the hand."""
Measures = Mapping[str, Callable[[Any], float]] | Sequence[Any] | None
AnyStudy = TypeVar("AnyStudy", Study, StoredStudy)


def run(
    overrides: Sequence[str] | Any = (),
    *,
    policy: Any = None,
    mechanisms: Sequence[Any] | None = None,
    measures: Measures = None,
    on_day: Functions = None,
    on_week: Functions = None,
    replicates: int | None = None,
    weeks: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    quiet: bool = True,
) -> PolicyAnswer:
    """Run one policy.

    Parameters
    ----------
    overrides : sequence of str
        As on the command line: ``["incentive=points", "comms.lead_days=5"]``. A policy stands here
        as well as in the next.
    policy : Policy or lever group, optional
        A policy as an object; overrides then say the world, the population and the run.
    mechanisms : sequence of Mechanism, optional
        ``[*PLAZA, Birthday]``; their levers are overrides, ``"birthday.is_greeting=true"``.
    measures : mapping of str to callable, or sequence of Measure, optional
        Outcomes of your own: functions that take the community after its last day.
    on_day, on_week : callable or sequence of callable, optional
        Called with the community after each day, or each seventh day, of every run.
    replicates : int, optional
        Seeds; default 30.
    weeks : int, optional
        Weeks each run lives through; default 52.
    seed : int, optional
        First seed; default 1.
    workers : int, optional
        Runs side by side; default: every core.
    quiet : bool
        False shows progress on standard error.

    Returns
    -------
    PolicyAnswer
        ``frame()``, ``plot()``, ``report(path)``; the tables ``runs``, ``days``, ``journal``.

    Raises
    ------
    UserError
        With one line for the first mistake.
    KeyboardInterrupt
        When interrupted.
    """
    if is_policy(overrides):
        if policy is not None:
            raise UserError("run: two policies are given; leave one out")
        overrides, policy = (), overrides
    words = [*listed("overrides", overrides), *run_words(replicates, weeks, seed, workers)]
    with living_by(mechanisms, measures, on_day, on_week):
        point = one_policy(words) if policy is None else _one_object(policy, words)
        study = Study("run", seeds_of(point.run), point.run.weeks)
        _live(study, [point], quiet)
    return PolicyAnswer(study, f"run({words})")


def compare(
    policies: Sequence[Any] | Mapping[str, Any],
    overrides: Sequence[str] = (),
    *,
    mechanisms: Sequence[Any] | None = None,
    measures: Measures = None,
    on_day: Functions = None,
    on_week: Functions = None,
    replicates: int | None = None,
    weeks: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    quiet: bool = True,
) -> Comparison:
    """Compare policies, paired by seed.

    Parameters
    ----------
    policies : sequence or mapping
        The baseline first: scenarios, options of exactly one lever group, ``"default"``, several
        overrides in one text, or ``Policy`` objects, called ``policy 1`` by their place; the keys
        of a mapping are names.
    overrides : sequence of str
        What holds for all of them.
    mechanisms, measures, on_day, on_week
        As for :func:`run`.
    replicates, weeks, seed, workers, quiet
        As for :func:`run`.

    Returns
    -------
    Comparison
        ``frame()``, ``plot()``, ``report(path)``; the tables ``runs``, ``days``, ``journal``.

    Raises
    ------
    UserError
        With one line for the first mistake.
    KeyboardInterrupt
        When interrupted.
    """
    words = [*listed("overrides", overrides), *run_words(replicates, weeks, seed, workers)]
    with living_by(mechanisms, measures, on_day, on_week):
        names = named_policies(policies, words)
        study, points = comparing.plan(names, words)
        _live(study, points, quiet)
    study.keep_complete_pairs()
    return Comparison(study, f"compare({names}, {words})")


def sweep(
    overrides: Sequence[str],
    *,
    mechanisms: Sequence[Any] | None = None,
    measures: Measures = None,
    on_day: Functions = None,
    on_week: Functions = None,
    replicates: int | None = None,
    weeks: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    quiet: bool = True,
) -> Sweep:
    """Run every combination of the values given.

    Parameters
    ----------
    overrides : sequence of str
        Some with several values: ``["incentive=none,points", "fund=entry_fee,dues"]``.
    mechanisms, measures, on_day, on_week
        As for :func:`run`.
    replicates, weeks, seed, workers, quiet
        As for :func:`run`.

    Returns
    -------
    Sweep
        ``frame()``, ``plot()``, ``report(path)``; impossible points are in ``study.failures``.

    Raises
    ------
    UserError
        With one line for the first mistake, or if no point could be run.
    KeyboardInterrupt
        When interrupted.
    """
    words = [*listed("overrides", overrides), *run_words(replicates, weeks, seed, workers)]
    with living_by(mechanisms, measures, on_day, on_week):
        plan, placed = sweeping.plan(words)
        folder = Path(tempfile.mkdtemp(prefix="plaza-store-"))
        study = sweeping.keep_plan(plan, placed.store or folder, f"sweep({words})")
        weakref.finalize(study, shutil.rmtree, folder, ignore_errors=True)
        with Progress(plan.n_runs, is_quiet=quiet) as progress:
            workers = sweeping.settings_of(plan).workers
            sweeping.live_sweep(study, placed.where(workers), progress)
    return Sweep(_whole(study), f"sweep({words})")


def run_study(
    question: str | Mapping[str, Any],
    overrides: Sequence[str] = (),
    *,
    name: str = "",
    mechanisms: Sequence[Any] | None = None,
    measures: Measures = None,
    on_day: Functions = None,
    on_week: Functions = None,
    store: str | Path = DEFAULT_STORE,
    launcher: Sequence[str] = (),
    jobs: int = 0,
    workers: int = 0,
    quiet: bool = True,
) -> Answer:
    """Run a study that is kept in a store; what is done already is not run again.

    Parameters
    ----------
    question : str or mapping
        A file, an option of ``conf/study``, or what would stand in such a file.
    overrides : sequence of str
        Change it, as on the command line: ``["run.replicates=20", "policies=[points,none]"]``.
    name : str
        Name of the study in the store; default: that of the file. A mapping needs one.
    mechanisms, measures, on_day, on_week
        As for :func:`run`; what they are made of is part of the key of every run.
    store : str or pathlib.Path
        Folder of the store.
    launcher : sequence of str
        Where it runs, in Hydra's words: ``["hydra/launcher=dask"]``.
    jobs : int
        Jobs the runs are spread over; 0 leaves it to Plaza.
    workers : int
        Runs side by side within a job; 0 takes every core.
    quiet : bool
        False shows progress on standard error.

    Returns
    -------
    Answer
        ``frame()``, ``plot()``, ``report(path)``; ``study.views()`` opens the tables in DuckDB.

    Raises
    ------
    UserError
        With one line for the first mistake, or if no run could be finished.
    KeyboardInterrupt
        When interrupted; the runs made are kept.
    """
    jobs, workers = _number("jobs", jobs, 0, MOST), _number("workers", workers, 0, MOST)
    overrides = listed("overrides", overrides)
    with living_by(mechanisms, measures, on_day, on_week):
        where = Where(tuple(launcher), workers, jobs)
        return _study(question, overrides, name, store, where, quiet)


def _study(
    question: str | Mapping[str, Any], overrides: Sequence[str], name: str, store: str | Path,
    where: Where, quiet: bool,
) -> Answer:  # fmt: skip
    if not isinstance(question, (str, Mapping)):
        raise UserError(
            f"question={question!r}: a file of a study, or {{'policies': [...]}}, is expected"
        )
    spec = read_spec(question) if isinstance(question, str) else spec_of(question, name)
    spec = replace(spec.changed_by(overrides, {}), name=check_name(name or spec.name))
    if where.launcher:
        check_words_of_hydra(where.launcher)
    plan = make_plan(spec)
    folder = StudyFolder(open_store(store, option=STORE), spec.name)
    if folder.exists and load_facts(folder)["bases"]:
        check_mechanisms(load_facts(folder)["bases"][0]["plain"], spec.name)
    command = f"run_study({question!r}, {list(overrides)!r}, name={spec.name!r})"
    is_new = not folder.exists
    found = sweeping.keep_plan(plan, folder.store, command)
    found.verb = "study"
    with Progress(plan.n_runs, is_quiet=quiet) as progress:
        sweeping.live_sweep(found, where, progress, is_new=is_new)
    return answer_of(_whole(found), command)


def open_study(name: str, store: str | Path = DEFAULT_STORE, *, trust: bool = False) -> Answer:
    """Answer a study from the runs that are done.

    Parameters
    ----------
    name : str
        Its name.
    store : str or pathlib.Path
        Folder of the store.
    trust : bool
        Whether you know who made it: resolvers such as ``${oc.env:HOME}`` are let through.

    Returns
    -------
    Answer
        From the seeds that every design point has.

    Raises
    ------
    UserError
        If there is no such study, or no seed is complete.
    """
    if not isinstance(name, str):
        raise UserError(f"name={name!r}: the name of a study is expected, as a text")
    check_name(name)
    folder = study_named(open_store(store, may_make=False, is_trusted=trust), name)
    with in_force(model_of(folder, "", is_lived=False)):
        found = StoredStudy(folder, load_plan(folder))
    if found.n_finished < found.plan.n_runs:
        found.keep_complete_pairs()
    return answer_of(_whole(found), str(load_facts(folder)["command"]))


def _live(study: Study, points: Sequence[DesignPoint], quiet: bool) -> None:
    with Progress(len(points) * len(study.seeds), is_quiet=quiet) as progress:
        live(study, points, points[0].run.workers, progress)
    _whole(study)


def _one_object(policy: Any, words: Sequence[str]) -> DesignPoint:
    if not is_policy(policy):
        raise UserError(f"policy={policy!r} is no Policy; write Policy(incentive=Incentive(...))")
    check_overrides(words)
    check_whole(words)
    return DesignPoint("policy", compose([*words_of(policy), *words]))


def run_words(
    replicates: int | None, weeks: int | None, seed: int | None, workers: int | None
) -> list[str]:
    """What was given as overrides; numbers only, as a text could say anything to Hydra."""
    given = {"replicates": replicates, "weeks": weeks, "seed": seed, "workers": workers}
    bounds = {own.name: own.metadata for own in fields(Run)}
    return [
        f"run.{name}={_number(f'run.{name}', value, bounds[name]['low'], bounds[name]['high'])}"
        for name, value in given.items()
        if value is not None
    ]


def _number(name: str, value: Any, least: float, most: float) -> int:
    try:
        number = whole(name, value, -LARGEST)
    except (TypeError, ValueError) as wrong:
        bounds = f"; choose {int(least):,} to {int(most):,}"
        raise UserError(str(wrong).partition(";")[0] + bounds) from None
    if not least <= number <= most:
        raise UserError(f"{name}={number} is outside {int(least):,} to {int(most):,}")
    return number


def listed(name: str, given: Sequence[str]) -> list[str]:
    """A list of texts; a single text would be taken letter by letter."""
    is_list = isinstance(given, Sequence) and not isinstance(given, str)
    if not is_list or not all(isinstance(one, str) for one in given):
        raise UserError(f"{name}={given!r} is no list of texts; write {name}=[...]")
    return list(given)


def _whole(study: AnyStudy) -> AnyStudy:
    if study.is_interrupted:
        raise KeyboardInterrupt
    if not study.n_finished:
        raise UserError("no run could be finished: " + "; ".join(study.failures))
    return study
