"""Rules levers: the charter, who makes it, and to whom it applies (P20)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


class Charter(enum.IntEnum):
    """How the rules come about."""

    STATIC = 0
    ADAPTIVE = 1
    VOTED = 2
    ADAPTIVE_VOTED = 3


@dataclass(frozen=True)
class Rules:
    """Charter, its thresholds, and openness."""

    charter: Charter = quantity(Charter.STATIC, "charter", source="M67 M68")
    """Fixed by the brand, moved by an engine, voted on, or both."""
    speak_threshold: float = quantity(0.0, "1", (0.0, 1.0), "M64, M67")
    """Standing asked for to speak; where an engine begins."""
    heat_threshold: float = quantity(2.0, "1", (0.0, 2.0), "M67")
    """Activity above the usual from which topics are cooled; 2 never cools."""
    step: float = quantity(0.1, "1", (0.0, 1.0), "M67")
    """By how much the engine moves."""
    speak_low: float = quantity(0.0, "1", (0.0, 1.0), "M67")
    """Least speaking threshold."""
    speak_high: float = quantity(0.8, "1", (0.0, 1.0), "M67")
    """Highest speaking threshold."""
    heat_low: float = quantity(0.2, "1", (0.0, 2.0), "M67")
    """Least topic-heat threshold."""
    min_gap_days: int = quantity(
        7, "days", (1, 364), "assumption (M67: too frequent changes hurt predictability)"
    )
    """Days between two changes."""
    anomaly_k: float = quantity(3.0, "1", (0.5, 20.0), "M67 (A16)")
    """Deviations of topic entropy or topic drift that count as an anomaly."""
    violation_target: float = quantity(
        0.02, "share", (0.0, 1.0), "assumption (science A.11: 3 % removed)"
    )
    """Removed share of posts up to which the engine loosens."""
    vote_weeks: int = quantity(13, "weeks", (1, 104), "F96")
    """Weeks between two votes."""
    quorum: float = quantity(0.05, "share", (0.0, 1.0), "M68")
    """Least turnout, of all members."""
    franchise_days: int = quantity(0, "days", (0, 364), "M68")
    """Tenure that gives a vote."""
    algorithmic_proposals: bool = quantity(False, "flag", source="M68")
    """Proposals aim at the middle of the membership instead of a member's own wish."""
    transparency: float = quantity(0.0, "1", (0.0, 1.0), "M69")
    """How openly rules and decisions are shown; 0 as usual."""
    open_books: bool = quantity(False, "flag", source="M69")
    """The fund's accounts are open to members."""
    exposure_cap: bool = quantity(False, "flag", source="M123")
    """A ranked feed shows at most a few items of one author."""
    rotation: bool = quantity(False, "flag", source="M123")
    """A ranked feed begins with authors who were little seen."""

    @property
    def is_adaptive(self) -> bool:
        """Whether an engine moves the thresholds."""
        return self.charter in (Charter.ADAPTIVE, Charter.ADAPTIVE_VOTED)

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        return (
            (
                self.speak_low > self.speak_high,
                f"speak_low is {self.speak_low:g}, above speak_high {self.speak_high:g}; "
                "swap the two bounds",
            ),
            (
                self.is_adaptive and not self.speak_low <= self.speak_threshold <= self.speak_high,
                f"speak_threshold {self.speak_threshold:g} lies outside speak_low to speak_high; "
                "begin within the engine's bounds",
            ),
            (
                self.is_adaptive and self.heat_threshold < self.heat_low,
                f"heat_threshold {self.heat_threshold:g} lies below heat_low {self.heat_low:g}; "
                "begin within the engine's bounds",
            ),
            (
                self.open_books and not policy.fund.has_any_money,
                "open_books needs a fund to show; choose another fund than none",
            ),
        )
