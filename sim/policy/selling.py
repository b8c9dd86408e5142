"""Selling levers: how the brand approaches its members (P13)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from plaza_lab.agents.quantity import quantity


class Tactic(enum.IntEnum):
    """What the brand's contact items are."""

    NONE = 0
    NURTURE = 1
    HARD_SELL = 2
    FREE_VALUE = 3


@dataclass(frozen=True)
class Selling:
    """Contact items of the selling tactic, over and above the content calendar."""

    tactic: Tactic = quantity(
        Tactic.NONE,
        unit="tactic",
        source="M122 (three micro-group tactics)",
        doc="Personal contact, repeated offers, or free useful material.",
    )
    posts_day: float = quantity(
        3.0,
        unit="items/day",
        low=0.0,
        high=100.0,
        source="S16 (1, 3, 6, 12)",
        doc="Contact items a day.",
    )
