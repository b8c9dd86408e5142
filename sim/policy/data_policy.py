"""Data policy levers: protection of members' data, and the limit it sets to personalising (P25)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from plaza_lab.agents.quantity import quantity


class Consent(enum.IntEnum):
    """How members agree to the use of their data."""

    NOT_ASKED = 0
    OPT_OUT = 1
    OPT_IN = 2


@dataclass(frozen=True)
class DataPolicy:
    """Masking, encryption, audits and consent; the defaults are the standard policy."""

    masking: float = quantity(0.5, "share", (0.0, 1.0), "assumption (M72: de-identification)")
    """Personal data that are masked before use."""
    encryption: float = quantity(0.9, "share", (0.0, 1.0), "assumption (F97 asks for 0.99)")
    """Data transfers that are encrypted."""
    audit_months: int = quantity(12, "months", (0, 60), "F99 asks for 6")
    """Between audits; 0: none."""
    consent: Consent = quantity(Consent.OPT_OUT, "consent", source="M72")
    """Not asked, opt-out or opt-in."""
