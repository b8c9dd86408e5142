"""Stewarding levers: who looks after the community, for what (P18)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


class Staff(enum.IntEnum):
    """Who serves."""

    FOUNDER_ONLY = 0
    VOLUNTEERS = 1
    PAID_ROTATION = 2
    LAYERED = 3
    PROFESSIONAL = 4
    THIRD_PARTY = 5


@dataclass(frozen=True)
class Stewarding:
    """Founder hours, members who serve, the paid rota, and hired staff."""

    staff: Staff = quantity(Staff.VOLUNTEERS, "staff", source="M61 M62 M63")
    """Who serves beside the founder."""
    founder_hours_week: float = quantity(7.0, "hours/week", (0.0, 100.0), "assumption")
    """Founder hours over all groups."""
    groups: int = quantity(1, "groups", (1, 50), "F18, M63")
    """Communities like this one that the founder runs; each gets an equal share of the hours."""
    systematised: float = quantity(0.0, "share", (0.0, 1.0), "M63")
    """Part of the founder's work that written rules and rotas carry; it need not be divided by the
    groups."""
    volunteers_per_100: float = quantity(1.0, "members/100", (0.0, 50.0), "M61")
    """Volunteers wanted."""
    volunteer_hours_week: float = quantity(4.0, "hours/week", (0.0, 40.0), "assumption")
    """Hours each gives."""
    term_weeks: int = quantity(1, "weeks", (1, 26), "F11")
    """Term of a steward."""
    steward_hours_week: float = quantity(15.0, "hours/week", (1.0, 80.0), "W05")
    """Duty hours of a steward."""
    stipend_week_cents: int = quantity(0, "cents/week", (0, 10_000_000), "F10")
    """Flat stipend; 0 pays what the dues of the week release."""
    kpi_quality: float = quantity(0.5, "weight", (0.0, 1.0), "M62")
    """Weight of content quality in the steward's KPI; the rest counts answerers."""

    kpi_pay_share: float = quantity(0.0, "share", (0.0, 1.0), "M62")
    """Part of a steward's pay that hangs on the KPI; 0 pays for duty alone."""
    core_team: int = quantity(2, "persons", (0, 20), "M61, E10")
    """Core team of a layered team: sets strategy and supervises."""
    administrators: int = quantity(3, "persons", (0, 200), "M61, E11")
    """Administrators of a layered team, from among the members."""
    administrator_hours_week: float = quantity(10.0, "hours/week", (0.0, 60.0), "assumption")
    """Hours each gives."""
    professionals: int = quantity(1, "persons", (0, 200), "M61, E14")
    """Hired operators under staff=professional."""
    service_staff: int = quantity(0, "persons", (0, 200), "E15")
    """Customer-service staff beside whoever else serves."""
    staff_hours_week: float = quantity(35.0, "hours/week", (0.0, 80.0), "assumption (M127)")
    """Hours of a hired person."""
    wage_week_cents: int = quantity(
        200_000,
        "cents/week",
        (0, 10_000_000),
        "assumption (3,000 yuan for 45 hours of a steward, 6.3)",
    )
    """Wage of a hired person, and fee of a third party, from the brand's budget."""
    kpi_pressure: float = quantity(0.0, "1", (0.0, 2.0), "assumption (M127)")
    """Extra work that targets put on staff, relative to the work there is."""
    founder_weeks: int = quantity(0, "weeks", (0, 520), "assumption (E09)")
    """Weeks after which the founder leaves; 0 for never."""

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        is_paid = policy.fund.dues_month_cents > 0 or policy.fund.has_brand_money
        return (
            (
                self.staff == Staff.FOUNDER_ONLY and self.systematised > 0.0,
                "what is systematised needs helpers who run it; "
                "choose staff=volunteers or paid_rotation",
            ),
            (
                self.staff == Staff.PAID_ROTATION and not is_paid,
                "paid stewards need dues or brand money; "
                "choose fund=dues, entry_and_dues or brand_funded",
            ),
            (
                (self.staff in (Staff.PROFESSIONAL, Staff.THIRD_PARTY) or self.service_staff > 0)
                and self.wage_week_cents > 0
                and not policy.fund.has_brand_money,
                "hired staff are paid from the brand's budget; choose fund=brand_funded, "
                "or members who serve (staff=volunteers, layered)",
            ),
        )
