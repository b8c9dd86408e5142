"""The ways of comparing: at so many pairs, from today on, over worlds, until sure, for the best.

Each takes what is asked, plans it, and hands its answer and what runs it to the one that prints
and keeps answers (``command_line/execution.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plaza_lab.scenarios.advising.flips import PAIRS, look_for_flips, moves_of
from plaza_lab.scenarios.answers import Comparison, Worlds
from plaza_lab.scenarios.command_line.execution import carry_out
from plaza_lab.scenarios.command_line.flags import Flags
from plaza_lab.scenarios.command_line.printing import console, say
from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.comparing.asked import View, Wish
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments import compare as comparing
from plaza_lab.scenarios.experiments import sweep as sweeping
from plaza_lab.scenarios.experiments.design import DesignPoint, seeds_of
from plaza_lab.scenarios.experiments.execute import live, prepare
from plaza_lab.scenarios.experiments.placing import HERE, STORE, Where, live_placed, moment_spec
from plaza_lab.scenarios.experiments.plan import make_plan
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, save_plan
from plaza_lab.scenarios.experiments.spec import Spec, checked
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.experiments.study import Study
from plaza_lab.scenarios.experiments.varying import ensemble_in
from plaza_lab.scenarios.output.output_folder import output_folder
from plaza_lab.scenarios.output.writing import kept_line, write_files
from plaza_lab.scenarios.own.own_mechanisms import command_line
from plaza_lab.scenarios.settings.overrides import parsed
from plaza_lab.scenarios.store import Store, open_store, usual_store

if TYPE_CHECKING:
    from rich.console import RenderableType

    from plaza_lab.scenarios.experiments.evaluate import StoreEvaluate
    from plaza_lab.scenarios.statistics.selection import Selection


@dataclass(frozen=True)
class Asked:
    """A comparison that is asked for.

    Parameters
    ----------
    names, overrides : sequence of str
        Policies, the baseline first, and what holds for all of them.
    view, placed
        How to answer, and where it is run.
    verb, arguments
        Command that asks, and what follows it on the command line.
    """

    names: Sequence[str]
    overrides: Sequence[str]
    arguments: Sequence[str]
    view: View
    placed: Where = HERE
    verb: str = "compare"

    @property
    def title(self) -> str:
        """Part of the folder's name."""
        return "" if self.verb == "demo" else "-vs-".join(self.names)

    @property
    def command(self) -> str:
        """Command line that asks the same again."""
        return command_line(self.verb, *self.arguments)

    @property
    def spec(self) -> Spec:
        """The same as a study, named after the policies and the time."""
        return moment_spec(self.verb, self.title, self.names, self.overrides)

    @property
    def store(self) -> Store:
        """The store of what is always kept."""
        return open_store(self.placed.store or usual_store(), option=STORE)


def compare_plainly(asked: Asked, flags: Flags) -> int:
    """Compare at a fixed number of seeds; where it is asked, look for where the advice flips."""
    view = asked.view
    study, points = comparing.plan(asked.names, asked.overrides, asked.verb)
    if flags.is_for_hydra:
        return flags.hand_over_each(points)
    answer = Comparison(study, asked.command, view)
    settings = points[0].run
    if view.is_equal_spend:
        if asked.placed.store:
            raise UserError("--equal-spend changes the policies for this answer alone; leave out "
                            f"store={asked.placed.store}")  # fmt: skip
        from plaza_lab.scenarios.comparing.equal_spend import equalised

        with Progress(0) as progress:
            prepare(progress, points)
            points, answer.remarks = equalised(points, asked.overrides)

    def act(progress: Progress) -> None:
        live_placed(study, points, asked.placed, progress, asked.spec, asked.command)
        if view.flips is not None and not study.is_interrupted:
            _look(answer, points, progress)

    total = len(points) * (len(study.seeds) + _more_pairs(points, view))
    return carry_out(answer, act, settings, asked.title, total)


def _more_pairs(points: Sequence[DesignPoint], view: View) -> int:
    """Pairs that looking for flips takes; refuses a setting that cannot be moved."""
    if view.flips is None:
        return 0
    moves = moves_of([point.composed.config for point in points], view.flips)
    return len(moves) * min(PAIRS, points[0].run.replicates)


def _look(answer: Comparison, points: Sequence[DesignPoint], progress: Progress) -> None:
    """Move the settings of the world and ask again; Ctrl-C leaves the comparison whole."""
    study, view = answer.study, answer.view
    study.keep_complete_pairs()
    try:
        answer.moved = look_for_flips(
            points, answer.runs, answer.frame(), view.aim, 7 * study.weeks, view.flips or (),
            progress.advance,
        )  # fmt: skip
    except KeyboardInterrupt:
        progress.say("plaza: stopped while looking for flips; the comparison is whole")


