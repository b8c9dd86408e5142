"""Partnership: choose a fitting brand, contract, campaign together, share, review, part.

One deal at a time. The campaign spends a joint budget to reach the partner's audience; those
reached come to the gate by fit, less with every week of wear. Both sides keep count of what they
give and get; at reviews the split is settled and trust moves with fairness.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.partnering import stays
from plaza_lab.agents.partner import Deal, conversion
from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim import decisions
from plaza_lab.sim.levers import Clash, levers
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric
from plaza_lab.sim.state import fund, items

SOURCE = "science.md A.15; M102, M103, M105, M113"
METRICS = (
    Metric("partner_items", "items", "items of partner brands", "T35"),
    Metric("partners", "brands", "active partners", "T63", True),
    Metric("partner_trust", "1", "trust of active partners, mean", "T63", True),
    Metric(
        "share_deviation", "points", "received share - contribution share, absolute", "T63", True
    ),
    Metric("partner_exits", "brands", "deals ended", "T63"),
)
STATE: tuple[Var, ...] = (
    Var("partner_slot", "i8", "row", "partner of the running campaign, -1 for none", "M105", -1),
    Var("pending_exposure", "f8", "persons", "arrivals expected from partners today", "M105"),
)


class Form(enum.IntEnum):
    """Forms of partnership that run today."""

    NONE = 0
    CO_MARKETING = 1


class Split(enum.IntEnum):
    """How the benefit is shared (M113)."""

    EQUAL = 0
    CONTRIBUTION = 1


@levers("partnership")
class Levers:
    """Choice of partner, campaign and contract."""

    form: Form = quantity(Form.NONE, "form", source="M105")
    """none or co_marketing."""
    pool: int = quantity(5, "brands", (1, 32), "M102")
    """Candidate brands."""
    min_fit: float = quantity(0.5, "1", (0.0, 1.0), "M102")
    """Lowest fit accepted."""
    campaign_weeks: int = quantity(8, "weeks", (1, 104), "M105")
    """Campaign weeks in a contract."""
    term_weeks: int = quantity(26, "weeks", (1, 260), "M103")
    """Length of the contract."""
    review_weeks: int = quantity(4, "weeks", (1, 52), "M103")
    """Weeks between reviews."""
    budget_week_cents: int = quantity(200_000, "cents/week", (0, 1_000_000_000), "assumption")
    """Joint campaign budget a week, while the campaign runs."""
    host_share: float = quantity(0.5, "share", (0.0, 1.0), "M105")
    """Host's part of the budget."""
    split: Split = quantity(Split.CONTRIBUTION, "rule", source="M113")
    """How the benefit is split."""
    is_open_books: bool = quantity(True, "flag", source="M103")
    """Results are reported jointly."""

    def clashes(self, policy: Any) -> tuple[Clash, ...]:
        """List what these levers rule out, see ``check_policy``."""
        costs = self.host_share > 0 and self.budget_week_cents > 0
        return (
            (
                self.form != Form.NONE and costs and not policy.fund.has_brand_money,
                "the host's share of the campaign needs a brand budget; "
                "choose fund=brand_funded or partnership.host_share=0",
            ),
        )


