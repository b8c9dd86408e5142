"""Partnership: who is asked, and what a deal would be worth to each side.

Both sides judge by an estimate of their own, never by what will come. They agree in ``talks``; what
a deal brings is the business of its form (the files beside this one); what becomes of it, of
``contract``.
"""

from __future__ import annotations

from plaza_lab.agents.deal import Form
from plaza_lab.agents.decisions import bargaining
from plaza_lab.agents.partner import Deal, PartnerClass
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, uniform
from plaza_lab.sim.state import deals, reckoning
from plaza_lab.sim.stepping import compiled, draw_ids, kernel, mt

SOURCE = "partners.md 1; M102, M103, M113, M133"
METRICS = (
    Metric("partner_items", "items", "items of partners", "T35"),
    Metric("partners", "partners", "partners with a deal at work", "T63", True),
)
STATE: tuple[Var, ...] = (
    Var("pending_exposure", "f8", "persons", "arrivals expected from partners today", "M105"),
    Var("benefit_cents", "i8", "cents", "partners' benefit so far", "M113"),
    Var("cost_cents", "i8", "cents", "partners' cost so far", "M113"),
    Var("host_benefit_cents", "i8", "cents", "host's benefit of partners so far", "M113"),
    Var("host_cost_cents", "i8", "cents", "host's cost of partners so far", "M113"),
    Var("leak_day", "i8", "day", "day of a leak not yet dealt with, -1 for none", "M110", -1),
    Var("leak_by", "i8", "row", "partner on whose side data leaked, -1 for the host", "M110", -1),
    Var("is_blocked", "i8", "flag", "a gap in protection stops the data of partners", "A18"),
)


