"""Entry levers: who may come in, and at what price (P09)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


class Gate(enum.IntEnum):
    """Kinds of gate."""

    OPEN = 0
    FEE = 1
    MEMBER_INVITE = 2
    OWNER_ONLY = 3
    EXCLUSIVE = 4
    FEE_PLUS_CHALLENGE = 5


class Ticket(enum.IntEnum):
    """What an exclusive community asks of those who come in."""

    OWNERS = 0
    ENTHUSIASTS = 1
    FANS = 2


@dataclass(frozen=True)
class Entry:
    """The gate between applicants and members."""

    gate: Gate = quantity(Gate.OPEN, "gate", source="M04 M09 M10 M11")
    """Kind of gate."""
    fee_cents: int = quantity(0, "cents", (0, 10_000_000), "F01 (20,000 where a fee runs)")
    """Entry fee, paid once."""
    admits_day: int = quantity(1_000_000_000, "members/day", (0, 1_000_000_000), "M04")
    """Most applicants admitted in a day."""
    least_interest: float = quantity(-10.0, "1", (-10.0, 5.0), "M04 (any_with_review)")
    """Interest, in standard deviations, that a look at applicants asks for; -10 for none."""
    ticket: Ticket = quantity(Ticket.OWNERS, "ticket", source="M09")
    """What the exclusive gate asks for: owners (of the product), enthusiasts (interest above the
    median), fans (of the brand's own topic)."""
    status_bonus: float = quantity(0.0, "1", (0.0, 1.0), "assumption (M09)")
    """Belonging and trust that coming in gives where everybody else is refused."""
    challenge_min_members: int = quantity(52, "members", (1, 1_000_000), "F12")
    """Members from which the challenge for outside experts is open."""
    challenge_problems_week: int = quantity(1, "problems/week", (1, 8), "assumption (M11)")
    """Open problems given to outside experts each week."""
    challenge_shares_answers: bool = quantity(True, "flag", source="M11")
    """Whether those who did not win see all answers and are offered paid entry."""
    challenge_separate_pool: bool = quantity(False, "flag", source="M11")
    """Whether the brand's budget pays the winner instead of the week's prize pool."""
    challenge_pays_surplus: bool = quantity(False, "flag", source="W07")
    """Whether a winner gets the whole week's prize where it exceeds the fee."""

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        has_challenge = self.gate == Gate.FEE_PLUS_CHALLENGE
        has_prize = policy.incentive.has_prize and policy.fund.has_entry_pool
        return (
            (
                self.gate == Gate.FEE and self.fee_cents == 0,
                "a fee gate needs entry.fee_cents above 0; choose entry=open for no fee",
            ),
            (
                has_challenge and self.fee_cents == 0,
                "a challenge wins a free entry, so it needs entry.fee_cents above 0; "
                "choose entry=open for no fee",
            ),
            (
                self.fee_cents > 0 and self.gate != Gate.FEE and not has_challenge,
                "entry.fee_cents is charged only by a fee gate; choose entry=fee or "
                "entry=fee_plus_challenge",
            ),
            (
                has_challenge and not self.challenge_separate_pool and not has_prize,
                "entry=fee_plus_challenge needs a prize paid from entry fees; choose "
                "incentive=weekly_prize with fund=entry_fee, or set entry.challenge_separate_pool",
            ),
            (
                has_challenge and self.challenge_separate_pool and not policy.fund.has_brand_money,
                "a separate pool for the challenge needs a brand budget; choose "
                "fund=brand_funded or set fund.brand_week_cents",
            ),
        )
