"""`plaza calibrate`: settings of the world fitted to what a community has shown."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.scenarios.command_line.parser import Parser, verb, whole
from plaza_lab.scenarios.command_line.printing import say
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.own.own_mechanisms import command_line

if TYPE_CHECKING:
    from plaza_lab.scenarios.calibrate.answer import Calibration
    from plaza_lab.scenarios.calibrate.targets import Target
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.experiments.axes import Axis
    from plaza_lab.scenarios.experiments.design import DesignPoint
    from plaza_lab.scenarios.experiments.evaluate import Evaluate


MOST_RUNS = 1_000_000
EXAMPLE = "policies=[volunteer_group_baseline,learning_fund_500]"


@dataclass(frozen=True)
class Plan:
    """A checked calibration that has not begun.

    Parameters
    ----------
    point : DesignPoint
        What is common to all runs.
    axes : tuple of Axis
        Ranges to search.
    targets : tuple of Target
        What was seen.
    name : str
        Of the ensemble.
    runs, checks : int
        Most runs of the search, and runs of the check.
    """

    point: DesignPoint
    axes: tuple[Axis, ...]
    targets: tuple[Target, ...]
    name: str
    runs: int
    checks: int


@verb("calibrate", lambda: _parser(), goes_on=True)
def run_calibrate(options: argparse.Namespace, evaluate: Evaluate | None = None) -> int:
    """Fit settings to targets, print what was learned and keep the worlds that fit.

    `evaluate` runs design points; default: in this process, on all cores, each run kept in
    ./plaza-store, so that the same command goes on where it stopped.
    """
    plan = _plan(options)
    from plaza_lab.scenarios.command_line.execution import present
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.output.output_folder import output_folder

    settings = plan.point.run
    with output_folder(
        settings.out, "calibrate", plan.name, may_replace=settings.overwrite
    ) as folder:
        with Progress(plan.runs + plan.checks + 1) as progress:
            answer = _calibrated(plan, evaluate, options.asked, progress)
        kept = answer.save()
        present(answer, folder, has_report=settings.report)
    for line in (
        f"ensemble  {kept[0]}",
        f"world     {kept[1]}",
        f"plaza compare world=ensemble:{plan.name} {EXAMPLE}"
        + command_line().removeprefix("plaza"),
    ):
        say(line)
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="plaza calibrate",
        usage="plaza calibrate TARGETS SETTING=interval(LOW,HIGH) ... [group=option ...] [options]",
        description="Fit uncertain settings of the world to what a community has shown (ABC-SMC).",
        epilog="example: plaza calibrate targets.yaml "
        "'world.churn.established_hazard=tag(log,interval(0.0001,0.003))' "
        "'world.ties.decay=interval(0.001,0.05)' population=learning_500 run.weeks=52 "
        "--name my_world",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("targets", metavar="TARGETS", help="YAML file of lines such as "
        "retention: {value: 0.42, sd: 0.03}")  # fmt: skip
    add("overrides", metavar="SETTING=...", nargs="*",
        help="ranges to search, as interval(low,high), and settings of every run")  # fmt: skip
    add("--name", default="my_world", help="of the ensemble and world kept (default my_world)")
    add("--runs", metavar="N", type=whole(1, MOST_RUNS), default=2000,
        help="most runs of the search (default 2000)")  # fmt: skip
    add("--checks", metavar="N", type=whole(0, MOST_RUNS), default=100,
        help="runs of the check (default 100)")  # fmt: skip
    return parser


def _plan(options: argparse.Namespace) -> Plan:
    from plaza_lab.scenarios.calibrate.calibrating import check_request, library
    from plaza_lab.scenarios.calibrate.ensemble import check_name
    from plaza_lab.scenarios.calibrate.targets import check_horizon, read_targets
    from plaza_lab.scenarios.experiments.design import one_policy
    from plaza_lab.scenarios.experiments.spec import sort_words
    from plaza_lab.scenarios.settings.overrides import by_key

    targets = read_targets(options.targets)
    settings, axes = sort_words(options.overrides)
    taken = set(by_key(settings))
    for axis in axes:
        if axis.key in taken:
            raise UserError(f"{axis.key} is set and fitted; keep one of the two")
    if "run.replicates" in taken:
        raise UserError("run.replicates: each draw of a calibration is run once; leave it out")
    check_request(axes, targets, options.runs, options.checks)
    point = one_policy(settings)
    name = check_name(options.name, may_replace=point.run.overwrite)
    check_horizon(targets, point.run.weeks)
    library()
    return Plan(point, tuple(axes), targets, name, options.runs, options.checks)


def _calibrated(
    plan: Plan, evaluate: Evaluate | None, command: str, progress: Progress
) -> Calibration:
    from plaza_lab.scenarios.calibrate.calibrating import calibrate
    from plaza_lab.scenarios.experiments.evaluate import StoreEvaluate
    from plaza_lab.scenarios.experiments.execute import prepare
    from plaza_lab.scenarios.experiments.varying import calibrated_points
    from plaza_lab.scenarios.store import open_store, usual_store

    run = plan.point.run
    if evaluate is None:
        prepare(progress, calibrated_points(plan.point, plan.axes))
        names = [target.name for target in plan.targets]
        evaluate = StoreEvaluate(
            open_store(usual_store()), f"calibrate-{plan.name}", run.weeks, run.workers, names
        )
    return calibrate(
        plan.point, plan.axes, plan.targets, evaluate, runs=plan.runs, checks=plan.checks,
        seed=run.seed, name=plan.name, command=command, on_runs=progress.advance,
    )  # fmt: skip
