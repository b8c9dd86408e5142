"""Network levers: who is proposed to whom (P31)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


class Matching(enum.IntEnum):
    """By what two members are proposed to each other."""

    RANDOM = 0
    INTEREST_MATCH = 1
    NEED_SKILL_MATCH = 2


@dataclass(frozen=True)
class Network:
    """Introductions that the operator arranges between members."""

    matching: Matching = quantity(Matching.RANDOM, "matching", source="M99")
    """Anybody, somebody of like interest, or somebody skilled in what one is interested in."""
    proposals_week: float = quantity(0.0, "proposals/week", (0.0, 7.0), "M99")
    """Introductions proposed to a member who comes by; 0 proposes none."""

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        return (
            (
                self.matching != Matching.RANDOM and self.proposals_week <= 0.0,
                "a match without proposals matches nobody; set proposals_week above 0, or choose "
                "network=random",
            ),
        )
