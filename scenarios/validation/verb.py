"""``plaza validate``: whether a world looks like real communities."""

from __future__ import annotations

from argparse import Namespace
from functools import partial
from pathlib import Path

from plaza_lab.scenarios.command_line.parser import Parser, verb, whole
from plaza_lab.scenarios.command_line.printing import show
from plaza_lab.scenarios.errors import UserError

MOST_SEEDS = 1000


@verb("validate", lambda: _parser())
def run_validate(options: Namespace) -> int:
    """Observe communities, measure the patterns, print and keep the findings.

    A pattern that does not hold is a finding, not an error.
    """
    from plaza_lab.scenarios.command_line.execution import report_failures
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.experiments.design import one_policy
    from plaza_lab.scenarios.experiments.execute import observe
    from plaza_lab.scenarios.output.output_folder import output_folder
    from plaza_lab.scenarios.validation.answer import (
        FEWEST_SEEDS,
        MEASURES,
        Validation,
        asked_of,
        findings,
    )

    if not FEWEST_SEEDS <= options.seeds <= MOST_SEEDS:
        raise UserError(f"--seeds {options.seeds}: from {FEWEST_SEEDS} to {MOST_SEEDS}")
    run = one_policy(options.overrides).run
    seeds = range(run.seed, run.seed + options.seeds)
    failures: list[str] = []
    with output_folder(
        options.to or run.out,
        "validate",
        "world",
        may_replace=run.overwrite,
        option="run.out" if options.to is None else "--to",
    ) as folder:
        lab = asked_of(options.overrides)  # a mistake in the overrides is said before any run
        settings = lab.settings
        with Progress(len(seeds)) as progress:
            values = observe(
                partial(lab.measured, MEASURES), seeds, settings, failures,
                workers=run.workers, progress=progress,
            )  # fmt: skip
        answer = Validation(*findings(values), len(values), tuple(options.overrides))
        show(answer)
        answer.save(folder, options.asked)
    return report_failures(failures, len(seeds))


def _parser() -> Parser:
    parser = Parser(
        prog="plaza validate",
        description="Observe communities of a world and compare them with the patterns of real "
        "ones: who writes how much, comes back, replies, how growth and ties go. Takes overrides "
        "as plaza run does; without any, the default world is validated.",
    )
    parser.add_argument("overrides", nargs="*", metavar="OVERRIDE", help="group=option, x.y=value")
    parser.add_argument(
        "--seeds", type=whole(0, MOST_SEEDS), default=20, help="communities of each kind (20)"
    )
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="where the page and table go")
    return parser
