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

    has_referral: bool = quantity(True, "flag", source="M02 M03")
    """Members may invite."""
    referral_reward_cents: int = quantity(0, "cents/join", (0, 1_000_000), "M03")
    """Paid to the inviter once the invitee has stayed for the vesting time."""
    referral_vest_days: int = quantity(28, "days", (0, 364), "M03")
    """Vesting time."""
    referral_cap: int = quantity(20, "invitations", (0, 60_000), "M03")
    """Invitations a member may send."""
    media_week_cents: int = quantity(0, "cents/week", (0, 1_000_000_000), "M01")
    """Paid reach a week."""
    media_cost_cents: int = quantity(1_500, "cents/visit", (1, 1_000_000), "assumption")
    """Price of one interested visitor."""
    targeting_accuracy: float = quantity(0.5, "share", (0.5, 1.0), "M01 (0.5: chance)")
    """Paid messages that land on persons of more than median interest."""
    peer_vs_ad_weight: float = quantity(0.0, "1", (0.0, 1.0), "M01")
    """How far members' reviews are shown beside what is advertised; 0 for not at all."""
    tell_week: float = quantity(0.0, "contacts/week", (0.0, 7.0), "M02 (mechanisms.md 6.3: .05)")
    """Friends whom a glad member tells a week, where the brand lets members talk; 0: none."""
    tell_negative: float = quantity(1.0, "1", (0.0, 10.0), "assumption (M02)")
    """How much more, or less, unhappy members talk than glad ones."""
    referral_least_acts: int = quantity(0, "acts", (0, 1000), "M03 (quality gate)")
    """Posts and answers an invitee must have written before the reward is paid."""
    content_share: float = quantity(0.0, "shares/reaction", (0.0, 10.0), "assumption (M05)")
    """Shares outside that sharing tools bring, for each reaction of the day before."""
    offline_traffic_week: float = quantity(0.0, "persons/week", (0.0, 1e8), "M06")
    """Visitors of shops and events who are asked in."""
    offline_capture: float = quantity(0.1, "1", (0.0, 1.0), "assumption (M06)")
    """Part of these who come to the gate."""
    offline_saving: float = quantity(0.6, "1", (0.0, 0.9), "F51 (scaled by the calibration switch)")
    """What bringing in a visitor of a shop saves against the price of a media visitor."""
    influencer_posts_week: float = quantity(0.0, "posts/week", (0.0, 100.0), "M07")
    """Posts bought from influencers."""
    influencer_fee_cents: int = quantity(
        50_000, "cents/post", (0, 1_000_000_000), "assumption (M07)"
    )
    """Fee of a post."""
    influencer_min_fit: float = quantity(0.5, "1", (0.0, 1.0), "assumption (M07)")
    """Least fit of an influencer, 0 to 1."""
    star_attempts: int = quantity(0, "stars", (0, 1000), "M08")
    """Stars asked at most, one a week, once the seed has proved itself; 0 for none."""
    star_seed: int = quantity(50, "members", (1, 1_000_000), "M08 (seed cohort; F12)")
    """Members from which a star is asked."""
    star_followers: float = quantity(5_000.0, "persons", (0.0, 1e8), "assumption (M08)")
    """Median following of the stars who are asked."""
    star_cohesion: float = quantity(
        0.4, "log-hazard", (0.0, 5.0), "assumption (M08; scaled by the calibration switch)"
    )
    """Hold a star who is present has on members."""
    star_calm: float = quantity(
        0.5, "log-odds", (0.0, 5.0), "assumption (M08; scaled by the calibration switch)"
    )
    """Calm a star who is present brings to disputes."""

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
