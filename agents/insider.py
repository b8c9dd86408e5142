"""Insiders: who has a stake in the brand, and for which firm she is here."""

from __future__ import annotations

from plaza_lab.agents.record import Var

BRAND = 0
"""Firm of the brand's own staff; suppliers are 1, 2, ..., partner ``k`` is ``-1 - k``."""

INSIDER: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by lineage; 0 for an empty seat", "design 5"),
    Var("member", "i4", "row", "the member, -1 until she is in", "M134", -1),
    Var("firm", "i2", "firm", "0 the brand, above a supplier, below a partner", "M134"),
)

SEATS = 1024
"""Most insiders at a time."""
