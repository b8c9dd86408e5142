"""Programme levers: which package of tools runs at which stage of the community (P30)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from plaza_lab.agents.quantity import quantity


class Schedule(enum.IntEnum):
    """What moves the programme from one stage to the next."""

    FIXED = 0
    STAGED_BY_TIME = 1
    STAGED_BY_METRIC = 2


@dataclass(frozen=True)
class StageProgramme:
    """Everything at once, or stage by stage."""

    schedule: Schedule = quantity(Schedule.FIXED, "schedule", source="M71")
    """fixed, staged_by_time or staged_by_metric."""
    incubation_weeks: int = quantity(
        13, "weeks", (1, 260), "assumption (F96: one review a quarter)"
    )
    """Length of incubation when time decides; its shortest length when a metric does."""
    growth_weeks: int = quantity(26, "weeks", (1, 520), "assumption (M71)")
    """Length of growth when time decides; its shortest length when a metric does."""
    conversion_goal: float = quantity(0.10, "share", (0.0, 1.0), "F56")
    """Conversion of the target group that ends incubation when a metric decides."""
    active_goal: float = quantity(0.40, "share", (0.0, 1.0), "F102")
    """Active share that ends growth when a metric decides."""
