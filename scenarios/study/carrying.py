"""Carrying out a study for the command line: run what is open, answer from all that is done."""

from __future__ import annotations

from scenarios.carrying_out import FAILED, STOPPED, complain, show_if_possible
from scenarios.experiments.carry import Launch, Where, carry_out_plan
from scenarios.experiments.plan import Plan
from scenarios.experiments.plan_files import StudyFolder
from scenarios.experiments.run import prepare
from scenarios.experiments.stored import StoredStudy, open_study
from scenarios.output_folder import OutputFolder
from scenarios.progress import Progress
from scenarios.store import read_index
from scenarios.store.upkeep import set_aside
from scenarios.study.answering import answer_of
from scenarios.study.showing import plan_line, resume_line, say
from scenarios.writing import keep_answer


def carry_out_study(
    study: StudyFolder, plan: Plan, command: str, where: Where, *, has_answer: bool = True
) -> int:
    """Run what a study lacks, and answer it.

    Parameters
    ----------
    study : StudyFolder
        Where it lies; its plan is kept already.
    plan : Plan
        The plan.
    command : str
        Command line that asked.
    where : Where
        Where it runs.
    has_answer : bool
        Whether the answer is made when all is done.

    Returns
    -------
    int
        0; 1 when some runs failed; 130 after Ctrl-C.
    """
    say(f"{study.name}: {plan_line(plan)}")
    for line in plan.refused:
        complain(f"left out: {line}")
    index = read_index(study.store)
    for name, why in set_aside(study.store, index).items():
        complain(f"{name} is damaged ({why}); it is set aside and its runs are run again")
    with Progress(plan.n_runs) as progress:
        prepare(progress)
        launch = carry_out_plan(study, plan, progress, where)
    if launch.n_before:
        say(f"{launch.n_before:,} runs were done before and are not run again")
    if launch.is_interrupted:
        done = StoredStudy(study, plan).n_finished
        complain(f"stopped by Ctrl-C: {done:,} of {plan.n_runs:,} runs are kept; "
                 f"go on with: {resume_line(study)}")  # fmt: skip
        return STOPPED
    code = finish_study(study, plan, command, launch) if has_answer else 0
    return _report(study, launch) or code


def finish_study(study: StudyFolder, plan: Plan, command: str, launch: Launch | None = None) -> int:
    """Answer a study from the runs that are done, and keep the answer beside its plan.

    Parameters
    ----------
    study : StudyFolder
        Where it lies.
    plan : Plan
        Its plan.
    command : str
        Command line that asked.
    launch : Launch, optional
        What became of running it just now.

    Returns
    -------
    int
        0; 1 when nothing is done.
    """
    if launch is not None and not StoredStudy(study, plan).n_finished:
        complain("no run could be finished, so there is no answer")
        return FAILED
    stored = open_study(study, plan)
    stored.problems = [] if launch is None else launch.problems
    stored.wall_s = 0.0 if launch is None else launch.wall_s
    answer = answer_of(stored, command)
    if stored.n_finished < plan.n_runs:
        kept = stored.keep_complete_pairs()
        complain(
            f"{stored.study.name} is not complete: answered from the {len(kept)} of "
            f"{len(plan.seeds)} seeds that every design point has"
        )
        if not kept:
            return FAILED
    show_if_possible(answer)
    with OutputFolder(study.folder / "answer", may_replace=True) as folder:
        keep_answer(answer, folder.partial, place=folder.final, has_tables=False)
        kept_in = folder.keep()
    names = ", ".join(sorted(file.name for file in kept_in.iterdir()))
    say(f"\nkept in {kept_in}: {names}")
    return 0


def _report(study: StudyFolder, launch: Launch) -> int:
    for problem in launch.problems:
        complain(problem)
    if launch.failures:
        first = launch.failures[0]
        complain(
            f"{len(launch.failures):,} runs failed; the first: {first.policy}, seed {first.seed}: "
            f"{first.reason}; plaza study why {study.name} tells all"
        )
    return FAILED if launch.problems or launch.failures else 0
