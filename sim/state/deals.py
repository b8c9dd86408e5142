"""Deals with partners: one row each, several at once, and what each side gave and received.

Every partner has a purse of its own; together the purses are the account ``partner`` of the fund.
A partner's rows of the journal bear the number ``-2 - k`` in place of a member's row.
"""

from __future__ import annotations

import math

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.deal import Form, Gift, Scope, Split
from plaza_lab.agents.decisions.bargaining import effort, look
from plaza_lab.agents.partner import DEPARTMENTS, Deal
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import cos
from plaza_lab.sim import draw_ids
from plaza_lab.sim.randomness import ALWAYS, U64, day_key, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import agreement, fund, items

DEAL_ROWS = 64
"""Deals that are remembered; the one that ended first makes room for a new one."""


@compiled()
def is_live(state):
    """Whether a deal is signed and work goes on."""
    return state == Deal.ACTIVE or state == Deal.RENEWED or state == Deal.IN_REVIEW


@compiled()
def is_open(state):
    """Whether a deal is being talked about, or is signed and has not ended."""
    return state != Deal.POOL and state != Deal.ENDED


@compiled()
def n_open(t):
    """Deals that are open."""
    n = 0
    for d in range(t.deals.shape[0]):
        if t.deals[d].partner >= 0 and is_open(t.deals[d].state):
            n += 1
    return n


@compiled()
def runs(t, d, form):
    """Whether a deal of this form is at work today."""
    deal = t.deals[d]
    return deal.partner >= 0 and deal.form == form and is_live(deal.state)


@compiled()
def is_asked(t, form):
    """Whether the policy is out for this form, alone or among others."""
    wanted = t.policy[0].partnership.form
    return wanted == form or wanted == Form.PORTFOLIO


@compiled()
def free_row(t):
    """Row for a new deal: an empty one, or the one that ended first; -1 when all are open."""
    best = -1
    for d in range(t.deals.shape[0]):
        deal = t.deals[d]
        if deal.partner < 0:
            return d
        if deal.state == Deal.ENDED and (best < 0 or deal.since < t.deals[best].since):
            best = d
    return best


@compiled()
def put(t, d, state, day):
    """Put a deal, and its partner, into another state."""
    deal = t.deals[d]
    deal.state = state
    deal.since = day
    partner = t.partners[deal.partner]
    partner.deal = state
    partner.since = day


# ---- money


@compiled()
def fill(t, day, k, cents):
    """Put some of partner ``k``'s budget into its purse."""
    fund.transfer(t, day, fund.PARTNER_BUDGET, fund.OUTSIDE, fund.PARTNER, cents, i8(-2 - k))
    t.partners[k].purse_cents += max(0, cents)


@compiled()
def spend(t, day, purpose, k, payee, cents):
    """Pay from partner ``k``'s purse as far as it reaches; returns what was paid."""
    paid = max(0, min(cents, i8(t.partners[k].purse_cents)))
    fund.transfer(t, day, purpose, fund.PARTNER, payee, paid, i8(-2 - k))
    t.partners[k].purse_cents -= paid
    return paid


@compiled()
def grant(t, day, purpose, payer, k, cents):
    """Pay partner ``k`` from an account that need not be a pool."""
    fund.transfer(t, day, purpose, payer, fund.PARTNER, cents, i8(-2 - k))
    t.partners[k].purse_cents += max(0, cents)


@compiled()
def host_pays(t, day, purpose, k, cents):
    """Pay partner ``k`` from the brand's pool as far as it reaches; returns what was paid."""
    paid = fund.pay(t, day, purpose, fund.BRAND_POOL, fund.PARTNER, cents, i8(-2 - k))
    t.partners[k].purse_cents += paid
    return paid


@compiled()
def parts(cents, weight, other):
    """Two whole parts of an amount in proportion to weights; the rest of a cent goes first.

    Parameters
    ----------
    cents : int
        Amount, at least 0.
    weight, other : float
        Of the first and the second side, at least 0; both 0 share equally.

    Returns
    -------
    tuple of int
        They sum to ``cents`` exactly (largest remainder, ties to the first).
    """
    total = weight + other
    exact = cents * (weight / total if total > 0.0 else 0.5)
    first = i8(math.floor(exact))
    if exact - first >= 0.5:
        first += 1
    return first, cents - first


