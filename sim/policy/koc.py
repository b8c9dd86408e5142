"""KOC levers: finding and training key opinion consumers (P22)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


class Programme(enum.IntEnum):
    """Kinds of KOC programme."""

    DISABLED = 0
    ORGANIC = 1
    INCUBATE = 2


class Select(enum.IntEnum):
    """What candidates are selected by."""

    MIXED = 0
    INFLUENCE = 1
    QUALITY = 2
    CENTRALITY = 3


@dataclass(frozen=True)
class Koc:
    """Programme, slots and cost."""

    programme: Programme = quantity(Programme.DISABLED, "programme", source="M50")
    """disabled, organic (recognised, no resources), incubate (trained)."""
    slots: int = quantity(22, "members", (0, 500), "mechanisms.md 6.3")
    """Places at once."""
    weeks: int = quantity(8, "weeks", (1, 52), "mechanisms.md 6.3")
    """Length of incubation."""
    is_cohort: bool = quantity(False, "flag", source="M50 (mechanisms.md 6.3: cohorts)")
    """Whether all places are filled together and stay as they are until the cohort ends."""
    graduation_rate: float = quantity(1.0, "share", (0.05, 1.0), "mechanisms.md 6.3 (0.8, 0.4-0.9)")
    """Trainees of median belonging who see incubation through; the rest drop out."""
    select: Select = quantity(Select.MIXED, "rule", source="M50")
    """mixed (influence, quality, fit), influence, quality, centrality (ties held)."""
    target: int = quantity(0, "members", (0, 10_000), "F103 (50)")
    """Graduates planned, by which the path is judged; 0 for no plan."""
    target_weeks: int = quantity(26, "weeks", (1, 520), "F104 (6 months)")
    """Time of the plan."""
    cost_week_cents: int = quantity(20_000, "cents/week", (0, 10_000_000), "assumption")
    """Resources given to each KOC in incubation a week."""
    fee_item_cents: int = quantity(10_000, "cents/item", (0, 10_000_000), "assumption")
    """Fee for a sponsored item of an active KOC."""
    sponsored_week: float = quantity(0.5, "items/week", (0.0, 14.0), "assumption")
    """Sponsored items asked of each active KOC."""
    workload_cap: float = quantity(14.0, "items/week", (0.0, 14.0), "M51")
    """Most sponsored items that may be asked of a KOC in a week."""
    distribution_share: float = quantity(0.0, "share", (0.0, 1.0), "M07")
    """Part of sponsored items that KOCs post outside too, as an invitation."""
    has_disclosure: bool = quantity(True, "flag", source="M51")
    """Whether sponsored items say that they are paid for."""

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        costs = self.programme == Programme.INCUBATE and self.cost_week_cents > 0
        return (
            (
                costs and not policy.fund.has_brand_money,
                "incubation needs a brand budget; choose fund=brand_funded or set "
                "fund.brand_week_cents",
            ),
            (
                self.target > 0 and self.programme != Programme.INCUBATE,
                "a plan of graduates needs incubation; choose koc=incubate_50, or koc.target=0",
            ),
        )
