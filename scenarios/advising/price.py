"""What one more member kept costs: extra spend over extra members, with Fieller's interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.statistics import IncrementalCost


@dataclass(frozen=True)
class Price:
    """Extra spend, extra members, and their ratio with its interval.

    Parameters
    ----------
    spend : float
        Yuan more than the baseline spends.
    members : float
        Members more than under the baseline.
    value, low, high : float
        Yuan a member; bounds are NaN where members are not clearly more or fewer.
    """

    spend: float
    members: float
    value: float
    low: float
    high: float

    @classmethod
    def of(cls, found: IncrementalCost) -> Price:
        """Take what the statistics found."""
        spend, members = found.spend.mean, found.retained.mean
        return cls(spend, members, found.value, found.low, found.high)

    @property
    def buys(self) -> bool:
        """Whether clearly more members are there, and clearly for money."""
        return math.isfinite(self.low) and self.members > 0 and self.spend > 0


def price_words(price: Price, say: Language) -> str:
    """Say what one more member kept costs, or why that cannot be said.

    Parameters
    ----------
    price : Price
        Found.
    say : Language
        In which language.
    """
    spend = f"{price.spend:+,.0f}"
    if not math.isfinite(price.low):
        return say.tr(
            "cannot be told: members kept are not clearly more or fewer "
            "({members} on average, {spend} yuan spent)",
            members=f"{price.members:+,.1f}", spend=spend,
        )  # fmt: skip
    if price.members < 0:
        return say.tr(
            "it keeps {members} fewer members and spends {spend} yuan: the money buys none",
            members=f"{-price.members:,.1f}", spend=spend,
        )  # fmt: skip
    if price.spend <= 0:
        return say.tr(
            "nothing extra: it keeps {members} more members and spends {spend} yuan",
            members=f"{price.members:,.1f}", spend=spend,
        )  # fmt: skip
    return say.tr(
        "{value} yuan ({low} to {high}); {members} more members kept for {spend} yuan",
        value=f"{price.value:,.0f}", low=f"{price.low:,.0f}", high=f"{price.high:,.0f}",
        members=f"{price.members:,.1f}", spend=spend,
    )  # fmt: skip
