"""Moderation levers: review of posts (P19)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from agents.quantity import quantity


class Review(enum.IntEnum):
    """When posts are reviewed."""

    NONE = 0
    POST = 1
    PRE = 2


@dataclass(frozen=True)
class Moderation:
    """Review mode, strictness and manner."""

    review: Review = quantity(
        Review.POST, unit="mode", source="M59", doc="none, after or before publishing."
    )
    strictness: float = quantity(
        0.5,
        unit="1",
        low=0.0,
        high=1.0,
        source="M64",
        doc="0 removes nothing, 1 removes everything that looks at all doubtful.",
    )
    explains_removals: bool = quantity(
        True, unit="flag", source="science A.11 (Jhaver 2019)", doc="Removals are explained."
    )
    owner_exempt: bool = quantity(
        False, unit="flag", source="M69", doc="The owner's promotion is not reviewed."
    )
