"""Service levers: who answers questions about the product, when and in which languages (P26)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


@dataclass(frozen=True)
class Service:
    """Coverage hours, assistant, self-service, languages."""

    has_service: bool = quantity(
        False, unit="flag", source="M23", doc="Whether questions are answered in the community."
    )
    coverage_hours: float = quantity(
        8.0,
        unit="hours/day",
        low=0.0,
        high=24.0,
        source="mechanisms.md 6.3 (8 h, else 24: F53)",
        doc="Hours of the day on which people answer.",
    )
    languages: int = quantity(
        1,
        unit="languages",
        low=1,
        high=8,
        source="M23, M78",
        doc="Languages the team speaks, most common first.",
    )
    has_bot: bool = quantity(
        False, unit="flag", source="F106", doc="Whether an assistant takes questions at all hours."
    )
    bot_solve_rate: float = quantity(
        0.7,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M23)",
        doc="Routine questions that the assistant solves.",
    )
    has_self_service: bool = quantity(
        False, unit="flag", source="M23", doc="Whether there are tools to help oneself."
    )
    answers_hour: float = quantity(
        6.0,
        unit="answers/hour",
        low=0.1,
        high=1000.0,
        source="assumption",
        doc="Questions that the team answers in an hour of coverage.",
    )
    hour_cents: int = quantity(
        5000,
        unit="cents/hour",
        low=0,
        high=1_000_000,
        source="assumption",
        doc="Pay of an hour of coverage.",
    )
    tool_week_cents: int = quantity(
        10_000,
        unit="cents/week",
        low=0,
        high=100_000_000,
        source="assumption (M23: low cost)",
        doc="Running cost of the assistant, and of the tools, each.",
    )

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        has_money = policy.fund.has_any_money
        return (
            (
                self.has_service and self.hour_cents > 0 and not has_money,
                "service staff must be paid; choose a fund other than none, "
                "or set service.hour_cents=0",
            ),
            (
                not self.has_service and (self.has_bot or self.has_self_service),
                "an assistant or tools without service; set service.has_service=true",
            ),
        )
