"""Culture levers: rituals, stories and shared values (P31 culture)."""

from __future__ import annotations

from dataclasses import dataclass

from plaza_lab.agents.quantity import quantity


@dataclass(frozen=True)
class Culture:
    """How much is done for a culture of one's own."""

    ritual_week: float = quantity(0.0, "rituals/week", (0.0, 7.0), "M24")
    """Rituals: greetings, anniversaries, member stories."""
    value_alignment: float = quantity(0.7, "1", (0.0, 1.0), "assumption (M24)")
    """How consistently the brand lives the values that the rituals celebrate."""
