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

    online_month: float = quantity(
        0.0,
        unit="events/28 days",
        low=0.0,
        high=28.0,
        source="M17",
        doc="Online events: draws, contests, quizzes, live shows, talks.",
    )
    expert_share: float = quantity(
        0.3,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption (M17)",
        doc="Online events that are expert sessions.",
    )
    offline_month: float = quantity(
        0.0,
        unit="events/28 days",
        low=0.0,
        high=28.0,
        source="M18",
        doc="Meetings face to face.",
    )
    immersive_month: float = quantity(
        0.0,
        unit="events/28 days",
        low=0.0,
        high=28.0,
        source="M22",
        doc="Sessions in a virtual space, filter and voice tasks.",
    )
    cocreation_year: float = quantity(
        0.0,
        unit="contests/364 days",
        low=0.0,
        high=13.0,
        source="M25",
        doc="Co-creation contests on a real product problem.",
    )
    charity_month: float = quantity(
        0.0,
        unit="events/28 days",
        low=0.0,
        high=28.0,
        source="M26",
        doc="Events whose proceeds go to a public-benefit partner.",
    )
    topics_week: float = quantity(
        0.0,
        unit="prompts/week",
        low=0.0,
        high=21.0,
        source="M16",
        doc="Topic prompts and challenges.",
    )
    topic_fit: float = quantity(
        0.8,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption (M16)",
        doc="Prompts and events whose theme is one of the members' own interests.",
    )
    has_reminder: bool = quantity(
        True, unit="flag", source="M17", doc="Whether those registered are reminded."
    )
    online_cost_cents: int = quantity(
        20_000,
        unit="cents",
        low=0,
        high=100_000_000,
        source="assumption (M17)",
        doc="Cost of an online event besides staff.",
    )
    expert_fee_cents: int = quantity(
        100_000,
        unit="cents",
        low=0,
        high=100_000_000,
        source="assumption (M17)",
        doc="Fee of an expert.",
    )
    offline_cost_cents: int = quantity(
        200_000,
        unit="cents",
        low=0,
        high=100_000_000,
        source="assumption (M18)",
        doc="Room and equipment of a meeting.",
    )
    offline_head_cents: int = quantity(
        3000,
        unit="cents/guest",
        low=0,
        high=1_000_000,
        source="assumption (M18)",
        doc="Cost of a guest of a meeting.",
    )
    offline_places: int = quantity(
        120,
        unit="guests",
        low=2,
        high=100_000,
        source="assumption (M18)",
        doc="Places at a meeting.",
    )
    immersive_capex_cents: int = quantity(
        2_000_000,
        unit="cents",
        low=0,
        high=1_000_000_000,
        source="assumption (M22)",
        doc="Set-up cost of the virtual space, paid before the first session.",
    )
    immersive_cost_cents: int = quantity(
        20_000,
        unit="cents",
        low=0,
        high=100_000_000,
        source="assumption (M22)",
        doc="Running cost of a session.",
    )
    finalists: int = quantity(
        4,
        unit="proposals",
        low=1,
        high=16,
        source="F23",
        doc="Proposals of a contest that are taken to a prototype.",
    )
    support_cost_cents: int = quantity(
        300_000,
        unit="cents/proposal",
        low=0,
        high=1_000_000_000,
        source="assumption (M25)",
        doc="Expert support of a finalist.",
    )
    charity_price_cents: int = quantity(
        3000,
        unit="cents/guest",
        low=0,
        high=1_000_000,
        source="assumption (M26)",
        doc="What a guest of a charity event spends.",
    )
    share_donated: float = quantity(
        1.0,
        unit="share",
        low=0.0,
        high=1.0,
        source="M26",
        doc="Part of these proceeds that members pay straight to the partner.",
    )
    hour_cents: int = quantity(
        5000,
        unit="cents/hour",
        low=0,
        high=1_000_000,
        source="assumption",
        doc="Pay of an hour of staff.",
    )

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
