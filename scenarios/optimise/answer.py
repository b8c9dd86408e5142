"""The answer of a search: a front of policies with labels, in words, as table, picture and page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.answers.answer import Shown
from plaza_lab.scenarios.optimise import MEAN, REGRET, WORST
from plaza_lab.scenarios.optimise.constraints import POSSIBLY, SURELY_NOT, WORDS, described
from plaza_lab.scenarios.optimise.finding import Found
from plaza_lab.scenarios.optimise.labels import looks_up_to
from plaza_lab.scenarios.report.words import counted, listed
from plaza_lab.scenarios.statistics.pairing import name_seeds

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from rich.console import RenderableType


class Front(Shown):
    """Policies that no other policy beats, and how sure that is.

    Parameters
    ----------
    found : Found
        Search and labels.
    command : str
        Command line that makes the same search again.
    """

    def __init__(self, found: Found, command: str = "") -> None:
        self.found, self.command = found, command

    @cached_property
    def _table(self) -> pd.DataFrame:
        from plaza_lab.scenarios.optimise.front import front_table

        return front_table(self.found)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row per run; ``stage`` tells the seeds of the search from those of the labels."""
        return self.found.runs_table()

    def frame(self) -> pd.DataFrame:
        """Return one row per policy (:func:`plaza_lab.scenarios.optimise.front.front_table`)."""
        return self._table

    def sentence(self) -> str:
        """Say what was found."""
        return " ".join(answer(self.found, self._table))

    def table(self) -> RenderableType:
        """Return the answer as it is printed in a terminal."""
        from plaza_lab.scenarios.optimise.front import front_in_terminal

        return front_in_terminal(self.found, self._table)

    def pictures(self) -> dict[str, Callable[[], Figure]]:
        """Return the pictures by file name, each as a function that draws it."""
        return {"front": self._draw}

    def _draw(self, *, caption: bool = True) -> Figure:
        from plaza_lab.scenarios.report.front_figures import front

        goals = [(goal.outcome, goal.is_maximised) for goal in self.found.problem.objectives]
        return front(self._table, goals, self.found.effort.level, caption=caption)

    def report(self, path: str | Path) -> Path:
        """Write the report page."""
        from plaza_lab.scenarios.optimise.front import front_on_page
        from plaza_lab.scenarios.report.page import LIMITS
        from plaza_lab.scenarios.report.rendering import render

        left_out = ("command", "policies", "best", "trials_done")
        origin = {key: value for key, value in self.manifest().items() if key not in left_out}
        return render(
            path,
            "front.html",
            origin,
            title="Which policies does no other policy beat?",
            answers=answer(self.found, self._table),
            sure=_how_sure(self.found),
            figures=[("The front", self._draw(caption=False))],
            limits=[
                "Only the policies tried were compared: one that nobody proposed may be better.",
                *LIMITS,
            ],
            command=self.command,
            **front_on_page(self.found, self._table),
        )

    def manifest(self) -> dict[str, Any]:
        """Return what reproduces the search: versions, code, policies, seeds, effort, command."""
        from dataclasses import asdict
        from importlib import metadata

        from plaza_lab.scenarios.output.provenance import code_fingerprint, versions

        found, labels = self.found, self._table["label"]
        library = {} if found.searched.method == "every combination" else {
            "optuna": metadata.version("optuna")
        }  # fmt: skip
        goals = [
            f"{'maximise' if goal.is_maximised else 'minimise'} {goal.outcome}"
            for goal in found.problem.objectives
        ]
        over = {} if found.problem.over is None else {"over": asdict(found.problem.over)}
        return over | {
            "command": self.command,
            "verb": "optimise",
            "is_complete": True,
            "objectives": goals,
            "constraints": [rule.text for rule in found.problem.constraints],
            "fixed": list(found.problem.fixed),
            "search": {"method": found.searched.method} | asdict(found.effort),
            "policies": {
                point.policy: {"config": point.fingerprint, "options": point.composed.choices}
                for point in found.points
            },
            "labels": {word: int((labels == word).sum()) for word in labels.unique()},
            "seeds": sorted(set(self.runs["seed"].tolist())),
            "weeks": found.effort.weeks,
            "runs": len(self.runs),
            "rounds": [f"{r.pairs} pairs: {r.runs} runs, {r.open} open"
                       for r in found.allocated.rounds],
            "code": code_fingerprint(),
            "versions": versions() | library,
            "started": found.started.isoformat(timespec="seconds"),
            "wall_s": round(found.wall_s, 3),
        }  # fmt: skip

    def write_tables(self, folder: Path) -> None:
        """Write policies and runs."""
        from plaza_lab.scenarios.output.output_folder import write_tables

        write_tables(folder, {"policies": self._table, "runs": self.runs})


MOST_NAMED = 4


COUNTS = {
    MEAN: "Judged by means over {n} worlds; a constraint has to be met in each.",
    WORST: "Judged by the worst of {n} worlds; a constraint has to be met in each.",
    REGRET: "Judged by the largest regret over {n} worlds, which is how far a policy is from the "
    "best one of a world; a constraint has to be met in each.",
}
"""What counts of a policy in a robust search."""


