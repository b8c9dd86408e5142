"""Groups levers: one group or several, alike, by theme, or a brand's matrix of industries."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy

MOST_GROUPS = 16
"""Groups a community can have."""


class Kinds(enum.IntEnum):
    """What the groups are about."""

    ALIKE = 0
    THEMED = 1
    MATRIX = 2


class Placement(enum.IntEnum):
    """How a newcomer's group is chosen."""

    RANDOM = 0
    INTEREST = 1


@dataclass(frozen=True)
class Groups:
    """Into which groups the members of the community are placed."""

    number: int = quantity(1, "groups", (1, MOST_GROUPS), "F18, E20")
    """Groups on day 0."""
    kinds: Kinds = quantity(Kinds.ALIKE, "kinds", source="E20, M14")
    """All about everything, each with its topics, or a core group with groups of adjacent and of
    other industries."""
    placement: Placement = quantity(Placement.RANDOM, "placement", source="M14")
    """How newcomers are placed."""
    tag_accuracy: float = quantity(
        0.8, "share", (0.0, 1.0), "assumption (M14: tags from survey or behaviour)"
    )
    """Newcomers whose interest tag is right; the others are placed at random."""
    capacity: int = quantity(0, "members/group", (0, 50_000_000), "E20, T05")
    """Members a group can hold; the gate closes when all are full; 0 for no limit."""
    split_above: int = quantity(0, "members/group", (0, 50_000_000), "E20, A24")
    """Size above which a group gives half of its members to a sub-group; 0 for never."""
    most: int = quantity(8, "groups", (1, MOST_GROUPS), "assumption")
    """Most groups by splits."""

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        is_full = self.capacity > 0 and self.split_above > self.capacity
        return (
            (
                self.kinds != Kinds.ALIKE and self.number > 8,
                f"number={self.number} groups cannot share 8 topics; "
                "choose number=8 or fewer, or kinds=alike",
            ),
            (
                is_full and self.most > self.number,
                f"split_above={self.split_above} is never reached with capacity={self.capacity}; "
                "choose split_above at or below capacity",
            ),
        )
