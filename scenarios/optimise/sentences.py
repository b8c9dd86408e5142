"""What a search found, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaza_lab.scenarios.optimise import MEAN, REGRET, WORST
from plaza_lab.scenarios.optimise.allocation import looks_up_to
from plaza_lab.scenarios.optimise.constraints import POSSIBLY, SURELY_NOT, WORDS, described
from plaza_lab.scenarios.optimise.finding import Found
from plaza_lab.scenarios.report.words import counted, listed
from plaza_lab.scenarios.statistics.pairing import name_seeds

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMED = 4


COUNTS = {
    MEAN: "Judged by means over {n} worlds; a constraint has to be met in each.",
    WORST: "Judged by the worst of {n} worlds; a constraint has to be met in each.",
    REGRET: "Judged by the largest regret over {n} worlds, which is how far a policy is from the "
    "best one of a world; a constraint has to be met in each.",
}
"""What counts of a policy in a robust search."""


def answer(found: Found, table: pd.DataFrame) -> list[str]:
    """Say how many policies are on the front, and which are the best under the budget.

    Parameters
    ----------
    found : Found
        Search and labels.
    table : pandas.DataFrame
        Of :func:`plaza_lab.scenarios.optimise.front.front_table`.

    Returns
    -------
    list of str
        One to three sentences.
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


def how_sure(found: Found) -> list[str]:
    """Say what the labels rest on.

    Parameters
    ----------
    found : Found
        Search and labels.

    Returns
    -------
    list of str
        Sentences.
    """
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

    Parameters
    ----------
    found : Found
        Search and labels.

    Returns
    -------
    list of str
        A sentence for each chance constraint that so few pairs can never show, and one if a
        constraint was not met by any policy.
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
