"""Taking tables out of a store."""

from __future__ import annotations

from pathlib import Path

from plaza_lab.scenarios.command_line.execution import complain
from plaza_lab.scenarios.experiments.plan import Plan
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, load_facts
from plaza_lab.scenarios.experiments.stored_study import open_study
from plaza_lab.scenarios.files.places import new_place
from plaza_lab.scenarios.output.output_folder import OutputFolder, write_manifest
from plaza_lab.scenarios.output.provenance import manifest_of
from plaza_lab.scenarios.report.words import counted
from plaza_lab.scenarios.study.terminal import say


def export_study(
    study: StudyFolder, plan: Plan, place: Path, form: str, has_parameters: bool
) -> None:
    """Write the tables of a study into a new folder.

    Parameters
    ----------
    study : StudyFolder
        Where it lies.
    plan : Plan
        Its plan.
    place : pathlib.Path
        The new folder.
    form : {"parquet", "csv"}
        Kind of file.
    has_parameters : bool
        Whether what varies is joined to days and journal as well as to runs.

    Raises
    ------
    UserError
        If nothing is done, the folder exists, or the disk refuses.
    """
    check_new(place, "--to")
    stored = open_study(study, plan)
    with OutputFolder(place.expanduser(), option="--to") as folder:
        stored.write_tables(folder.partial, form=form, has_parameters=has_parameters)
        write_manifest(folder.partial, manifest_of(stored, load_facts(study)["command"]))
        kept = folder.keep()
    if stored.n_finished < plan.n_runs:
        complain(f"{study.name} is not complete: {stored.n_finished:,} of {plan.n_runs:,} runs")
    names = ", ".join(sorted(file.name for file in kept.iterdir()))
    say(f"{counted(stored.n_finished, 'run')} in {kept}: {names}")


def check_new(place: Path, option: str) -> None:
    """Refuse a folder that exists already.

    Parameters
    ----------
    place : pathlib.Path
        A folder to be made.
    option : str
        Flag that named it.

    Raises
    ------
    UserError
        If it is there.
    """
    new_place(place, option)
