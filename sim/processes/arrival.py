"""Arrival: who comes to the gate today, by which route.

Every route has a queue of potential persons, numbered slots. The expected number of arrivals
accumulates, and slot ``k`` arrives when it passes the sum of ``k + 1`` exponential draws. A policy
that speeds a route up brings the same persons earlier; it does not swap them for others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from agents.compiled import compiled, kernel
from agents.member import Route
from agents.quantity import quantity
from sim import decisions
from sim.randomness import day_key, exponential, lineage, uniform
from sim.recording import metrics as mt
from sim.world import fund

SOURCE = "science.md A.1 (Bass 1969); M01, M02, M05"
READS = (
    "clock.n_members",
    "clock.n_founders",
    "clock.answered_share",
    "clock.pending_exposure",
    "clock.content_arrivals",
    "daily.active_28d",
    "daily.belonging",
    "daily.satisfaction",
    "daily.trust",
    "balances",
)
WRITES = (
    "clock.exposure",
    "clock.threshold",
    "clock.slots",
    "clock.n_applicants",
    "applicants",
    "clock.pending_exposure",
    "clock.content_arrivals",
    "clock.n_journal",
    "clock.journal_lost",
    "journal",
    "balances",
    "daily.applicants",
    "daily.fund_out_yuan",
    "daily.policy_stops",
)


@dataclass(frozen=True)
class Params:
    """The market outside."""

    market_size: float = quantity(
        20_000.0,
        unit="persons",
        low=0.0,
        high=1e10,
        source="assumption",
        doc="Persons who might ever join (Bass market potential).",
    )
    p_external: float = quantity(
        3e-5,
        unit="1/day",
        low=0.0,
        high=0.1,
        source="science A.1 (1e-5..1e-3)",
        doc="Hazard of finding the community by oneself.",
    )
    q_imitation: float = quantity(
        2e-3,
        unit="1/day",
        low=0.0,
        high=1.0,
        source="science A.1 (5e-4..1e-2)",
        doc="Hazard of following word of mouth when everybody were an active, advocating member.",
    )
    trend: float = quantity(
        0.0,
        unit="1/day",
        low=-0.05,
        high=0.05,
        source="assumption",
        doc="Log growth of the external hazard.",
    )
    advocacy_neutral: float = quantity(
        0.4,
        unit="1",
        low=0.01,
        high=1.0,
        source="assumption",
        doc="Mean of satisfaction, trust and belonging at which word of mouth has weight 1.",
    )
    quality_pull: float = quantity(
        0.5,
        unit="1",
        low=0.0,
        high=10.0,
        source="M05",
        doc="Extra external arrivals when every request is solved.",
    )


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
    clock = t.clock[0]
    gone = clock.n_founders
    for route in range(1, 6):
        gone += clock.slots[route]
    left = max(0.0, p.market_size - gone)
    pull = 1.0 + p.quality_pull * clock.answered_share
    _arrive(
        t,
        Route.ORGANIC.value,
        left * p.p_external * pull * math.exp(p.trend * day) + clock.content_arrivals,
    )
    clock.content_arrivals = 0.0
    _arrive(t, Route.WORD_OF_MOUTH.value, left * p.q_imitation * _advocates(t, day, p))
    _arrive(t, Route.PAID.value, _paid_visits(t, day))
    _arrive(t, Route.PARTNER.value, clock.pending_exposure)
    clock.pending_exposure = 0.0
    t.daily[day, mt.APPLICANTS] = clock.n_applicants


@compiled()
def _advocates(t, day, p):
    """Active members per head of the market, weighted by how willing they are to recommend."""
    if p.market_size <= 0.0:
        return 0.0
    if day == 0:
        return t.clock[0].n_members / p.market_size
    before = t.daily[day - 1]
    mood = (before[mt.BELONGING] + before[mt.SATISFACTION] + before[mt.TRUST]) / 3.0
    return before[mt.ACTIVE_28D] / p.market_size * mood / p.advocacy_neutral


@compiled()
def _paid_visits(t, day):
    """Interested visitors that this day's part of the media budget buys."""
    lever = t.policy[0].acquisition
    if lever.media_week_cents <= 0:
        return 0.0
    wanted = fund.share_of(lever.media_week_cents, day % 7, 7)
    paid = fund.pay(t, day, fund.MEDIA, fund.BRAND_POOL, fund.OUTSIDE, wanted, fund.NOBODY)
    return paid / lever.media_cost_cents


@compiled()
def _arrive(t, route, expected):
    clock = t.clock[0]
    key = day_key(clock.seed_key, decisions.ARRIVE, route)
    clock.exposure[route] += expected
    while (
        clock.exposure[route] >= clock.threshold[route]
        and clock.n_applicants < t.applicants.shape[0]
    ):
        slot = clock.slots[route]
        applicant = t.applicants[clock.n_applicants]
        applicant.uid = lineage(route, slot)
        applicant.route = route
        applicant.inviter = -1
        clock.n_applicants += 1
        clock.slots[route] = slot + 1
        clock.threshold[route] += exponential(uniform(key, slot + 1))