@levers("partnership")
class Levers:
    """Choice of partners, and who pays."""

    form: Form = quantity(Form.NONE, "form", source="P23")
    """What is done together; portfolio: with each partner the form that promises most."""
    deals: int = quantity(1, "deals", (1, 32), "M102")
    """Deals at a time, talks included."""
    pool: int = quantity(5, "partners", (1, 32), "M102")
    """Candidates."""
    partner_class: PartnerClass = quantity(PartnerClass.BRAND, "class", source="M102")
    """Class of the candidates."""
    min_fit: float = quantity(0.5, "1", (0.0, 1.0), "M102")
    """Lowest score accepted: mean of goal, culture, image, complement and security, as seen."""
    seeks: bool = quantity(True, "flag", source="M102")
    """The host asks the best candidate; else it waits to be asked."""
    is_exclusive: bool = quantity(False, "flag", source="M104")
    """No rival of a partner is signed beside it."""
    has_counteroffers: bool = quantity(False, "flag", source="M113")
    """The host answers a refusal by a fee on top of the split."""
    host_share: float = quantity(0.5, "share", (0.0, 1.0), "M105")
    """Host's part of what is spent together."""
    partner_share: float = quantity(-1.0, "share", (-1.0, 1.0), "M105")
    """Partner's part of it; -1 for the rest."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        is_on = self.form != Form.NONE
        total = self.host_share + self.partner_share
        yield (
            is_on and self.partner_share >= 0.0 and abs(total - 1.0) > 1e-9,
            f"host_share and partner_share sum to {total:g}; make them sum to 1",
        )
        yield (
            is_on and -1.0 < self.partner_share < 0.0,
            f"partner_share={self.partner_share:g} is no share; "
            "give 0 to 1, or -1 for what host_share leaves",
        )


@params()
class Params:
    """The market of partners, prices, and how talks go."""

    fit_a: float = quantity(3.0, "1", (0.1, 50.0), "assumption (mechanisms.md 6.3: fit 0.6)")
    """First shape of the fit of candidates."""
    fit_b: float = quantity(2.0, "1", (0.1, 50.0), "assumption")
    """Second shape of fit."""
    overlap_a: float = quantity(
        3.0, "1", (0.1, 50.0), "assumption (mechanisms.md 6.3: overlap 0.3)"
    )
    """First shape of the overlap of audiences."""
    overlap_b: float = quantity(7.0, "1", (0.1, 50.0), "assumption")
    """Second shape of overlap."""
    audience_median: float = quantity(50_000.0, "persons", (0.0, 1e9), "assumption")
    """Median audience of a brand."""
    audience_ln_sd: float = quantity(0.8, "1", (0.0, 3.0), "assumption")
    """Spread of log audience."""
    budget_person_cents: float = quantity(
        100.0, "cents/person and year", (0.0, 1e6), "assumption (partners.md 1)"
    )
    """Budget of a partner for partnerships, by its audience."""
    culture_spread: float = quantity(
        0.375, "1", (0.0, 10.0), "assumption (partners.md 6, known answer 10)"
    )
    """Mean distance of cultures (Kogut & Singh index)."""
    first_trust: float = quantity(0.6, "1", (0.0, 1.0), "assumption (partners.md 1: .2-.9)")
    """Trust at the beginning."""
    outside_month: float = quantity(0.02, "1/month", (0.0, 0.1), "assumption (0-.1)")
    """What a partner can gain elsewhere, of what it puts in in a year."""
    fit_noise: float = quantity(0.2, "1", (0.0, 1.0), "assumption (partners.md 1)")
    """Error of either side about fit before the first deal."""
    negotiation_days: int = quantity(14, "days", (0, 364), "assumption")
    """Days a round of talks takes between two departments."""
    department_days: float = quantity(0.9, "days", (0.0, 30.0), "assumption (3 x .3)")
    """Days more for every further department."""
    most_rounds: int = quantity(4, "rounds", (1, 8), "assumption (1-8)")
    """Rounds until talks are given up."""
    accept_width: float = quantity(
        0.05, "1", (0.005, 0.5), "assumption (.02-.11; persons .11: Oosterbeek et al. 2004)"
    )
    """How far firms differ in the share they find fair."""
    rest_days: int = quantity(91, "days", (0, 3640), "assumption (partners.md 1)")
    """Days before who refused is asked again."""
    sign_share: float = quantity(0.03, "1", (0.0, 1.0), "assumption (partners.md 1: K_sign)")
    """Cost of signing, of what the partner puts in in a year."""
    old_partner: float = quantity(0.6, "1", (0.0, 1.0), "assumption (partners.md 1)")
    """Cost of signing again, relative to the first time."""
    rival_veto: float = quantity(0.8, "1", (0.0, 1.0), "assumption (partners.md 1)")
    """Chance that a rival's presence makes a partner refuse, where nothing is exclusive."""
    complement_gain: float = quantity(0.2, "1", (0.0, 2.0), "assumption (partners.md 1)")
    """What complements gain from each other."""
    effort_worth: float = quantity(2.0, "1", (0.1, 20.0), "assumption: half a share is enough")
    """What full effort brings, relative to its cost."""
    person_cost_cents: float = quantity(50.0, "cents/person", (0.01, 1e6), "assumption")
    """Cost of reaching one person of the audience, before many have been reached."""
    base_conversion: float = quantity(
        0.01, "1", (0.0, 1.0), "assumption (Hillstrom: conversion .57 %)"
    )
    """Persons reached who come to the gate, at fit 0.5, before wear."""
    fit_weight: float = quantity(
        1.0,
        "log-odds",
        (0.0, 20.0),
        "science A.15 (Hillstrom: visit lift x6.6 and x1.15 with fit; their geometric mean, 2.75)",
    )
    """Effect of fit from 0 to 1."""
    wear: float = quantity(0.05, "log-odds/week", (0.0, 1.0), "science A.15 (.02-.15)")
    """Wear-out of a campaign week."""
    aggregate_data_lift: float = quantity(0.095, "log-odds", (0.0, 2.0), "F50, F69, scaled")
    """What aggregate data add to a visit."""
    user_data_lift: float = quantity(0.262, "log-odds", (0.0, 2.0), "F50, F69, scaled")
    """What user-level data add to a visit."""
    view_value_cents: int = quantity(20, "cents/view", (0, 100_000), "assumption")
    """Worth of a view of its items to a partner."""
    recall_value_cents: float = quantity(
        18.0,
        "cents/person",
        (0.0, 100_000.0),
        "Gordon et al. 2022 (lower funnel +6 %) of an assumed .1 purchases of 30 yuan margin",
    )
    """Worth to a partner of a person of its own audience who has seen the campaign."""
    join_value_cents: int = quantity(
        12_000, "cents/join", (0, 10_000_000), "assumption (partners.md 1: 30-400 yuan)"
    )
    """Worth of a join to the host."""
    gate_share: float = quantity(0.5, "share", (0.0, 1.0), "assumption (partners.md 1)")
    """Visitors who join, as both sides reckon beforehand."""


