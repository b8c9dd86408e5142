"""Customer-relationship levers: who is sorted, who gets offers, who is won back (P27)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


class Scheme(enum.IntEnum):
    """How members are sorted into segments (M93)."""

    NONE = 0
    QUANTILE = 1
    CLUSTER = 2


class Offer(enum.IntEnum):
    """What a member at risk is offered (M94)."""

    MATCHED = 0
    REASON_TO_COME = 1
    ATTENTION = 2
    INTRODUCTION = 3


@dataclass(frozen=True)
class Crm:
    """Segments and offers, stage messages, win-back, and rights across channels."""

    scheme: Scheme = quantity(
        Scheme.NONE,
        unit="scheme",
        source="M93",
        doc="none; quantile: ranks in recency, frequency, spend and contribution; cluster: groups "
        "found in them.",
    )
    refresh_weeks: int = quantity(
        4, unit="weeks", low=1, high=52, source="assumption (M93)", doc="Weeks between sortings."
    )
    accuracy: float = quantity(
        0.85,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption (M93: accuracy limits benefit)",
        doc="Chance that a member is put where she belongs, and that a cause is seen rightly.",
    )
    offer_week_cents: int = quantity(
        0,
        unit="cents/week",
        low=0,
        high=1_000_000_000,
        source="M93",
        doc="Budget of offers to segments a week.",
    )
    offer_cents: int = quantity(
        500,
        unit="cents/offer",
        low=1,
        high=1_000_000,
        source="assumption",
        doc="Cost of one offer.",
    )
    ordinary_weight: float = quantity(
        1.0, unit="1", low=0.0, high=100.0, source="M93", doc="Offers per ordinary member."
    )
    core_weight: float = quantity(
        1.0, unit="1", low=0.0, high=100.0, source="M93", doc="Offers per core member."
    )
    vip_weight: float = quantity(
        1.0, unit="1", low=0.0, high=100.0, source="M93", doc="Offers per VIP."
    )
    at_risk_weight: float = quantity(
        1.0, unit="1", low=0.0, high=100.0, source="M93", doc="Offers per member at risk."
    )
    retarget_trigger: float = quantity(
        0.4,
        unit="share",
        low=0.0,
        high=1.0,
        source="F102",
        doc="Active share below which offers move toward members at risk.",
    )
    retarget_step: float = quantity(
        0.0,
        unit="1",
        low=0.0,
        high=10.0,
        source="M93",
        doc="Weight moved at each sorting below the trigger, and back above it.",
    )
    has_stage_messages: bool = quantity(
        False, unit="flag", source="M92", doc="Messages fit the member's stage."
    )
    has_winback: bool = quantity(
        False, unit="flag", source="M94", doc="Members at risk are scored and contacted."
    )
    winback_cut: float = quantity(
        70.0,
        unit="score of 100",
        low=0.0,
        high=101.0,
        source="F92",
        doc="Churn score from which a member is contacted.",
    )
    winback_month_cents: int = quantity(
        50_000,
        unit="cents/28 days",
        low=0,
        high=1_000_000_000,
        source="assumption (M94)",
        doc="Budget of contacts every 28 days.",
    )
    contact_cents: int = quantity(
        500,
        unit="cents/contact",
        low=1,
        high=1_000_000,
        source="assumption (M94)",
        doc="Cost of one contact, false alarms included.",
    )
    winback_offer: Offer = quantity(
        Offer.MATCHED,
        unit="offer",
        source="M94",
        doc="matched: by the cause the score sees; or the same for everybody: reason_to_come, "
        "attention, introduction.",
    )
    holdout_share: float = quantity(
        0.2,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption (T25: matched untreated)",
        doc="Scored members left alone by lot, to compare with.",
    )
    score_noise: float = quantity(
        0.15,
        unit="1",
        low=0.0,
        high=5.0,
        source="assumption (M94: model quality)",
        doc="Error of the mood that the score sees.",
    )
    channels: int = quantity(
        1,
        unit="channels",
        low=1,
        high=2,
        source="M98",
        doc="Channels the community is on; with two, members move.",
    )
    cross_platform: bool = quantity(
        False,
        unit="flag",
        source="M98",
        doc="Check-ins, points and rights are valid on every channel.",
    )

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        has_money = policy.fund.has_brand_money or policy.monetisation.feeds_the_fund
        offers = self.offer_week_cents > 0
        contacts = self.has_winback and self.winback_month_cents > 0
        return (
            (
                offers and self.scheme == Scheme.NONE,
                "offers to segments need members sorted into segments; choose "
                "crm.scheme=quantile or cluster",
            ),
            (
                (offers or contacts) and not has_money,
                "offers and win-back contacts need a brand budget; choose fund=brand_funded or "
                "mixed",
            ),
            (
                self.cross_platform and self.channels < 2,
                "rights across channels need two channels; set crm.channels=2",
            ),
        )
