"""Fund levers: where the community's money comes from and how it is released (P17)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


class PayoutRule(enum.IntEnum):
    """How the entry pool becomes weekly prizes (M54)."""

    CONSTANT = 0
    PER_ENTRANT = 1
    REMAINING_WEEKS = 2


class LapseRule(enum.IntEnum):
    """What becomes of members who do not pay their dues (M55)."""

    NONE = 0
    LAPSE = 1
    LEAVE = 2


@dataclass(frozen=True)
class Fund:
    """Entry-fee pool, dues pool and brand budget."""

    has_entry_pool: bool = quantity(False, "flag", source="M54")
    """Entry fees form a pool for weekly prizes."""
    payout_rule: PayoutRule = quantity(PayoutRule.CONSTANT, "rule", source="M54")
    """constant: pool of day 0 / horizon; per_entrant: each fee over the horizon; remaining_weeks:
    balance / weeks left."""
    horizon_weeks: int = quantity(52, "weeks", (1, 520), "F04")
    """Weeks over which the pool is paid."""
    has_renewal: bool = quantity(False, "flag", source="W10, C11")
    """Members pay the entry fee again every year."""
    dues_month_cents: int = quantity(
        0, "cents/member/month", (0, 1_000_000), "F07 (1,000 where dues run)"
    )
    """Dues, charged 12 times a year; 0 for none."""
    dues_prize_share: float = quantity(0.0, "share", (0.0, 1.0), "assumption")
    """Share of released dues that goes to prizes; the rest to stewards."""
    brand_week_cents: int = quantity(0, "cents/week", (0, 10_000_000_000), "M57")
    """Budget the brand pays in each week, for prizes, points, KOCs and campaigns."""
    brand_prize_share: float = quantity(0.5, "share", (0.0, 1.0), "assumption")
    """Share of the brand's money that goes to prizes, where prizes run and no other pool pays them:
    of the budget week by week, of the grant over the horizon."""
    opening_cents: int = quantity(0, "cents", (0, 100_000_000_000), "assumption")
    """Grant: brand money paid in on day 0."""

    lapse_rule: LapseRule = quantity(LapseRule.NONE, "rule", source="M55")
    """none: everybody pays; lapse: who does not pay wins no prizes until she does; leave: who has
    not paid after the grace is out."""
    grace_days: int = quantity(14, "days", (1, 28), "assumption (M55)")
    """Days after a due date in which dues may still be paid."""
    needs_staff: bool = quantity(False, "flag", source="M57")
    """Brand items, offers and contacts take paid staff hours; without hours there are none."""
    staff_hours_week: float = quantity(0.0, "hours/week", (0.0, 100_000.0), "M57")
    """Staff hours paid for."""
    wage_hour_cents: int = quantity(
        7_700, "cents/hour", (0, 1_000_000), "W05 (what a steward's hour earns)"
    )
    """Wage of staff."""
    is_allocated: bool = quantity(False, "flag", source="M57")
    """The brand's money is set aside by the shares below; no activity uses another's part."""
    content_share: float = quantity(0.2, "share", (0.0, 1.0), "assumption (M57)")
    """Part of the brand's money for brand items."""
    koc_share: float = quantity(0.15, "share", (0.0, 1.0), "assumption (M57)")
    """Part for KOCs."""
    media_share: float = quantity(0.15, "share", (0.0, 1.0), "assumption (M57)")
    """Part for paid reach and referral rewards."""
    campaign_share: float = quantity(0.1, "share", (0.0, 1.0), "assumption (M57)")
    """Part for campaigns with partners."""
    crm_share: float = quantity(0.1, "share", (0.0, 1.0), "assumption (M57)")
    """Part for offers and win-back."""
    staff_share: float = quantity(0.1, "share", (0.0, 1.0), "assumption (M57)")
    """Part for wages; what is left of 1 is for everything else, prizes included."""

    @property
    def allocated_share(self) -> float:
        """Sum of the parts that are set aside by name."""
        return (
            self.content_share
            + self.koc_share
            + self.media_share
            + self.campaign_share
            + self.crm_share
            + self.staff_share
        )

    @property
    def has_brand_money(self) -> bool:
        """Whether the brand puts money in."""
        return self.brand_week_cents > 0 or self.opening_cents > 0

    @property
    def has_any_money(self) -> bool:
        """Whether anybody puts money in."""
        return self.has_brand_money or self.has_entry_pool or self.dues_month_cents > 0

    @property
    def has_prize_money(self) -> bool:
        """Whether a pool pays weekly prizes."""
        return (
            self.has_entry_pool
            or (self.dues_month_cents > 0 and self.dues_prize_share > 0)
            or (self.has_brand_money and self.brand_prize_share > 0)
        )

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        has_fee = policy.entry.fee_cents > 0
        return (
            (
                self.has_entry_pool and not has_fee,
                "an entry-fee pool stays empty unless applicants pay a fee; choose entry=fee",
            ),
            (
                self.has_renewal and not self.has_entry_pool,
                "renewal asks for an entry-fee pool; choose fund=entry_fee or entry_and_dues",
            ),
            (
                self.is_allocated and self.allocated_share > 1.0 + 1e-9,
                f"the shares of the brand's money sum to {self.allocated_share:g}; "
                "make them sum to at most 1",
            ),
            (
                self.is_allocated and not self.has_brand_money,
                "there is no brand money to allocate; choose fund=brand_funded or mixed",
            ),
            (
                self.lapse_rule != LapseRule.NONE and self.dues_month_cents == 0,
                "dues can lapse only where dues are charged; choose fund=dues, entry_and_dues or "
                "mixed",
            ),
        )