@compiled()
def reach_share(t, k):
    """Partner ``k``'s share of both audiences, 0 to 1."""
    reach = f8(t.partners[k].audience)
    return reach / (reach + t.people_state[0].n_members + 1.0)


@compiled()
def share_by(t, split, k, cost, host_cost):
    """Share of the benefit that a split gives partner ``k``, 0 to 1."""
    if split == Split.REACH:
        return reach_share(t, k)
    if split == Split.EQUAL or cost + host_cost <= 0.0:
        return 0.5
    return cost / (cost + host_cost)


@compiled()
def effort_by(t, split, k):
    """Effort of partner ``k`` under a split, 0 to 1; the paid side of a fee does a fifth."""
    p = t.params[0].partnership
    trust = f8(t.partners[k].trust)
    if split == Split.FIXED_FEE:
        return LEAST_EFFORT
    own = 1.0
    if split == Split.EQUAL:
        own = 0.5
    elif split == Split.REACH:
        own = reach_share(t, k)
    return effort(own, p.effort_worth, trust)


LEAST_EFFORT = 0.2
"""Effort of who is paid whatever comes of it; assumption (partners.md 1)."""


# ---- benefits and costs


@compiled()
def credit(t, deal, goal, cents):
    """Book a benefit of the partner, weighted by how much it wants of the kind."""
    worth = i8(4.0 * f8(t.partners[deal.partner].goals[goal]) * cents)
    deal.received_cents += worth
    gain(t, deal, worth, 0)


@compiled()
def credit_host(t, deal, cents):
    """Book a benefit of the host; it wants all four kinds alike."""
    deal.host_received_cents += i8(cents)
    gain(t, deal, 0, i8(cents))


@compiled()
def gain(t, deal, cents, host_cents):
    """Count what partner and host have gained; less than 0 where it was passed on."""
    state = t.partnership_state[0]
    deal.benefit_cents += cents
    deal.host_benefit_cents += host_cents
    state.benefit_cents += cents
    state.host_benefit_cents += host_cents


@compiled()
def bear(t, deal, cents, host_cents):
    """Count costs of partner and host."""
    state = t.partnership_state[0]
    deal.cost_cents += cents
    deal.host_cost_cents += host_cents
    state.cost_cents += cents
    state.host_cost_cents += host_cents


@compiled()
def charge(t, deal, cents):
    """Book a contribution of the partner."""
    deal.given_cents += cents
    bear(t, deal, cents, 0)


@compiled()
def charge_host(t, deal, promised, cents):
    """Book what the host promised to contribute, and what it did."""
    deal.host_given_cents += cents
    deal.promised_cents += promised
    deal.kept_cents += cents
    bear(t, deal, 0, cents)


@compiled()
def partner_part(lever):
    """Partner's part of what is spent together."""
    return lever.partner_share if lever.partner_share >= 0.0 else 1.0 - lever.host_share


@compiled()
def pay_together(t, day, d, cents, purpose):
    """Pay a cost by the agreed parts, as far as both can; what the partner and the host paid."""
    deal = t.deals[d]
    k = i8(deal.partner)
    lever = t.policy[0].partnership
    wanted, rest = parts(cents, lever.host_share, partner_part(lever))
    own = min(rest, i8(t.partners[k].purse_cents))
    asked = wanted * own // rest if rest > 0 else wanted
    paid = fund.pay(t, day, purpose, fund.BRAND_POOL, fund.OUTSIDE, asked, fund.NOBODY)
    if paid < asked:
        own = own * paid // asked
    own = spend(t, day, purpose, k, fund.OUTSIDE, own)
    charge(t, deal, own)
    charge_host(t, deal, asked, paid)
    deal.gave[Gift.MONEY.value] += own / 100.0
    deal.host_gave[Gift.MONEY.value] += paid / 100.0
    return own, paid


@compiled()
def expect(t, deal, visits):
    """Let persons come to the gate today because of a deal."""
    deal.today += visits
    deal.visits += visits
    deal.host_got[Gift.AUDIENCE.value] += visits
    deal.gave[Gift.AUDIENCE.value] += visits
    t.partnership_state[0].pending_exposure += visits


