"""Monetisation levers: what is sold in the group, how hard, and who gets the income (P28)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from plaza_lab.agents.quantity import quantity


class Intensity(enum.IntEnum):
    """How hard members are sold to."""

    LOW = 0
    HIGH = 1


@dataclass(frozen=True)
class Monetisation:
    """Income from the community, and what of it goes back."""

    has_paid_content: bool = quantity(False, "flag", source="M58")
    """Courses and paid content are sold to members."""
    has_ecommerce: bool = quantity(False, "flag", source="M58")
    """Goods are sold inside the group."""
    has_licensing: bool = quantity(False, "flag", source="M58")
    """The brand is licensed to makers of other goods."""
    intensity: Intensity = quantity(Intensity.LOW, "intensity", source="M130")
    """How hard members are sold to."""
    share_to_fund: float = quantity(0.0, "share", (0.0, 1.0), "M58")
    """Part of the income that goes to the community's fund; the owner keeps the rest."""
    cross_sell: float = quantity(0.0, "1", (0.0, 1.0), "M95")
    """How hard buyers are offered a second product."""
    dynamic_price: float = quantity(0.0, "share", (0.0, 0.9), "M95")
    """Widest deviation of a personal price from the list price."""
    has_preorder: bool = quantity(False, "flag", source="M95")
    """Members order before the goods are made."""

    @property
    def sells_in_the_group(self) -> bool:
        """Whether anything is sold to members inside the group."""
        return self.has_paid_content or self.has_ecommerce

    @property
    def feeds_the_fund(self) -> bool:
        """Whether income reaches the community's fund."""
        return self.share_to_fund > 0 and (self.sells_in_the_group or self.has_licensing)
