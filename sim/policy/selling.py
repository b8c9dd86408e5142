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

    tactic: Tactic = quantity(Tactic.NONE, "tactic", source="M122 (three micro-group tactics)")
    """Personal contact, repeated offers, or free useful material."""
    posts_day: float = quantity(3.0, "items/day", (0.0, 100.0), "S16 (1, 3, 6, 12)")
    """Contact items a day."""
