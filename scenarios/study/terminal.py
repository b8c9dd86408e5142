"""What ``plaza study`` prints: counts, reasons, one run."""

from __future__ import annotations

import shlex

from plaza_lab.scenarios.command_line.printing import one_line, say
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.plan import Plan
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, load_facts, load_plan
from plaza_lab.scenarios.output.provenance import code_fingerprint
from plaza_lab.scenarios.own.own_mechanisms import command_line, in_force
from plaza_lab.scenarios.own.stand_in import model_of
from plaza_lab.scenarios.report.words import counted
from plaza_lab.scenarios.settings.config import MECHANISMS
from plaza_lab.scenarios.store import read_index
from plaza_lab.scenarios.store.failures import Failure
from plaza_lab.scenarios.store.keys import run_key
from plaza_lab.scenarios.study.status import Status, status_of

MOST_SHOWN = 10


def plan_line(plan: Plan) -> str:
    """Say what a plan has: ``2 policies x 64 worlds x 30 seeds = 3,840 runs of 52 weeks``."""
    policies = len(plan.policies)
    parts = ["1 policy" if policies == 1 else f"{policies:,} policies"]
    if plan.spec.uncertainties or plan.n_worlds > 1:
        parts.append(counted(plan.n_worlds, "world"))
    parts.append(counted(len(plan.seeds), "seed"))
    runs, weeks = counted(plan.n_runs, "run"), counted(plan.weeks, "week")
    return f"{' x '.join(parts)} = {runs} of {weeks}"


def change_line(old: set[str], new: set[str]) -> str:
    """Say what an expansion changes of the keys planned: ``40 runs added, 60 stay``."""
    added, gone = len(new - old), len(old - new)
    line = f"{counted(added, 'run')} added, {len(new & old):,} stay"
    return line + (f", {gone:,} asked for no more (they are kept until gc --unasked)" * bool(gone))


def print_status(study: StudyFolder, plan: Plan) -> None:
    """Print how far a study is."""
    status, facts = status_of(study, plan), load_facts(study)
    say(f"{study.name}: {plan_line(plan)}")
    if plan.spec.question:
        say(plan.spec.question)
    say(f"asked by: {one_line(facts['command'])}  ({facts['made']})")
    for name in ("done", "running", "planned"):
        say(f"  {name:<8} {getattr(status, name):>9,}")
    say(f"  {'failed':<8} {len(status.failed):>9,}")
    for line in plan.refused[:MOST_SHOWN]:
        say(f"left out: {line}")
    _print_failures(status)
    for code, number in status.elsewhere.items():
        say(
            f"{counted(number, 'run')} of this study were made by another engine ({code}; "
            f"this one is {code_fingerprint()}) and are not mixed in"
        )
    for name, why in status.damaged.items():
        say(f"damaged: {study.store.runs / name}: {why}; resume sets it aside")
    if status.workers:
        say(f"being run by {'; '.join(status.workers[:MOST_SHOWN])}")
    elif status.planned or status.failed or status.running:
        say(f"go on with: {resume_line(study)}")


def _print_failures(status: Status) -> None:
    for failure in status.failed[:MOST_SHOWN]:
        say(f"failed: {failure.policy}, seed {failure.seed}: {failure.reason}")
    if len(status.failed) > MOST_SHOWN:
        say(f"... and {len(status.failed) - MOST_SHOWN:,} more: plaza study why {status.name}")


def print_list(studies: list[StudyFolder]) -> None:
    """Print the studies of a store, the newest last; one that is damaged does not hide the others.

    Raises
    ------
    UserError
        After the list, if one of them cannot be read.
    """
    if not studies:
        say("no study yet; plaza study run --help shows how to begin")
        return
    index, damaged = read_index(studies[0].store), []
    width = max(len(study.name) for study in studies)
    for study in studies:
        try:
            with in_force(model_of(study, "plaza study list", is_lived=False)):
                plan = load_plan(study)
        except UserError as why:
            again = f"plaza study remove {study.name}{store_flag(study)}"
            damaged.append(f"{why}; to be rid of it: {again}")
            say(f"{study.name:<{width}}  damaged")
            continue
        status = status_of(study, plan, index, has_others=False)
        share = f"{status.done:,} of {status.total:,} runs done"
        more = f", {len(status.failed):,} failed" if status.failed else ""
        more += f", {status.running:,} running" if status.running else ""
        say(f"{study.name:<{width}}  {share}{more}  {plan.spec.question}".rstrip())
    if damaged:
        more = f" (and {len(damaged) - 1} more)" if len(damaged) > 1 else ""
        raise UserError(f"{damaged[0]}{more}")


def print_why(study: StudyFolder, plan: Plan, run_id: str | None) -> None:
    """Print why runs failed, or everything about one run: its key, or the beginning of one.

    Raises
    ------
    UserError
        If the study has no such run.
    """
    status = status_of(study, plan)
    if run_id is not None:
        _print_run(study, plan, run_id, status)
        return
    for line in plan.refused:
        say(f"left out: {line}")
    if not status.failed:
        say(f"no run of {study.name} failed")
    for failure in status.failed:
        _print_failure(failure)


def _print_failure(failure: Failure) -> None:
    say(f"{failure.run_id}  {failure.policy}, seed {failure.seed}: {failure.reason}")
    say(f"  again: {failure.again}")


def _print_run(study: StudyFolder, plan: Plan, run_id: str, status: Status) -> None:
    found = [n for n in range(plan.n_runs) if plan.key_of(n).startswith(run_id)]
    if len(found) != 1:
        many = "no run" if not found else f"{len(found)} runs"
        raise UserError(
            f"{study.name} has {many} whose key begins with {run_id!r}; "
            f"plaza study export {study.name} --to DIR lists all in runs"
        )
    place, seed = plan.run_of(found[0])
    key, row = plan.key_of(found[0]), plan.rows[place]
    index = read_index(study.store)
    state = "done" if key in index else "planned or running"
    failures = [one for one in status.failed if one.run_id == key]
    say(f"{key}: {'failed' if failures else state}")
    facts = {"policy": row.policy, "world": row.world, "seed": seed, **row.factors}
    for name, value in facts.items():
        say(f"  {name}: {value}")
    say(f"  configuration: {row.point_id}, {plan.weeks} weeks, engine {code_fingerprint()}")
    if key in index:
        say(f"  kept in: {study.store.runs / index.segment_of[key]}")
    for failure in failures:
        say(f"  reason: {failure.reason}")
    words = [*plan.overrides(place), f"run.seed={seed}", "run.replicates=1"]
    words = [word for word in words if not word.startswith("run.") or word in words[-2:]]
    say(f"  again: {command_line('run', *words, f'run.weeks={plan.weeks}')}")
    assert key == run_key(row.point_id, plan.weeks, seed)


def store_flag(study: StudyFolder) -> str:
    """Return `` --store DIR``, or nothing for the store that is found without it."""
    from pathlib import Path

    from plaza_lab.scenarios.store import DEFAULT_STORE

    if study.store.folder == Path(DEFAULT_STORE).resolve():
        return ""
    return f" --store {shlex.quote(str(study.store.folder))}"


def resume_line(study: StudyFolder) -> str:
    """Return the command line that continues a study."""
    return f"plaza study resume {study.name}{store_flag(study)}{_mechanisms_of(study)}"


def _mechanisms_of(study: StudyFolder) -> str:
    """Return `` mechanisms=...``, as the study was asked for, or nothing."""
    word = load_facts(study).get(MECHANISMS)
    return f" {shlex.quote(f'{MECHANISMS}={word}')}" if isinstance(word, str) else ""