def compare_from_today(asked: Asked) -> int:
    """Compare for a fitted community from its last day on, the policy in force first."""
    asked.placed.refuse_launcher("start=today")
    from plaza_lab.scenarios.forecast import from_today
    from plaza_lab.scenarios.forecast.closing import close, remarks_of, say_closing

    found = from_today.kept_of(from_today.world_in(asked.overrides))
    points = from_today.points_from_today(asked.names, asked.overrides, found)
    settings = points[0].run
    with Progress(0) as progress:
        prepare(progress, points)
    points, closing = close(points, found, settings.weeks)
    say_closing(closing, found[0])
    study = Study("compare", seeds_of(settings), settings.weeks)
    answer = Comparison(study, asked.command, asked.view)
    answer.remarks = remarks_of(closing, found[0])

    def act(progress: Progress) -> None:
        live(study, points, settings.workers, progress)

    total = len(points) * len(study.seeds)
    return carry_out(answer, act, settings, f"today-{asked.title}", total)


def compare_over_worlds(asked: Asked) -> int:
    """Compare over the worlds of an ensemble; every run is kept in the store."""
    plan = make_plan(checked(asked.spec))
    settings = sweeping.settings_of(plan)
    study = sweeping.keep_plan(plan, asked.store, asked.command)
    study.verb = "compare"

    def act(progress: Progress) -> None:
        sweeping.live_sweep(study, asked.placed.where(settings.workers), progress)

    answer = Worlds(study, asked.command, asked.view)
    return carry_out(answer, act, settings, asked.title, plan.n_runs)


def compare_until(asked: Asked, wish: Wish) -> int:
    """Add pairs until the wish is met; every run is kept in the store."""
    from plaza_lab.scenarios.answers.comparison import PreciseComparison
    from plaza_lab.scenarios.experiments.until import until_precise
    from plaza_lab.scenarios.experiments.widths import parse_targets

    targets = parse_targets(wish.until)
    if ensemble_in(asked.overrides)[0] is not None:
        raise UserError("--until compares in one world; leave it out to average over an ensemble")
    _refuse_what_is_decided(asked, "--until")
    _, points = comparing.plan(asked.names, asked.overrides)
    settings, spec = points[0].run, asked.spec
    folder = StudyFolder(asked.store, spec.name)
    study = StoredStudy(folder, make_plan(spec), "compare")
    answer = PreciseComparison(study, asked.command, asked.view)

    def act(progress: Progress) -> None:
        evaluate = _in_rounds(folder.store, spec.name, points, wish, progress)
        _, answer.precision = until_precise(
            evaluate, points, targets, first_seed=settings.seed, max_pairs=wish.max_pairs
        )
        seeds = f"run.replicates={answer.precision.pairs + answer.precision.lost}"
        study.plan = make_plan(replace(spec, settings=(*spec.settings, seeds)))
        study.seeds = study.plan.seeds
        save_plan(folder, study.plan, answer.command)

    return carry_out(answer, act, settings, asked.title, 0)


def select_policy(wish: Wish, asked: Asked) -> int:
    """Let many policies race seed by seed until the best is left; every run is kept.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    from plaza_lab.scenarios.experiments.widths import parse_targets
    from plaza_lab.scenarios.output.provenance import versions
    from plaza_lab.scenarios.statistics.selection import select_best

    _refuse_what_is_decided(asked, "--best")
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
            found = select_best(
                _in_rounds(asked.store, "compare-best", points, wish, progress), points,
                target.outcome.name, target.amount,
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


def _refuse_what_is_decided(asked: Asked, flag: str) -> None:
    """Refuse a launcher, and a number of pairs, beside a flag that asks for pairs in rounds."""
    asked.placed.refuse_launcher(flag)
    for one in parsed(asked.overrides):
        if one.key_or_group == "run.replicates":
            raise UserError(
                f"{one.input_line}: {flag} decides how many pairs are run; --max-pairs limits"
            )


def _in_rounds(
    store: Store, name: str, points: Sequence[DesignPoint], wish: Wish, progress: Progress
) -> StoreEvaluate:
    """Return what runs the pairs of each round and keeps them under a name."""
    from plaza_lab.scenarios.experiments.evaluate import StoreEvaluate

    prepare(progress, points)
    progress.say_pairs(len(points), wish.max_pairs)
    run = points[0].run
    return StoreEvaluate(store, name, run.weeks, run.workers, on_run=progress.advance)


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
