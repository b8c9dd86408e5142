"""Acquisition levers: referral rewards and paid reach (P08)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.quantity import quantity

if TYPE_CHECKING:
    from sim.policy import Clash, Policy


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

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see :func:`sim.policy.check_policy`."""
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
        )
