"""Moderation levers: review of posts and the automatic filter (P19)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from plaza_lab.agents.quantity import quantity


class Review(enum.IntEnum):
    """When posts are reviewed, and by whom.

    ``FILTER_QUEUE`` lets a filter block risky posts at once and people review the rest afterwards;
    ``ASSISTED`` holds back what the filter suspects until people have looked at it.
    """

    NONE = 0
    POST = 1
    PRE = 2
    FILTER_QUEUE = 3
    ASSISTED = 4


@dataclass(frozen=True)
class Moderation:
    """Review mode, strictness and manner."""

    review: Review = quantity(Review.POST, "mode", source="M59")
    """none, after or before publishing, with a filter, or assisted by one."""
    strictness: float = quantity(0.5, "1", (0.0, 1.0), "M64")
    """0 removes nothing, 1 removes everything that looks at all doubtful."""
    explains_removals: bool = quantity(True, "flag", source="science A.11 (Jhaver 2019)")
    """Removals are explained."""
    owner_exempt: bool = quantity(False, "flag", source="M69")
    """The owner's promotion is not reviewed."""
    levels: int = quantity(1, "levels", (1, 4), "M59")
    """Levels of review; each looks again at what the one before found hard."""
    capacity_day: float = quantity(0.0, "items/day", (0.0, 1e6), "mechanisms.md 6.1 (P19)")
    """Items reviewed a day, as bought from outside; 0 for what those on duty can do."""
    filter_recall: float = quantity(0.8, "share", (0.0, 1.0), "assumption (M60)")
    """Violating items that the filter finds."""
    filter_false_positive: float = quantity(0.02, "share", (0.0, 1.0), "assumption (M60)")
    """Harmless items that the filter takes for violating ones."""
