"""Calibration: how far the sources' claimed uplifts are believed."""

from __future__ import annotations

from plaza_lab.agents.quantity import quantity
from plaza_lab.sim.levers import params


@params()
class Params:
    """Belief in claimed uplifts (world group ``calibration``)."""

    scale: float = quantity(0.5, "1", (0.0, 1.0), "P36 (literal 1, discounted 0.5, neutral 0)")
    """Scale of every claimed uplift, on the log-odds or log-hazard scale."""
