"""Outcomes that follow from others: told where advice is given, kept in no store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaza_lab.scenarios.outcomes.outcome import Outcome

if TYPE_CHECKING:
    import pandas as pd

KEPT, COST_KEPT, FARMED = "kept_members", "cost_per_kept_yuan", "farmed_yuan"

DERIVED: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in (
        Outcome(KEPT, "Members kept", "members", "higher", 0, "T21",
                "day-0 members still members and active in the last 28 days"),
        Outcome(COST_KEPT, "Cost per retained member", "yuan", "lower", 1, "T59",
                "fund spend / day-0 members still members and active in the last 28 days"),
        Outcome(FARMED, "Lost to farmers", "yuan", "lower", 0, "T69",
                "points, prizes and pay that farmers got, over the whole run"),
        Outcome("newcomers_end", "Newcomers at the end", "members", "higher", 0, "T01",
                "members on the last day who were not there on day 0"),
        Outcome("newcomers_active", "Active newcomers", "members", "higher", 0, "T07",
                "of these, active in the last 28 days"),
        Outcome("newcomers_active_share", "Newcomers' active share", "share", "higher", 1, "T07",
                "newcomers active in the last 28 days / newcomers who are members at the end"),
        Outcome("honest_end", "Members who do not farm", "members", "higher", 0, "T69",
                "members on the last day, less farmers and fake accounts"),
    )
}  # fmt: skip

NEEDS = {"retention", "growth", "members_end"}


def with_derived(runs: pd.DataFrame, farmed: pd.Series | None = None) -> pd.DataFrame:
    """Add what follows from the outcomes of each run.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run.
    farmed : pandas.Series, optional
        What farmers got in each run, in yuan, by ``run_id``.

    Returns
    -------
    pandas.DataFrame
        The same rows; what cannot be known is left out.
    """
    from plaza_lab.scenarios.statistics.incremental import kept_members

    table = runs.copy()
    if farmed is not None:
        table[FARMED] = table["run_id"].map(farmed).astype(float)
    if not set(runs.columns) >= NEEDS:
        return table
    kept = kept_members(runs)
    founders = runs["members_end"] / (1.0 + runs["growth"]).where(runs["growth"] > -1.0)
    table[KEPT] = kept
    if "fund_spend_yuan" in runs:
        table[COST_KEPT] = runs["fund_spend_yuan"] / kept.where(kept > 0.0)
    if "membership_retention" in runs:
        table["newcomers_end"] = runs["members_end"] - founders * runs["membership_retention"]
    if {"retained_members", "membership_retention"} <= set(runs.columns):
        table["newcomers_active"] = runs["retained_members"] - kept
        there = table["newcomers_end"]
        table["newcomers_active_share"] = table["newcomers_active"] / there.where(there > 0.5)
    if "farmers_end" in runs:
        table["honest_end"] = runs["members_end"] - runs["farmers_end"]
    return table