def is_on(policy, world):
    """Whether partners are sought."""
    return bool(policy.partnership.form != Form.NONE)


@kernel()
def step(t, day):
    """Look for partners."""
    lever = t.policy[0].partnership
    if lever.form == Form.NONE:
        return
    p = t.params[0].partnership
    at_work = 0
    for d in range(t.deals.shape[0]):
        deal = t.deals[d]
        deal.today = 0.0
        if deal.partner >= 0 and deals.is_live(deal.state):
            at_work += 1
    if day % 7 == 0 and day > 0 and deals.n_open(t) < lever.deals:
        _choose(t, day, lever, p)
    t.daily[day, mt.PARTNERS] = at_work


# ---- whom to ask


@compiled()
def _has_rival(t, k, lever, p):
    """Whether partner ``k``, or a partner the host has, refuses because they are rivals."""
    for d in range(t.deals.shape[0]):
        other = t.deals[d]
        if other.partner < 0 or not deals.is_open(other.state):
            continue
        if deals.relation(t, k, other.partner) < deals.RIVAL:
            key = day_key(t.run_state[0].seed_key, draw_ids.PARTNER_VETO, ALWAYS)
            u = uniform(agent_key(key, t.partners[k].uid), t.partners[other.partner].uid)
            if lever.is_exclusive or u < p.rival_veto:
                return True
    return False


@compiled()
def _choose(t, day, lever, p):
    """Open talks with the best of those who can be asked, or who ask themselves."""
    best = -1
    best_score = lever.min_fit
    for k in range(min(lever.pool, t.partners.shape[0])):
        partner = t.partners[k]
        if partner.deal == Deal.ENDED and day >= partner.until:
            partner.deal = Deal.POOL
        if partner.deal != Deal.POOL or day < partner.until:
            continue
        if not reckoning.is_known(t, k):
            continue
        own = reckoning.score(t, k)
        if own < best_score or _has_rival(t, k, lever, p):
            continue
        if lever.seeks or _asks(t, day, k, lever, p):
            best = k
            best_score = own
    if best < 0:
        return
    d = deals.free_row(t)
    if d >= 0:
        _open(t, day, d, best, lever, p)


@compiled()
def _asks(t, day, k, lever, p):
    """Whether partner ``k`` asks for a deal this week."""
    form = reckoning.best_form(t, k, lever, p)
    worth, outside, _, _, _ = reckoning.worths(t, k, form, 1, lever, p)
    key = agent_key(
        day_key(t.run_state[0].seed_key, draw_ids.PARTNER_PROPOSE, day), t.partners[k].uid
    )
    return uniform(key, U64(0)) < bargaining.proposes(worth / 100.0, outside / 100.0)


@compiled()
def _open(t, day, d, k, lever, p):
    """Take a row for talks with partner ``k``."""
    deal = t.deals[d]
    deal.partner = k
    deal.form = reckoning.best_form(t, k, lever, p)
    deal.rounds = 0
    deal.signed = -1
    deal.fee_cents = 0
    deal.joins = 0
    deal.purchases = 0
    deal.visits = 0.0
    t.partners[k].slot = d
    deals.put(t, d, Deal.PROPOSED, day)
