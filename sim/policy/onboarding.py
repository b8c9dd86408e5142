"""Onboarding levers: guidance of newcomers, the directory, and the brake on growth (P10, P30)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


class Directory(enum.IntEnum):
    """Who can look up the profiles that newcomers file."""

    NONE = 0
    PRIVATE = 1
    FULL = 2
    MASKED = 3
    STAGED = 4


class GrowthCap(enum.IntEnum):
    """What brakes growth."""

    NONE = 0
    ABSORPTION = 1


@dataclass(frozen=True)
class Onboarding:
    """What happens in a newcomer's first days."""

    guide_hours_day: float = quantity(0.0, "hours/day", (0.0, 10_000.0), "M13")
    """Time helpers give to newcomers; beyond it newcomers get none."""
    directory: Directory = quantity(Directory.NONE, "directory", source="M12, C23")
    """No profiles, profiles that only the owner sees, that all can search in full, or with name and
    employer hidden; staged hides them once the community has mask_at members."""
    mask_at: int = quantity(
        500, "members", (1, 50_000_000), "assumption (M12: above a size threshold)"
    )
    """Size from which a staged directory hides name and employer."""
    shows_rules: bool = quantity(False, "flag", source="science A.11 (Matias 2019)")
    """Rules are shown at the first post."""
    growth_cap: GrowthCap = quantity(GrowthCap.NONE, "growth_cap", source="M119")
    """What brakes growth at the gate."""
    absorption_capacity: float = quantity(
        0.25, "share", (0.01, 1.0), "mechanisms.md 6.3 (25 %, 10-50 %)"
    )
    """Share of newcomers of the last 28 days above which the gate waits, under
    growth_cap=absorption."""

    @property
    def is_shared(self) -> bool:
        """Whether members can search the directory."""
        return self.directory > Directory.PRIVATE

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        return (
            (
                self.directory in (Directory.MASKED, Directory.STAGED)
                and policy.stewarding.founder_hours_week <= 0.0
                and policy.stewarding.staff == 0,
                "a masked directory needs somebody who brokers contacts; "
                "choose directory=full, or stewarding=volunteers",
            ),
        )
