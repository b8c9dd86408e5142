"""Alert levers: who watches, by which thresholds, and how soon something is done (P33)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


class RuleSet(enum.IntEnum):
    """Thresholds by which alerts are judged."""

    DISABLED = 0
    SOURCE_THRESHOLDS = 1
    CONSISTENT_THRESHOLDS = 2
    STRICT = 3


@dataclass(frozen=True)
class Alerts:
    """Live monitoring with a traffic light, and the interventions that follow it."""

    ruleset: RuleSet = quantity(
        RuleSet.DISABLED,
        unit="ruleset",
        source="M114",
        doc="Thresholds of the alerts; disabled when nobody watches.",
    )
    delay_days: int = quantity(
        3,
        unit="days",
        low=0,
        high=364,
        source="assumption (M114: a reaction takes time)",
        doc="From the first look at which an alert stands to its intervention.",
    )
    min_n: int = quantity(
        1150,
        unit="members",
        low=0,
        high=50_000_000,
        source="F91 (below it chance alone swings by 10 %)",
        doc="Members below which the swing of activity raises no alert.",
    )
    smoothing: float = quantity(
        0.0,
        unit="1",
        low=0.0,
        high=0.95,
        source="assumption (M114: noise at small numbers)",
        doc="Weight of what was read before in what is read now.",
    )
    listening_coverage: float = quantity(
        0.5,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption (M117)",
        doc="Talk about the brand that social listening finds.",
    )
    listening_lag_days: int = quantity(
        2,
        unit="days",
        low=0,
        high=28,
        source="assumption (M117)",
        doc="Days until what was found has been sorted.",
    )
    health_weights: list[float] = quantity(
        (1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
        unit="1",
        low=0.0,
        high=1000.0,
        source="assumption (T71: from the strategic goal)",
        doc="Weights of active share, net growth, quality interaction, calm mood, satisfaction and "
        "runway in the health index.",
    )

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out, see ``check_policy``."""
        del policy
        return (
            (
                len(self.health_weights) != 6,
                f"health_weights has {len(self.health_weights)} numbers; it needs 6",
            ),
            (
                sum(self.health_weights) <= 0.0,
                "health_weights are all 0; the health index needs one above 0",
            ),
        )
