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

    scheme: Scheme = quantity(Scheme.NONE, "scheme", source="M93")
    """none; quantile: ranks in recency, frequency, spend and contribution; cluster: groups found in
    them."""
    refresh_weeks: int = quantity(4, "weeks", (1, 52), "assumption (M93)")
    """Weeks between sortings."""
    accuracy: float = quantity(
        0.85, "share", (0.0, 1.0), "assumption (M93: accuracy limits benefit)"
    )
    """Chance that a member is put where she belongs, and that a cause is seen rightly."""
    offer_week_cents: int = quantity(0, "cents/week", (0, 1_000_000_000), "M93")
    """Budget of offers to segments a week."""
    offer_cents: int = quantity(500, "cents/offer", (1, 1_000_000), "assumption")
    """Cost of one offer."""
    ordinary_weight: float = quantity(1.0, "1", (0.0, 100.0), "M93")
    """Offers per ordinary member."""
    core_weight: float = quantity(1.0, "1", (0.0, 100.0), "M93")
    """Offers per core member."""
    vip_weight: float = quantity(1.0, "1", (0.0, 100.0), "M93")
    """Offers per VIP."""
    at_risk_weight: float = quantity(1.0, "1", (0.0, 100.0), "M93")
    """Offers per member at risk."""
    retarget_trigger: float = quantity(0.4, "share", (0.0, 1.0), "F102")
    """Active share below which offers move toward members at risk."""
    retarget_step: float = quantity(0.0, "1", (0.0, 10.0), "M93")
    """Weight moved at each sorting below the trigger, and back above it."""
    has_stage_messages: bool = quantity(False, "flag", source="M92")
    """Messages fit the member's stage."""
    has_winback: bool = quantity(False, "flag", source="M94")
    """Members at risk are scored and contacted."""
    winback_cut: float = quantity(70.0, "score of 100", (0.0, 101.0), "F92")
    """Churn score from which a member is contacted."""
    winback_month_cents: int = quantity(
        50_000, "cents/28 days", (0, 1_000_000_000), "assumption (M94)"
    )
    """Budget of contacts every 28 days."""
    contact_cents: int = quantity(500, "cents/contact", (1, 1_000_000), "assumption (M94)")
    """Cost of one contact, false alarms included."""
    winback_offer: Offer = quantity(Offer.MATCHED, "offer", source="M94")
    """matched: by the cause the score sees; or the same for everybody: reason_to_come, attention,
    introduction."""
    holdout_share: float = quantity(0.2, "share", (0.0, 1.0), "assumption (T25: matched untreated)")
    """Scored members left alone by lot, to compare with."""
    score_noise: float = quantity(0.15, "1", (0.0, 5.0), "assumption (M94: model quality)")
    """Error of the mood that the score sees."""
    channels: int = quantity(1, "channels", (1, 2), "M98")
    """Channels the community is on; with two, members move."""
    cross_platform: bool = quantity(False, "flag", source="M98")
    """Check-ins, points and rights are valid on every channel."""

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
