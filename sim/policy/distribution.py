"""Distribution levers: which items a reader is shown (P14)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


class Feed(enum.IntEnum):
    """Order of the feed."""

    CHRONOLOGICAL = 0
    CURATED = 1
    PERSONALISED = 2


@dataclass(frozen=True)
class Distribution:
    """Feed order and its ingredients."""

    feed: Feed = quantity(
        Feed.CHRONOLOGICAL, unit="feed", source="M32 M33", doc="How items are ordered."
    )
    tie_share: float = quantity(
        0.5,
        unit="share",
        low=0.0,
        high=1.0,
        source="science A.6 (w_t)",
        doc="Most of a visit's reading that goes first to items of one's ties.",
    )
    explore_share: float = quantity(
        0.15,
        unit="share",
        low=0.0,
        high=1.0,
        source="science A.6 (eps .05-.3)",
        doc="Share of ranked slots filled at random.",
    )
    accuracy: float = quantity(
        0.6,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption",
        doc="Chance that the personalised feed knows a member's interest.",
    )
    score_hours: float = quantity(
        16.0,
        unit="hours",
        low=1.0,
        high=240.0,
        source="science A.6 (tau 8-24 h)",
        doc="Age at which one more e-fold of reactions is needed to rank as high.",
    )
    top_share: float = quantity(
        0.0,
        unit="share",
        low=0.0,
        high=0.5,
        source="M32",
        doc="Share of items that curation puts on the hot list.",
    )
    suppress_below: float = quantity(
        0.0,
        unit="1",
        low=0.0,
        high=1.0,
        source="M32",
        doc="Judged quality below which an item is taken off show.",
    )
    curation_error: float = quantity(
        0.1,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption (M32: human or automated)",
        doc="Items that curation judges at random.",
    )
    recommended: int = quantity(
        0,
        unit="items/visit",
        low=0,
        high=20,
        source="M33",
        doc="Recommendations shown beside the feed.",
    )
    channels: int = quantity(
        0,
        unit="channels",
        low=0,
        high=10,
        source="M34",
        doc="Other channels to which strong items are reposted.",
    )
    reposts_week: int = quantity(
        2, unit="items/week", low=0, high=50, source="assumption (M34)", doc="Items reposted."
    )
    adapt_cost_cents: int = quantity(
        0,
        unit="cents/item",
        low=0,
        high=10_000_000,
        source="M34",
        doc="Cost of adapting an item to one channel.",
    )

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        is_curating = self.top_share > 0.0 and self.feed == Feed.CHRONOLOGICAL
        return (
            (
                self.recommended > 0 and self.feed != Feed.PERSONALISED,
                "recommendations need a feed that knows its readers; choose feed=personalised",
            ),
            (
                is_curating,
                "a hot list needs a ranked feed; choose feed=curated or feed=personalised",
            ),
            (
                self.adapt_cost_cents > 0 and self.channels > 0 and not policy.fund.has_brand_money,
                "adapting items to channels costs money; choose fund=brand_funded",
            ),
        )
