"""KOC levers: finding and training key opinion consumers (P22)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.quantity import quantity

if TYPE_CHECKING:
    from sim.policy import Clash, Policy


class Programme(enum.IntEnum):
    """Kinds of KOC programme."""

    DISABLED = 0
    ORGANIC = 1
    INCUBATE = 2


@dataclass(frozen=True)
class Koc:
    """Programme, slots and cost."""

    programme: Programme = quantity(
        Programme.DISABLED,
        unit="programme",
        source="M50",
        doc="disabled, organic (recognised, no resources), incubate (trained).",
    )
    slots: int = quantity(
        22, unit="members", low=0, high=500, source="mechanisms.md 6.3", doc="Places at once."
    )
    weeks: int = quantity(
        8, unit="weeks", low=1, high=52, source="mechanisms.md 6.3", doc="Length of incubation."
    )
    cost_week_cents: int = quantity(
        20_000,
        unit="cents/week",
        low=0,
        high=10_000_000,
        source="assumption",
        doc="Resources given to each KOC in incubation a week.",
    )
    fee_item_cents: int = quantity(
        10_000,
        unit="cents/item",
        low=0,
        high=10_000_000,
        source="assumption",
        doc="Fee for a sponsored item of an active KOC.",
    )
    sponsored_week: float = quantity(
        0.5,
        unit="items/week",
        low=0.0,
        high=14.0,
        source="assumption",
        doc="Sponsored items asked of each active KOC.",
    )

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see :func:`sim.policy.check_policy`."""
        costs = self.programme == Programme.INCUBATE and self.cost_week_cents > 0
        return (
            (
                costs and not policy.fund.has_brand_money,
                "incubation needs a brand budget; choose fund=brand_funded or set "
                "fund.brand_week_cents",
            ),
        )
