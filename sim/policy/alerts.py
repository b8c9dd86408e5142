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

    ruleset: RuleSet = quantity(RuleSet.DISABLED, "ruleset", source="M114")
    """Thresholds of the alerts; disabled when nobody watches."""
    delay_days: int = quantity(3, "days", (0, 364), "assumption (M114: a reaction takes time)")
    """From the first look at which an alert stands to its intervention."""
    min_n: int = quantity(
        1150, "members", (0, 50_000_000), "F91 (below it chance alone swings by 10 %)"
    )
    """Members below which the swing of activity raises no alert."""
    smoothing: float = quantity(0.0, "1", (0.0, 0.95), "assumption (M114: noise at small numbers)")
    """Weight of what was read before in what is read now."""
    listening_coverage: float = quantity(0.5, "share", (0.0, 1.0), "assumption (M117)")
    """Talk about the brand that social listening finds."""
    listening_lag_days: int = quantity(2, "days", (0, 28), "assumption (M117)")
    """Days until what was found has been sorted."""
    health_weights: list[float] = quantity(
        (1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
        "1",
        (0.0, 1000.0),
        "assumption (T71: from the strategic goal)",
    )
    """Weights of active share, net growth, quality interaction, calm mood, satisfaction and runway
    in the health index."""

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
