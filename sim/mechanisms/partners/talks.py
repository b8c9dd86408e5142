"""Talks: rounds of offers and answers, and the signing of a deal.

An offer is the share of the joint surplus that the split gives the partner. Where the host makes
counteroffers, a refusal is answered by a fee on top, closer to what patience could get.
"""

from __future__ import annotations

from plaza_lab.agents.deal import N_GIFTS, Form
from plaza_lab.agents.decisions import bargaining
from plaza_lab.agents.partner import DEPARTMENTS, PATIENCE, Deal
from plaza_lab.sim.declaring import Metric
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.state import accounts, agreement, deals, fund, reckoning, rivalry
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "partners.md 1 (split, accept); M103, M113"
METRICS = (
    Metric("deals_signed", "deals", "deals signed", "T63"),
    Metric("deals_refused", "deals", "talks that came to nothing", "T63"),
)


TALKS = 2000
"""Number of the decision to hold talks with the first partner, beside those of alerts."""


def is_on(policy, world):
    """Whether partners are sought."""
    return bool(policy.partnership.form != Form.NONE)


@kernel()
def step(t, day):
    """Hold the rounds of talks that are due."""
    lever = t.policy[0].partnership
    if lever.form == Form.NONE:
        return
    for d in range(t.deals.shape[0]):
        deal = t.deals[d]
        if deal.partner >= 0 and (deal.state == Deal.PROPOSED or deal.state == Deal.NEGOTIATING):
            _talk(t, day, d, lever, t.params[0].partnership)


@compiled()
def _talk(t, day, d, lever, p):
    """A round of talks, when it is due: an offer, and the answer."""
    deal = t.deals[d]
    k = i8(deal.partner)
    heads = DEPARTMENTS[t.partners[k].kind] + agreement.host_departments(t) - 2.0
    wait = p.negotiation_days + (p.department_days * max(0.0, heads) if deal.rounds == 0 else 0.0)
    if day - deal.since < wait:
        return
    if deal.state == Deal.PROPOSED:
        deals.put(t, d, Deal.NEGOTIATING, day)
        if p.negotiation_days > 0:
            return
    if deal.rounds == 0 and agreement.is_lost(t, agreement.ALL, i8(deal.since), TALKS + k):
        t.daily[day, mt.DECISIONS_LOST] += 1.0
        _give_up(t, day, d, p, False)
        return
    form = deal.form
    worth, outside, host_worth, factor, cost = reckoning.worths(t, k, form, 1, lever, p)
    _, _, own_worth, _, _ = reckoning.worths(t, k, form, 0, lever, p)
    surplus = worth - outside + host_worth
    usual = outside / rivalry.elsewhere(t)
    is_lost = own_worth > 0.0 and worth < outside and worth >= usual  # but for the rival's offer
    if surplus <= 0.0 or own_worth <= 0.0:
        _give_up(t, day, d, p, is_lost)
        return
    share = (worth - outside) / surplus
    fee = 0.0
    if lever.has_counteroffers and deal.rounds > 0:
        star = 1.0 - bargaining.demand(t.params[0].contract.host_patience,
                                       PATIENCE[t.partners[k].kind])  # fmt: skip
        wanted = bargaining.offer(star, f8(deal.rounds))
        fee = max(0.0, wanted - share) * surplus
    key = agent_key(
        day_key(t.run_state[0].seed_key, draw_ids.PARTNER_ACCEPT, day), t.partners[k].uid
    )
    takes = bargaining.accepts(share + fee / surplus, p.accept_width)
    if fee <= own_worth and uniform(key, U64(0)) < takes:
        deal.fee_cents = i8(fee / factor)
        _sign(t, day, d, (worth + fee) / factor, (own_worth - fee) / factor, cost, lever)
        return
    deal.rounds += 1
    deal.since = day
    is_hopeless = share < 0.0 and not lever.has_counteroffers
    if deal.rounds >= p.most_rounds or is_hopeless:
        _give_up(t, day, d, p, is_lost)


@compiled()
def _give_up(t, day, d, p, is_lost):
    """Talks have failed; the partner is not asked again for some time."""
    deal = t.deals[d]
    deals.put(t, d, Deal.ENDED, day)
    partner = t.partners[deal.partner]
    partner.deal = Deal.POOL
    partner.slot = -1
    partner.until = min(32000, day + p.rest_days)
    deal.partner = -1
    t.daily[day, mt.DEALS_REFUSED] += 1.0
    if is_lost:
        t.daily[day, mt.PARTNERS_LOST] += 1.0


@compiled()
def _sign(t, day, d, belief, host_belief, cost, lever):
    """Sign: terms are taken down, the first month's money is put aside, lawyers are paid."""
    deal = t.deals[d]
    k = i8(deal.partner)
    partner = t.partners[k]
    deals.put(t, d, Deal.ACTIVE, day)
    deal.signed = day
    deal.until = min(32000, day + 7 * lever.term_weeks)
    partner.until = deal.until
    deal.split = lever.split
    deal.scope = lever.data_scope
    deal.strained = 0
    deal.is_renewed = 0
    deal.disputed = -1
    deal.signed_active = max(1.0, deals.active(t, day))
    deal.belief = belief
    deal.host_belief = host_belief
    deal.doubt = 0.25 * deal.belief * deal.belief
    deal.host_doubt = 0.25 * deal.host_belief * deal.host_belief
    deal.last_gain = deal.belief
    deal.host_last_gain = deal.host_belief
    deal.low_reviews = 0
    deal.host_low_reviews = 0
    _open_books(deal)
    deal.items_due = 0.0
    deal.reached_day = 0.0
    deal.stock = 0.0
    deal.units = 0
    deal.tired = 0.0
    deal.owed_cents = 0
    partner.exposures = 0
    partner.campaigns = 0
    deal.effort = deals.effort_by(t, lever.split, k)
    deal.host_effort = 1.0
    deal.review_day = day + accounts.interval(lever)
    deals.fill(t, day, k, i8(partner.budget_cents // 13))
    paid = deals.spend(t, day, fund.COORDINATION, k, fund.OUTSIDE, i8(cost))
    deals.bear(t, deal, paid, 0)
    t.daily[day, mt.DEALS_SIGNED] += 1.0


@compiled()
def _open_books(deal):
    """Begin the accounts of a deal."""
    deal.benefit_cents = 0
    deal.cost_cents = 0
    deal.host_benefit_cents = 0
    deal.host_cost_cents = 0
    deal.given_cents = 0
    deal.received_cents = 0
    deal.host_given_cents = 0
    deal.host_received_cents = 0
    deal.promised_cents = 0
    deal.kept_cents = 0
    deal.deviation = 0.0
    for kind in range(N_GIFTS):
        deal.gave[kind] = 0.0
        deal.got[kind] = 0.0
        deal.host_gave[kind] = 0.0
        deal.host_got[kind] = 0.0
