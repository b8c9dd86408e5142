"""Entry levers: who may come in, and at what price (P09)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.quantity import quantity

if TYPE_CHECKING:
    from sim.policy import Clash, Policy


class Gate(enum.IntEnum):
    """Kinds of gate."""

    OPEN = 0
    FEE = 1
    INVITE = 2


@dataclass(frozen=True)
class Entry:
    """The gate between applicants and members."""

    gate: Gate = quantity(Gate.OPEN, unit="gate", source="M04 M10", doc="Kind of gate.")
    fee_cents: int = quantity(
        0,
        unit="cents",
        low=0,
        high=10_000_000,
        source="F01 (20,000 where a fee runs)",
        doc="Entry fee, paid once.",
    )
    admits_day: int = quantity(
        1_000_000_000,
        unit="members/day",
        low=0,
        high=1_000_000_000,
        source="M04",
        doc="Most applicants admitted in a day (owner hours).",
    )

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see :func:`sim.policy.check_policy`."""
        return (
            (
                self.gate == Gate.FEE and self.fee_cents == 0,
                "a fee gate needs entry.fee_cents above 0; choose entry=open for no fee",
            ),
            (
                self.gate != Gate.FEE and self.fee_cents > 0,
                "entry.fee_cents is charged only by the fee gate; choose entry=fee",
            ),
        )
