"""Communication levers: how talk is organised (P11)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from plaza_lab.agents.quantity import quantity


class Protocol(enum.IntEnum):
    """How problems are discussed (M20)."""

    FREE_CHAT = 0
    STRUCTURED = 1
    STRUCTURED_DIGEST = 2


@dataclass(frozen=True)
class Comms:
    """Free chat, a structured problem protocol, and a digest."""

    protocol: Protocol = quantity(Protocol.FREE_CHAT, "protocol", source="M20 M37")
    """free_chat, structured (written problems and answers), or with a digest."""
    lead_days: int = quantity(3, "days", (0, 14), "F15")
    """Days a written problem circulates before answers are taken."""
    digest_hours_week: float = quantity(4.0, "hours/week", (0.0, 80.0), "assumption")
    """Steward hours a digest costs."""
    rigidity: float = quantity(0.0, "1", (0.0, 1.0), "M20")
    """How strictly the written form is insisted on; only with a written protocol."""
    has_matching: bool = quantity(False, "flag", source="M21")
    """Whether requests are pointed out to members who have the skill."""
