"""Content levers: what the brand publishes (P12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.quantity import quantity

if TYPE_CHECKING:
    from sim.policy import Clash, Policy


@dataclass(frozen=True)
class Content:
    """Brand posts, their fit and their promotion share."""

    brand_posts_day: float = quantity(
        1.0, unit="items/day", low=0.0, high=1000.0, source="M27", doc="Brand items a day."
    )
    brand_centricity: float = quantity(
        0.5,
        unit="share",
        low=0.0,
        high=1.0,
        source="M28, F30",
        doc="Share of brand items about the brand itself rather than members' interests.",
    )
    promo_share: float = quantity(
        0.1,
        unit="share",
        low=0.0,
        high=1.0,
        source="M122",
        doc="Share of brand items that sell something.",
    )
    item_cost_cents: int = quantity(
        0, unit="cents/item", low=0, high=10_000_000, source="M29", doc="Cost of a brand item."
    )

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see :func:`sim.policy.check_policy`."""
        return (
            (
                self.item_cost_cents > 0 and not policy.fund.has_brand_money,
                "paid brand items need a brand budget; choose fund=brand_funded",
            ),
        )
