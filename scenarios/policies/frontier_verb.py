"""``plaza policy frontier``: host's against partners' gain, over forms and contracts."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.command_line.parser import Parser, whole
from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.output.writing import hand_out

if TYPE_CHECKING:
    from rich.console import RenderableType

    from plaza_lab.scenarios.policies.frontier import Point
    from plaza_lab.scenarios.statistics.intervals import MeanInterval

PAIRS, MOST_PAIRS = 12, 10_000
MORE = """

  plaza policy frontier
  plaza policy frontier members=800 --forms open_platform,traffic_swap --pairs 30 --to frontier
  plaza policy frontier partnership.deals=3 --contract partnership.split=equal \\
      --contract 'partnership.term_weeks=104 partnership.is_adaptive=true'

Every form under every contract, and once the same community without a deal, at the same seeds. The
host's gain counts the joins beyond that twin's, not those the books credit. An asterisk marks what
no other point beats on both sides. OVERRIDES make the host; without any, anybody may come in and
the brand pays (entry=open fund=brand_funded).
Exit code: 0; 2 for a mistake."""


def add_flags(parser: Parser) -> None:
    """Declare the flags of ``plaza policy frontier``."""
    add = parser.add_argument
    add("overrides", nargs="*", metavar="OVERRIDES", help="the host, as for plaza run")
    add("--forms", default="", metavar="A,B", help="options of partnership; default: all")
    add("--contract", action="append", default=[], metavar="OVERRIDES",
        help="terms to try; may be repeated; default: three of them")  # fmt: skip
    add("--pairs", metavar="N", type=whole(2, MOST_PAIRS, "number of pairs"), default=PAIRS,
        help=f"seeds of every point ({PAIRS})")  # fmt: skip
    parser.also("workers", "to", "json")


def run_frontier(options: Namespace) -> int:
    """Measure and print a partner frontier.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
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
        lambda: _files(found, options.pairs), pairs=options.pairs,
    )  # fmt: skip
    return 0


def frontier_table(points: Sequence[Point], pairs: int, weeks: int) -> RenderableType:
    """Lay out both sides of every point, and whom it pays."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for head in ("", "form", "contract", "deals", "host, yuan", "partners, yuan"):
        table.add_column(head, justify="right" if "," in head or head == "deals" else "left")
    for one in points:
        mark = "*" if one.is_best else ""
        numbers = (f"{one.sides.deals:.1f}", _said(one.sides.host), _said(one.sides.partner))
        form = one.form.replace("_", " ")
        if one.sides.deals <= 0.0:
            numbers = ("0", one.verdict, "")
        table.add_row(mark, form, one.contract, *numbers)
    say = Language(chosen_language())
    notes = [
        say.tr(
            "{form}, {contract}: {verdict}.",
            form=one.form.replace("_", " "),
            contract=one.contract,
            verdict=one.verdict,
        )
        for one in points
        if one.sides.deals > 0.0 and one.sides.kind[0] != one.sides.kind[1]
    ]
    dim = Text(
        f"Means of {pairs} runs of {weeks} weeks: deals signed, and what is gained beyond what is "
        "spent, with 95 % intervals. * no other point brings both sides as much.",
        style="dim",
    )
    return Group(table, *(Text(note) for note in notes), dim)


def _said(side: MeanInterval) -> str:
    return f"{side.mean:+,.0f} ({side.low:+,.0f} to {side.high:+,.0f})"


def _files(points: Sequence[Point], pairs: int) -> dict[str, Any]:
    """Make the picture and the numbers."""
    import pandas as pd

    from plaza_lab.scenarios.policies.frontier import rows_of
    from plaza_lab.scenarios.report.frontier_figures import frontier_picture

    table = pd.DataFrame(rows_of(points))
    return {"points.csv": table, "frontier.png": frontier_picture(points, pairs)}