@dataclass(frozen=True)
class Params:
    """The market of partners and how deals work out."""

    fit_a: float = quantity(3.0, "1", (0.1, 50.0), "assumption (mechanisms.md 6.3: fit 0.6)")
    """First shape of the fit of candidate brands."""
    fit_b: float = quantity(2.0, "1", (0.1, 50.0), "assumption")
    """Second shape of fit."""
    overlap_a: float = quantity(
        3.0, "1", (0.1, 50.0), "assumption (mechanisms.md 6.3: overlap 0.3)"
    )
    """First shape of the overlap of audiences."""
    overlap_b: float = quantity(7.0, "1", (0.1, 50.0), "assumption")
    """Second shape of overlap."""
    audience_median: float = quantity(50_000.0, "persons", (1.0, 1e9), "assumption")
    """Median audience."""
    audience_ln_sd: float = quantity(0.8, "1", (0.0, 3.0), "assumption")
    """Spread of log audience."""
    negotiation_days: int = quantity(14, "days", (0, 364), "assumption")
    """Days a negotiation takes."""
    person_cost_cents: float = quantity(50.0, "cents/person", (0.01, 1e6), "assumption")
    """Cost of reaching one person of the audience."""
    base_conversion: float = quantity(
        0.01, "1", (0.0, 1.0), "assumption (Hillstrom: conversion .57 %)"
    )
    """Persons reached who come to the gate, at fit 0.5, before wear."""
    fit_weight: float = quantity(
        1.0,
        "log",
        (0.0, 20.0),
        "science A.15 (Hillstrom: visit lift x6.6 and x1.15 with fit; their geometric mean, 2.75)",
    )
    """Log effect of fit from 0 to 1."""
    wear: float = quantity(0.05, "1/week", (0.0, 1.0), "science A.15 (.02-.15)")
    """Wear-out of a campaign week."""
    items_day: float = quantity(0.5, "items/day", (0.0, 50.0), "assumption")
    """Partner items in the feed while the campaign runs."""
    view_value_cents: int = quantity(20, "cents/view", (0, 100_000), "assumption")
    """Worth of a view of its items to the partner."""
    join_value_cents: int = quantity(3_000, "cents/join", (0, 10_000_000), "assumption")
    """Worth of a join to the host."""
    transferable: float = quantity(0.5, "share", (0.0, 1.0), "assumption")
    """Part of benefit that can be settled in money."""
    trust_gain: float = quantity(0.04, "1/review", (0.0, 1.0), "assumption (M103)")
    """Trust a fair, reported review adds."""
    trust_loss: float = quantity(0.4, "1", (0.0, 10.0), "science A.16 (k-/k+ 3-10)")
    """Trust lost per unit of unfair share."""
    tolerance: float = quantity(0.1, "share", (0.0, 1.0), "A29 (10 points)")
    """Deviation of shares that is tolerated."""
    least_trust: float = quantity(0.3, "1", (0.0, 1.0), "assumption (A29: 0.4 strained)")
    """Trust below which the partner leaves."""
    exit_hazard_month: float = quantity(
        0.015, "1/month", (0.0, 1.0), "science A.15 (half end in 3-5 years)"
    )
    """Hazard of leaving at a review, at neutral surplus and trust."""
    surplus_weight: float = quantity(
        1.0, "log-hazard", (0.0, 10.0), "assumption (science A.15: b1)"
    )
    """Per unit of relative surplus."""
    trust_weight: float = quantity(2.0, "log-hazard", (0.0, 10.0), "assumption (science A.15: b2)")
    """Per unit of trust."""
    surplus_cap: float = quantity(2.0, "1", (0.0, 100.0), "assumption")
    """Largest surplus that counts."""
    usual_trust: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """Trust that moves nothing."""


def is_on(policy, world):
    """Whether partners are sought."""
    return bool(policy.partnership.form != Form.NONE)


