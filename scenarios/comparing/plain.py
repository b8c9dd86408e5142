"""``plaza compare`` with a number of pairs fixed beforehand, in one world."""

from __future__ import annotations

from collections.abc import Sequence

from plaza_lab.scenarios.advising.flips import PAIRS, look_for_flips, moves_of
from plaza_lab.scenarios.answers import Comparison
from plaza_lab.scenarios.command_line.execution import carry_out
from plaza_lab.scenarios.command_line.flags import Flags
from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.comparing.asked import View
from plaza_lab.scenarios.experiments import compare as comparing
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.execute import live
from plaza_lab.scenarios.own.own_mechanisms import command_line


def compare_plainly(
    verb: str,
    names: Sequence[str],
    overrides: Sequence[str],
    flags: Flags,
    asked: Sequence[str],
    view: View,
) -> int:
    """Compare policies at a fixed number of seeds; where it is asked, look for where it flips.

    Parameters
    ----------
    verb : str
        Command that asks.
    names : sequence of str
        Policies, the baseline first.
    overrides : sequence of str
        What holds for all of them.
    flags : Flags
        The command line, sorted.
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
    study, points = comparing.plan(names, overrides, verb)
    if flags.is_for_hydra:
        return flags.hand_over_each(points)
    answer = Comparison(study, command_line(verb, *asked), view)
    settings = points[0].run
    if view.is_equal_spend:
        points, answer.remarks = _equalised(points, overrides)

    def act(progress: Progress) -> None:
        live(study, points, settings.workers, progress)
        if view.flips is not None and not study.is_interrupted:
            _look(answer, points, progress)

    title = "" if verb == "demo" else "-vs-".join(names)
    total = len(points) * (len(study.seeds) + _more_pairs(points, view))
    return carry_out(study, lambda *_: answer, act, settings, title, total, asked, points)


def _equalised(
    points: Sequence[DesignPoint], overrides: Sequence[str]
) -> tuple[list[DesignPoint], list[str]]:
    from plaza_lab.scenarios.comparing.equal_spend import equalised
    from plaza_lab.scenarios.experiments.execute import prepare

    with Progress(0) as progress:
        prepare(progress, points)
        return equalised(points, overrides)


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
