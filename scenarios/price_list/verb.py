"""``plaza policy effects``: the price list of a policy group, or of all of them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from plaza_lab.scenarios.command_line.parser import Parser, whole
from plaza_lab.scenarios.output.writing import hand_out

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from plaza_lab.scenarios.language import Language

BROKEN = {
    "contributions": "contri-\nbutions", "purchases": "pur-\nchases",
    "left after it stops": "left after\nit stops", "cost, yuan": "cost,\nyuan",
}  # fmt: skip
LONG = 10
"""Letters of an option's name above which it takes several lines."""
SEEDS, MOST_SEEDS = 20, 10_000
MORE = """

  plaza policy effects incentive
  plaza policy effects entry --world default --seeds 40

Every option against the group's neutral one at the same seeds, over 52 weeks. Shares in points (p),
counts in per cent, with half the 95 % interval. The band is what trials of the corresponding act
found, fixed before anything was measured; "left" is the effect on the same outcome in weeks 49-52
when the option has stopped after week 26. Suspect: beyond what good trials show for one lever."""


def add_flags(parser: Parser) -> None:
    """Declare the flags of ``plaza policy effects``."""
    add = parser.add_argument
    add("group", nargs="?", default="", metavar="GROUP", help="a policy group; default: all")
    add("--world", default="", metavar="OPTION", help="default: the default and the full one")
    add("--seeds", metavar="N", type=whole(2, MOST_SEEDS, "number of seeds"), default=SEEDS,
        help=f"pairs of every option ({SEEDS})")  # fmt: skip
    parser.also("workers", "json")


def run_effects(options: Namespace) -> int:
    """``plaza policy effects``: measure and print a price list.

    Raises
    ------
    UserError
        With one line, for a group or a world that there is not.
    """
    from plaza_lab.scenarios.command_line.execution import report_failures
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.experiments.execute import prepare
    from plaza_lab.scenarios.price_list.expected import expected, group_list
    from plaza_lab.scenarios.price_list.measuring import WORLDS, measure, planned
    from plaza_lab.scenarios.price_list.tables import plain
    from plaza_lab.scenarios.settings.overrides import check_overrides

    groups = [group_list(options.group)] if options.group else list(expected().values())
    worlds = (options.world,) if options.world else WORLDS
    check_overrides([f"world={world}" for world in worlds[:1]])
    tried = planned(groups, worlds)
    total = options.seeds * len({one.point.fingerprint for one in tried})
    failures: list[str] = []
    with Progress(total, is_quiet=options.json) as progress:
        prepare(progress, [one.point for one in tried])
        seeds = range(1, options.seeds + 1)
        measured = measure(
            groups, worlds, seeds, options.workers, progress.advance, tried, failures
        )
        prices = list(measured)
    hand_out(
        options, lambda: _lists(prices, [one.group for one in groups], worlds, options.seeds),
        lambda: [plain(price) for price in prices],
    )  # fmt: skip
    return report_failures(failures, total)


def _lists(
    prices: Sequence, groups: Sequence[str], worlds: Sequence[str], seeds: int
) -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from plaza_lab.scenarios.language import Language, chosen_language
    from plaza_lab.scenarios.price_list.expected import group_list
    from plaza_lab.scenarios.price_list.tables import rows_of, summary

    say = Language(chosen_language())
    parts: list[RenderableType] = []
    for world in worlds:
        for group in groups:
            own = [price for price in prices if (price.group, price.world) == (group, world)]
            neutral = group_list(group).neutral
            parts.append(Text(f"{group} against {neutral}, world={world}", style="bold"))
            rows = rows_of(own)
            parts += [*_tables(rows, say), Text("")]
            told = (f"{_both(row[0], say)}: {row[-1]}; here {row[-2]}; outside {row[-3]}"
                    for row in rows)  # fmt: skip
            parts += [*(Padding(Text(one), (0, 0, 0, 2)) for one in told), Text("")]
    return Group(*parts, Text(f"{summary(prices)} ({seeds} seeds)", style="bold"))


def _both(option: str, say: Language) -> str:
    """Name an option as people say it, and as it is written."""
    called = say.told(option)
    return option if called == option else f"{called}（{option}）"


def _tables(rows: Sequence[Sequence[str]], say: Language) -> Iterator[Table]:
    """Lay out the numbers: in one table, or where it is wider than the terminal, in several."""
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table

    from plaza_lab.scenarios.command_line.printing import console
    from plaza_lab.scenarios.price_list.tables import HEADS

    heads = [say.tr(BROKEN.get(head, head)) for head in HEADS[:-3]]
    cells = [
        (_broken(say.told(row[0])),
         *(cell.replace(" ±", "\n±").replace(" [", "\n[") for cell in row[1:-3]))
        for row in rows
    ]  # fmt: skip
    columns = [(head, *column) for head, *column in zip(heads, *cells, strict=True)]
    # a number broken in two is read as another one
    widths = [max(cell_len(line) for cell in own for line in cell.split("\n")) for own in columns]
    beside = console().width - widths[0]
    parts: list[list[int]] = [[]]
    for place, width in list(enumerate(widths))[1:]:
        if parts[-1] and sum(widths[one] + 1 for one in parts[-1]) + width + 1 > beside:
            parts.append([])
        parts[-1].append(place)
    for part in parts:
        table = Table(box=box.SIMPLE_HEAD, padding=0, show_edge=False)
        for place in (0, *part):
            table.add_column(columns[place][0], min_width=widths[place])
        for row in cells:
            table.add_row(*(row[place] for place in (0, *part)))
        yield table


def _broken(option: str) -> str:
    if option.isascii():
        return option.replace("_", "_\n") if len(option) > LONG else option
    return "\n".join(
        option[start : start + LONG // 2] for start in range(0, len(option), LONG // 2)
    )
