"""Accounts of deals: the split, what each side makes of it, disputes, renewal, and the end."""

from __future__ import annotations

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents import feelings
from plaza_lab.agents.deal import Gift, Scope, Split
from plaza_lab.agents.decisions import bargaining
from plaza_lab.agents.partner import Deal, Goal
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp
from plaza_lab.sim import decisions
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.randomness import U64, agent_key, day_key, normal, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import deals, fund, rivalry

ACCOUNT_WEEKS = 13
"""Weeks between accounts where there are no reviews; assumption."""
CASCADE_DAYS = 91
HALF_YEAR = 182
USER_LEVEL_WORTH = 3.0
"""Worth of user-level data, relative to aggregates; assumption."""


@compiled()
def interval(lever):
    """Days between accounts."""
    return 7 * (lever.review_weeks if lever.review_weeks > 0 else ACCOUNT_WEEKS)


@compiled()
def stake(day, deal):
    """What a deal has cost the partner a month so far, cents."""
    return max(1.0, deal.cost_cents / max(1.0, (day - deal.signed) / MONTH))


@compiled()
def outside(t, day, deal):
    """What the partner could gain elsewhere with its stake, cents a month."""
    return rivalry.elsewhere(t) * usual_outside(t, day, deal)


@compiled()
def usual_outside(t, day, deal):
    """The same where no rival makes an offer."""
    year = deals.year_stake(t, i8(deal.partner), stake(day, deal))
    return t.params[0].partnership.outside_month * year


@compiled()
def surplus(t, day, d, lever):
    """What the partner believes to gain over its other chances, relative to its stake a month."""
    deal = t.deals[d]
    return (deal.belief - outside(t, day, deal)) / stake(day, deal) + lever.exit_penalty


@compiled()
def around(t, day, d):
    """What else moves a partner to stay or to go, see ``partnering.END``."""
    deal = t.deals[d]
    k = i8(deal.partner)
    is_disputed = deal.disputed >= 0 and day - deal.disputed <= HALF_YEAR
    rivals = 0.0
    for e in range(t.deals.shape[0]):
        other = t.deals[e]
        if other.partner >= 0 and e != d and deals.is_live(other.state):
            is_alike = t.partners[other.partner].category == t.partners[k].category
            if is_alike and other.signed > deal.signed:
                rivals += 1.0
    gone = 0.0
    for back in range(1, min(day, CASCADE_DAYS) + 1):
        gone += t.daily[day - back, mt.PARTNER_EXITS]
    kept = max(1.0, deals.active(t, day)) / f8(deal.signed_active)
    crisis = 1.0 if is_disputed or deal.strained else 0.0
    return ((day - deal.signed) / MONTH, crisis, rivals, kept, gone)


@compiled()
def review(t, day, d, lever):
    """Take the accounts: split, trust, beliefs, and what follows from them."""
    deal = t.deals[d]
    p = t.params[0].contract
    months = interval(lever) / MONTH
    _credit_views(t, day, d, lever, p, months)
    deviation = _settle(t, day, d, p)
    deal.deviation = deviation
    t.daily[day, mt.SHARE_DEVIATION] = 100.0 * deviation
    tolerated = p.clear_tolerance if lever.has_clear_rule else p.tolerance
    excess = max(0.0, deviation - tolerated)
    kept = min(1.0, deal.kept_cents / deal.promised_cents) if deal.promised_cents > 0 else 1.0
    partner = t.partners[deal.partner]
    openness = 2.0 * lever.is_open_books + lever.has_meetings
    feelings.set_trust(
        partner, bargaining.trust_after(f8(partner.trust), kept, openness, excess, p)
    )
    key = agent_key(day_key(t.run_state[0].seed_key, decisions.PARTNER_SEES, day), partner.uid)
    _learn(t, d, max(1.0, (day - deal.signed) / MONTH), lever, p, key)
    deal.effort = deals.effort_by(t, deal.split, i8(deal.partner)) * (0.5 if deal.strained else 1.0)
    deal.given_cents = 0
    deal.received_cents = 0
    deal.host_given_cents = 0
    deal.host_received_cents = 0
    deal.promised_cents = 0
    deal.kept_cents = 0
    deal.review_day = day + interval(lever)
    deals.put(t, d, Deal.IN_REVIEW, day)
    _conclude(t, day, d, excess, months, lever, p, key)


