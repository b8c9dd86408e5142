"""``plaza wait`` and ``plaza remain``: what waiting costs, and what is left after an end.

Both compare three lives of the same people with the same luck: the new policy from the first day,
the old one throughout, and the new one for a part of the time. What lies between is the answer.
What waiting costs is told against beginning at once, what is left against never beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.scenarios.advising.writing import policy_name, shown, span
from plaza_lab.scenarios.answers import Comparison
from plaza_lab.scenarios.command_line.execution import carry_out
from plaza_lab.scenarios.command_line.flags import Flags
from plaza_lab.scenarios.command_line.parser import Parser, whole
from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.comparing.asked import View, view_in
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments import compare as comparing
from plaza_lab.scenarios.experiments.placing import live_placed, moment_spec, placed_in
from plaza_lab.scenarios.experiments.study import Study
from plaza_lab.scenarios.language import marked
from plaza_lab.scenarios.outcomes import outcome_named
from plaza_lab.scenarios.own.own_mechanisms import command_line
from plaza_lab.scenarios.report.words import inside_scale, records
from plaza_lab.scenarios.statistics import compare_contrasts
from plaza_lab.scenarios.statistics.incremental import fieller
from plaza_lab.scenarios.statistics.pairing import paired_runs

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType

WAIT, REMAIN = "wait", "remain"
USUAL_WEEKS = {WAIT: 4, REMAIN: 26}
WHAT = {
    WAIT: marked(
        "Waiting {weeks} weeks with {policy}, against beginning at once, changes what there is "
        "after {end} weeks by:"
    ),
    REMAIN: marked(
        "What is left of {policy}, ended after {weeks} weeks, after {end} weeks, against never "
        "beginning:"
    ),
}
PART = {
    WAIT: marked("{change}; {part} of what never beginning changes"),
    REMAIN: marked("{change}; {part} of what it changes without an end"),
}
FEW = marked("{change}, the same in {n} pairs, which are too few to tell")


def dated(policy: str, span: str) -> str:
    """Write a policy for some weeks only, ``1-26`` or ``5-``, as ``plaza compare`` takes it."""
    return " ".join(f"{word}@week{span}" for word in policy.split())


def ask(verb: str, arguments: Sequence[str]) -> int:
    """Compare beginning at once, never, and for a part of the time, for ``wait`` or ``remain``.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    view, rest = view_in(arguments)
    parser = Parser(f"plaza {verb}", add_help=False)
    parser.add_argument("--weeks", type=whole(1, 519), default=USUAL_WEEKS[verb])
    options, rest = parser.parse_known_args(list(rest))
    flags = Flags.read(verb, rest)
    placed, words = placed_in(flags.overrides)
    names, overrides = comparing.split_policies(words)
    if len(names) != 2 or any("@" in name for name in names):
        raise UserError(
            f"plaza {verb} takes two policies without dates, what holds now and what may begin: "
            "policies=[thanks_only,weekly_prize]"
        )
    old, new = names
    time = f"{options.weeks + 1}-" if verb == WAIT else f"1-{options.weeks}"
    arms = [new, dated(new, time), old] if verb == WAIT else [old, dated(new, time), new]
    study, points = comparing.plan(arms, overrides, verb)
    if flags.is_for_hydra:
        return flags.hand_over_each(points)
    command, title = command_line(verb, *arguments), f"{old}-{new}"
    answer = Timing(study, command, view, new, options.weeks)
    spec = moment_spec(verb, title, arms, overrides)

    def act(progress: Progress) -> None:
        live_placed(study, points, placed, progress, spec, command)

    return carry_out(answer, act, points[0].run, title, len(points) * len(study.seeds))


class Timing(Comparison):
    """Three lives: with the new policy, without it, and for a part of the time.

    Parameters
    ----------
    study : Study
        Its policies: the baseline, the one for a part of the time, and the other.
    command, view
        As of a comparison.
    new : str
        The new policy.
    weeks : int
        How long is waited, or how long it holds.
    """

    def __init__(self, study: Study, command: str, view: View, new: str, weeks: int) -> None:
        super().__init__(study, command, view)
        self.new, self.weeks = new, weeks

    def table(self) -> RenderableType:
        """Return what lies between, and then the comparison."""
        from rich.console import Group

        from plaza_lab.scenarios.language.terminal import Wrapped

        return Group(*map(Wrapped, self.found()), "", super().table())

    def found(self) -> list[str]:
        """Say what waiting changes, or what is left, and which part of the whole that is."""
        say, verb = self.view.say, self.study.verb
        baseline, between, _ = self.policies
        rows = records(compare_contrasts(self.runs, [(baseline, between)]))
        head = say.tr(
            WHAT[verb], policy=policy_name(self.new, say), weeks=self.weeks, end=self.study.weeks
        )
        lines = (
            say.tr("{name}: {what}", name=say.tr(row["label"]), what=self._change(row))
            for row in rows
            if row["headline"] and row["verdict"] != "undefined"
        )
        return [head, *(f"  {line}" for line in lines)]

    def _change(self, row: dict[str, Any]) -> str:
        outcome, say = outcome_named(row["outcome"]), self.view.say
        change = shown(outcome, row["difference"], say, is_difference=True)
        if row["verdict"] == "too few pairs" and row["interval"] == "exact":
            return say.tr(FEW, change=change, n=row["pairs"])
        if row["interval"] not in ("none", "exact"):
            ends = span(outcome, *inside_scale(row), say, has_unit=False)
            change = say.tr("{change} ({span})", change=change, span=ends)
        part, low, high = part_of(self.runs, self.policies, row["outcome"])
        if np.isnan(low):
            return change
        part_text, least, most = (f"{round(100 * one) + 0}" for one in (part, low, high))
        told = f"{part_text} %"
        if row["interval"] != "exact":  # money paid by the calendar has no luck in it
            within = say.tr("{low} to {high}", low=least, high=f"{most} %")
            told = say.tr("{change} ({span})", change=told, span=within)
        return say.tr(PART[self.study.verb], change=change, part=told)


def part_of(
    runs: pd.DataFrame, policies: Sequence[str], outcome: str
) -> tuple[float, float, float]:
    """Return the part of the whole difference that the life between shows.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run.
    policies : sequence of str
        Baseline, the one between, and the other end.
    outcome : str
        Column of `runs`.

    Returns
    -------
    tuple of float
        Part and its 95 % interval (Fieller), from the baseline (0) to the other end (1); NaN
        bounds where the whole is not clearly unlike zero.
    """
    baseline, between, other = policies
    near, whole_way = (_difference(runs, baseline, end, outcome) for end in (between, other))
    told = np.isfinite(near) & np.isfinite(whole_way)
    if told.sum() < 2:
        return (float("nan"),) * 3
    return fieller(near[told], whole_way[told])


def _difference(runs: pd.DataFrame, first: str, second: str, outcome: str) -> np.ndarray:
    one, other = (part[outcome].to_numpy(float) for part in paired_runs(runs, first, second))
    return other - one
