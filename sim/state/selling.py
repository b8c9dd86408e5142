"""Selling: how offers, trust and weariness move purchases while a selling tactic is in use."""

from __future__ import annotations

from plaza_lab.agents.quantity import quantity
from plaza_lab.sim.levers import params


@params()
class Params:
    """Weights on the hazard of a purchase (world group ``selling``)."""

    offer_pull: float = quantity(
        0.3, "log-hazard", (0.0, 5.0), "assumption (M122: repeated ads sell at first)"
    )
    """While an offer was opened at the last visit."""
    trust_pull: float = quantity(
        1.5, "log-hazard", (0.0, 10.0), "assumption (M122: trust leads to deals)"
    )
    """Per unit of trust above the middle."""
    weariness_drag: float = quantity(1.0, "log-hazard", (0.0, 10.0), "assumption (M122)")
    """At full weariness of promotion."""
