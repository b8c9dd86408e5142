"""Game levers: check-ins, lotteries and missions (M19)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


@dataclass(frozen=True)
class Game:
    """Small tasks, random rewards, and missions across sub-groups."""

    has_checkins: bool = quantity(False, "flag", source="M19")
    """Whether visits bring check-ins and small tasks."""
    lottery_odds: float = quantity(0.0, "1/check-in", (0.0, 1.0), "M19")
    """Chance that a check-in wins the lottery."""
    lottery_cents: int = quantity(1000, "cents", (0, 1_000_000), "assumption (M19)")
    """What it wins."""
    missions_month: float = quantity(0.0, "missions/28 days", (0.0, 28.0), "M19")
    """Missions that members of different interests solve in pairs."""

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        has_money = policy.fund.has_any_money
        return (
            (
                not self.has_checkins and (self.lottery_odds > 0.0 or self.missions_month > 0.0),
                "lotteries and missions are played by those who check in; "
                "set game.has_checkins=true",
            ),
            (
                self.lottery_odds > 0.0 and self.lottery_cents > 0 and not has_money,
                "a lottery pays its winners; choose a fund other than none",
            ),
        )
