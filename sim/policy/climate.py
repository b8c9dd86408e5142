"""Climate levers: sensing the mood, and mediation of quarrels (P21)."""

from __future__ import annotations

from dataclasses import dataclass

from plaza_lab.agents.quantity import quantity


@dataclass(frozen=True)
class Climate:
    """What is done about moods and quarrels."""

    senses_mood: bool = quantity(
        False, unit="flag", source="M66", doc="The sentiment of messages is estimated and answered."
    )
    mood_accuracy: float = quantity(
        0.85,
        unit="share",
        low=0.55,
        high=1.0,
        source="assumption (M66)",
        doc="Messages whose sentiment is judged rightly.",
    )
    mood_target: float = quantity(
        0.05,
        unit="share",
        low=0.0,
        high=1.0,
        source="F66",
        doc="Share of negative messages aimed at.",
    )
    mood_gain: float = quantity(
        1.0,
        unit="1",
        low=0.0,
        high=10.0,
        source="assumption (M66)",
        doc="Effort for a negative share of twice the target.",
    )
    mediates: bool = quantity(False, unit="flag", source="M65", doc="Quarrels are mediated.")
    mediation_day: float = quantity(
        2.0,
        unit="quarrels/day",
        low=0.0,
        high=1000.0,
        source="assumption (M65)",
        doc="Quarrels that can be heard in a day.",
    )
    mediation_success: float = quantity(
        0.5,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M65)",
        doc="Chance that a hearing ends a quarrel, without a charter's authority.",
    )