def answer(found: Found, table: pd.DataFrame) -> list[str]:
    """Say in one to three sentences what is on the front, and what is best under the budget.

    `table` is that of :func:`plaza_lab.scenarios.optimise.front.front_table`.
    """
    strict, hopeful = _by_label(table, "label"), _by_label(table, "if_met")
    policies = "policy" if len(table) == 1 else "policies"
    goals = listed(
        f"{'high' if goal.is_maximised else 'low'} {described(goal.outcome).label.lower()}"
        for goal in found.problem.objectives
    )
    lines = [f"Of {len(table)} {policies} tried for {goals}, {_counts(strict)}."]
    if found.problem.over is not None:
        lines.insert(0, COUNTS[found.problem.over.way].format(n=found.problem.over.worlds))
    if strict != hopeful:
        lines.append(f"If the constraints still open were met, {_counts(hopeful)}.")
    if found.problem.budget is not None:
        amount = f"{found.problem.budget.limit:,.0f}"
        lines.append(_budget_line(amount, strict, hopeful))
    return lines


def _by_label(table: pd.DataFrame, column: str) -> dict[str, list[tuple[int, str]]]:
    rows = zip(table[column], table["no"], table["policy"], strict=True)
    found: dict[str, list[tuple[int, str]]] = {word: [] for word in WORDS.values()}
    for label, number, policy in rows:
        found[label].append((int(number), str(policy)))
    return found


def _counts(named: dict[str, list[tuple[int, str]]]) -> str:
    sure, maybe, off = (len(named[word]) for word in ("surely", "possibly", "surely not"))
    verb = "is" if sure == 1 else "are"
    return f"{sure} {verb} surely on the front, {maybe} possibly, {off} surely not"


def _budget_line(
    amount: str,
    strict: dict[str, list[tuple[int, str]]],
    hopeful: dict[str, list[tuple[int, str]]],
) -> str:
    sure, maybe = strict["surely"], strict["possibly"]
    start = f"The best policies under {amount} yuan: "
    if not sure and not maybe:
        return (
            f"No policy tried keeps its mean fund spend within {amount} yuan and the constraints."
        )
    if sure:
        return f"{start}{_named(sure)}{f'; possibly also {_named(maybe)}' if maybe else ''}."
    likely = [one for one in maybe if one in hopeful["surely"]] or [
        one for one in maybe if one not in hopeful["surely not"]
    ]
    return f"{start}none surely; the likeliest are {_named(likely or maybe)}."


def _named(policies: list[tuple[int, str]]) -> str:
    shown = [f"no. {no} ({policy})" for no, policy in policies[:MOST_NAMED]]
    more = len(policies) - MOST_NAMED
    return listed([*shown, f"{more} more"] if more > 0 else shown)


def _how_sure(found: Found) -> list[str]:
    """Say what the labels rest on."""
    effort, allocated = found.effort, found.allocated
    low, high = int(allocated.pairs.min()), int(allocated.pairs.max())
    pairs = f"{low}" if low == high else f"{low} to {high}"
    seeds = effort.label_seeds[:high]
    looks = counted(len(looks_up_to(len(effort.label_seeds))), "look")
    searched = {
        "every combination": "Every combination of the levers was tried",
        "tpe": "Policies were proposed by a tree-structured Parzen estimator",
        "nsga2": "Policies were proposed by NSGA-II",
    }[found.searched.method]
    different = len(found.points) + len(found.searched.impossible)
    lines = [
        f"{searched} ({counted(len(found.searched.trials), 'trial')}, {different} different) at "
        f"seeds {name_seeds(effort.search_seeds)}.",
        f"Labels rest on other seeds ({name_seeds(seeds)}), the same for every policy: {pairs} "
        f"pairs a policy, more where the label was open. All labels together are right with "
        f"{effort.level * 100:g} % confidence: simultaneous intervals of paired differences "
        f"(Student's t, Bonferroni over claims and over {looks}).",
        "Surely on the front: for each of the other policies there is an objective in which it "
        "does clearly worse. Surely not: another policy is clearly at least as good in all "
        "objectives and better in one, or a constraint is clearly not met. Possibly: the pairs do "
        "not decide it.",
    ]
    if low < high:
        lines.append(
            "Means of policies with fewer pairs are shown at the luck of all seeds: shifted by "
            "what the other seeds meant for the policies that lived through all of them."
        )
    if found.problem.over is not None and found.problem.over.way != MEAN:
        lines.append(
            "Which world counts was told by the seeds of the search, so another may be harder "
            "still on a policy; the labels rest on other seeds, lived in that world."
        )
    return lines + hints(found)


def hints(found: Found) -> list[str]:
    """Say what more pairs would be needed for, if anything.

    A sentence for each chance constraint that so few pairs can never show, and one if a constraint
    was not met by any policy.
    """
    lines, fresh = [], len(found.effort.label_seeds)
    labels = found.allocated.labels
    for c, rule in enumerate(found.problem.constraints):
        needed = rule.runs_needed(found.allocated.sizes.constraint)
        if needed > fresh and (labels.met[:, c] == POSSIBLY).any():
            lines.append(
                f"To be sure that {rule.text} takes at least {needed} pairs a policy; there are "
                f"{fresh}: set --max-pairs to {needed + found.effort.pairs} or more."
            )
        if (labels.met[:, c] == SURELY_NOT).all():
            lines.append(f"No policy tried meets {rule.text}.")
    return lines
