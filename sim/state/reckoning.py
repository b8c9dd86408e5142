"""Reckoning: what a deal would be worth to each side, as each sees it, before it is made.

Every form says once a week what it would bring with each candidate (:func:`promises`), by the fit
that host and partner see; here that is weighed against cost, signing and other chances.
"""

from __future__ import annotations

import math

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.deal import Form, Split
from plaza_lab.agents.decisions import bargaining
from plaza_lab.engine.compiled import compiled
from plaza_lab.sim import draw_ids
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, normal, uniform
from plaza_lab.sim.state import deals, rivalry

SIDES = 2
"""Host and partner, in this order."""
NUMBERS = 4
"""Host's and partner's benefit, host's and partner's cost; cents a month."""


FORMS = len(Form)


@compiled()
def row_of(k, form, side):
    """Row of ``t.chances`` for a candidate, a form and a side."""
    return (k * FORMS + form) * SIDES + side


@compiled()
def is_due(day):
    """Whether forms say today what they would bring: the day before partners are chosen."""
    return day % 7 == 6


@compiled()
def n_candidates(t):
    """Candidates in the pool."""
    return min(i8(t.policy[0].partnership.pool), i8(t.partners.shape[0]))


@compiled()
def is_known(t, k):
    """Whether any form has said what it would bring with candidate ``k``."""
    for form in range(FORMS):
        for number in range(NUMBERS):
            if t.chances[row_of(k, form, 0), number] != 0.0:
                return True
    return False


@compiled()
def _view(t, k, index):
    """Error of a side about fit with partner ``k``; smaller after deals with it."""
    partner = t.partners[k]
    p = t.params[0].partnership
    base = day_key(t.run_state[0].seed_key, draw_ids.PARTNER_VIEW, ALWAYS)
    key = agent_key(base, partner.uid)
    noise = p.fit_noise / math.sqrt(1.0 + partner.pilots)
    return noise * normal(uniform(key, U64(2 * partner.pilots + index)))


@compiled()
def seen_fit(t, k, index):
    """Fit with partner ``k`` as the host (0) or the partner (1) sees it, 0 to 1."""
    return min(1.0, max(0.0, f8(t.partners[k].fit) + _view(t, k, index)))


def promises(form, expected):
    """Make the rule by which a form says what it would bring with each candidate.

    Parameters
    ----------
    form : Form
        Which one.
    expected : compiled function
        ``expected(t, day, k, fit, p)``: host's and partner's benefit, host's and partner's cost,
        cents a month, with partner ``k`` by a fit from 0 to 1; ``p`` are the prices of
        ``plaza_lab.sim.mechanisms.partners.partnership.Params``.

    Returns
    -------
    compiled function
        ``promise(t, day)``: writes ``t.chances`` as host and partner see it, on the days before
        partners are chosen.
    """
    number_of_form = form.value

    @compiled()
    def promise(t, day):
        if not is_due(day):
            return
        p = t.params[0].partnership
        for k in range(n_candidates(t)):
            for side in range(SIDES):
                numbers = expected(t, day, k, seen_fit(t, k, side), p)
                for number in range(NUMBERS):
                    t.chances[row_of(k, number_of_form, side), number] = numbers[number]

    return promise


@compiled()
def score(t, k):
    """Score of a candidate: goal, culture, image, complement, security, as the host sees them."""
    partner = t.partners[k]
    apart = 0.0
    for goal in range(4):
        apart += 0.5 * abs(f8(partner.goals[goal]) - 0.25)
    near = 1.0 - f8(partner.culture) / 3.0
    total = 1.0 - apart + near + f8(partner.fit) + f8(partner.complement) + f8(partner.security)
    return min(1.0, max(0.0, 0.2 * total + _view(t, k, 0)))


@compiled()
def worths(t, k, form, index, lever, p):
    """What a deal is worth over its term, as the host (0) or the partner (1) sees it.

    Returns
    -------
    tuple of float
        Worth to the partner, its other chances over that time, worth to the host, the factor from a
        month to the term, and the cost of signing; cents.
    """
    partner = t.partners[k]
    row = row_of(k, form, index)
    host, own = t.chances[row, 0], t.chances[row, 1]
    host_cost, cost = t.chances[row, 2], t.chances[row, 3]
    half = 0.5 * deals.coordination_cents(t, k)
    share = deals.share_by(t, lever.split, k, cost + half, host_cost + half)
    fee = 0.0
    kept = own
    if lever.split == Split.FIXED_FEE:
        fee = f8(lever.fee_month_cents)
    else:
        transferable = t.params[0].contract.transferable
        kept = bargaining.kept_after_split(own, host, share, transferable)
    factor = bargaining.annuity(lever.term_weeks / 4.0)
    stake = deals.year_stake(t, k, cost + half)
    signing = p.sign_share * stake * (p.old_partner if partner.pilots > 0 else 1.0)
    outside = p.outside_month * rivalry.elsewhere(t) * stake * factor
    worth = (kept + fee - cost - half) * factor - signing
    host_worth = (host + own - kept - fee - host_cost - half) * factor
    return worth, outside, host_worth, factor, signing


@compiled()
def best_form(t, k, lever, p):
    """Form for a deal with partner ``k``: the policy's, or what the host thinks brings both most.

    A form that is at work with somebody already is taken again only where no other promises gain.
    """
    if lever.form != Form.PORTFOLIO:
        return i8(lever.form)
    best = i8(Form.CO_MARKETING)
    most = -1e300
    for form in range(1, Form.PORTFOLIO.value):
        worth, outside, host_worth, _, _ = worths(t, k, form, 0, lever, p)
        gain = worth - outside + host_worth
        for d in range(t.deals.shape[0]):
            other = t.deals[d]
            if other.partner >= 0 and other.form == form and deals.is_open(other.state):
                gain = min(gain, 0.0)
        if gain > most:
            most = gain
            best = i8(form)
    return best
