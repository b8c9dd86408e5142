"""Evaluation of a scenario: its arms are run at the same seeds, kept in the store, and measured."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import DEFAULT
from plaza_lab.scenarios.experiments.launching import Launch, carry_out_plan
from plaza_lab.scenarios.experiments.placing import Where
from plaza_lab.scenarios.experiments.plan import Plan, make_plan
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, save_plan
from plaza_lab.scenarios.experiments.spec import Spec
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.library.measures import (
    awaited_by,
    is_outcome,
    settings_awaited,
    what_is_near,
    window_query,
)
from plaza_lab.scenarios.library.scenario import Expectation, Scenario, Window
from plaza_lab.scenarios.library.verdicts import UNDEFINED, WAITS, Finding, judge
from plaza_lab.scenarios.store import Store

if TYPE_CHECKING:
    import duckdb

Key = tuple[str, str, Window | None]


@dataclass
class Asked:
    """What asking a scenario found.

    Parameters
    ----------
    scenario : Scenario
        What was asked.
    seeds : list of int
        Seeds planned.
    n_before, n_runs : int
        Runs the store held already, and runs in all.
    findings : list of Finding
        One for each expectation, in their order.
    problems : list of str
        One line for each thing that went wrong.
    is_interrupted : bool
        Whether Ctrl-C came before the end.
    """

    scenario: Scenario
    seeds: list[int]
    n_before: int = 0
    n_runs: int = 0
    findings: list[Finding] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_interrupted: bool = False

    @property
    def is_evaluated(self) -> bool:
        """Whether every expectation could be evaluated."""
        return not self.problems and all(found.is_evaluated for found in self.findings)


def plan_of(scenario: Scenario, seeds: int) -> tuple[Plan, dict[str, str]]:
    """Plan the arms that expectations need and that this version can run.

    Parameters
    ----------
    scenario : Scenario
        A scenario.
    seeds : int
        Seeds of every arm.

    Returns
    -------
    tuple
        The plan, and the policy by which it calls every arm.

    Raises
    ------
    UserError
        If the settings wait for something, nothing can be evaluated, or an arm is impossible.
    """
    awaited = settings_awaited(scenario)
    if awaited:
        raise UserError(_waiting_line(scenario, awaited))
    ready = [e for e in scenario.expectations if not awaited_by(scenario, e)]
    if not ready:
        every = [word for e in scenario.expectations for word in awaited_by(scenario, e)]
        raise UserError(_waiting_line(scenario, list(dict.fromkeys(every))))
    needed = {arm for expectation in ready for arm in expectation.arms}
    names = {arm: shlex.join(words) or DEFAULT for arm, words in scenario.arms.items()
             if arm in needed}  # fmt: skip
    run = (f"run.weeks={scenario.weeks}", f"run.replicates={seeds}")
    spec = Spec(
        f"scenario-{scenario.name}", scenario.question, tuple(names.values()),
        settings=(*scenario.settings, *run),
    )  # fmt: skip
    try:
        plan = make_plan(spec)
        if plan.refused:  # an arm that contradicts itself
            raise UserError(plan.refused[0])
    except UserError as wrong:
        text = str(wrong).removeprefix("policies: ").removeprefix("policy ")
        for arm, policy in names.items():
            text = text.replace(f"{policy}:", f"arm {arm}:")
        raise UserError(f"scenario {scenario.name}: {text}") from wrong
    return plan, names


def _waiting_line(scenario: Scenario, awaited: list[str]) -> str:
    """Say in one line what a scenario waits for, and what is near the first of it."""
    return (
        f"scenario {scenario.name} waits for {', '.join(awaited)}: this version has no such "
        f"option or measure{what_is_near(awaited[0])}"
    )


def ask(
    scenario: Scenario, seeds: int, store: Store, command: str, progress: Progress, workers: int = 0
) -> Asked:
    """Run what the store lacks and judge every expectation.

    Parameters
    ----------
    scenario : Scenario
        A scenario.
    seeds : int
        Seeds of every arm.
    store : Store
        Where runs are kept; those made before are not run again.
    command : str
        Command line that asked.
    progress : Progress
        Told of finished runs.
    workers : int
        Runs side by side; 0 takes every core.

    Returns
    -------
    Asked
        Findings in the order of the expectations.

    Raises
    ------
    UserError
        As :func:`plan_of`, or if the disk refuses.
    """
    plan, names = plan_of(scenario, seeds)
    study = StudyFolder(store, plan.spec.name)
    save_plan(study, plan, command)
    launch = carry_out_plan(study, plan, progress, Where(workers=workers))
    asked = Asked(scenario, plan.seeds, launch.n_before, plan.n_runs)
    asked.is_interrupted = launch.is_interrupted
    asked.problems = _problems(launch)
    if not launch.is_interrupted:
        stored = StoredStudy(study, plan)
        if not stored.n_finished:
            raise UserError(f"scenario {scenario.name}: no run could be finished: "
                            f"{'; '.join(asked.problems[:1])}")  # fmt: skip
        asked.findings = _judged(scenario, stored, names)
    return asked


def _problems(launch: Launch) -> list[str]:
    failed = [f"{one.policy}, seed {one.seed}: {one.reason}" for one in launch.failures]
    return [*launch.problems, *failed]


def _judged(scenario: Scenario, stored: StoredStudy, names: dict[str, str]) -> list[Finding]:
    waiting = {e: awaited_by(scenario, e) for e in scenario.expectations}
    ready = [e for e, words in waiting.items() if not words]
    with stored.reading() as views:
        values = {key: _measure(views, key, names) for e in ready for key in keys_of(e)}
    findings = []
    for expectation, words in waiting.items():
        if words:
            findings.append(Finding(expectation, WAITS, f"waits for {', '.join(words)}"))
        elif any(not values[key] for key in keys_of(expectation)):
            findings.append(Finding(expectation, UNDEFINED, "an arm has no finished run"))
        else:
            findings.append(judge(expectation, values))
    return findings


def keys_of(e: Expectation) -> list[Key]:
    """Return what must be measured for an expectation: measure, arm and weeks."""
    left = [(e.measure, arm, e.weeks) for arm in (e.arm, e.minus) if arm]
    if isinstance(e.against, float):
        return left
    return left + [(e.measure, arm, e.against_weeks) for arm in (e.against, e.against_minus) if arm]


def _measure(views: duckdb.DuckDBPyConnection, key: Key, names: dict[str, str]) -> dict[int, float]:
    measure, arm, weeks = key
    policy = names[arm]
    if is_outcome(measure, over_weeks=weeks is not None):
        query = f'SELECT seed, "{measure}" FROM runs WHERE policy = ?'
    else:
        span = "" if weeks is None else (
            f" AND day >= {7 * (weeks[0] - 1)} AND day < {7 * weeks[1]}"
        )  # fmt: skip
        query = (
            f"SELECT seed, {window_query(measure)} FROM days WHERE policy = ?{span} GROUP BY seed"
        )
    rows = views.execute(query, [policy]).fetchall()
    return {int(seed): float("nan") if value is None else float(value) for seed, value in rows}
