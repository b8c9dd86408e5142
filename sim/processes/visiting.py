"""Visiting: who comes by today; the one look at everybody that a day takes.

One lot for every member and day, whatever the policy: this is what makes paired runs pair. The lot
is first compared with the hazard itself, an upper bound of the probability, so that the exponential
is taken for the few who pass. Who may buy or leave later in the day is marked on the way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.compiled import compiled, kernel
from plaza_lab.agents.member import Status
from plaza_lab.agents.quantity import quantity
from plaza_lab.sim import decisions
from plaza_lab.sim.prefetch import AHEAD, prefetch
from plaza_lab.sim.randomness import day_key
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.world import lots

SOURCE = "science.md A.4; M15"
READS = (
    "fate.uid",
    "fate.visit_hazard",
    "fate.buy_hazard",
    "fate.exit_hazard",
    "clock.n_rows",
    "first_row",
)
WRITES = (
    "visitors",
    "buying",
    "leaving",
    "clock.n_visitors",
    "clock.n_silent",
    "fate.status",
    "members.posts_today",
    "members.to_say",
    "members.replies_today",
    "members.answers_today",
    "daily.visits",
)


VISIT = lots.PLACE[decisions.VISIT]
BUY = lots.PLACE[decisions.BUY]
EXIT = lots.PLACE[decisions.EXIT]


@dataclass(frozen=True)
class Params:
    """Weights of the visit hazard."""

    belonging_weight: float = quantity(
        1.0,
        unit="log-hazard",
        low=0.0,
        high=10.0,
        source="assumption (M15)",
        doc="Per unit of belonging.",
    )
    satisfaction_weight: float = quantity(
        1.0,
        unit="log-hazard",
        low=0.0,
        high=10.0,
        source="assumption (M15)",
        doc="Per unit of satisfaction.",
    )
    load_weight: float = quantity(
        0.3,
        unit="log-hazard",
        low=0.0,
        high=10.0,
        source="assumption (M120)",
        doc="Per unit of overload at the last visit.",
    )
    expert_weight: float = quantity(
        0.0,
        unit="log-hazard",
        low=0.0,
        high=10.0,
        source="assumption (M120: experts' time is worth more; 0 leaves it out)",
        doc="Per unit of overload at the last visit, for a full expert.",
    )
    activity_factor: float = quantity(
        1.0,
        unit="1",
        low=0.0,
        high=10.0,
        source="assumption",
        doc="Factor on everybody's visit hazard, for sensitivity and pairing tests.",
    )


@kernel()
def step(t, day):
    """Find today's visitors.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    clock = t.clock[0]
    n = _look_at_everybody(t, day, i8(t.first_row[day]))
    # whoever has just joined looks around, and has no lot yet
    for i in range(t.first_row[day], clock.n_rows):
        t.visitors[n] = i
        n += 1
        lots.mark(t.buying, i)
        lots.mark(t.leaving, i)
    clock.n_visitors = n
    t.daily[day, mt.VISITS] = n
    for k in range(n):
        if k + AHEAD < n:
            coming = i8(t.visitors[k + AHEAD])
            prefetch(t.fate, coming)
            prefetch(t.members.posts_today, coming)
        _arrive(t, i8(t.visitors[k]))


@compiled()
def _look_at_everybody(t, day, n_rows):
    """Cast everybody's lot: list who comes by, mark who may buy or leave; returns how many come."""
    clock = t.clock[0]
    rhythm = t.params[0].activity.weekday[day % 7] * t.params[0].visiting.activity_factor
    key = day_key(clock.seed_key, decisions.LOT, day)
    lots.clear(t.buying, clock.n_rows)
    lots.clear(t.leaving, clock.n_rows)
    n = 0
    for i in range(n_rows):
        fate = t.fate[i]
        lot = lots.lots_of(key, fate.uid)
        hazard = f8(fate.visit_hazard) * rhythm
        may_visit = lots.coarse(lot, VISIT) < hazard * lots.LOTS
        may_buy = lots.coarse(lot, BUY) < f8(fate.buy_hazard) * lots.LOTS
        may_leave = lots.coarse(lot, EXIT) < max(lots.ALERT, f8(fate.exit_hazard)) * lots.LOTS
        if not may_visit | may_buy | may_leave:  # one question for nearly everybody
            continue
        if may_visit:
            u = lots.draw(t, day, decisions.VISIT, VISIT, fate.uid)
            if u < hazard and u < 1.0 - math.exp(-hazard):
                t.visitors[n] = i
                n += 1
        if may_buy:
            lots.mark(t.buying, i)
        if may_leave:
            lots.mark(t.leaving, i)
    return n


@compiled()
def _arrive(t, i):
    m = t.members[i]
    m.posts_today = 0
    m.to_say = 0
    m.replies_today = 0
    m.answers_today = 0
    if t.fate[i].status == Status.SILENT:
        t.fate[i].status = Status.ENGAGED
        t.clock[0].n_silent -= 1
