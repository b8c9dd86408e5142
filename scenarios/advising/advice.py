"""The facts behind an advice, from a comparison paired by seed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from plaza_lab.scenarios.advising.choice import BETTER, WORSE, Choice, Effect, Price, choose
from plaza_lab.scenarios.language import marked
from plaza_lab.scenarios.outcomes import HEADLINE, outcome_named, with_derived
from plaza_lab.scenarios.outcomes.compared import FARMED
from plaza_lab.scenarios.outcomes.outcome import Outcome
from plaza_lab.scenarios.statistics.pairing import BadRuns

if TYPE_CHECKING:
    import pandas as pd

AIMS = ("retention", "membership_retention", "growth")
"""Outcomes one can decide by; money is the price of them."""
MONEY = ("fund_spend_yuan", "cost_per_retained_yuan")
MOST_PAIRS = 2000
"""More pairs than this to tell a difference: too small to matter; as many as ``--until`` takes."""
LEAST_YUAN = 0.5
"""Less is no money (assumption: prices are told in whole yuan)."""
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


@dataclass(frozen=True)
class Purse:
    """What became of a policy's money, in yuan a run on average.

    Paid into the funds over the run, paid out of them, left at the end, taken by farmers as
    rewards; ``stops`` counts the payments that the funds could not make.
    """

    paid_in: float
    spent: float
    left: float
    farmed: float
    stops: float


class Advice:
    """What a comparison advises.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run, with derived outcomes.
    frame : pandas.DataFrame
        Table of ``statistics.compare_all``, the baseline against every other policy.
    aim : str
        Outcome one decides by, one of :data:`AIMS`.
    anytime : int, optional
        As for ``statistics.compare``.
    """

    def __init__(
        self, runs: pd.DataFrame, frame: pd.DataFrame, aim: str, anytime: int | None = None
    ) -> None:
        self.runs, self.frame, self.anytime = runs, frame, anytime
        self.aim: Outcome = outcome_named(aim)
        self.baseline = str(frame["baseline"].iloc[0])
        self.others = [str(name) for name in dict.fromkeys(frame["alternative"])]
        self.level = float(frame["level"].iloc[0])

    def row(self, policy: str, outcome: str) -> dict[str, Any]:
        """Return what a policy changes in an outcome, a row of the comparison; may be empty."""
        rows = self.frame
        found = rows[(rows["alternative"] == policy) & (rows["outcome"] == outcome)]
        return dict(found.iloc[0]) if len(found) else {}

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """What each policy but the baseline changes in what one decides by."""
        return [self.row(policy, self.aim.name) for policy in self.others]

    @cached_property
    def effects(self) -> list[Effect]:
        """The same, as a choice is made from it."""
        return [
            Effect(float(row["difference"]), float(row["low"]), float(row["high"]), is_clear(row))
            for row in self.rows
        ]

    @cached_property
    def choice(self) -> Choice:
        """What to do, as far as the intervals allow."""
        return choose(self.effects, self._is_behind)

    @cached_property
    def chosen(self) -> list[str]:
        """Policies to choose among, the best first; empty where none is advised."""
        return [self.others[place] for place in self.choice.chosen]

    def _is_behind(self, place: int, best: int) -> bool:
        """Whether one policy is clearly behind the best, paired by seed, Holm over the rivals."""
        return self.others[place] in self._behind(best)

    def _behind(self, best: int) -> set[str]:
        from plaza_lab.scenarios.statistics.comparison import compare_contrasts

        top = self.others[best]
        contrasts = [(rival, top) for rival in self.others if rival != top]
        found = compare_contrasts(self.runs, contrasts, [self.aim.name], self.level, self.anytime)
        ahead = found[(found["verdict"] == "higher")]
        return {str(name) for name in ahead["baseline"]}

    def sides(self, policy: str) -> dict[str, list[dict[str, Any]]]:
        """Sort the other headline outcomes of a policy: clearly better, clearly worse.

        Money is left out: it is the price of the rest.
        """
        found: dict[str, list[dict[str, Any]]] = {BETTER: [], WORSE: []}
        for outcome in HEADLINE:
            row = self.row(policy, outcome.name)
            if outcome.name in (*MONEY, self.aim.name) or not row or not is_clear(row):
                continue
            is_good = (row["difference"] > 0) == (outcome.better == "higher")
            found[BETTER if is_good else WORSE].append(row)
        return found

    def undecided(self, policy: str) -> list[Outcome]:
        """Return what one decides by, and the other headlines, where a policy is told neither way.

        Money is left out, and what is alike in every pair.
        """
        names = dict.fromkeys((self.aim.name, *(outcome.name for outcome in HEADLINE)))
        rows = (self.row(policy, name) for name in names if name not in MONEY)
        return [
            outcome_named(str(row["outcome"]))
            for row in rows
            if row and not is_clear(row) and (row["interval"] != "exact" or row["difference"])
        ]

    @cached_property
    def prices(self) -> dict[str, dict[str, Price]]:
        """What a policy costs a member more, of those kept and of all active, where it is known."""
        return {policy: dict(self._prices(policy)) for policy in self.others}

    def _prices(self, policy: str) -> Iterator[tuple[str, Price]]:
        from plaza_lab.scenarios.statistics import incremental_cost

        people: tuple[Literal["kept", "active"], ...] = ("kept", "active")
        for own in people:
            try:
                of = incremental_cost(self.runs, self.baseline, policy, self.level, own)
            except BadRuns:
                continue
            yield own, Price(of.spend.mean, of.retained.mean, of.value, of.low, of.high)

    def priced(self, policy: str, people: str) -> Price | None:
        """Return the price of a member more; None where it may not be told.

        That of one kept is told only where active retention is clearly higher by the rule of the
        advice, so that no price stands beside "not clear".
        """
        price = self.prices[policy].get(people)
        if price is None or not price.buys:
            return None
        row = self.row(policy, AIMS[0])
        return None if people == "kept" and row and not is_clear(row) else price

    @cached_property
    def purses(self) -> dict[str, Purse]:
        """What became of the money under each policy, the baseline among them."""
        return {name: self._purse(name) for name in (self.baseline, *self.others)}

    def _purse(self, policy: str) -> Purse:
        own = self.runs[self.runs["policy"] == policy]

        def mean(column: str) -> float:
            return float(own[column].mean()) if column in own else math.nan

        return Purse(
            mean("fund_in_yuan"), mean("fund_spend_yuan"), mean("fund_balance_yuan"), mean(FARMED),
            mean("policy_stops"),
        )  # fmt: skip

    @property
    def differs_in_spending(self) -> bool:
        """Whether the policies do not spend the same, to the nearest tenth."""
        spent = [purse.spent for purse in self.purses.values() if math.isfinite(purse.spent)]
        return bool(spent) and max(spent) - min(spent) > max(LEAST_YUAN, 0.1 * max(spent))

    @property
    def pairs(self) -> int:
        """Pairs of runs behind the aim."""
        return max((int(row["pairs"]) for row in self.rows), default=0)

    @property
    def worlds(self) -> int:
        """Worlds the pairs come from."""
        return max((int(row.get("worlds", 1)) for row in self.rows), default=1)

    def needed(self, policy: str) -> float:
        """Return the pairs that would tell a policy from the baseline, if what is measured is true.

        NaN where it is told already, or where that cannot be known.
        """
        row = self.row(policy, self.aim.name)
        if not row or is_clear(row):
            return math.nan
        return float(row.get("pairs_needed", math.nan))


def is_clear(row: Mapping[str, Any]) -> bool:
    """Whether a row of a comparison tells a difference from none."""
    return row.get("verdict") in ("higher", "lower")


def advise(
    runs: pd.DataFrame,
    frame: pd.DataFrame,
    aim: str = AIMS[0],
    farmed: pd.Series | None = None,
    anytime: int | None = None,
) -> Advice:
    """Advise from a comparison.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run.
    frame, aim, anytime
        As for :class:`Advice`.
    farmed : pandas.Series, optional
        What farmers got in each run, in yuan, by ``run_id``.
    """
    return Advice(with_derived(runs, farmed), frame, aim, anytime)


def by_group(runs: pd.DataFrame, policies: Sequence[str], by: str) -> dict[str, list[Any]]:
    """Compare policies, the baseline first, group by group.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run, with derived outcomes.
    by : str
        One of :data:`GROUPS`.

    Returns
    -------
    dict of str to list of dict
        Group to rows of ``statistics.compare_all``; one of which the runs tell nothing is left out.
    """
    from plaza_lab.scenarios.statistics import compare_all

    found = {}
    for group, outcomes in GROUPS[by].items():
        there = [name for name in outcomes if name in runs and runs[name].notna().any()]
        if there:
            table = compare_all(runs, policies[0], policies[1:], there)
            found[group] = [dict(row) for row in table.to_dict("records")]
    return found