@compiled()
def _credit_views(t, day, d, lever, p, months):
    """Views of its items, and shared data, are worth something to the partner."""
    deal = t.deals[d]
    partner = t.partners[deal.partner]
    views = f8(partner.exposures)
    worth = t.params[0].partnership.view_value_cents
    deals.credit(t, deal, Goal.IMAGE.value, views * worth)
    deal.got[Gift.AUDIENCE.value] += views
    deal.host_gave[Gift.AUDIENCE.value] += views
    partner.exposures = 0
    if deal.scope != Scope.NONE and not t.partnership_state[0].is_blocked:
        level = USER_LEVEL_WORTH if deal.scope == Scope.USER_LEVEL else 1.0
        deals.credit(t, deal, Goal.KNOWLEDGE.value, p.insight_cents * level * months)
        deals.credit_host(t, deal, p.insight_cents * level * months)
        deal.got[Gift.DATA.value] += level * months
        deal.host_gave[Gift.DATA.value] += level * months
    distance = f8(partner.culture) * (1.0 - p.culture_relief * lever.has_culture_work)
    key = agent_key(day_key(t.run_state[0].seed_key, decisions.OFFENCE, day), partner.uid)
    if uniform(key, U64(0)) < 1.0 - exp(-p.offence_view * distance * views):
        feelings.lower_trust(partner, p.offence_loss)
        t.daily[day, mt.CULTURE_OFFENCES] += 1.0


@compiled()
def _settle(t, day, d, p):
    """Move benefit toward the agreed split, as far as it is money; how far shares are apart."""
    deal = t.deals[d]
    k = i8(deal.partner)
    own, host = f8(deal.received_cents), f8(deal.host_received_cents)
    given = deal.given_cents + deal.host_given_cents
    fair = deal.given_cents / given if given > 0 else 0.5
    if deal.split != Split.FIXED_FEE:
        share = deals.share_by(t, deal.split, k, f8(deal.given_cents), f8(deal.host_given_cents))
        gap = i8(bargaining.kept_after_split(own, host, share, p.transferable) - own)
        if gap > 0:
            _pass_on(t, day, d, gap)
        else:
            back = deals.spend(t, day, fund.PARTNER_BENEFIT, k, fund.BRAND_POOL, -gap)
            deal.received_cents -= back
            deal.host_received_cents += back
            deals.gain(t, deal, -back, back)
            deal.gave[Gift.MONEY.value] += back / 100.0
            deal.host_got[Gift.MONEY.value] += back / 100.0
    total = deal.received_cents + deal.host_received_cents
    return abs(deal.received_cents / total - fair) if total > 0 and given > 0 else 0.0


@compiled()
def _pass_on(t, day, d, gap):
    """The host passes benefit on to the partner; what it cannot pay is a promise broken."""
    deal = t.deals[d]
    paid = deals.host_pays(t, day, fund.PARTNER_BENEFIT, i8(deal.partner), gap)
    deal.promised_cents += gap
    deal.kept_cents += paid
    deal.received_cents += paid
    deal.host_received_cents -= paid
    deals.gain(t, deal, paid, -paid)
    deal.host_gave[Gift.MONEY.value] += paid / 100.0
    deal.got[Gift.MONEY.value] += paid / 100.0


@compiled()
def _learn(t, d, months, lever, p, key):
    """Both sides see what a month brought up to the accounts before this one, with some error."""
    deal = t.deals[d]
    noise = p.perception * (0.5 if lever.is_open_books else 1.0)
    blur = exp(noise * normal(uniform(key, U64(1))) - 0.5 * noise * noise)
    host_blur = exp(noise * normal(uniform(key, U64(2))) - 0.5 * noise * noise)
    belief, doubt = bargaining.learned(deal.belief, deal.doubt, deal.last_gain, noise)
    deal.belief = belief
    deal.doubt = doubt + p.drift * belief * belief
    belief, doubt = bargaining.learned(
        deal.host_belief, deal.host_doubt, deal.host_last_gain, noise
    )
    deal.host_belief = belief
    deal.host_doubt = doubt + p.drift * belief * belief
    deal.last_gain = (deal.benefit_cents * blur - deal.cost_cents) / months
    deal.host_last_gain = (deal.host_benefit_cents * host_blur - deal.host_cost_cents) / months


