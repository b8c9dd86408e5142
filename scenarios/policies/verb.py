"""``plaza policy lint | diff | effects | frontier``: policies looked at, and what they do."""

from __future__ import annotations

import dataclasses
import shlex
from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.command_line.parser import Parser, by_part, whole
from plaza_lab.scenarios.command_line.printing import show
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.output.writing import hand_out
from plaza_lab.scenarios.price_list.verb import MORE as EFFECTS
from plaza_lab.scenarios.price_list.verb import add_flags, run_effects
from plaza_lab.scenarios.settings.composing import Composed, compose
from plaza_lab.scenarios.settings.config import Config

if TYPE_CHECKING:
    from plaza_lab.scenarios.policies.frontier import Point

FAILED = 1
MOST_MEMBERS = 1_000_000_000
PAIRS, MOST_PAIRS = 12, 10_000
PARTS = {
    "lint": "what a policy cannot pay, where it contradicts itself, what it invites",
    "diff": "what two policies differ in, in words",
    "effects": "what each shipped option of a group does and costs, beside what trials found",
    "frontier": "what each form of partnership brings host and partner, over contracts",
}
MORE = {
    "lint": """

  plaza policy lint scenario=learning_fund_500
  plaza policy lint incentive=weekly_prize fund=none entry=fee --members 2000

Every finding names the settings, the rule and a remedy. What a policy pays is seen in eight weeks
of a community; nothing else is run.
Exit code: 0; 1 when there is an error, something that cannot work; 2 for a mistake.""",
    "diff": """

  plaza policy diff volunteer_group_baseline learning_fund_500
  plaza policy diff default 'incentive=points fund=brand_funded'

A and B are written as in plaza compare: scenarios, options, 'default', or overrides in quotes.""",
    "effects": EFFECTS,
    "frontier": """

  plaza policy frontier
  plaza policy frontier members=800 --forms open_platform,traffic_swap --pairs 30 --to frontier
  plaza policy frontier partnership.deals=3 --contract partnership.split=equal \\
      --contract 'partnership.term_weeks=104 partnership.is_adaptive=true'

Every form under every contract, and once the same community without a deal, at the same seeds. The
host's gain counts the joins beyond that twin's, not those the books credit. An asterisk marks what
no other point beats on both sides. OVERRIDES make the host; without any, anybody may come in and
the brand pays (entry=open fund=brand_funded).
Exit code: 0; 2 for a mistake.""",
}


def _parser(name: str) -> Parser:
    parser = Parser(prog=f"plaza policy {name}", description=PARTS[name], more=MORE[name],
                    allow_abbrev=False)  # fmt: skip
    add = parser.add_argument
    if name == "lint":
        add("overrides", nargs="*", metavar="OVERRIDES", help="as for plaza run; none: the default")
        add("--members", metavar="N", type=whole(1, MOST_MEMBERS, "number of members"), default=0,
            help="expected size; default: the members of day 0")  # fmt: skip
    if name == "diff":
        add("first", metavar="A", help="a policy")
        add("second", metavar="B", help="another")
    if name == "effects":
        add_flags(parser)
    if name == "frontier":
        add("overrides", nargs="*", metavar="OVERRIDES", help="the host, as for plaza run")
        add("--forms", default="", metavar="A,B", help="options of partnership; default: all")
        add("--contract", action="append", default=[], metavar="OVERRIDES",
            help="terms to try; may be repeated; default: three of them")  # fmt: skip
        add("--pairs", metavar="N", type=whole(2, MOST_PAIRS, "number of pairs"), default=PAIRS,
            help=f"seeds of every point ({PAIRS})")  # fmt: skip
        parser.also("workers", "to", "json")
    return parser


def _lint(options: Namespace) -> int:
    from plaza_lab.scenarios.everyday.values import translated
    from plaza_lab.scenarios.policies.lint import lint
    from plaza_lab.scenarios.policies.terminal import findings_text

    asked, found = lint(translated(options.overrides), options.members)
    show(findings_text(asked, found))
    return FAILED if any(finding.severity == "error" for finding in found) else 0


def _diff(options: Namespace) -> int:
    from plaza_lab.scenarios.policies.diff import choices_that_differ, differences
    from plaza_lab.scenarios.policies.terminal import differences_text

    first, second = (_composed(name) for name in (options.first, options.second))
    found = list(differences(first.config, second.config))
    chosen = choices_that_differ(first, second)
    later = [*_later(options.first, first), *_later(options.second, second)]
    if found or not later:
        show(differences_text(options.first, options.second, chosen, found))
    for name, when, before, after in later:
        show(differences_text(name, when, [], list(differences(before, after))))
    return 0


def _later(name: str, composed: Composed) -> Iterator[tuple[str, str, Config, Config]]:
    """Yield what a policy becomes on each of its dates, and while each of its conditions holds."""
    config = composed.config
    for when, policy in config.changes:
        said = f"from day {when + 1}" if isinstance(when, int) else f"while {when}"
        yield name, f"the same {said}", config, dataclasses.replace(config, policy=policy)


def _composed(name: str) -> Composed:
    from plaza_lab.scenarios.experiments.design import policy_overrides
    from plaza_lab.scenarios.settings.overrides import check_overrides

    overrides = policy_overrides(name)
    try:
        check_overrides(overrides)
        return compose(overrides, is_checked=False)
    except UserError as wrong:
        raise UserError(f"policy {shlex.quote(name)}: {wrong}") from wrong


def _frontier(options: Namespace) -> int:
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.everyday.values import translated
    from plaza_lab.scenarios.experiments.evaluate import InMemory
    from plaza_lab.scenarios.experiments.execute import prepare
    from plaza_lab.scenarios.policies.frontier import (
        CONTRACTS,
        forms_named,
        frontier,
        planned,
        rows_of,
        seeds_of,
    )
    from plaza_lab.scenarios.policies.terminal import frontier_table

    contracts = {text.replace("partnership.", ""): text.split() for text in options.contract}
    host = translated(options.overrides)
    plan = planned(host, forms_named(options.forms), contracts or CONTRACTS)
    points = {point.fingerprint: point for row in plan for point in row[2:]}
    with Progress(options.pairs * len(points), is_quiet=options.json) as progress:
        prepare(progress, list(points.values()))
        weeks = plan[0][2].run.weeks
        evaluate = InMemory(weeks, options.workers, on_run=progress.advance)
        found = frontier(plan, evaluate, seeds_of(plan, options.pairs))
    hand_out(
        options, lambda: frontier_table(found, options.pairs, weeks), lambda: rows_of(found),
        lambda: _frontier_files(found, options.pairs), pairs=options.pairs,
    )  # fmt: skip
    return 0


def _frontier_files(points: Sequence[Point], pairs: int) -> dict[str, Any]:
    """Make the picture and the numbers."""
    import pandas as pd

    from plaza_lab.scenarios.policies.frontier import rows_of
    from plaza_lab.scenarios.report.front_figures import frontier_picture

    table = pd.DataFrame(rows_of(points))
    return {"points.csv": table, "frontier.png": frontier_picture(points, pairs)}


run_policy = by_part(
    "policy", "look at policies: before any run, and what options do", PARTS, _parser,
    {"lint": _lint, "diff": _diff, "effects": run_effects, "frontier": _frontier},
)  # fmt: skip