@kernel()
def step(t, day):
    """Run the deal of the day.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    lever = t.policy[0].partnership
    if lever.form == Form.NONE:
        return
    p = t.params[0].partnership
    state = t.partnership_state[0]
    if state.partner_slot < 0:
        if day % 7 == 0:
            _choose(t, day, lever)
    elif t.partners[state.partner_slot].deal == Deal.NEGOTIATING:
        _sign(t, day, lever, p)
    else:
        _live(t, day, lever, p)
    _report(t, day)


@compiled()
def _choose(t, day, lever):
    """Open talks with the best fitting free candidate."""
    best = -1
    for k in range(min(lever.pool, t.partners.shape[0])):
        partner = t.partners[k]
        is_fit = f8(partner.fit) >= lever.min_fit
        if (
            partner.deal == Deal.POOL
            and is_fit
            and (best < 0 or partner.fit > t.partners[best].fit)
        ):
            best = k
    if best >= 0:
        t.partners[best].deal = Deal.NEGOTIATING
        t.partners[best].since = day
        t.partnership_state[0].partner_slot = best


@compiled()
def _sign(t, day, lever, p):
    partner = t.partners[t.partnership_state[0].partner_slot]
    if day - partner.since < p.negotiation_days:
        return
    partner.deal = Deal.ACTIVE
    partner.since = day
    partner.until = min(32000, day + 7 * lever.term_weeks)
    partner.campaigns = 0


@compiled()
def _live(t, day, lever, p):
    """A day of an active deal."""
    partner = t.partners[t.partnership_state[0].partner_slot]
    age = day - partner.since
    joins = i8(t.daily[day, mt.JOINS_PARTNER])
    partner.joins += joins
    partner.host_received_cents += joins * p.join_value_cents
    if age < 7 * lever.campaign_weeks:
        _campaign(t, day, age, lever, p)
    if age > 0 and age % (7 * lever.review_weeks) == 0:
        _review(t, day, lever, p)
    if partner.deal == Deal.ACTIVE and day >= partner.until:
        _end(t, day)


@compiled()
def _campaign(t, day, age, lever, p):
    """Spend the day's budget, reach part of the audience, publish the partner's items."""
    state = t.partnership_state[0]
    partner = t.partners[state.partner_slot]
    wanted = fund.share_of(lever.budget_week_cents, age % 7, 7)
    host = i8(wanted * lever.host_share)
    paid = fund.pay(t, day, fund.CAMPAIGN, fund.BRAND_POOL, fund.OUTSIDE, host, fund.NOBODY)
    given = wanted - host
    if paid < host:
        given = given * paid // host
    fund.transfer(t, day, fund.CAMPAIGN, fund.PARTNER, fund.OUTSIDE, given, fund.NOBODY)
    partner.given_cents += given
    partner.host_given_cents += paid
    if age % 7 == 6:
        partner.campaigns += 1
    left = f8(partner.audience) - partner.shown
    reached = min(max(0.0, left), (paid + given) / p.person_cost_cents)
    partner.shown += i8(reached)
    state.pending_exposure += reached * (1.0 - f8(partner.overlap)) * conversion(partner, p)
    key = agent_key(day_key(t.run_state[0].seed_key, decisions.PARTNER_ITEM, day), partner.uid)
    if uniform(key, U64(0)) < p.items_day:
        topic = i8(items.TOPICS * uniform(key, U64(1)))
        is_promotion = i8(uniform(key, U64(2)) < 0.5)
        items.add(
            t,
            day,
            key,
            -2 - state.partner_slot,
            topic,
            items.Source.PARTNER.value,
            0.2 + 0.5 * f8(partner.fit),
            0.0,
            items.NO,
            is_promotion,
            items.NO,
        )
        t.daily[day, mt.PARTNER_ITEMS] += 1.0


@compiled()
def _review(t, day, lever, p):
    """Settle the split, move trust by fairness, and see who stays."""
    partner = t.partners[t.partnership_state[0].partner_slot]
    partner.received_cents += partner.exposures * p.view_value_cents
    partner.exposures = 0
    given = partner.given_cents + partner.host_given_cents
    total = partner.received_cents + partner.host_received_cents
    fair = 0.5
    if given > 0:
        fair = partner.given_cents / given
    wanted = 0.5 if lever.split == Split.EQUAL else fair
    if total > 0:
        _settle(t, day, i8(wanted * total), p)
    share = partner.received_cents / total if total > 0 else fair
    deviation = abs(share - fair)
    t.daily[day, mt.SHARE_DEVIATION] = 100.0 * deviation
    trust = f8(partner.trust) - p.trust_loss * max(0.0, deviation - p.tolerance)
    if lever.is_open_books and deviation <= p.tolerance:
        trust = feelings.raised(trust, p.trust_gain)
    feelings.set_trust(partner, min(1.0, max(0.0, trust)))
    surplus = 0.0
    if partner.given_cents > 0:
        surplus = (partner.received_cents - partner.given_cents) / partner.given_cents
    key = agent_key(day_key(t.run_state[0].seed_key, decisions.PARTNER_REVIEW, day), partner.uid)
    partner.given_cents = 0
    partner.received_cents = 0
    partner.host_given_cents = 0
    partner.host_received_cents = 0
    is_trusting = f8(partner.trust) >= p.least_trust
    if not is_trusting or not stays(f8(partner.trust), surplus, p, uniform(key, U64(0))):
        _end(t, day)


@compiled()
def _settle(t, day, target, p):
    """Move benefit toward the agreed split through the clearing account, as far as it is money."""
    partner = t.partners[t.partnership_state[0].partner_slot]
    gap = target - partner.received_cents
    if gap > 0:
        amount = min(gap, i8(p.transferable * partner.host_received_cents))
        paid = fund.pay(
            t, day, fund.PARTNER_BENEFIT, fund.BRAND_POOL, fund.CLEARING, amount, fund.NOBODY
        )
        fund.transfer(t, day, fund.PARTNER_BENEFIT, fund.CLEARING, fund.PARTNER, paid, fund.NOBODY)
        partner.received_cents += paid
        partner.host_received_cents -= paid
    else:
        amount = min(-gap, i8(p.transferable * partner.received_cents))
        fund.transfer(
            t, day, fund.PARTNER_BENEFIT, fund.PARTNER, fund.CLEARING, amount, fund.NOBODY
        )
        fund.transfer(
            t, day, fund.PARTNER_BENEFIT, fund.CLEARING, fund.BRAND_POOL, amount, fund.NOBODY
        )
        partner.received_cents -= amount
        partner.host_received_cents += amount


@compiled()
def _end(t, day):
    partner = t.partners[t.partnership_state[0].partner_slot]
    partner.deal = Deal.ENDED
    partner.until = day
    t.partnership_state[0].partner_slot = -1
    t.daily[day, mt.PARTNER_EXITS] += 1.0


@compiled()
def _report(t, day):
    slot = t.partnership_state[0].partner_slot
    is_active = slot >= 0 and t.partners[slot].deal == Deal.ACTIVE
    t.daily[day, mt.PARTNERS] = 1.0 if is_active else 0.0
    if is_active:
        t.daily[day, mt.PARTNER_TRUST] = f8(t.partners[slot].trust)
