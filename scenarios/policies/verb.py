"""``plaza policy lint | diff | effects | frontier``: policies looked at, and what they do."""

from __future__ import annotations

import dataclasses
import shlex
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence

from plaza_lab.scenarios.command_line.parser import Parser, part_help, whole
from plaza_lab.scenarios.command_line.parts import Parts
from plaza_lab.scenarios.command_line.printing import console
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.policies.frontier_verb import MORE as FRONTIER
from plaza_lab.scenarios.policies.frontier_verb import add_flags as add_frontier_flags
from plaza_lab.scenarios.policies.frontier_verb import run_frontier
from plaza_lab.scenarios.price_list.verb import MORE as EFFECTS
from plaza_lab.scenarios.price_list.verb import add_flags, run_effects
from plaza_lab.scenarios.settings.composing import Composed, compose
from plaza_lab.scenarios.settings.config import Config

FAILED = 1
MOST_MEMBERS = 1_000_000_000
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
    "frontier": FRONTIER,
}


def run_policy(arguments: Sequence[str]) -> int:
    """Carry out ``plaza policy``.

    Parameters
    ----------
    arguments : sequence of str
        What follows ``plaza policy``.

    Returns
    -------
    int
        0; 1 when ``lint`` finds an error.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    return Parts(
        "policy", "look at policies: before any run, and what options do", PARTS, _parser,
        {"lint": _lint, "diff": _diff, "effects": run_effects, "frontier": run_frontier},
    ).run(arguments)  # fmt: skip


def _parser(name: str) -> Parser:
    parser = Parser(prog=f"plaza policy {name}", description=PARTS[name], allow_abbrev=False)
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
        add_frontier_flags(parser)
    text = part_help(parser, f"plaza policy {name}: {PARTS[name]}", MORE[name])
    parser.format_help = lambda: text  # type: ignore[method-assign]
    return parser


def _lint(options: Namespace) -> int:
    from plaza_lab.scenarios.everyday.values import translated
    from plaza_lab.scenarios.policies.lint import lint
    from plaza_lab.scenarios.policies.terminal import findings_text

    asked, found = lint(translated(options.overrides), options.members)
    _print(findings_text(asked, found))
    return FAILED if any(finding.severity == "error" for finding in found) else 0


def _diff(options: Namespace) -> int:
    from plaza_lab.scenarios.policies.diff import choices_that_differ, differences
    from plaza_lab.scenarios.policies.terminal import differences_text

    first, second = (_composed(name) for name in (options.first, options.second))
    found = list(differences(first.config, second.config))
    chosen = choices_that_differ(first, second)
    later = [*_later(options.first, first), *_later(options.second, second)]
    if found or not later:
        _print(differences_text(options.first, options.second, chosen, found))
    for name, when, before, after in later:
        _print(differences_text(name, when, [], list(differences(before, after))))
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


def _print(shown: object) -> None:
    console(highlight=False).print(shown)
    sys.stdout.flush()
