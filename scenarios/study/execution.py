"""Carrying out a study for the command line: run what is open, answer from all that is done."""

from __future__ import annotations

from pathlib import Path

from plaza_lab.scenarios.answers import Answer, Comparison, PolicyAnswer, Sensitivity, Sweep, Worlds
from plaza_lab.scenarios.answers.sensitivity import KINDS
from plaza_lab.scenarios.command_line.execution import FAILED, STOPPED, show_if_possible
from plaza_lab.scenarios.command_line.printing import complain, say
from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.command_line.stopping import stopped_by
from plaza_lab.scenarios.comparing.asked import View
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.launching import Launch, carry_out_plan
from plaza_lab.scenarios.experiments.placing import Where
from plaza_lab.scenarios.experiments.plan import Plan
from plaza_lab.scenarios.experiments.plan_files import StudyFolder
from plaza_lab.scenarios.experiments.stored_study import StoredStudy, open_study
from plaza_lab.scenarios.files.places import new_place
from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.output.output_folder import OutputFolder
from plaza_lab.scenarios.output.writing import keep_answer, kept_line
from plaza_lab.scenarios.report.words import counted
from plaza_lab.scenarios.store import read_index
from plaza_lab.scenarios.store.claims import at_work_on
from plaza_lab.scenarios.store.index import find_corruption
from plaza_lab.scenarios.store.upkeep import set_aside
from plaza_lab.scenarios.study.status import MOST_SHOWN, plan_line, resume_line, store_flag


def answer_of(study: StoredStudy, command: str, view: View | None = None) -> Answer:
    """Choose the answer that fits a study's design.

    Parameters
    ----------
    study : StoredStudy
        With at least one finished run.
    command : str
        Command line that makes the same study again.
    view : View, optional
        How a comparison is answered; default: by active retention, in English.

    Returns
    -------
    Answer
        One policy, a comparison of policies, the same over worlds, a sensitivity study, or design
        points side by side.
    """
    spec = study.plan.spec
    if (spec.levers or spec.uncertainties) and spec.design.kind in KINDS:
        return Sensitivity(study, command)
    if study.plan.n_worlds > 1 and len(study.policies) > 1:
        return Worlds(study, command, view)
    if spec.levers or spec.uncertainties:
        return Sweep(study, command)
    if len(study.policies) > 1:
        return Comparison(study, command, view)
    return PolicyAnswer(study, command)


def carry_out_study(
    study: StudyFolder, plan: Plan, command: str, where: Where, *, has_answer: bool = True
) -> int:
    """Run what a study lacks, and answer it: 0; 1 when some runs failed; 130 after Ctrl-C.

    Parameters
    ----------
    study, plan
        Where it lies; the plan is kept there already.
    command, where
        Command line that asked, and where it runs.
    has_answer : bool
        Whether the answer is made when all is done.
    """
    say(f"{study.name}: {plan_line(plan)}")
    for line in plan.refused[:MOST_SHOWN]:
        complain(f"left out: {line}")
    if len(plan.refused) > MOST_SHOWN:
        complain(f"left out: {len(plan.refused) - MOST_SHOWN:,} more; "
                 f"plaza study why {study.name}{store_flag(study)} names all")  # fmt: skip
    n_open = _tidy_up(study, plan)
    if n_open < plan.n_runs:
        say(f"{counted(plan.n_runs - n_open, 'run')} done before, {n_open:,} to do")
    with Progress(plan.n_runs) as progress:
        if n_open and (others := at_work_on(study.store, study.name)):
            who = "; ".join(others[:MOST_SHOWN])
            complain(f"{study.name} is being run already ({who}): the runs are shared")
        launch = carry_out_plan(study, plan, progress, where)
    if launch.is_interrupted:
        index = read_index(study.store)
        done = sum(key in index for key in plan.keys)
        complain(f"stopped by {stopped_by()}: {done:,} of {plan.n_runs:,} runs are kept; "
                 f"go on with: {resume_line(study)}")  # fmt: skip
        return STOPPED
    code = finish_study(study, plan, command, launch) if has_answer else 0
    return _report(study, launch) or code


def _tidy_up(study: StudyFolder, plan: Plan) -> int:
    """Set damaged segments aside, and count the runs to do."""
    store, index = study.store, read_index(study.store)
    keys = plan.keys
    damaged = index.damaged | find_corruption(store, index.segments(keys))
    set_aside(store, damaged)
    for name, why in damaged.items():
        complain(f"{store.runs / name} is damaged: {why}; it is set aside, its runs are run again")
    if damaged:
        index = read_index(store)
    return sum(key not in index for key in keys)


def finish_study(
    study: StudyFolder,
    plan: Plan,
    command: str,
    launch: Launch | None = None,
    *,
    place: Path | None = None,
    language: str = "",
) -> int:
    """Answer a study from the runs that are done, and keep the answer.

    Parameters
    ----------
    study, plan, command
        As in :func:`carry_out_study`.
    launch : Launch, optional
        What became of running it just now.
    place : pathlib.Path, optional
        A new folder for the answer; default: beside the plan, where the last answer is replaced.
    language : str
        What ``--lang`` says; empty where it is not given.

    Returns
    -------
    int
        0; 1 when nothing is done, or the answer could be shown and not kept.

    Raises
    ------
    UserError
        If nothing is done, a segment is damaged, or `place` cannot be written.
    """
    if place is not None:
        new_place(place, "--to")
    if launch is not None and not StoredStudy(study, plan).n_finished:
        complain("no run could be finished, so there is no answer")
        return FAILED
    stored = open_study(study, plan)
    stored.problems = [] if launch is None else launch.problems
    stored.wall_s = 0.0 if launch is None else launch.wall_s
    answer = answer_of(stored, command, View(Language(chosen_language(language))))
    if stored.n_finished < plan.n_runs and not _use_what_is_done(stored, answer):
        return FAILED
    show_if_possible(answer)
    try:
        with OutputFolder(
            place or study.folder / "answer", may_replace=place is None, option="--to"
        ) as folder:
            keep_answer(answer, folder.partial, place=folder.final, has_tables=False)
            kept_in = folder.keep()
    except UserError as refused:
        if place is not None or launch is not None:
            raise
        other_place = str(refused).replace("give run.out", "give --to")
        complain(f"the answer is shown and not kept: {other_place}")
        return FAILED
    say(f"\n{kept_line(kept_in)}")
    return 0


def _use_what_is_done(stored: StoredStudy, answer: Answer) -> bool:
    done, total = stored.n_finished, stored.plan.n_runs
    line = f"{stored.study.name} is not complete: {done:,} of {total:,} runs are done"
    if not isinstance(answer, (PolicyAnswer, Sweep)):
        stored.keep_complete_pairs()
        line += f", and {stored.n_finished:,} of them make whole pairs"
    is_enough = stored.n_finished > 0
    complain(line + ("; the answer is made of these" if is_enough else "; there is no answer yet"))
    return is_enough


def _report(study: StudyFolder, launch: Launch) -> int:
    for problem in launch.problems:
        complain(problem)
    if launch.failures:
        first = launch.failures[0]
        complain(
            f"{counted(len(launch.failures), 'run')} failed; the first: {first.policy}, seed "
            f"{first.seed}: {first.reason}; plaza study why {study.name}{store_flag(study)} "
            "tells all"
        )
    return FAILED if launch.problems or launch.failures else 0
