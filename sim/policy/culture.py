"""Culture levers: rituals, stories and shared values (P31 culture)."""

from __future__ import annotations

from dataclasses import dataclass

from plaza_lab.agents.quantity import quantity


@dataclass(frozen=True)
class Culture:
    """How much is done for a culture of one's own."""

    ritual_week: float = quantity(
        0.0,
        unit="rituals/week",
        low=0.0,
        high=7.0,
        source="M24",
        doc="Rituals: greetings, anniversaries, member stories.",
    )
    value_alignment: float = quantity(
        0.7,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M24)",
        doc="How consistently the brand lives the values that the rituals celebrate.",
    )
