"""Climate levers: sensing the mood, and mediation of quarrels (P21)."""

from __future__ import annotations

from dataclasses import dataclass

from plaza_lab.agents.quantity import quantity


@dataclass(frozen=True)
class Climate:
    """What is done about moods and quarrels."""

    senses_mood: bool = quantity(False, "flag", source="M66")
    """The sentiment of messages is estimated and answered."""
    mood_accuracy: float = quantity(0.85, "share", (0.55, 1.0), "assumption (M66)")
    """Messages whose sentiment is judged rightly."""
    mood_target: float = quantity(0.05, "share", (0.0, 1.0), "F66")
    """Share of negative messages aimed at."""
    mood_gain: float = quantity(1.0, "1", (0.0, 10.0), "assumption (M66)")
    """Effort for a negative share of twice the target."""
    mediates: bool = quantity(False, "flag", source="M65")
    """Quarrels are mediated."""
    mediation_day: float = quantity(2.0, "quarrels/day", (0.0, 1000.0), "assumption (M65)")
    """Quarrels that can be heard in a day."""
    mediation_success: float = quantity(0.5, "1", (0.0, 1.0), "assumption (M65)")
    """Chance that a hearing ends a quarrel, without a charter's authority."""
