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

    schedule: Schedule = quantity(
        Schedule.FIXED,
        unit="schedule",
        source="M71",
        doc="fixed, staged_by_time or staged_by_metric.",
    )
    incubation_weeks: int = quantity(
        13,
        unit="weeks",
        low=1,
        high=260,
        source="assumption (F96: one review a quarter)",
        doc="Length of incubation when time decides; its shortest length when a metric does.",
    )
    growth_weeks: int = quantity(
        26,
        unit="weeks",
        low=1,
        high=520,
        source="assumption (M71)",
        doc="Length of growth when time decides; its shortest length when a metric does.",
    )
    conversion_goal: float = quantity(
        0.10,
        unit="share",
        low=0.0,
        high=1.0,
        source="F56",
        doc="Conversion of the target group that ends incubation when a metric decides.",
    )
    active_goal: float = quantity(
        0.40,
        unit="share",
        low=0.0,
        high=1.0,
        source="F102",
        doc="Active share that ends growth when a metric decides.",
    )
