"""Distribution levers: which items a reader is shown (P14)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from agents.quantity import quantity


class Feed(enum.IntEnum):
    """Order of the feed."""

    CHRONOLOGICAL = 0
    CURATED = 1
    PERSONALISED = 2


@dataclass(frozen=True)
class Distribution:
    """Feed order and its ingredients."""

    feed: Feed = quantity(
        Feed.CHRONOLOGICAL, unit="feed", source="M32 M33", doc="How items are ordered."
    )
    tie_share: float = quantity(
        0.5,
        unit="share",
        low=0.0,
        high=1.0,
        source="science A.6 (w_t)",
        doc="Most of a visit's reading that goes first to items of one's ties.",
    )
    explore_share: float = quantity(
        0.15,
        unit="share",
        low=0.0,
        high=1.0,
        source="science A.6 (eps .05-.3)",
        doc="Share of ranked slots filled at random.",
    )
    accuracy: float = quantity(
        0.6,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption",
        doc="Chance that the personalised feed knows a member's interest.",
    )
    score_hours: float = quantity(
        16.0,
        unit="hours",
        low=1.0,
        high=240.0,
        source="science A.6 (tau 8-24 h)",
        doc="Age at which one more e-fold of reactions is needed to rank as high.",
    )
