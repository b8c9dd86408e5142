"""Carrying out a study for the command line: run, answer, keep, and say what went wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from plaza_lab.scenarios.answers import Answer, Comparison
from plaza_lab.scenarios.answers.answer import Shown
from plaza_lab.scenarios.command_line.printing import complain, console, say
from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.command_line.stopping import stopped_by
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.experiments.study import Study
from plaza_lab.scenarios.output.output_folder import OutputFolder, output_folder
from plaza_lab.scenarios.output.writing import keep_answer, kept_line
from plaza_lab.scenarios.own.own_mechanisms import command_line
from plaza_lab.scenarios.settings.config import Run

FAILED, STOPPED = 1, 130
MOST_TOLD = 3
"""Reasons that are printed; the others are kept."""


def carry_out(
    answer: Answer, act: Callable[[Progress], None], settings: Run, title: str, total: int
) -> int:
    """Run a planned study, print its answer and keep it.

    Parameters
    ----------
    answer : Answer
        Of a study of which nothing is run yet.
    act : callable
        Runs the study and tells the progress.
    settings : Run
        Where it is kept.
    title : str
        Part of the folder's name.
    total : int
        Runs to be done.

    Returns
    -------
    int
        0; 1 when some runs failed; 130 after Ctrl-C.
    """
    study = answer.study
    with output_folder(settings.out, study.verb, title, may_replace=settings.overwrite) as folder:
        with Progress(total) as progress:
            act(progress)
        if study.is_interrupted:
            if isinstance(study, StoredStudy):
                return _tell_resume(study)
            return _keep_interrupted(answer, folder)
        if isinstance(answer, Comparison) and study.failures:
            study.keep_complete_pairs()
        if study.n_finished:
            present(answer, folder, has_report=settings.report)
    return _report_failures(study)


def present(answer: Shown, folder: OutputFolder, *, has_report: bool = True) -> None:
    """Print an answer, keep it in a folder that is entered already, and say where.

    Without `has_report` neither pictures nor the page are made.
    """
    show_if_possible(answer)
    keep_answer(answer, folder.partial, place=folder.final, has_report=has_report)
    say(f"\n{kept_line(folder.keep(), answer.say)}")


def _tell_resume(study: StoredStudy) -> int:
    done, total = study.n_finished, study.plan.n_runs
    complain(
        f"stopped by {stopped_by()}: {done:,} of {total:,} runs are kept; go on with: "
        f"{command_line('study', 'resume', study.study.name)}"
    )
    return STOPPED


def _report_failures(study: Study | StoredStudy) -> int:
    if not study.failures:
        return 0
    for line in study.failures[:MOST_TOLD]:
        complain(line)
    if study.n_finished:
        parts = "1 part" if len(study.failures) == 1 else f"{len(study.failures)} parts"
        complain(f"{parts} of the study could not be run; manifest.json holds the reasons")
    else:
        complain("nothing could be run, and nothing was kept")
    return FAILED


def report_failures(failures: Sequence[str], asked: int) -> int:
    """Say on standard error how many of the runs asked for could not be finished.

    Returns the exit code: 0 if there are none, else 1.
    """
    if not failures:
        return 0
    complain(f"{len(failures)} of {asked} runs could not be finished; the first: {failures[0]}")
    return FAILED


def show_if_possible(answer: Shown) -> None:
    """Print the table; runs that took an hour are kept even if no table can be made of them."""
    try:
        console().print(answer.table())
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except Exception as failed:
        is_stored = isinstance(getattr(answer, "study", None), StoredStudy)
        if is_stored and isinstance(failed, UserError):
            raise  # the store says in one line what is wrong with it, and loses nothing
        if os.environ.get("PLAZA_DEBUG") == "1":
            raise
        complain(f"no table could be made ({type(failed).__name__}: {failed}); the runs are kept")


def _keep_interrupted(answer: Answer, folder: OutputFolder) -> int:
    from plaza_lab.scenarios.statistics.pairing import name_seeds

    study, wanted = answer.study, len(answer.study.seeds)
    if isinstance(answer, Comparison):
        complete = study.keep_complete_pairs()
        done = f"{len(complete)} of {wanted} pairs complete"
        done += f" (seeds {name_seeds(complete)})" if complete else ""
    else:
        done = f"{study.n_finished} runs complete"
    if not study.n_finished:
        complain(f"stopped by {stopped_by()}: {done}; nothing was kept")
        return STOPPED
    keep_answer(answer, folder.partial, place=folder.final, has_report=False)
    complain(f"stopped by {stopped_by()}: {done}; kept in {folder.keep_interrupted()}")
    return STOPPED


def stopped_and_kept() -> int:
    """Say how a command goes on whose runs are kept as they finish; return its exit code."""
    complain(
        f"stopped by {stopped_by()}: the runs made are kept; the same command goes on from there"
    )
    return STOPPED


def first_result(study: Study) -> Callable[[object, object], None]:
    """Return what prints the first finished run at once, before tables are made.

    It is to be called with each point and result.
    """
    from plaza_lab.scenarios.outcomes import OUTCOMES, show_value

    def show_first(_: object, result: object) -> None:
        if study.n_finished == 1:
            outcomes: dict[str, float] = result.outcomes  # type: ignore[attr-defined]
            shown = [
                f"{OUTCOMES[name].label.lower()} {show_value(OUTCOMES[name], outcomes[name])}"
                for name in ("growth", "retention", "fund_spend_yuan")
                if name in outcomes
            ]
            say(f"seed {result.seed}: {', '.join(shown)}")  # type: ignore[attr-defined]

    return show_first
