"""Co-content: a creator makes tutorials and stories with the host's goods (M106).

Every item is seen by part of the creator's followers, at once and for months; large followings see
less of each. Credibility helps, sponsored items tire, and the k-th item together adds less.
"""

from __future__ import annotations

from plaza_lab.agents.deal import Form, Gift
from plaza_lab.agents.partner import CREDIBILITY, Goal
from plaza_lab.engine.elementary import exp, power
from plaza_lab.sim.declaring import levers, params, quantity
from plaza_lab.sim.state import deals, fund, reckoning
from plaza_lab.sim.stepping import compiled, f8, i8, kernel

SOURCE = "partners.md 2 (3); M106"


@levers("partnership")
class Levers:
    """Content that is made together."""

    content_items_month: float = quantity(4.0, "items/month", (0.0, 60.0), "M106")
    """Items that a creator makes with the host."""
    content_item_fee_cents: int = quantity(0, "cents/item", (0, 100_000_000), "M106")
    """What the host pays for one."""
    is_disclosed: bool = quantity(True, "flag", source="M106")
    """Readers are told that an item is sponsored."""


@params()
class Params:
    """Who sees an item, and who comes for it."""

    views_share: float = quantity(0.1, "views/follower", (0.0, 1.0), "assumption (partners.md 2)")
    """Views of an item, by followers, where there are 10,000."""
    reach_power: float = quantity(
        -0.3, "1", (-1.0, 0.0), "Beichert et al. 2024 (about -.4); assumption (-.1 to -.4)"
    )
    """How the share of followers who see an item changes with their number."""
    click: float = quantity(0.004, "1/view", (0.0, 1.0), "assumption (.001-.02)")
    """Chance that a view makes a visit."""
    tires: float = quantity(0.05, "1/item", (0.0, 1.0), "assumption (partners.md 2)")
    """Part of the effect that every sponsored item takes from the next."""
    recovery_days: float = quantity(30.0, "days", (1.0, 3640.0), "assumption (partners.md 2)")
    """Days in which that is forgotten."""
    shelf_days: float = quantity(90.0, "days", (1.0, 3640.0), "assumption (tutorials; stories 7)")
    """Days over which an item is found."""
    repeat_power: float = quantity(-0.3, "1", (-2.0, 0.0), "assumption (partners.md 2)")
    """How the effect of an item falls with the items made together before."""
    disclosure: float = quantity(0.0, "1", (-0.5, 0.5), "science.md D (0, -.06 to 0)")
    """Part of the effect that disclosure adds."""
    item_value_cents: float = quantity(10_000.0, "cents/item", (0.0, 1e8), "assumption")
    """Cost to the creator of making an item."""


def is_on(policy, world):
    """Whether content can be made together."""
    return bool(policy.partnership.form in (Form.CO_CONTENT, Form.PORTFOLIO))


@compiled()
def views_of(audience, p):
    """Views of an item in all."""
    if audience <= 0.0:
        return 0.0
    return p.views_share * audience * power(audience / 1e4, p.reach_power)


@compiled()
def expected(t, day, k, fit, p):
    """What content would bring a month, see :func:`co_marketing.expected`."""
    own = t.params[0].co_content
    lever = t.policy[0].partnership
    partner = t.partners[k]
    months = lever.term_weeks / 4.0
    made = lever.content_items_month * months
    worn = power(max(1.0, made), own.repeat_power) / (1.0 + own.repeat_power)
    tired = own.tires * lever.content_items_month
    click = own.click * exp(p.fit_weight * (fit - 0.5) + CREDIBILITY[partner.kind])
    visits = lever.content_items_month * views_of(f8(partner.audience), own) * click * worn
    visits *= max(0.0, 1.0 - tired) * (1.0 - f8(partner.overlap))
    visits *= deals.effort_by(t, lever.split, k)
    host = visits * p.gate_share * p.join_value_cents
    seen = lever.content_items_month * deals.active(t, day) * p.view_value_cents
    gain = 4.0 * f8(partner.goals[Goal.IMAGE.value]) * seen * deals.host_looks(t, day, k)
    fee = f8(lever.content_items_month * lever.content_item_fee_cents)
    return host, gain + fee, fee, lever.content_items_month * own.item_value_cents


_promise = reckoning.promises(Form.CO_CONTENT, expected)


@kernel()
def step(t, day):
    """Make the items that are due, and let the older ones be found."""
    if not deals.is_asked(t, Form.CO_CONTENT):
        return
    _promise(t, day)
    for d in range(t.deals.shape[0]):
        if deals.runs(t, d, Form.CO_CONTENT):
            _show(t, d)
            deal = t.deals[d]
            deal.items_due += t.policy[0].partnership.content_items_month / 28.0
            while deal.items_due >= 1.0:
                deal.items_due -= 1.0
                _make(t, day, d)


@compiled()
def _show(t, d):
    """Part of the stock of views is used up today; some of who sees an item comes to look."""
    deal = t.deals[d]
    p = t.params[0].co_content
    shared = t.params[0].partnership
    partner = t.partners[deal.partner]
    seen = deal.stock / p.shelf_days
    deal.stock -= seen
    deal.tired -= deal.tired / p.recovery_days
    lift = shared.fit_weight * (f8(partner.fit) - 0.5) + CREDIBILITY[partner.kind]
    click = p.click * exp(lift + deals.data_lift(t, deal.scope, shared))
    fresh = max(0.0, 1.0 - deal.tired) * (1.0 - f8(partner.overlap))
    deals.expect(t, deal, seen * click * fresh * f8(deal.effort) * deals.company(t, d, shared))


@compiled()
def _make(t, day, d):
    """One more item: a fee, followers' views, and a copy in the feed."""
    deal = t.deals[d]
    p = t.params[0].co_content
    lever = t.policy[0].partnership
    k = i8(deal.partner)
    partner = t.partners[k]
    number = 1.0 + deal.gave[Gift.CONTENT.value]
    told = 1.0 + p.disclosure * lever.is_disclosed
    deal.stock += views_of(f8(partner.audience), p) * power(number, p.repeat_power) * told
    deal.tired += p.tires
    fee = lever.content_item_fee_cents
    if fee > 0:
        paid = deals.host_pays(t, day, fund.CAMPAIGN, k, i8(fee))
        deals.charge_host(t, deal, fee, paid)
        deal.received_cents += paid
        deals.gain(t, deal, paid, 0)
    deals.charge(t, deal, i8(p.item_value_cents))
    quality = min(1.0, 0.35 + 0.5 * f8(partner.fit) + 0.1 * CREDIBILITY[partner.kind])
    deals.publish(t, day, deal, quality, 0, 32 + d)
