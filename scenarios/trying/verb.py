"""``plaza try``: a trial inside the community, and how far it would mislead."""

from __future__ import annotations

import dataclasses
from argparse import Namespace
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from plaza_lab.scenarios.command_line.execution import report_failures
from plaza_lab.scenarios.command_line.parser import Parser, number, verb, whole
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import named_policies
from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.output.writing import hand_out
from plaza_lab.scenarios.trying.answer import TrialAnswer
from plaza_lab.scenarios.trying.design import (
    GROUP,
    PERSON,
    WEEK,
    Design,
    check_given,
    planned,
    share,
)
from plaza_lab.scenarios.trying.living import live_trial, settings_of

LINE = "a trial inside the community: what an A/B test would say, and what is true"
MORE = """

  plaza try policies=[thanks_only,points] fund=brand_funded --arm 50% --weeks 8
  plaza try points fund=brand_funded --by group groups.number=12
  plaza try weekly_prize fund=brand_funded --by week --weeks 12

A random half of the members (or of the groups, or every other block of weeks) lives under the
second policy, the others under the first. Beside what a cluster-robust test then says stands what
is true: the same people when everybody, and when nobody, has the policy. A name alone is tried
against the default. --by week tries any lever, the others those that can be given to a part.
Exit code: 0; 2 for a mistake."""


@verb("try", lambda: _parser(), ["--help"])
def run_try(options: Namespace) -> int:
    """Carry out ``plaza try``."""
    say = Language(chosen_language(options.lang))
    design = asked_for(options)
    answer = carried_out(design, say, is_quiet=options.json)
    hand_out(
        options, answer.table, answer.plain,
        lambda: {"trial.json": answer.plain(), "trials.csv": answer.frame(),
                 "trial.png": answer.figure()},
        say,
    )  # fmt: skip
    return report_failures(answer.failures, len(design.seeds))


def asked_for(options: Namespace) -> Design:
    """Plan what a command line asks for.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    from plaza_lab.scenarios.experiments.compare import policies_in

    names, words = policies_in(options.words)
    bare = [word for word in words if "=" not in word]
    if names and bare:
        raise UserError(f"{bare[0]}: the policies are named by policies=[...] already")
    if not names and not bare:
        raise UserError("which policy is tried? write plaza try policies=[thanks_only,points]")
    flags = {field.name for field in dataclasses.fields(Design)} & vars(options).keys()
    given = {name: getattr(options, name) for name in flags}
    return planned(names or bare, [word for word in words if "=" in word], **given)


def carried_out(
    design: Design, say: Language | None = None, *, is_quiet: bool = True
) -> TrialAnswer:
    """Live a trial's communities, with progress.

    Raises
    ------
    UserError
        If an arm would be empty.
    """
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.experiments.execute import observe

    failures: list[str] = []
    with Progress(len(design.seeds), is_quiet=is_quiet) as progress:
        lives = observe(
            partial(live_trial, design), design.seeds, settings_of(design), failures,
            workers=design.usual.run.workers, progress=progress,
        )  # fmt: skip
    return TrialAnswer(design, lives, say, failures)


def _parser() -> Parser:
    parser = Parser(prog="plaza try", description=LINE, more=MORE, allow_abbrev=False)
    add = parser.add_argument
    add("words", nargs="*", metavar="policies=[NOW,TRIED]|TRIED OVERRIDES",
        help="what is tried, and what holds for both")  # fmt: skip
    add("--arm", metavar="SHARE", type=share, default=0.5, help="who gets it (default 50%%)")
    add("--by", choices=(PERSON, GROUP, WEEK), default=PERSON,
        help="arms of persons, of groups, or weeks in turn (default person)")  # fmt: skip
    add("--weeks", metavar="N", type=whole(1, 519), default=8, help="length (default 8)")
    add("--after", metavar="N", type=whole(0, 519), default=4, help="weeks before it (default 4)")
    add("--outcome", metavar="NAME", default="contributions",
        help="what decides: contributions, retention, membership_retention, spend")  # fmt: skip
    add("--alpha", metavar="P", type=number("a share between 0 and 1", 0.0, 1.0), default=0.05,
        help="significance that proves (default 0.05)")  # fmt: skip
    add("--block", metavar="N", type=whole(1, 52), default=1,
        help="weeks of a block, with --by week (default 1)")  # fmt: skip
    add("--washout", metavar="N", type=whole(0, 363), default=1,
        help="first days of a block that do not count (default 1)")  # fmt: skip
    parser.also("json", "to", "lang")
    return parser


def trial(
    policies: Sequence[Any] | Mapping[str, Any],
    overrides: Sequence[str] = (),
    *,
    replicates: int | None = None,
    weeks: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    quiet: bool = True,
    **given: Any,
) -> TrialAnswer:
    """Try a policy on a part of the members, as ``plaza try`` does.

    Parameters
    ----------
    policies : sequence or mapping
        The policy tried, or the usual one and it; as for :func:`compare`.
    overrides : sequence of str
        What holds for both.
    replicates, weeks, seed, workers, quiet
        As for :func:`run`; weeks are those of the whole run.
    **given
        ``arm=0.5``, ``by="person"``, ``"group"`` or ``"week"``, ``trial_weeks=8``, ``after=4``,
        ``outcome``, ``alpha``, ``block``, ``washout``: see
        :class:`plaza_lab.scenarios.trying.design.Design`.

    Returns
    -------
    TrialAnswer
        ``told()``, ``frame()``, ``summary()``, ``figure()``, ``plain()``.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    from plaza_lab.scenarios.api import listed, run_words
    from plaza_lab.scenarios.own.own_objects import living_by

    words = [*listed("overrides", overrides), *run_words(replicates, weeks, seed, workers)]
    with living_by(None, None, None, None):
        design = planned(named_policies(policies, words), words, **check_given(given))
        return carried_out(design, is_quiet=quiet)
