"""Role levers: which roles find in the community what they come for (P32)."""

from __future__ import annotations

from dataclasses import dataclass

from plaza_lab.agents.quantity import quantity


@dataclass(frozen=True)
class Roles:
    """The loop of value of each role, closed when the role is given what it comes for (M52)."""

    feeds_star: bool = quantity(True, "flag", source="M52")
    """The star finds followers, people to hire, investment and research here."""
    feeds_sharer: bool = quantity(True, "flag", source="M52")
    """Sharers find money, recognition and deals."""
    feeds_asker: bool = quantity(True, "flag", source="M52")
    """Askers find solutions and contacts."""
    feeds_observer: bool = quantity(True, "flag", source="M52")
    """Observers find ideas and contacts."""
    feeds_steward: bool = quantity(True, "flag", source="M52")
    """Stewards find money and skill."""
    has_star: bool = quantity(True, "flag", source="M08, M52")
    """A person of renown takes part."""
