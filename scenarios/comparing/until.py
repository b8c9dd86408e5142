"""``plaza compare --until``: pairs are added until the differences are known well enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from plaza_lab.scenarios.answers.precise import PreciseComparison
from plaza_lab.scenarios.command_line.execution import carry_out
from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.comparing.asked import View
from plaza_lab.scenarios.comparing.wishes import Wish
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments import compare as comparing
from plaza_lab.scenarios.experiments.ensembles import ensemble_in
from plaza_lab.scenarios.experiments.evaluate import StoreEvaluate
from plaza_lab.scenarios.experiments.plan import make_plan
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, save_plan
from plaza_lab.scenarios.experiments.spec import Spec
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.output.output_folder import slug
from plaza_lab.scenarios.own.own_mechanisms import command_line
from plaza_lab.scenarios.settings.overrides import parsed
from plaza_lab.scenarios.store import DEFAULT_STORE, open_store


def compare_until(
    wish: Wish, names: Sequence[str], overrides: Sequence[str], asked: Sequence[str], view: View
) -> int:
    """Compare policies until the wish is met; every run is kept in the store.

    Parameters
    ----------
    wish : Wish
        How sure one wants to be.
    names : sequence of str
        Policies, the baseline first.
    overrides : sequence of str
        What holds for all of them.
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
    from plaza_lab.scenarios.experiments.until import until_precise
    from plaza_lab.scenarios.experiments.widths import parse_targets

    targets = parse_targets(wish.until)
    if ensemble_in(overrides)[0] is not None:
        raise UserError("--until compares in one world; leave it out to average over an ensemble")
    given = [o.input_line for o in parsed(overrides) if o.key_or_group == "run.replicates"]
    if given:
        raise UserError(f"{given[0]}: --until decides how many pairs are run; --max-pairs limits")
    _, points = comparing.plan(names, overrides)
    settings = points[0].run
    title = "-vs-".join(names)
    name = f"compare-{slug(title)}-{datetime.now():%Y%m%d-%H%M%S-%f}"[:97]
    spec = Spec(name, policies=tuple(names), settings=tuple(overrides))
    plan = make_plan(spec)
    folder = StudyFolder(open_store(DEFAULT_STORE), name)
    study = StoredStudy(folder, plan, "compare")
    answer = PreciseComparison(study, command_line("compare", *asked), view)

    def act(progress: Progress) -> None:
        progress.say_pairs(len(points), wish.max_pairs)
        evaluate = StoreEvaluate(
            folder.store, name, settings.weeks, settings.workers, on_run=progress.advance
        )
        _, answer.precision = until_precise(
            evaluate, points, targets, first_seed=settings.seed, max_pairs=wish.max_pairs
        )
        seeds = f"run.replicates={answer.precision.pairs + answer.precision.lost}"
        study.plan = make_plan(replace(spec, settings=(*spec.settings, seeds)))
        study.seeds = study.plan.seeds
        save_plan(folder, study.plan, answer.command)

    return carry_out(study, lambda *_: answer, act, settings, title, 0, asked, points)
