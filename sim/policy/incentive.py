"""Incentive levers: what is given for contributing (P16)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.quantity import quantity

if TYPE_CHECKING:
    from sim.policy import Clash, Policy


@dataclass(frozen=True)
class Incentive:
    """Thanks, points and a weekly prize; each can run alone or together."""

    has_thanks: bool = quantity(
        True, unit="flag", source="M53", doc="Contributions are thanked in public."
    )
    has_points: bool = quantity(False, unit="flag", source="M39", doc="Acts earn points.")
    points_post: int = quantity(
        10, unit="points", low=0, high=1000, source="assumption", doc="Points for a post."
    )
    points_reply: int = quantity(
        2, unit="points", low=0, high=1000, source="assumption", doc="Points for a reply."
    )
    points_answer: int = quantity(
        20, unit="points", low=0, high=1000, source="assumption", doc="Points for an answer."
    )
    points_cap_day: int = quantity(
        60, unit="points/day", low=0, high=100_000, source="assumption", doc="Daily cap a member."
    )
    point_value_cents: int = quantity(
        1, unit="cents/point", low=0, high=1000, source="assumption", doc="Value when redeemed."
    )
    points_reward: int = quantity(
        500,
        unit="points",
        low=1,
        high=1_000_000,
        source="assumption",
        doc="Points that buy one reward; the next reward is the goal in sight.",
    )
    has_prize: bool = quantity(
        False, unit="flag", source="M43", doc="The best shares of the week win a prize."
    )
    prize_winners: int = quantity(
        3, unit="members", low=1, high=20, source="F06, W09", doc="Winners each week."
    )
    prize_first_share: float = quantity(
        0.5,
        unit="share",
        low=0.0,
        high=1.0,
        source="mechanisms.md 6.3 (50 / 30 / 20)",
        doc="Share of the first winner; the others share the rest, by falling weights.",
    )
    prize_gap_weeks: int = quantity(
        4,
        unit="weeks",
        low=0,
        high=52,
        source="mechanisms.md 6.3",
        doc="Weeks a winner must wait before winning again (repeat cap).",
    )

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see :func:`sim.policy.check_policy`."""
        fund = policy.fund
        return (
            (
                self.has_prize and not fund.has_prize_money,
                "a weekly prize needs a fund that pays it; "
                "choose fund=entry_fee, dues, entry_and_dues or brand_funded",
            ),
            (
                self.has_points and self.point_value_cents > 0 and not fund.has_any_money,
                "points worth money need a fund that redeems them; choose a fund, "
                "or incentive.point_value_cents=0",
            ),
        )
