"""Taking tables out of a store, and garbage."""

from __future__ import annotations

import os
from pathlib import Path

from scenarios.carrying_out import complain
from scenarios.errors import UserError
from scenarios.experiments.plan import Plan
from scenarios.experiments.plan_files import StudyFolder, load_facts, load_plan, study_names
from scenarios.experiments.stored import open_study
from scenarios.output_folder import OutputFolder, disk_errors, write_manifest
from scenarios.provenance import manifest_of
from scenarios.report.words import counted
from scenarios.store import Store, read_index
from scenarios.store.upkeep import find_garbage, keep_only, sweep_out
from scenarios.study.showing import say


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
    with OutputFolder(place.expanduser()) as folder:
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
    with disk_errors(place, option=option):
        if os.path.lexists(place.expanduser()):
            raise UserError(f"{place} exists already; give {option} a new folder")


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
            plan = load_plan(StudyFolder(store, name))
            asked.update(plan.key_of(number) for number in range(plan.n_runs))
        if is_dry:
            gone = len(set(read_index(store).segment_of) - asked)
        else:
            gone = keep_only(store, asked)
        say(f"asked for by no study here: {counted(gone, 'run')}, {told}")
