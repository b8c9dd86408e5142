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

    staff: Staff = quantity(
        Staff.VOLUNTEERS, unit="staff", source="M61 M62 M63", doc="Who serves beside the founder."
    )
    founder_hours_week: float = quantity(
        7.0,
        unit="hours/week",
        low=0.0,
        high=100.0,
        source="assumption",
        doc="Founder hours over all groups.",
    )
    groups: int = quantity(
        1,
        unit="groups",
        low=1,
        high=50,
        source="F18, M63",
        doc="Communities like this one that the founder runs; each gets an equal share of the "
        "hours.",
    )
    systematised: float = quantity(
        0.0,
        unit="share",
        low=0.0,
        high=1.0,
        source="M63",
        doc="Part of the founder's work that written rules and rotas carry; it need not be divided "
        "by the groups.",
    )
    volunteers_per_100: float = quantity(
        1.0, unit="members/100", low=0.0, high=50.0, source="M61", doc="Volunteers wanted."
    )
    volunteer_hours_week: float = quantity(
        4.0, unit="hours/week", low=0.0, high=40.0, source="assumption", doc="Hours each gives."
    )
    term_weeks: int = quantity(
        1, unit="weeks", low=1, high=26, source="F11", doc="Term of a steward."
    )
    steward_hours_week: float = quantity(
        15.0, unit="hours/week", low=1.0, high=80.0, source="W05", doc="Duty hours of a steward."
    )
    stipend_week_cents: int = quantity(
        0,
        unit="cents/week",
        low=0,
        high=10_000_000,
        source="F10",
        doc="Flat stipend; 0 pays what the dues of the week release.",
    )
    kpi_quality: float = quantity(
        0.5,
        unit="weight",
        low=0.0,
        high=1.0,
        source="M62",
        doc="Weight of content quality in the steward's KPI; the rest counts answerers.",
    )

    kpi_pay_share: float = quantity(
        0.0,
        unit="share",
        low=0.0,
        high=1.0,
        source="M62",
        doc="Part of a steward's pay that hangs on the KPI; 0 pays for duty alone.",
    )
    core_team: int = quantity(
        2,
        unit="persons",
        low=0,
        high=20,
        source="M61, E10",
        doc="Core team of a layered team: sets strategy and supervises.",
    )
    administrators: int = quantity(
        3,
        unit="persons",
        low=0,
        high=200,
        source="M61, E11",
        doc="Administrators of a layered team, from among the members.",
    )
    administrator_hours_week: float = quantity(
        10.0, unit="hours/week", low=0.0, high=60.0, source="assumption", doc="Hours each gives."
    )
    professionals: int = quantity(
        1,
        unit="persons",
        low=0,
        high=200,
        source="M61, E14",
        doc="Hired operators under staff=professional.",
    )
    service_staff: int = quantity(
        0,
        unit="persons",
        low=0,
        high=200,
        source="E15",
        doc="Customer-service staff beside whoever else serves.",
    )
    staff_hours_week: float = quantity(
        35.0,
        unit="hours/week",
        low=0.0,
        high=80.0,
        source="assumption (M127)",
        doc="Hours of a hired person.",
    )
    wage_week_cents: int = quantity(
        200_000,
        unit="cents/week",
        low=0,
        high=10_000_000,
        source="assumption (3,000 yuan for 45 hours of a steward, 6.3)",
        doc="Wage of a hired person, and fee of a third party, from the brand's budget.",
    )
    kpi_pressure: float = quantity(
        0.0,
        unit="1",
        low=0.0,
        high=2.0,
        source="assumption (M127)",
        doc="Extra work that targets put on staff, relative to the work there is.",
    )
    founder_weeks: int = quantity(
        0,
        unit="weeks",
        low=0,
        high=520,
        source="assumption (E09)",
        doc="Weeks after which the founder leaves; 0 for never.",
    )

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
