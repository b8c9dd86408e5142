"""Outcomes by group of people: founders and newcomers, members who farm and who do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.language import marked
from plaza_lab.scenarios.statistics import compare_all

if TYPE_CHECKING:
    import pandas as pd

GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "arrival": {
        marked("Members of the first day"): ("retention", "membership_retention", "kept_members"),
        marked("Newcomers"): (
            "newcomers_end", "newcomers_active", "newcomers_active_share", "activation_14d",
        ),
    },
    "farming": {
        marked("Members who do not farm"): ("honest_retention", "honest_end"),
        marked("Farmers of rewards"): ("farmers_end", "farmed_yuan"),
    },
}  # fmt: skip
"""Way of grouping to group to its outcomes."""


def by_group(runs: pd.DataFrame, policies: Sequence[str], by: str) -> dict[str, list[Any]]:
    """Compare policies group by group.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run, with derived outcomes.
    policies : sequence of str
        The baseline first.
    by : str
        One of :data:`GROUPS`.

    Returns
    -------
    dict of str to list of dict
        Group to rows of ``statistics.compare_all``; a group of which the runs tell nothing is left
        out.
    """
    found = {}
    for group, outcomes in GROUPS[by].items():
        there = [name for name in outcomes if name in runs and runs[name].notna().any()]
        if there:
            table = compare_all(runs, policies[0], policies[1:], there)
            found[group] = [dict(row) for row in table.to_dict("records")]
    return found
