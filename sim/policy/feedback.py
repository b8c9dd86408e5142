"""Feedback levers: where complaints and ideas go, and how soon they are answered (P29)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from plaza_lab.agents.quantity import quantity


class Channel(enum.IntEnum):
    """Where members turn with complaints and ideas."""

    NONE = 0
    HOTLINE = 1
    OPEN_FORUM = 2
    FORUM_LISTENING = 3
    RESEARCH_PANEL = 4


@dataclass(frozen=True)
class Feedback:
    """Channel, speed of reply, and what becomes of ideas."""

    channel: Channel = quantity(Channel.NONE, "channel", source="M70")
    """Where complaints and ideas go."""
    response_hours: float = quantity(24.0, "hours", (0.0, 336.0), "F93 (24 hours)")
    """Until the first reply, while staff are not overloaded."""
    implement_rate: float = quantity(0.1, "share", (0.0, 1.0), "assumption (M70)")
    """Ideas that are put into practice."""
    publish_fixes: bool = quantity(False, "flag", source="M70")
    """Improvements are announced."""
    panel_members: int = quantity(30, "members", (1, 10_000), "assumption (M70)")
    """Members of a research panel."""
