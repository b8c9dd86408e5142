"""Outside: people who come by from elsewhere to see an item, and some who want to join (T38)."""

from __future__ import annotations

from dataclasses import dataclass

from agents.compiled import compiled
from agents.quantity import quantity
from sim.randomness import U64, poisson, uniform
from sim.recording import metrics as mt


@dataclass(frozen=True)
class Params:
    """What visitors from outside do (world group ``outside``)."""

    register: float = quantity(
        0.01,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (T38)",
        doc="Chance that a visitor from outside applies to join.",
    )


@compiled()
def come(t, day, key, visits):
    """Count visits from outside; those who register come to the gate tomorrow.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    key : uint64
        Key of the draws.
    visits : int
        How many come by.
    """
    if visits <= 0:
        return
    wish = poisson(uniform(key, U64(0)), visits * t.params[0].outside.register)
    registered = min(visits, wish)
    t.daily[day, mt.OUTSIDE_VISITS] += visits
    t.daily[day, mt.SHARE_REGISTRATIONS] += registered
    t.clock[0].content_arrivals += registered
