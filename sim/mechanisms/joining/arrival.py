"""Arrival: who comes to the gate today, by which route.

How a route turns expected arrivals into persons is in ``sim/state/prospects.py``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from plaza_lab.agents.member import Route
from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim.levers import Clash, levers
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric
from plaza_lab.sim.state import fund, prospects

SOURCE = "science.md A.1 (Bass 1969); M01, M02, M05; R05"
METRICS = (Metric("prospects", "persons", "persons left in the pool", "E05"),)
STATE: tuple[Var, ...] = (
    Var("word", "f8", "1", "mood of active members, as their reviews show it", "M01"),
)


@levers("acquisition")
class Levers:
    """Paid reach."""

    media_week_cents: int = quantity(0, "cents/week", (0, 1_000_000_000), "M01")
    """Paid reach a week."""
    media_cost_cents: int = quantity(1_500, "cents/visit", (1, 1_000_000), "assumption")
    """Price of one interested visitor."""
    targeting_accuracy: float = quantity(0.5, "share", (0.5, 1.0), "M01 (0.5: chance)")
    """Paid messages that land on persons of more than median interest."""

    def clashes(self, policy: Any) -> tuple[Clash, ...]:
        """List what these levers rule out, see ``check_policy``."""
        has_money = policy.fund.has_brand_money
        return (
            (
                self.media_week_cents > 0 and not has_money,
                "paid media need a brand budget; choose fund=brand_funded",
            ),
            (
                self.targeting_accuracy > 0.5 and self.media_week_cents == 0,
                "targeting aims paid media; set acquisition.media_week_cents above 0",
            ),
        )


@dataclass(frozen=True)
class Params:
    """The market outside."""

    market_size: float = quantity(20_000.0, "persons", (0.0, 1e10), "assumption")
    """Persons who might ever join (Bass market potential)."""
    p_external: float = quantity(3e-5, "1/day", (0.0, 0.1), "science A.1 (1e-5..1e-3)")
    """Hazard of finding the community by oneself."""
    q_imitation: float = quantity(2e-3, "1/day", (0.0, 1.0), "science A.1 (5e-4..1e-2)")
    """Hazard of following word of mouth when everybody were an active, advocating member."""
    trend: float = quantity(0.0, "1/day", (-0.05, 0.05), "assumption")
    """Log growth of the external hazard."""
    advocacy_neutral: float = quantity(0.4, "1", (0.01, 1.0), "assumption")
    """Mean of satisfaction, trust and belonging at which word of mouth has weight 1."""
    quality_pull: float = quantity(0.5, "1", (0.0, 10.0), "M05")
    """Extra external arrivals when every request is solved."""


@kernel()
def step(t, day):
    """Let today's applicants arrive at the gate.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    p = t.params[0].arrival
    pool = t.params[0].prospects
    partnership_state = t.partnership_state[0]
    left = prospects.left(t, day)
    most = prospects.BOUNDLESS
    paid = _paid_visits(t, day)
    partner = partnership_state.pending_exposure
    if pool.is_shared:
        most = prospects.room_in_pool(t, day)
        paid *= prospects.still_out(t, Route.PAID.value, pool.paid_reach, day)
        partner *= prospects.still_out(t, Route.PARTNER.value, 1.0, day)
    t.arrival_state[0].word = _mood(t, day, p)
    pull = 1.0 + p.quality_pull * t.settlement_state[0].answered_share
    found = left * p.p_external * pull * math.exp(p.trend * day)
    heard = left * p.q_imitation * _advocates(t, day, p)
    aim = 2.0 * t.policy[0].acquisition.targeting_accuracy - 1.0
    fits = prospects.Aim.INTERESTED.value
    prospects.come(t, Route.ORGANIC.value, found, most, 0.0, fits)
    prospects.come(t, Route.WORD_OF_MOUTH.value, heard, most, 0.0, fits)
    prospects.come(t, Route.PAID.value, paid, most, aim, fits)
    prospects.come(t, Route.PARTNER.value, partner, most, 0.0, fits)
    partnership_state.pending_exposure = 0.0
    t.daily[day, mt.PROSPECTS] = prospects.left(t, day)


@compiled()
def _mood(t, day, p):
    """Mean of belonging, satisfaction and trust of yesterday."""
    if day == 0:
        return p.advocacy_neutral
    before = t.daily[day - 1]
    return (before[mt.BELONGING] + before[mt.SATISFACTION] + before[mt.TRUST]) / 3.0


@compiled()
def _advocates(t, day, p):
    """Active members per head of the market, weighted by how willing they are to recommend."""
    if p.market_size <= 0.0:
        return 0.0
    if day == 0:
        return t.people_state[0].n_members / p.market_size
    return t.daily[day - 1, mt.ACTIVE_28D] / p.market_size * _mood(t, day, p) / p.advocacy_neutral


@compiled()
def _paid_visits(t, day):
    """Interested visitors that this day's part of the media budget buys."""
    lever = t.policy[0].acquisition
    if lever.media_week_cents <= 0:
        return 0.0
    wanted = fund.share_of(lever.media_week_cents, day % 7, 7)
    paid = fund.pay(t, day, fund.MEDIA, fund.BRAND_POOL, fund.OUTSIDE, wanted, fund.NOBODY)
    return paid / lever.media_cost_cents