@compiled()
def _conclude(t, day, d, excess, months, lever, p, key):
    """Dispute, ask for better terms, or have enough."""
    deal = t.deals[d]
    k = i8(deal.partner)
    deal.low_reviews = deal.low_reviews + 1 if deal.belief < outside(t, day, deal) else 0
    deal.host_low_reviews = deal.host_low_reviews + 1 if deal.host_belief < 0.0 else 0
    if deal.host_low_reviews >= 2:
        end(t, day, d, False)
        return
    hazard = bargaining.dispute_hazard(excess, f8(t.partners[k].trust), p)
    if uniform(key, U64(3)) < 1.0 - exp(-hazard * months):
        deal.disputed = day
        t.daily[day, mt.DEALS_DISPUTED] += 1.0
        deals.put(t, d, Deal.DISPUTED, day)
        return
    has_shrunk = deals.active(t, day) < (1.0 - p.shrinking) * deal.signed_active
    if lever.is_adaptive and (deal.low_reviews >= 2 or excess > 0.0 or has_shrunk):
        _renegotiate(t, day, d)


@compiled()
def _renegotiate(t, day, d):
    """Better terms: shares by contribution, if the host still gains; else the partner is cross."""
    deal = t.deals[d]
    if deal.host_belief > 0.0 and deal.split != Split.CONTRIBUTION:
        deal.split = Split.CONTRIBUTION
        deal.strained = 0
    elif deal.split != Split.CONTRIBUTION:
        deal.strained = 1
    deal.signed_active = max(1.0, deals.active(t, day))


@compiled()
def thaw(t, day, d, lever):
    """A frozen deal is mended, with shares by contribution, or it ends."""
    deal = t.deals[d]
    p = t.params[0].contract
    partner = t.partners[deal.partner]
    key = agent_key(day_key(t.run_state[0].seed_key, decisions.PARTNER_MENDS, day), partner.uid)
    chance = bargaining.mends(f8(lever.has_mediation), f8(lever.is_open_books), f8(partner.trust))
    if uniform(key, U64(0)) >= chance:
        end(t, day, d, False)
        return
    deal.split = Split.CONTRIBUTION
    feelings.set_trust(partner, min(1.0, f8(partner.trust) + p.mended_trust))
    deal.review_day = day + interval(lever)
    deals.put(t, d, Deal.RENEWED if deal.is_renewed else Deal.ACTIVE, day)


@compiled()
def renew(t, day, d, lever):
    """At the end of its term a deal goes on where both sides believe that it pays."""
    deal = t.deals[d]
    k = i8(deal.partner)
    partner = t.partners[k]
    prices = t.params[0].partnership
    signing = prices.old_partner * prices.sign_share * deals.year_stake(t, k, stake(day, deal))
    factor = bargaining.annuity(lever.term_weeks / 4.0)
    gain = deal.belief * factor - signing
    is_wanted = gain > outside(t, day, deal) * factor
    if not is_wanted or deal.host_belief <= 0.0:
        if not is_wanted and deal.host_belief > 0.0 and gain > usual_outside(t, day, deal) * factor:
            t.daily[day, mt.PARTNERS_LOST] += 1.0
        end(t, day, d, False)
        return
    paid = deals.spend(t, day, fund.COORDINATION, k, fund.OUTSIDE, i8(signing))
    deals.bear(t, deal, paid, 0)
    deal.is_renewed = 1
    partner.pilots += 1
    partner.campaigns = 0
    deal.until = min(32000, day + 7 * lever.term_weeks)
    partner.until = deal.until
    deals.put(t, d, Deal.RENEWED, day)


@compiled()
def end(t, day, d, is_early):
    """End a deal: an early leaver pays what it owes, the purse goes home, the partner rests."""
    deal = t.deals[d]
    k = i8(deal.partner)
    partner = t.partners[k]
    lever = t.policy[0].partnership
    p = t.params[0].contract
    if is_early and lever.exit_penalty > 0.0 and deal.until > day:
        a_day = deal.cost_cents / max(1.0, f8(day - deal.signed))
        owed = i8(lever.exit_penalty * a_day * (deal.until - day))
        paid = deals.spend(t, day, fund.PARTNER_BENEFIT, k, fund.BRAND_POOL, owed)
        deals.gain(t, deal, 0, paid)
        deals.bear(t, deal, paid, 0)
    deals.spend(t, day, fund.PARTNER_BUDGET, k, fund.OUTSIDE, i8(partner.purse_cents))
    deals.put(t, d, Deal.ENDED, day)
    partner.until = min(32000, day + p.away_days)
    partner.slot = -1
    partner.pilots += 1
    t.daily[day, mt.PARTNER_EXITS] += 1.0
