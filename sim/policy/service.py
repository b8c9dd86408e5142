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

    has_service: bool = quantity(False, "flag", source="M23")
    """Whether questions are answered in the community."""
    coverage_hours: float = quantity(
        8.0, "hours/day", (0.0, 24.0), "mechanisms.md 6.3 (8 h, else 24: F53)"
    )
    """Hours of the day on which people answer."""
    languages: int = quantity(1, "languages", (1, 8), "M23, M78")
    """Languages the team speaks, most common first."""
    has_bot: bool = quantity(False, "flag", source="F106")
    """Whether an assistant takes questions at all hours."""
    bot_solve_rate: float = quantity(0.7, "1", (0.0, 1.0), "assumption (M23)")
    """Routine questions that the assistant solves."""
    has_self_service: bool = quantity(False, "flag", source="M23")
    """Whether there are tools to help oneself."""
    answers_hour: float = quantity(6.0, "answers/hour", (0.1, 1000.0), "assumption")
    """Questions that the team answers in an hour of coverage."""
    hour_cents: int = quantity(5000, "cents/hour", (0, 1_000_000), "assumption")
    """Pay of an hour of coverage."""
    tool_week_cents: int = quantity(
        10_000, "cents/week", (0, 100_000_000), "assumption (M23: low cost)"
    )
    """Running cost of the assistant, and of the tools, each."""

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