@compiled()
def source(t, uid):
    """Deal that brought a person who comes today through partners, by chance; -1 for none."""
    total = 0.0
    for d in range(t.deals.shape[0]):
        total += t.deals[d].today
    if total <= 0.0:
        return -1
    u = uniform(day_key(t.run_state[0].seed_key, draw_ids.DEAL_SOURCE, ALWAYS), uid) * total
    last = -1
    for d in range(t.deals.shape[0]):
        if t.deals[d].today > 0.0:
            last = d
            u -= t.deals[d].today
            if u < 0.0:
                return d
    return last


@compiled()
def publish(t, day, deal, quality, is_promotion, number):
    """Publish an item of the partner in the feed."""
    k = deal.partner
    base = day_key(t.run_state[0].seed_key, draw_ids.PARTNER_ITEM, day)
    key = base + U64(1_000_003) * U64(number) + U64(t.partners[k].uid)
    topic = i8(items.TOPICS * uniform(key, U64(1)))
    items.add(t, day, key, -2 - k, topic, items.Source.PARTNER.value, quality, 0.0, items.NO,
              is_promotion, items.NO)  # fmt: skip
    deal.gave[Gift.CONTENT.value] += 1.0
    deal.host_got[Gift.CONTENT.value] += 1.0
    t.daily[day, mt.PARTNER_ITEMS] += 1.0


@compiled()
def data_lift(t, scope, p):
    """Log-odds that shared data add to a visit of those who match, while they may flow."""
    if t.partnership_state[0].is_blocked:
        return 0.0
    if scope == Scope.USER_LEVEL:
        return p.user_data_lift
    return p.aggregate_data_lift if scope == Scope.AGGREGATE else 0.0


# ---- what partners see


@compiled()
def active(t, day):
    """Members active in the 28 days before today."""
    return f8(t.daily[day - 1, mt.ACTIVE_28D]) if day > 0 else f8(t.people_state[0].n_members)


@compiled()
def host_looks(t, day, k):
    """How good the host looks to partner ``k``: size, activity, incidents, promotion, rivals."""
    incidents = 0.0
    shown = 0.0
    promoted = 0.0
    for back in range(1, min(364, day) + 1):
        row = t.daily[day - back]
        incidents += row[mt.PRIVACY_INCIDENTS] + row[mt.PUBLIC_INCIDENTS] + row[mt.LEAKS]
        if back <= 28:
            shown += row[mt.IMPRESSIONS]
            promoted += row[mt.PROMO_VIEWS]
    rivals = 0.0
    for d in range(t.deals.shape[0]):
        other = t.deals[d]
        is_other = other.partner >= 0 and other.partner != k and is_live(other.state)
        if is_other and relation(t, k, other.partner) < RIVAL:
            rivals += 1.0
    here = active(t, day)
    share = here / max(1.0, f8(t.people_state[0].n_members))
    return look(here, share, incidents, promoted / shown if shown > 0.0 else 0.2, rivals)


RIVAL = -0.5
"""Relation below which two partners are rivals; assumption (partners.md 1)."""


@compiled()
def relation(t, k, other):
    """How two partners stand to each other: rivals below -.5, complements above 0."""
    one, two = t.partners[k], t.partners[other]
    if one.category == two.category:
        return -cos(f8(one.taste) - f8(two.taste))
    return 0.5 * (f8(one.complement) + f8(two.complement))


@compiled()
def company(t, d, p):
    """Factor on what a deal brings, by partners who complement it."""
    factor = 1.0
    for e in range(t.deals.shape[0]):
        other = t.deals[e]
        if e != d and other.partner >= 0 and is_live(other.state):
            factor += p.complement_gain * max(0.0, relation(t, t.deals[d].partner, other.partner))
    return factor


@compiled()
def coordination_cents(t, k):
    """Cost a month of working together, both sides: more departments, deals and distance."""
    p = t.params[0].contract
    lever = t.policy[0].partnership
    partner = t.partners[k]
    people = math.sqrt(agreement.host_departments(t) * DEPARTMENTS[partner.kind])
    others = 1.0 + p.portfolio_cost * max(0, n_open(t) - 1)
    distance = f8(partner.culture) * (1.0 - p.culture_relief * lever.has_culture_work)
    met = 1.0 - p.meeting_relief * lever.has_meetings
    return p.coordination_cents * people * others * (1.0 + distance) * met


@compiled()
def year_stake(t, k, month_cents):
    """What partner ``k`` puts into a deal in a year of 13 months, at most its budget; cents."""
    return min(f8(t.partners[k].budget_cents), 13.0 * month_cents)
