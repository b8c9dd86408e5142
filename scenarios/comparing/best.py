"""``plaza compare --best``: many policies race seed by seed until the best one is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaza_lab.scenarios.command_line.printing import console, say
from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.comparing.asked import Wish
from plaza_lab.scenarios.comparing.ways import Asked, refuse_replicates
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments import compare as comparing
from plaza_lab.scenarios.experiments.evaluate import StoreEvaluate
from plaza_lab.scenarios.experiments.execute import prepare
from plaza_lab.scenarios.output.output_folder import output_folder
from plaza_lab.scenarios.output.writing import kept_line, write_files

if TYPE_CHECKING:
    from rich.console import RenderableType

    from plaza_lab.scenarios.statistics.selection import Selection


def select_policy(wish: Wish, asked: Asked) -> int:
    """Select the best of several policies; every run is kept in the store.

    Parameters
    ----------
    wish : Wish
        Outcome, the lead that matters, most pairs.
    asked : Asked
        Policies, and what holds for all of them.

    Returns
    -------
    int
        0.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    from plaza_lab.scenarios.experiments.widths import parse_targets
    from plaza_lab.scenarios.output.provenance import versions
    from plaza_lab.scenarios.statistics.selection import select_best

    asked.placed.refuse_launcher("--best")
    refuse_replicates(asked, "--best")
    try:
        targets = parse_targets(wish.best)
    except UserError as wrong:
        raise UserError(str(wrong).replace("--until", "--best")) from wrong
    if len(targets) != 1 or targets[0].is_relative:
        raise UserError(
            f"--best {wish.best}: name one outcome and the lead that matters in its own unit, as "
            "in --best retention=1pp"
        )
    (target,) = targets
    _, points = comparing.plan(asked.names, asked.overrides)
    settings = points[0].run
    title = f"best-{target.outcome.name}"
    with output_folder(settings.out, "compare", title, may_replace=settings.overwrite) as folder:
        with Progress(0) as progress:
            prepare(progress, points)
            progress.say_pairs(len(points), wish.max_pairs)
            evaluate = StoreEvaluate(
                asked.store, "compare-best", settings.weeks, settings.workers,
                on_run=progress.advance,
            )  # fmt: skip
            found = select_best(
                evaluate, points, target.outcome.name, target.amount,
                max_pairs=wish.max_pairs, first_seed=settings.seed,
                on_batch=lambda pairs, left: None,
            )  # fmt: skip
        console(highlight=False).print(_table(found))
        tables = {"policies": found.means, "dropped": found.history, "runs": found.runs}
        manifest = {"command": asked.command, "answer": found.words()}
        write_files(
            folder.partial, {f"{name}.parquet": table for name, table in tables.items()},
            manifest | {"versions": versions()},
        )  # fmt: skip
        say(f"\n{kept_line(folder.keep())}")
    return 0


def _table(found: Selection) -> RenderableType:
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from plaza_lab.scenarios.outcomes import outcome_named, show_difference, show_value
    from plaza_lab.scenarios.report.words import records

    outcome = outcome_named(found.outcome)
    dropped = {row["policy"]: row["pairs"] for row in records(found.history)}
    grid = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column("policy", overflow="fold")
    for head in (outcome.label, "from the best", "pairs"):
        grid.add_column(head, justify="right")
    grid.add_column("")
    for row in records(found.means):
        grid.add_row(
            row["policy"],
            show_value(outcome, row["mean"]),
            "" if not row["difference"] else show_difference(outcome, row["difference"]),
            f"{row['pairs']:,}",
            "left" if row["is_left"] else f"dropped after {dropped[row['policy']]}",
        )
    return Group(Text(found.words(), style="bold"), grid)
