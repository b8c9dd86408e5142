"""``plaza attribute``: which channel is credited with joins, and which has brought them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from plaza_lab.scenarios.attributing.answer import Attribution
from plaza_lab.scenarios.attributing.living import (
    Channels,
    Life,
    channels_of,
    live_all,
    settings_of,
)
from plaza_lab.scenarios.command_line.parser import Parser, parse, part_help
from plaza_lab.scenarios.command_line.printing import console
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.files.places import new_place
from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.own.own_mechanisms import command_line
from plaza_lab.scenarios.trying.verb import kept

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


def run_attribute(arguments: Sequence[str]) -> int:
    """Carry out ``plaza attribute``.

    Parameters
    ----------
    arguments : sequence of str
        What follows ``plaza attribute``.

    Returns
    -------
    int
        0.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    options = parse(_parser(), arguments or ["--help"])
    if isinstance(options, int):
        return options
    say = Language(chosen_language(options.lang))
    place = None if options.to is None else new_place(options.to, "--to")
    channels, lives = attributed(options.words, has_shapley=options.shapley, is_quiet=options.json)
    answer = Attribution(channels, lives, say)
    if options.json:
        sys.stdout.write(json.dumps(answer.plain(), ensure_ascii=False, indent=1) + "\n")
    else:
        console(highlight=False).print(answer.table())
    if place is not None:
        command = command_line("attribute", *arguments)
        files = kept(answer, place, command, ("channels.json", "channels.csv", "channels.png"))
        text = "\n" + say.tr("kept in {place}: {files}", place=place, files=", ".join(files))
        (sys.stderr if options.json else sys.stdout).write(text + "\n")
    return 0


def attributed(
    words: Sequence[str], *, has_shapley: bool = False, is_quiet: bool = True
) -> tuple[Channels, list[Life]]:
    """Live a policy with all its channels and with each closed.

    Parameters
    ----------
    words : sequence of str
        Overrides; 20 seeds unless they say otherwise.
    has_shapley : bool
        Whether every set of channels is lived.
    is_quiet : bool
        False shows progress on standard error.

    Returns
    -------
    tuple
        The channels, and one life for each seed.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.sim.compile import warm

    own = [] if any(w.startswith("run.replicates=") for w in words) else [REPLICATES]
    channels = channels_of([*words, *(f"run.replicates={number}" for number in own)])
    if has_shapley and len(channels.off) > MOST_CHANNELS:
        raise UserError(
            f"--shapley: {len(channels.off)} channels are open ({', '.join(channels.off)}), and "
            f"every set of them is lived; close all but {MOST_CHANNELS}"
        )
    with Progress(len(channels.seeds), is_quiet=is_quiet) as progress:
        warm(progress.compiling, settings_of(channels))
        return channels, live_all(channels, has_shapley=has_shapley, on_life=progress.advance)


def _parser() -> Parser:
    parser = Parser(prog="plaza attribute", description=LINE, allow_abbrev=False)
    add = parser.add_argument
    add("words", nargs="*", metavar="OVERRIDES", help="the policy whose channels are credited")
    add("--shapley", action="store_true", help="true Shapley values, from every set of channels")
    add("--json", action="store_true", help="print plain values instead")
    add("--to", metavar="DIR", type=Path, help="a new folder for the picture and the tables")
    add("--lang", metavar="CODE", default="", help="en or zh")
    text = part_help(parser, f"plaza attribute: {LINE}", MORE)
    parser.format_help = lambda: text  # type: ignore[method-assign]
    return parser
