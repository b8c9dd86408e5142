"""``plaza sanity``: whether a world answers as any practitioner would bet."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from plaza_lab.scenarios.command_line.parser import Parser, verb, whole
from plaza_lab.scenarios.command_line.printing import show
from plaza_lab.scenarios.errors import UserError

PAIRS, FEWEST, MOST_PAIRS = 40, 2, 100_000
NOT_HELD = 1
ABOUT = """Try statements that any practitioner would bet on, each as runs paired by seed. Words
name statements by number or name, or are overrides of the world as in plaza run; a mechanism of
your own can be put through it: mechanisms=+my_mechanisms.py. A statement holds when the 95 %
interval of every number that it asks for lies on the required side, fails when one lies on the
other, and cannot be told where an interval holds both; those of your own stand in a file (--file).
Disputed ones are shown apart, with the evidence. Exit code: 0 when all others hold, 1 when one
fails or cannot be told, 2 for a mistake."""


@verb("sanity", lambda: _parser())
def run_sanity(options: Namespace) -> int:
    """Try the statements that are chosen, and print verdicts."""
    from plaza_lab.scenarios.sanity.statement import chosen, statements_in
    from plaza_lab.scenarios.sanity.terminal import statements_text

    overrides = [word for word in options.words if "=" in word]
    battery = statements_in(Path(options.file)) if options.file else ()
    statements = chosen([word for word in options.words if "=" not in word], battery)
    if options.list:
        show(statements_text(statements))
        return 0
    for word in overrides:
        if word.startswith("run."):
            raise UserError(f"{word}: every statement says how long it runs; --pairs sets the "
                            "number of pairs, --seed the first seed")  # fmt: skip
    return _try(statements, overrides, options)


def _try(statements: Sequence, overrides: Sequence[str], options: Namespace) -> int:
    from plaza_lab.scenarios.command_line.execution import report_failures
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.experiments.execute import prepare
    from plaza_lab.scenarios.sanity.judging import DISPUTED, HELD, Battery, judge
    from plaza_lab.scenarios.sanity.terminal import as_json, battery_text

    battery = Battery(statements, overrides)
    total = battery.n_runs(options.pairs)
    with Progress(total, is_quiet=options.json) as progress:
        prepare(progress, list(battery.points.values()))
        seeds = range(options.seed, options.seed + options.pairs)
        found = judge(statements, battery.measure(seeds, options.workers, progress.advance))
    if options.json:
        sys.stdout.write(as_json(found, options.pairs, overrides) + "\n")
        sys.stdout.flush()
    else:
        show(battery_text(found, options.pairs, overrides))
    code = report_failures(battery.failures, total)
    return code if all(one.verdict in (HELD, DISPUTED) for one in found) else NOT_HELD


def _parser() -> Parser:
    parser = Parser(prog="plaza sanity", description=ABOUT, allow_abbrev=False)
    add = parser.add_argument
    add("words", nargs="*", metavar="STATEMENT|OVERRIDE",
        help="number or name of a statement, or group=option, x.y=value")  # fmt: skip
    add("--file", metavar="FILE", help="statements of your own instead of the shipped ones")
    add("--pairs", "--seeds", type=whole(FEWEST, MOST_PAIRS, "number of pairs"), default=PAIRS,
        metavar="N", help=f"seeds of every arm ({PAIRS})")  # fmt: skip
    add("--seed", type=whole(0, 1_000_000_000, "seed"), default=1, metavar="N",
        help="first seed (1)")  # fmt: skip
    parser.also("workers", json="verdicts for programs")
    add("--list", action="store_true", help="the statements and their arms; nothing is run")
    return parser
