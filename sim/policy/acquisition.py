"""Acquisition levers: what brings people to the gate (P08)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


@dataclass(frozen=True)
class Acquisition:
    """How members and money bring newcomers."""

    has_referral: bool = quantity(True, unit="flag", source="M02 M03", doc="Members may invite.")
    referral_reward_cents: int = quantity(
        0,
        unit="cents/join",
        low=0,
        high=1_000_000,
        source="M03",
        doc="Paid to the inviter once the invitee has stayed for the vesting time.",
    )
    referral_vest_days: int = quantity(
        28, unit="days", low=0, high=364, source="M03", doc="Vesting time."
    )
    referral_cap: int = quantity(
        20,
        unit="invitations",
        low=0,
        high=60_000,
        source="M03",
        doc="Invitations a member may send.",
    )
    media_week_cents: int = quantity(
        0, unit="cents/week", low=0, high=1_000_000_000, source="M01", doc="Paid reach a week."
    )
    media_cost_cents: int = quantity(
        1_500,
        unit="cents/visit",
        low=1,
        high=1_000_000,
        source="assumption",
        doc="Price of one interested visitor.",
    )
    targeting_accuracy: float = quantity(
        0.5,
        unit="share",
        low=0.5,
        high=1.0,
        source="M01 (0.5: chance)",
        doc="Paid messages that land on persons of more than median interest.",
    )
    peer_vs_ad_weight: float = quantity(
        0.0,
        unit="1",
        low=0.0,
        high=1.0,
        source="M01",
        doc="How far members' reviews are shown beside what is advertised; 0 for not at all.",
    )
    tell_week: float = quantity(
        0.0,
        unit="contacts/week",
        low=0.0,
        high=7.0,
        source="M02 (mechanisms.md 6.3: .05)",
        doc="Friends whom a glad member tells a week, where the brand lets members talk; 0: none.",
    )
    tell_negative: float = quantity(
        1.0,
        unit="1",
        low=0.0,
        high=10.0,
        source="assumption (M02)",
        doc="How much more, or less, unhappy members talk than glad ones.",
    )
    referral_least_acts: int = quantity(
        0,
        unit="acts",
        low=0,
        high=1000,
        source="M03 (quality gate)",
        doc="Posts and answers an invitee must have written before the reward is paid.",
    )
    content_share: float = quantity(
        0.0,
        unit="shares/reaction",
        low=0.0,
        high=10.0,
        source="assumption (M05)",
        doc="Shares outside that sharing tools bring, for each reaction of the day before.",
    )
    offline_traffic_week: float = quantity(
        0.0,
        unit="persons/week",
        low=0.0,
        high=1e8,
        source="M06",
        doc="Visitors of shops and events who are asked in.",
    )
    offline_capture: float = quantity(
        0.1,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M06)",
        doc="Part of these who come to the gate.",
    )
    offline_saving: float = quantity(
        0.6,
        unit="1",
        low=0.0,
        high=0.9,
        source="F51 (scaled by the calibration switch)",
        doc="What bringing in a visitor of a shop saves against the price of a media visitor.",
    )
    influencer_posts_week: float = quantity(
        0.0,
        unit="posts/week",
        low=0.0,
        high=100.0,
        source="M07",
        doc="Posts bought from influencers.",
    )
    influencer_fee_cents: int = quantity(
        50_000,
        unit="cents/post",
        low=0,
        high=1_000_000_000,
        source="assumption (M07)",
        doc="Fee of a post.",
    )
    influencer_min_fit: float = quantity(
        0.5,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M07)",
        doc="Least fit of an influencer, 0 to 1.",
    )
    star_attempts: int = quantity(
        0,
        unit="stars",
        low=0,
        high=1000,
        source="M08",
        doc="Stars asked at most, one a week, once the seed has proved itself; 0 for none.",
    )
    star_seed: int = quantity(
        50,
        unit="members",
        low=1,
        high=1_000_000,
        source="M08 (seed cohort; F12)",
        doc="Members from which a star is asked.",
    )
    star_followers: float = quantity(
        5_000.0,
        unit="persons",
        low=0.0,
        high=1e8,
        source="assumption (M08)",
        doc="Median following of the stars who are asked.",
    )
    star_cohesion: float = quantity(
        0.4,
        unit="log-hazard",
        low=0.0,
        high=5.0,
        source="assumption (M08; scaled by the calibration switch)",
        doc="Hold a star who is present has on members.",
    )
    star_calm: float = quantity(
        0.5,
        unit="log-odds",
        low=0.0,
        high=5.0,
        source="assumption (M08; scaled by the calibration switch)",
        doc="Calm a star who is present brings to disputes.",
    )

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        has_money = policy.fund.has_brand_money
        return (
            (
                self.referral_reward_cents > 0 and not has_money,
                "referral rewards need a brand budget; choose fund=brand_funded",
            ),
            (
                self.media_week_cents > 0 and not has_money,
                "paid media need a brand budget; choose fund=brand_funded",
            ),
            (
                self.offline_traffic_week > 0 and not has_money,
                "bringing in visitors of shops needs a brand budget; choose fund=brand_funded",
            ),
            (
                self.influencer_posts_week > 0 and self.influencer_fee_cents > 0 and not has_money,
                "influencers need a brand budget; choose fund=brand_funded, or set "
                "acquisition.influencer_fee_cents=0 for barter",
            ),
            (
                self.targeting_accuracy > 0.5 and self.media_week_cents == 0,
                "targeting aims paid media; set acquisition.media_week_cents above 0",
            ),
        )
