"""`plaza optimise`: the policies that no other policy beats."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from plaza_lab.scenarios.command_line.parser import Parser, number, verb, whole
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.optimise import WAYS, WORST

if TYPE_CHECKING:
    import pandas as pd

    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.experiments.design import DesignPoint
    from plaza_lab.scenarios.experiments.evaluate import Evaluate
    from plaza_lab.scenarios.optimise.labels import Round
    from plaza_lab.scenarios.settings.config import Run

MOST_TRIALS, MOST_PAIRS = 100_000, 100_000
EXAMPLES = """\
levers:
  incentive=none,points                      a choice of options
  incentive='glob(*)'                        every option
  fund.dues_month_cents=0,500,1000           a list of numbers
  'fund.dues_month_cents=interval(0,3000)'   a range
  'x.y=tag(log,interval(1,100))'             a range, even on a logarithmic scale
Other overrides hold for every policy (population=learning_52 run.weeks=26 run.seed=1).

constraints:
  --where 'p(fund_dry)<=0.05'         a payment is cut for want of money in at most 5 % of runs
  --where 'p(growth<0)<=10%'          the share of runs in which something happens
  --where 'mean(retention)>=0.3'      a mean

worlds that a calibration found, and what is robust in them:
  world=ensemble:my_world:8 --robust regret

example:
  plaza optimise incentive=none,points,weekly_prize fund=dues \\
      'fund.dues_month_cents=interval(0,3000)' --maximise growth,retention \\
      --minimise fund_spend_yuan --where 'p(fund_dry)<=0.05' --budget 100000
"""


@verb("optimise", lambda: _parser(), goes_on=True)
def run_optimise(options: argparse.Namespace) -> int:
    """Search over levers, label the policies, print and keep what was found."""
    from plaza_lab.scenarios.calibrate.ensemble import load_ensemble
    from plaza_lab.scenarios.command_line.execution import present
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.experiments.execute import prepare
    from plaza_lab.scenarios.experiments.varying import ensemble_in, searched_points, worlds_of
    from plaza_lab.scenarios.optimise.answer import Front
    from plaza_lab.scenarios.optimise.constraints import EVENTS, check_outcomes
    from plaza_lab.scenarios.optimise.finding import Effort, find
    from plaza_lab.scenarios.optimise.problem import Over, problem_of
    from plaza_lab.scenarios.optimise.robust import Robust
    from plaza_lab.scenarios.outcomes import known_outcomes
    from plaza_lab.scenarios.output.output_folder import output_folder
    from plaza_lab.scenarios.settings.composing import compose

    asked, overrides = ensemble_in(options.overrides)
    if options.robust and asked is None:
        raise UserError(
            f"--robust {options.robust}: name the worlds, as in world=ensemble:my_world:8"
        )
    if asked is not None:
        load_ensemble(asked.name)  # a mistake is told before anything is composed
    problem = problem_of(
        overrides, _names(options.maximise), _names(options.minimise), options.where,
        options.budget,
    )  # fmt: skip
    check_outcomes(problem.outcomes, [*known_outcomes(), *EVENTS])
    own = [text for text in problem.fixed if text.startswith(("run.", "hydra"))]
    settings = compose(own).config.run  # mistakes are told before a store is made
    effort = Effort(
        options.trials, options.pairs, options.max_pairs, options.sampler, settings.seed,
        settings.weeks, options.level,
    )  # fmt: skip
    effort.check()
    worlds = []
    if asked is not None:
        worlds = worlds_of(asked, settings.seed)
        problem = replace(problem, over=Over(asked.name, asked.n, options.robust or WORST))
    title = " ".join(axis.key for axis in problem.axes)
    with output_folder(settings.out, "optimise", title, may_replace=settings.overwrite) as folder:
        with Progress(
            min(effort.trials, int(min(problem.combinations, 1e9)))
            * effort.pairs
            * max(len(worlds), 1)
        ) as bar:
            prepare(bar, searched_points(problem))
            evaluate = _watched(_evaluator(settings), bar)
            if problem.over is not None:
                evaluate = Robust(evaluate, worlds, problem.over.way, problem)
            found = find(problem, evaluate, effort, on_round=_telling(bar))
        answer = Front(found, options.asked)
        present(answer, folder, has_report=settings.report)
    return 0


def _evaluator(settings: Run) -> Evaluate:
    """Make what runs the policies of a search; the one place where that is decided.

    Each run is kept in ./plaza-store, so that the same command goes on where it stopped.
    """
    from plaza_lab.scenarios.experiments.evaluate import StoreEvaluate
    from plaza_lab.scenarios.store import open_store, usual_store

    store = open_store(usual_store())
    return StoreEvaluate(store, "optimise", settings.weeks, settings.workers)


def _watched(evaluate: Evaluate, progress: Progress) -> Evaluate:
    """Count the runs that an evaluation returns."""

    def watched(points: Sequence[DesignPoint], seeds: Sequence[int]) -> pd.DataFrame:
        asked = len(points) * len(seeds)
        progress.total = max(progress.total, progress.done + asked)
        table = evaluate(points, seeds)
        progress.advance(asked)
        return table

    return watched


def _telling(progress: Progress) -> Callable[[Round], None]:
    """Say after each round how many labels are open, and count the runs of the next one."""

    def tell(done: Round) -> None:
        progress.total = progress.done + done.ahead
        left = "all decided" if not done.open else f"{done.open} still open"
        progress.say(f"labels of {done.policies} policies after {done.pairs} pairs: {left}")

    return tell


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _parser() -> Parser:
    parser = Parser(
        prog="plaza optimise",
        description="Search over levers for the policies that no other policy beats, and say for "
        "each policy whether it is surely, possibly or surely not one of them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("overrides", nargs="*", metavar="LEVER=VALUES", help="levers to move, and overrides")
    add("--maximise", default="", metavar="OUTCOMES", help="outcomes wanted high, comma between")
    add("--minimise", default="", metavar="OUTCOMES", help="outcomes wanted low; without either: "
        "growth and retention high, fund_spend_yuan low")  # fmt: skip
    add("--where", action="append", default=[], metavar="RULE", help="a constraint; may be given "
        "several times")  # fmt: skip
    add("--budget", metavar="YUAN", help="most that the fund may spend on average")
    add("--robust", choices=WAYS, help="with world=ensemble:NAME: judge policies by "
        "their mean, their worst world (default) or their largest regret")  # fmt: skip
    add("--trials", type=whole(0, MOST_TRIALS), default=60, metavar="N",
        help="policies to try (60)")  # fmt: skip
    add("--pairs", type=whole(0, MOST_PAIRS), default=4, metavar="N",
        help="seeds of each in the search (4)")  # fmt: skip
    add("--max-pairs", type=whole(0, MOST_PAIRS), default=40, metavar="N",
        help="most seeds of one policy, those of the search included (40)")  # fmt: skip
    add("--sampler", choices=("tpe", "nsga2"), default="tpe", help="who proposes policies (tpe)")
    add("--level", type=number("a number between 0 and 1, such as 0.95,", 0, 1), default=0.95,
        metavar="P", help="confidence of all labels together (0.95)")  # fmt: skip
    return parser
