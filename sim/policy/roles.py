"""Role levers: which roles find in the community what they come for (P32)."""

from __future__ import annotations

from dataclasses import dataclass

from plaza_lab.agents.quantity import quantity


@dataclass(frozen=True)
class Roles:
    """The loop of value of each role, closed when the role is given what it comes for (M52)."""

    feeds_star: bool = quantity(
        True,
        unit="flag",
        source="M52",
        doc="The star finds followers, people to hire, investment and research here.",
    )
    feeds_sharer: bool = quantity(
        True, unit="flag", source="M52", doc="Sharers find money, recognition and deals."
    )
    feeds_asker: bool = quantity(
        True, unit="flag", source="M52", doc="Askers find solutions and contacts."
    )
    feeds_observer: bool = quantity(
        True, unit="flag", source="M52", doc="Observers find ideas and contacts."
    )
    feeds_steward: bool = quantity(
        True, unit="flag", source="M52", doc="Stewards find money and skill."
    )
    has_star: bool = quantity(
        True, unit="flag", source="M08, M52", doc="A person of renown takes part."
    )
