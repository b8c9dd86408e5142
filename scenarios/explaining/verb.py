"""``plaza explain``: a member's days, and where another policy would have led her."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.command_line.parser import Parser, verb
from plaza_lab.scenarios.command_line.printing import show
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.output.writing import hand_out

if TYPE_CHECKING:
    from plaza_lab.scenarios.explaining.replay import Diary
    from plaza_lab.scenarios.explaining.subject import Wanted

LINE = "a member's days, and the terms of her decisions"
MORE = """

  plaza explain incentive=weekly_prize run.seed=3 member=7
  plaza explain scenario=learning_fund_500 member=7 'against=fund=dues incentive=thanks_only'
  plaza explain run=3f9c01d2aa104e77 member=7 against=points --to member-7
  plaza explain partnership=co_promotion fund=brand_funded partner=1
  plaza explain koc=incubate fund=brand_funded koc=1

The run is lived again, to the last byte as it was. member=N counts from 1 in order of joining.
partner=K tells of the K-th candidate of the pool instead: its deals, and what both sides have of
them. koc=K tells of the K-th who became a KOC: what she agrees to and for what, when she refuses,
tires and asks for more, what she writes, and whom she takes along when she leaves.
run=ID is a run of a stored study (plaza study export lists them), or the beginning of its key;
otherwise overrides and run.seed make the run. against=POLICY adds the twin: the same seed under
another policy, written as overrides that change this one, or as an option or scenario; told are
the first day and the term on which the two part.
Exit code: 0; 2 for a mistake."""


@verb("explain", lambda: _parser(), ["--help"])
def run_explain(options: Namespace) -> int:
    """Carry out ``plaza explain``."""
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.experiments.execute import prepare
    from plaza_lab.scenarios.explaining.replay import live_again, parting
    from plaza_lab.scenarios.explaining.subject import other_asked, wanted
    from plaza_lab.scenarios.explaining.tables import explained

    who, number, words = other_asked(options.words)
    if number:
        for flag, value in (("--to", options.to), ("--days", options.days)):
            if value is not None:
                raise UserError(f"{flag} goes with member=N; {who}={number} is told as a whole")
        return _explain_other(who, number, words, options.store)
    asked = wanted(options.words, options.store)
    span = _span(options.days, 7 * asked.weeks)
    point = asked.point
    with Progress(0) as progress:
        prepare(progress, [point, *([asked.twin_point] if asked.against else [])])
    diary = live_again(point.setting, asked.seed, asked.weeks, asked.member)
    if not diary.rows:
        raise UserError(f"member={asked.member} was never a member in this run")
    twin = parted = None
    if asked.against:
        twin = live_again(asked.twin_point.setting, asked.seed, asked.weeks, 0, diary.uid)
        parted = parting(diary, twin)
    hand_out(
        options, lambda: explained(asked, diary, twin, parted, span), dict,
        lambda: _files(asked, diary, twin), seed=asked.seed, weeks=asked.weeks,
        member=asked.member, overrides=list(asked.overrides), against=list(asked.against),
    )  # fmt: skip
    return 0


def _files(asked: Wanted, diary: Diary, twin: Diary | None) -> dict[str, Any]:
    """Make ``days.csv``, ``terms.png`` and, with a twin, ``twin.csv`` and ``difference.csv``."""
    from plaza_lab.scenarios.explaining.figure import stacked
    from plaza_lab.scenarios.explaining.replay import gaps_of

    frames = [(asked.title, diary.frame())]
    found = {"days.csv": frames[0][1]}
    if twin is not None and twin.rows:
        frames.append((asked.twin, twin.frame()))
        found |= {"twin.csv": frames[1][1], "difference.csv": gaps_of(frames[0][1], frames[1][1])}
    return found | {"terms.png": stacked(frames, f"Member {asked.member}, seed {asked.seed}")}


def _explain_other(who: str, number: int, words: Sequence[str], store: str) -> int:
    """Tell the days of a partner or a KOC."""
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.experiments.execute import prepare
    from plaza_lab.scenarios.explaining.others import koc_days, koc_told, partner_days, partner_told
    from plaza_lab.scenarios.explaining.subject import wanted

    asked = wanted([*words, "member=1"], store)
    with Progress(0) as progress:
        prepare(progress, [asked.point])
    if who == "koc":
        told = koc_told(number, koc_days(asked, number))
    else:
        told = partner_told(number, *partner_days(asked, number))
    show(told)
    return 0


def _parser() -> Parser:
    parser = Parser(prog="plaza explain", description=LINE, more=MORE, allow_abbrev=False)
    add = parser.add_argument
    add("words", nargs="*", metavar="member=N|partner=K|koc=K [run=ID] [against=POLICY] OVERRIDES",
        help="who, in which run")  # fmt: skip
    add("--days", metavar="A-B", help="show these days of a member one by one, such as 1-28")
    parser.also("store", to="a new folder for the figure and the CSV files of a member")
    return parser


def _span(text: str | None, most: int) -> tuple[int, int]:
    if text is None:
        return 0, 0
    found = re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= first <= last <= most:
        raise UserError(f"--days {text}: a span from 1 to {most} is expected, such as 1-28")
    return first, last
