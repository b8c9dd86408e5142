"""``plaza compare ... world=ensemble:NAME``: policies over the worlds a calibration found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from plaza_lab.scenarios.answers import Worlds
from plaza_lab.scenarios.command_line.execution import carry_out
from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.comparing.asked import View
from plaza_lab.scenarios.experiments import sweep as sweeping
from plaza_lab.scenarios.experiments.compiling import points_of
from plaza_lab.scenarios.experiments.launching import Where
from plaza_lab.scenarios.experiments.plan import make_plan
from plaza_lab.scenarios.experiments.spec import Spec, checked
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.output.output_folder import slug
from plaza_lab.scenarios.own.own_mechanisms import command_line
from plaza_lab.scenarios.store import DEFAULT_STORE


def compare_over_worlds(
    names: Sequence[str], overrides: Sequence[str], asked: Sequence[str], view: View
) -> int:
    """Compare policies over the worlds of an ensemble; every run is kept in the store.

    Parameters
    ----------
    names : sequence of str
        Policies, the baseline first.
    overrides : sequence of str
        What holds for all of them, ``world=ensemble:NAME`` among it.
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
    title = "-vs-".join(names)
    name = f"compare-{slug(title)}-{datetime.now():%Y%m%d-%H%M%S-%f}"[:97]
    plan = make_plan(checked(Spec(name, policies=tuple(names), settings=tuple(overrides))))
    settings = sweeping.settings_of(plan)
    command = command_line("compare", *asked)
    study = sweeping.keep_plan(plan, DEFAULT_STORE, command)
    study.verb = "compare"

    def answered(study: StoredStudy, command: str) -> Worlds:
        return Worlds(study, command, view)

    def act(progress: Progress) -> None:
        sweeping.live_sweep(study, Where(workers=settings.workers), progress)

    points = points_of(plan)
    return carry_out(study, answered, act, settings, title, plan.n_runs, asked, points)
