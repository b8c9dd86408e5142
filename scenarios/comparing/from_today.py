"""``plaza compare ... start=today``: policies for a fitted community from its last day on."""

from __future__ import annotations

from collections.abc import Sequence

from plaza_lab.scenarios.answers import Comparison
from plaza_lab.scenarios.command_line.execution import carry_out
from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.comparing.asked import View
from plaza_lab.scenarios.experiments.design import seeds_of
from plaza_lab.scenarios.experiments.execute import live, prepare
from plaza_lab.scenarios.experiments.study import Study
from plaza_lab.scenarios.forecast import from_today
from plaza_lab.scenarios.forecast.closing import close, say_closing


def compare_from_today(
    names: Sequence[str], overrides: Sequence[str], asked: Sequence[str], view: View
) -> int:
    """Compare policies for a fitted community, the policy in force first.

    Parameters
    ----------
    names : sequence of str
        Policies asked for.
    overrides : sequence of str
        What holds for all of them, ``world=NAME`` among it.
    asked : sequence of str
        The command line after the verb.
    view : View
        How to answer.

    Returns
    -------
    int
        Exit code.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    found = from_today.kept_of(from_today.world_in(overrides))
    points = from_today.points_from_today(names, overrides, found)
    settings = points[0].run
    with Progress(0) as progress:
        prepare(progress, points)
    points, closing = close(points, found, settings.weeks)
    say_closing(closing, found[0])
    study = Study("compare", seeds_of(settings), settings.weeks)

    def answered(study: Study, command: str) -> Comparison:
        return Comparison(study, command, view)

    def act(progress: Progress) -> None:
        live(study, points, settings.workers, progress)

    title = "today-" + "-vs-".join(names)
    total = len(points) * len(study.seeds)
    return carry_out(study, answered, act, settings, title, total, asked, points)
