"""``plaza scenario list | show | run``: the library of questions with expected directions."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from plaza_lab.scenarios.command_line.parser import Parser, by_part, whole
from plaza_lab.scenarios.command_line.printing import complain, show
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.files.places import new_place
from plaza_lab.scenarios.library.scenario import Scenario, read_scenario, scenario_files
from plaza_lab.scenarios.store import open_store

FAILED = 1
MOST_SEEDS = 100_000  # as run.replicates
PARTS = {
    "list": "the scenarios: questions, and what they wait for",
    "show": "one scenario: settings, arms, expected directions",
    "run": "run the arms of a scenario, paired by seed, and judge what is expected",
}
MORE = {
    "show": """

  plaza scenario show learning_fund_500""",
    "run": """

  plaza scenario run learning_fund_500
  plaza scenario run learning_fund_500 koc_incubation_50 --seeds 60 --save verdicts

An expectation holds when its sign holds in the mean and the 90 % interval leaves out zero, fails
when the interval lies on the other side or no pair differs, and is undecided otherwise. What
sources expect and what is inferred are told apart. Runs are kept in the store: a second time is
quick. A failed expectation is a finding, not an error.
Exit code: 0 when every expectation was evaluated; 1 when some run failed, or an expectation waits
for what this version does not have; 2 for a mistake; 130 after Ctrl-C.""",
}


def _parser(name: str) -> Parser:
    parser = Parser(prog=f"plaza scenario {name}", description=PARTS[name],
                    more=MORE.get(name, ""), allow_abbrev=False)  # fmt: skip
    add = parser.add_argument
    if name == "show":
        add("name", metavar="NAME", help="name or id of a scenario, or a .yaml file")
    if name == "run":
        add("names", nargs="+", metavar="NAME", help="names or ids of scenarios, or .yaml files")
        add("--seeds", metavar="N", type=whole(0, MOST_SEEDS),
            help="pairs of runs; default: the file's, mostly 30")  # fmt: skip
        add("--save", metavar="DIR", type=Path,
            help="also write CSV, Parquet and Markdown into a new folder")  # fmt: skip
        parser.also("workers", "store")
    return parser


def _list(_: Namespace) -> int:
    from plaza_lab.scenarios.library.telling import library_table

    show(library_table([read_scenario(name) for name in scenario_files()]))
    return 0


def _show(options: Namespace) -> int:
    from plaza_lab.scenarios.library.telling import scenario_text

    show(scenario_text(read_scenario(options.name)))
    return 0


def _run(options: Namespace) -> int:
    from plaza_lab.scenarios.command_line.execution import stopped_and_kept
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.library.evaluation import ask, plan_of
    from plaza_lab.scenarios.library.telling import asked_text, save_verdicts

    scenarios = [read_scenario(name) for name in options.names]
    seeds = {scenario.name: _seeds(scenario, options.seeds) for scenario in scenarios}
    if options.save is not None:
        options.save = new_place(options.save, "--save")
    for scenario in scenarios:
        plan_of(scenario, seeds[scenario.name])  # mistakes are told before anything is run
    store, found = open_store(options.store), []
    for place, scenario in enumerate(scenarios):
        with Progress(0) as progress:
            asked = ask(
                scenario, seeds[scenario.name], store, options.asked, progress, options.workers
            )
        if asked.is_interrupted:
            return stopped_and_kept()
        if place:
            sys.stdout.write("\n")
        show(asked_text(asked))
        for problem in asked.problems[:3]:
            complain(f"{scenario.name}: {problem}")
        found.append(asked)
    if options.save is not None:
        files = save_verdicts(found, options.save, options.asked)
        sys.stdout.write(f"\nkept in {options.save}: {', '.join(file.name for file in files)}\n")
    return 0 if all(asked.is_evaluated for asked in found) else FAILED


def _seeds(scenario: Scenario, asked: int | None) -> int:
    if asked is not None and asked < 2:
        raise UserError(f"--seeds {asked}: an interval needs at least 2 pairs, such as --seeds 30")
    return scenario.seeds if asked is None else asked


run_scenario = by_part(
    "scenario", "questions with arms to compare and directions expected", PARTS, _parser,
    {"list": _list, "show": _show, "run": _run},
)  # fmt: skip
