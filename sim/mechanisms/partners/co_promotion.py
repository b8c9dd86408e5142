"""Co-promotion: several brands share one channel and are shown to each other's buyers (M107).

Every further brand in the place takes attention from all. A buyer of one may buy of another, the
sooner where they complement each other.
"""

from __future__ import annotations

from plaza_lab.agents.deal import Form, Gift
from plaza_lab.agents.partner import Goal
from plaza_lab.engine.elementary import exp, power
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.declaring import levers, params, quantity
from plaza_lab.sim.state import deals, fund, reckoning
from plaza_lab.sim.state.dashboard import total
from plaza_lab.sim.stepping import compiled, f8, i8, kernel, mt

SOURCE = "partners.md 2 (4); M107"


@levers("partnership")
class Levers:
    """A place that is shared."""

    promo_slots_week: float = quantity(2.0, "slots/week", (0.0, 70.0), "assumption")
    """Slots that each brand has in the channel."""
    promo_slot_cents: int = quantity(5_000, "cents/slot", (0, 100_000_000), "assumption")
    """Price of a slot, shared as what is spent together."""


@params()
class Params:
    """What a place in a shared channel brings."""

    channel_reach: float = quantity(0.03, "share", (0.0, 1.0), "assumption (partners.md 3: shop)")
    """Of a partner's audience, who see a slot in the channel."""
    crowd_power: float = quantity(-0.5, "1", (-2.0, 0.0), "assumption (-.3 to -1)")
    """How attention for each falls with the number of brands in the place (Danaher et al. 2008)."""
    click: float = quantity(0.003, "1/view", (0.0, 1.0), "assumption (partners.md 2)")
    """Chance that a view makes a visit."""
    cross_buying: float = quantity(0.05, "1/purchase", (0.0, 1.0), "assumption (partners.md 2)")
    """Chance that a buyer of one also buys of the other."""
    basket_cents: float = quantity(3_000.0, "cents", (0.0, 1e8), "assumption (margin of 30 yuan)")
    """Margin of such a purchase."""


def is_on(policy, world):
    """Whether places are shared."""
    return bool(policy.partnership.form in (Form.CO_PROMOTION, Form.PORTFOLIO))


@compiled()
def n_brands(t):
    """Brands in the place, the host among them."""
    n = 1
    for d in range(t.deals.shape[0]):
        if deals.runs(t, d, Form.CO_PROMOTION):
            n += 1
    return n


@compiled()
def views_of(audience, brands, slots, p):
    """Views a week that each brand has in a place with others."""
    return audience * p.channel_reach * slots * power(max(1, brands), p.crowd_power)


@compiled()
def expected(t, day, k, fit, p):
    """What a place would bring a month, see :func:`co_marketing.expected`."""
    own = t.params[0].co_promotion
    lever = t.policy[0].partnership
    partner = t.partners[k]
    views = 4.0 * views_of(f8(partner.audience), n_brands(t) + 1, lever.promo_slots_week, own)
    visits = views * own.click * exp(p.fit_weight * (fit - 0.5))
    visits *= (1.0 - f8(partner.overlap)) * deals.effort_by(t, lever.split, k)
    host = visits * p.gate_share * p.join_value_cents
    bought = total(t, mt.PURCHASES, day - MONTH, day)
    gain = 4.0 * f8(partner.goals[Goal.SALES.value]) * bought * own.cross_buying * own.basket_cents
    cost = 4.0 * lever.promo_slots_week * lever.promo_slot_cents
    own_cost = cost * deals.partner_part(lever)
    return host, gain, cost - own_cost, own_cost


_promise = reckoning.promises(Form.CO_PROMOTION, expected)


@kernel()
def step(t, day):
    """Show the brands of the day."""
    if not deals.is_asked(t, Form.CO_PROMOTION):
        return
    _promise(t, day)
    brands = n_brands(t)
    for d in range(t.deals.shape[0]):
        if deals.runs(t, d, Form.CO_PROMOTION):
            if (day - t.deals[d].signed) % 7 == 0:
                _pay(t, day, d)
            _show(t, day, d, brands)


@compiled()
def _pay(t, day, d):
    """Pay the week's slots; fewer where money is short."""
    deal = t.deals[d]
    lever = t.policy[0].partnership
    cost = i8(lever.promo_slots_week * lever.promo_slot_cents)
    deal.reached_day = lever.promo_slots_week
    if cost > 0:
        own, paid = deals.pay_together(t, day, d, cost, fund.CAMPAIGN)
        deal.reached_day *= (own + paid) / cost


@compiled()
def _show(t, day, d, brands):
    """A day in the channel; yesterday's buyers meet the other brand."""
    deal = t.deals[d]
    p = t.params[0].co_promotion
    shared = t.params[0].partnership
    partner = t.partners[deal.partner]
    views = views_of(f8(partner.audience), brands, deal.reached_day, p) / 7.0
    lift = shared.fit_weight * (f8(partner.fit) - 0.5)
    click = p.click * exp(lift + deals.data_lift(t, deal.scope, shared))
    visits = views * click * (1.0 - f8(partner.overlap)) * f8(deal.effort)
    together = deals.company(t, d, shared)
    deals.expect(t, deal, visits * together)
    if day > 0:
        crossed = t.daily[day - 1, mt.PURCHASES] * p.cross_buying / max(1, brands - 1)
        deals.credit(t, deal, Goal.SALES.value, crossed * together * p.basket_cents)
        deal.got[Gift.MEMBERS.value] += crossed
