"""How to test an advice small: how many communities, for how long, before one decides for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.advising.advice import Advice
from plaza_lab.scenarios.advising.lines import label_of
from plaza_lab.scenarios.advising.writing import policy_name
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.forecast.plan_test import SHARES, Plan, size_test
from plaza_lab.scenarios.language import Language

if TYPE_CHECKING:
    import pandas as pd

POWER = 0.8
"""Chance of deciding that is wanted; as for ``plaza plan-test``."""
LENGTHS = (8, 13, 26, 39)
"""Weeks of a shorter test, where the daily tables tell the outcome (assumption)."""
DAILY = {"retention": "retained"}
"""Outcomes that a day of the tables tells as well."""


def trials(advice: Advice, days: pd.DataFrame, policy: str, weeks: int, size: int) -> list[Plan]:
    """Size live tests of a policy against the baseline from the runs that were made.

    Parameters
    ----------
    advice : Advice
        Of the comparison.
    days : pandas.DataFrame
        One row per run and day, or week's end.
    policy : str
        What is tried.
    weeks, size : int
        Length of the runs; members of a community on day 0.

    Returns
    -------
    list of Plan
        The shortest first; none from fewer than ten pairs.
    """
    aim = advice.aim.name
    sides = [advice.runs[advice.runs["policy"] == name].set_index("seed")[aim]
             for name in (advice.baseline, policy)]  # fmt: skip
    found = []
    for length in LENGTHS if aim in DAILY and DAILY[aim] in days else ():
        if length < weeks:
            at_end = days[days["day"] == 7 * length - 1]
            found.append((length, [
                at_end[at_end["policy"] == name].set_index("seed")[DAILY[aim]]
                for name in (advice.baseline, policy)
            ]))  # fmt: skip
    found.append((weeks, sides))
    plans = []
    for length, (first, second) in found:
        if not (first.index.is_unique and second.index.is_unique):
            return []  # over several worlds a seed is there once for each
        a, b = first.align(second, join="inner")
        values = (np.asarray(a, dtype=float), np.asarray(b, dtype=float))
        try:
            plans.append(size_test(*values, length, POWER, size if aim in SHARES else None))
        except UserError:
            continue
    return plans


def trial_text(advice: Advice, plans: list[Plan], policy: str, size: int, say: Language) -> str:
    """Say how to test a policy small, in communities of so many members."""
    sized = [one for one in plans if one.clusters and one.is_told]
    name, base = policy_name(policy, say), policy_name(advice.baseline, say)
    what = label_of(advice.aim, say)
    clusters = say.tr("Give whole communities a policy, not members of one: they influence each "
                      "other.")  # fmt: skip
    if not plans:
        return say.joined([say.tr("Ten pairs of runs are needed to size a test."), clusters])
    if not sized:
        text = say.tr(
            "No test of {weeks} weeks or less decides between {name} and {base} on {label}: the "
            "effect is too small, or not clear in the simulation.",
            weeks=max(one.weeks for one in plans), name=name, base=base, label=what,
        )  # fmt: skip
        return say.joined([text, clusters])
    best = min(sized, key=lambda one: (one.clusters or 0) * one.weeks)
    text = say.tr(
        "{clusters} communities of {size} members under {name} and as many under {base}, for "
        "{weeks} weeks: {power} % of such tests decide on {label}.",
        clusters=best.clusters, size=f"{size:,}", name=name, base=base, weeks=best.weeks,
        power=f"{100 * best.power:.0f}", label=what,
    )  # fmt: skip
    said = [text]
    if best.weeks < (end := max(one.weeks for one in plans)):
        # an effect may pass: the advice is of the end, and such a test does not reach it
        said.append(say.tr("It tells what holds after {weeks} weeks, which need not hold after "
                           "{end}.", weeks=best.weeks, end=end))  # fmt: skip
    return say.joined([*said, clusters])
