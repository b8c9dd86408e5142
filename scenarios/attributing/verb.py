"""``plaza attribute``: which channel is credited with joins, and which has brought them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from functools import partial

from plaza_lab.scenarios.attributing.answer import Attribution
from plaza_lab.scenarios.attributing.living import channels_of, live_seed, settings_of
from plaza_lab.scenarios.command_line.execution import report_failures
from plaza_lab.scenarios.command_line.parser import Parser, verb
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.output.writing import hand_out

LINE = "joins credited to channels by six rules, and what each has brought"
MOST_CHANNELS = 5
MORE = """

  plaza attribute acquisition=mixed fund=brand_funded run.weeks=26
  plaza attribute partnership=portfolio fund=brand_funded --to channels
  plaza attribute acquisition=paid_media partnership=co_promotion fund=brand_funded --shapley

Rules: last touch, first touch, even, position (40 / 20 / 40), time decay (half in a week), Shapley.
Beside them stands what is true: the same people with the same luck when the channel is closed.
--shapley lives every set of open channels as well, 5 channels at most.
Exit code: 0; 2 for a mistake."""
REPLICATES = 20


@verb("attribute", lambda: _parser(), ["--help"])
def run_attribute(options: Namespace) -> int:
    """Carry out ``plaza attribute``."""
    say = Language(chosen_language(options.lang))
    answer = attributed(options.words, say, has_shapley=options.shapley, is_quiet=options.json)
    hand_out(
        options, answer.table, answer.plain,
        lambda: {"channels.json": answer.plain(), "channels.csv": answer.frame(),
                 "channels.png": answer.figure()},
        say,
    )  # fmt: skip
    return report_failures(answer.failures, len(answer.channels.seeds))


def attributed(
    words: Sequence[str],
    say: Language | None = None,
    *,
    has_shapley: bool = False,
    is_quiet: bool = True,
) -> Attribution:
    """Live a policy with all its channels and with each closed.

    Parameters
    ----------
    words : sequence of str
        Overrides; 20 seeds unless they say otherwise.
    say : Language, optional
        In which language it is told; default English.
    has_shapley : bool
        Whether every set of channels is lived.
    is_quiet : bool
        False shows progress on standard error.

    Returns
    -------
    Attribution
        Credit and truth of the channels.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.experiments.execute import observe

    own = [] if any(w.startswith("run.replicates=") for w in words) else [REPLICATES]
    channels = channels_of([*words, *(f"run.replicates={number}" for number in own)])
    if has_shapley and len(channels.off) > MOST_CHANNELS:
        raise UserError(
            f"--shapley: {len(channels.off)} channels are open ({', '.join(channels.off)}), and "
            f"every set of them is lived; close all but {MOST_CHANNELS}"
        )
    failures: list[str] = []
    with Progress(len(channels.seeds), is_quiet=is_quiet) as progress:
        lives = observe(
            partial(live_seed, channels, has_shapley), channels.seeds, settings_of(channels),
            failures, workers=channels.point.run.workers, progress=progress,
        )  # fmt: skip
    return Attribution(channels, lives, say, failures)


def _parser() -> Parser:
    parser = Parser(prog="plaza attribute", description=LINE, more=MORE, allow_abbrev=False)
    add = parser.add_argument
    add("words", nargs="*", metavar="OVERRIDES", help="the policy whose channels are credited")
    add("--shapley", action="store_true", help="true Shapley values, from every set of channels")
    parser.also("json", "to", "lang")
    return parser


def attribute(
    overrides: Sequence[str],
    *,
    has_shapley: bool = False,
    replicates: int | None = None,
    weeks: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    quiet: bool = True,
) -> Attribution:
    """Credit the channels of a policy with joins, as ``plaza attribute`` does.

    Parameters
    ----------
    overrides : sequence of str
        The policy and its world: ``["acquisition=mixed", "fund=brand_funded"]``.
    has_shapley : bool
        Whether every set of channels is lived, for true Shapley values.
    replicates, weeks, seed, workers, quiet
        As for :func:`run`; 20 seeds unless said otherwise.

    Returns
    -------
    Attribution
        ``rows()``, ``frame()``, ``told()``, ``figure()``, ``plain()``.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    from plaza_lab.scenarios.api import listed, run_words
    from plaza_lab.scenarios.own.own_objects import living_by

    words = [*listed("overrides", overrides), *run_words(replicates, weeks, seed, workers)]
    with living_by(None, None, None, None):
        return attributed(words, has_shapley=has_shapley, is_quiet=quiet)
