"""Onboarding levers: guidance of newcomers and the shared directory (P10)."""

from __future__ import annotations

from dataclasses import dataclass

from agents.quantity import quantity


@dataclass(frozen=True)
class Onboarding:
    """What happens in a newcomer's first days."""

    guide_hours_day: float = quantity(
        0.0,
        unit="hours/day",
        low=0.0,
        high=10_000.0,
        source="M13",
        doc="Time helpers give to newcomers; beyond it newcomers get none.",
    )
    has_directory: bool = quantity(
        False, unit="flag", source="M12", doc="Members file a profile that all can search."
    )
    shows_rules: bool = quantity(
        False,
        unit="flag",
        source="science A.11 (Matias 2019)",
        doc="Rules are shown at the first post.",
    )
