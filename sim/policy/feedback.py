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

    channel: Channel = quantity(
        Channel.NONE, unit="channel", source="M70", doc="Where complaints and ideas go."
    )
    response_hours: float = quantity(
        24.0,
        unit="hours",
        low=0.0,
        high=336.0,
        source="F93 (24 hours)",
        doc="Until the first reply, while staff are not overloaded.",
    )
    implement_rate: float = quantity(
        0.1,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption (M70)",
        doc="Ideas that are put into practice.",
    )
    publish_fixes: bool = quantity(
        False, unit="flag", source="M70", doc="Improvements are announced."
    )
    panel_members: int = quantity(
        30,
        unit="members",
        low=1,
        high=10_000,
        source="assumption (M70)",
        doc="Members of a research panel.",
    )
