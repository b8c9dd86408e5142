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

    feed: Feed = quantity(Feed.CHRONOLOGICAL, "feed", source="M32 M33")
    """How items are ordered."""
    tie_share: float = quantity(0.5, "share", (0.0, 1.0), "science A.6 (w_t)")
    """Most of a visit's reading that goes first to items of one's ties."""
    explore_share: float = quantity(0.15, "share", (0.0, 1.0), "science A.6 (eps .05-.3)")
    """Share of ranked slots filled at random."""
    accuracy: float = quantity(0.6, "share", (0.0, 1.0), "assumption")
    """Chance that the personalised feed knows a member's interest."""
    score_hours: float = quantity(16.0, "hours", (1.0, 240.0), "science A.6 (tau 8-24 h)")
    """Age at which one more e-fold of reactions is needed to rank as high."""
    top_share: float = quantity(0.0, "share", (0.0, 0.5), "M32")
    """Share of items that curation puts on the hot list."""
    suppress_below: float = quantity(0.0, "1", (0.0, 1.0), "M32")
    """Judged quality below which an item is taken off show."""
    curation_error: float = quantity(
        0.1, "share", (0.0, 1.0), "assumption (M32: human or automated)"
    )
    """Items that curation judges at random."""
    recommended: int = quantity(0, "items/visit", (0, 20), "M33")
    """Recommendations shown beside the feed."""
    channels: int = quantity(0, "channels", (0, 10), "M34")
    """Other channels to which strong items are reposted."""
    reposts_week: int = quantity(2, "items/week", (0, 50), "assumption (M34)")
    """Items reposted."""
    adapt_cost_cents: int = quantity(0, "cents/item", (0, 10_000_000), "M34")
    """Cost of adapting an item to one channel."""

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
