"""Event levers: what is organised, how often, at what cost (P15); and prompts for talk (M16)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


@dataclass(frozen=True)
class Events:
    """Online, expert, offline and immersive events, co-creation, charity, and topic prompts."""

    online_month: float = quantity(0.0, "events/28 days", (0.0, 28.0), "M17")
    """Online events: draws, contests, quizzes, live shows, talks."""
    expert_share: float = quantity(0.3, "share", (0.0, 1.0), "assumption (M17)")
    """Online events that are expert sessions."""
    offline_month: float = quantity(0.0, "events/28 days", (0.0, 28.0), "M18")
    """Meetings face to face."""
    immersive_month: float = quantity(0.0, "events/28 days", (0.0, 28.0), "M22")
    """Sessions in a virtual space, filter and voice tasks."""
    cocreation_year: float = quantity(0.0, "contests/364 days", (0.0, 13.0), "M25")
    """Co-creation contests on a real product problem."""
    charity_month: float = quantity(0.0, "events/28 days", (0.0, 28.0), "M26")
    """Events whose proceeds go to a public-benefit partner."""
    topics_week: float = quantity(0.0, "prompts/week", (0.0, 21.0), "M16")
    """Topic prompts and challenges."""
    topic_fit: float = quantity(0.8, "share", (0.0, 1.0), "assumption (M16)")
    """Prompts and events whose theme is one of the members' own interests."""
    has_reminder: bool = quantity(True, "flag", source="M17")
    """Whether those registered are reminded."""
    online_cost_cents: int = quantity(20_000, "cents", (0, 100_000_000), "assumption (M17)")
    """Cost of an online event besides staff."""
    expert_fee_cents: int = quantity(100_000, "cents", (0, 100_000_000), "assumption (M17)")
    """Fee of an expert."""
    offline_cost_cents: int = quantity(200_000, "cents", (0, 100_000_000), "assumption (M18)")
    """Room and equipment of a meeting."""
    offline_head_cents: int = quantity(3000, "cents/guest", (0, 1_000_000), "assumption (M18)")
    """Cost of a guest of a meeting."""
    offline_places: int = quantity(120, "guests", (2, 100_000), "assumption (M18)")
    """Places at a meeting."""
    immersive_capex_cents: int = quantity(
        2_000_000, "cents", (0, 1_000_000_000), "assumption (M22)"
    )
    """Set-up cost of the virtual space, paid before the first session."""
    immersive_cost_cents: int = quantity(20_000, "cents", (0, 100_000_000), "assumption (M22)")
    """Running cost of a session."""
    finalists: int = quantity(4, "proposals", (1, 16), "F23")
    """Proposals of a contest that are taken to a prototype."""
    support_cost_cents: int = quantity(
        300_000, "cents/proposal", (0, 1_000_000_000), "assumption (M25)"
    )
    """Expert support of a finalist."""
    charity_price_cents: int = quantity(3000, "cents/guest", (0, 1_000_000), "assumption (M26)")
    """What a guest of a charity event spends."""
    share_donated: float = quantity(1.0, "share", (0.0, 1.0), "M26")
    """Part of these proceeds that members pay straight to the partner."""
    hour_cents: int = quantity(5000, "cents/hour", (0, 1_000_000), "assumption")
    """Pay of an hour of staff."""

    @property
    def has_meetings(self) -> bool:
        """Whether anything is organised that members attend."""
        return (
            self.online_month
            + self.offline_month
            + self.immersive_month
            + self.cocreation_year
            + self.charity_month
            > 0.0
        )

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        has_money = policy.fund.has_any_money
        costs = self.hour_cents + self.online_cost_cents + self.offline_cost_cents
        return (
            (
                self.has_meetings and costs > 0 and not has_money,
                "events cost money and staff hours; choose a fund other than none, "
                "or set hour_cents, online_cost_cents and offline_cost_cents to 0",
            ),
        )
