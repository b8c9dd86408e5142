"""``plaza policy frontier``: host's against partners' gain, over forms and contracts."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from plaza_lab.scenarios.command_line.parser import Parser, whole
from plaza_lab.scenarios.command_line.printing import console
from plaza_lab.scenarios.language import Language, chosen_language

if TYPE_CHECKING:
    from rich.console import RenderableType

    from plaza_lab.scenarios.policies.frontier import Point
    from plaza_lab.scenarios.statistics.intervals import MeanInterval

PAIRS, MOST_PAIRS, MOST_WORKERS = 12, 10_000, 1024
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
    add("--workers", metavar="N", type=whole(0, MOST_WORKERS), default=0,
        help="runs side by side; default: every core")  # fmt: skip
    add("--to", metavar="DIR", type=Path, help="a new folder for the picture and the numbers")
    add("--json", action="store_true", help="all numbers, for programs")


def run_frontier(options: Namespace) -> int:
    """Measure and print a partner frontier.

    Parameters
    ----------
    options : argparse.Namespace
        Flags.

    Returns
    -------
    int
        0.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.everyday.values import translated
    from plaza_lab.scenarios.experiments.run import prepare
    from plaza_lab.scenarios.files.places import new_place
    from plaza_lab.scenarios.policies.frontier import (
        CONTRACTS,
        Counted,
        forms_named,
        frontier,
        planned,
        rows_of,
        seeds_of,
    )

    place = None if options.to is None else new_place(options.to, "--to")
    contracts = {text.replace("partnership.", ""): text.split() for text in options.contract}
    host = translated(options.overrides)
    plan = planned(host, forms_named(options.forms), contracts or CONTRACTS)
    points = {point.fingerprint: point for row in plan for point in row[2:]}
    with Progress(options.pairs * len(points), is_quiet=options.json) as progress:
        prepare(progress, list(points.values()))
        weeks = plan[0][2].run.weeks
        evaluate = Counted(weeks, options.workers, progress.advance)
        found = frontier(plan, evaluate, seeds_of(plan, options.pairs))
    if options.json:
        sys.stdout.write(json.dumps(rows_of(found), indent=1) + "\n")
    else:
        console(highlight=False).print(frontier_table(found, options.pairs, weeks))
    if place is not None:
        _keep(place, found, options)
    sys.stdout.flush()
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


def _keep(place: Path, points: Sequence[Point], options: Namespace) -> None:
    """Write the picture and the numbers into a new folder."""
    import pandas as pd

    from plaza_lab.scenarios.files.csv_cells import write_csv
    from plaza_lab.scenarios.output.output_folder import OutputFolder, disk_errors, write_manifest
    from plaza_lab.scenarios.output.provenance import version
    from plaza_lab.scenarios.policies.frontier import rows_of
    from plaza_lab.scenarios.report.frontier_figures import frontier_picture
    from plaza_lab.scenarios.report.style import write_png

    manifest = {"command": options.asked, "version": version(), "pairs": options.pairs}
    with (
        OutputFolder(place.expanduser(), option="--to") as folder,
        disk_errors(place, option="--to"),
    ):
        write_csv(pd.DataFrame(rows_of(points)), folder.partial / "points.csv")
        picture = frontier_picture(points, options.pairs)
        write_png(picture, folder.partial / "frontier.png", manifest)
        write_manifest(folder.partial, manifest)
        folder.keep()
    if not options.json:
        sys.stdout.write(f"kept in {place}: frontier.png, points.csv\n")
