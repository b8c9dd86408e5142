"""What goes out of a store: exported tables, removed studies, what killed processes left."""

from __future__ import annotations

import os
import shutil
from fnmatch import fnmatch
from pathlib import Path

from plaza_lab.scenarios.command_line.printing import complain, say
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.plan import Plan
from plaza_lab.scenarios.experiments.plan_files import (
    POINTS,
    STUDY,
    StudyFolder,
    load_facts,
    load_plan,
    study_names,
)
from plaza_lab.scenarios.experiments.stored_study import open_study
from plaza_lab.scenarios.files.places import new_place
from plaza_lab.scenarios.output.manifest import named, why_not_ours, write_manifest
from plaza_lab.scenarios.output.output_folder import OutputFolder
from plaza_lab.scenarios.output.provenance import manifest_of
from plaza_lab.scenarios.report.words import counted
from plaza_lab.scenarios.store import Store, read_index
from plaza_lab.scenarios.store.claims import at_work_on
from plaza_lab.scenarios.store.upkeep import REMOVED, find_garbage, keep_only, sweep_out
from plaza_lab.scenarios.study.status import store_flag


def export_study(
    study: StudyFolder, plan: Plan, place: Path, form: str, has_parameters: bool
) -> None:
    """Write the tables of a study into a new folder.

    Parameters
    ----------
    study, plan
        Where it lies, and its plan.
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
    new_place(place, "--to")
    stored = open_study(study, plan)
    with OutputFolder(place.expanduser(), option="--to") as folder:
        stored.write_tables(folder.partial, form=form, has_parameters=has_parameters)
        write_manifest(folder.partial, manifest_of(stored, load_facts(study)["command"]))
        kept = folder.keep()
    if stored.n_finished < plan.n_runs:
        complain(f"{study.name} is not complete: {stored.n_finished:,} of {plan.n_runs:,} runs")
    names = ", ".join(sorted(file.name for file in kept.iterdir()))
    say(f"{counted(stored.n_finished, 'run')} in {kept}: {names}")


def collect_garbage(store: Store, *, is_dry: bool, has_unasked: bool) -> None:
    """Remove what no living process and no study needs.

    Parameters
    ----------
    store : Store
        A store one may write to.
    is_dry : bool
        Whether to tell only.
    has_unasked : bool
        Whether finished runs go that no study of the store asks for.
    """
    garbage = find_garbage(store)
    size = f"{garbage.n_bytes / 1e6:,.1f} MB"
    told = "would be removed" if is_dry else "removed"
    if not is_dry:
        sweep_out(store, garbage)
    say(f"left by processes that are gone: {counted(len(garbage.files), 'file')}, "
        f"{size}, {told}")  # fmt: skip
    for name, why in garbage.damaged.items():
        say(f"damaged: {store.runs / name}: {why}, {told}")
    if has_unasked:
        asked: set[str] = set()
        for name in study_names(store):
            asked.update(load_plan(StudyFolder(store, name)).keys)
        if is_dry:
            gone = len(set(read_index(store).segment_of) - asked)
        else:
            gone = keep_only(store, asked)
        say(f"asked for by no study here: {counted(gone, 'run')}, {told}")


def remove_study(study: StudyFolder) -> None:
    """Remove a study with its plan and answer; runs stay, for other studies share them.

    Raises
    ------
    UserError
        If a process works for it, something of the user's lies there, or the disk refuses.
    """
    if foreign := _foreign(study):
        raise UserError(f"{study.folder} holds what is not Plaza's: {foreign}; take it away first")
    if workers := at_work_on(study.store, study.name):
        raise UserError(f"{study.name} is being run ({workers[0]}); stop that process first")
    with study.store.writing(study.folder, kept="nothing was kept"):
        # gone at once under its name, whatever happens while its files are removed one by one
        going = study.folder.with_name(f"{REMOVED}{study.name}-{os.getpid()}")
        study.folder.rename(going)
        shutil.rmtree(going)
    say(f"{study.name} is removed; its runs stay until plaza study gc --unasked{store_flag(study)}")


def _foreign(study: StudyFolder) -> str:
    """Name what Plaza did not write into the folder of a study; empty for nothing."""
    ours = (
        STUDY, f".{STUDY}.*", POINTS.format("*"), f".{POINTS.format('*')}.partial",
        "jobs", "points",
        "hydra", "answer", "answer.partial-*", "answer.replaced-*", ".answer.lock",
    )  # fmt: skip
    foreign = sorted(
        place.name
        for place in study.folder.iterdir()
        if not any(fnmatch(place.name, pattern) for pattern in ours)
    )
    answer = study.folder / "answer"
    if not foreign and answer.exists() and why_not_ours(answer):
        return f"an answer of which not all is as Plaza wrote it ({why_not_ours(answer)})"
    return named(foreign)
