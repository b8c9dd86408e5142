"""Open platform: whoever qualifies adds resources through a common space (M112).

More access brings more items and, with them, more that is not good enough; a gate keeps some of it
out. A maker whose items nobody sees finds that out at the accounts, as every partner does.
"""

from __future__ import annotations

from plaza_lab.agents.deal import Form
from plaza_lab.agents.partner import Goal
from plaza_lab.engine.elementary import exp, log
from plaza_lab.sim.declaring import Metric, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, beta, day_key, mix, poisson, uniform
from plaza_lab.sim.state import deals, reckoning
from plaza_lab.sim.stepping import compiled, draw_ids, f8, kernel, mt

SOURCE = "partners.md 2 (8); M112; Boudreau 2010"
METRICS = (
    Metric("platform_items", "items", "items that makers offered on the open platform", "T13"),
    Metric("platform_refused", "items", "of these: kept out by the gate", "T13"),
)


@levers("partnership")
class Levers:
    """A space that is open to makers."""

    platform_access: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """How far tools and interfaces are open."""
    platform_gate: float = quantity(0.4, "1", (0.0, 1.0), "assumption")
    """Quality that an item needs to be let in with even chances."""


@params()
class Params:
    """What makers offer."""

    items_week: float = quantity(1.0, "items/week", (0.0, 100.0), "assumption")
    """Items of a maker without any access."""
    access_gain: float = quantity(4.0, "1", (0.0, 20.0), "Boudreau 2010 (up to fivefold)")
    """What full access adds to that, relative to it."""
    gate_width: float = quantity(0.1, "1", (0.001, 1.0), "assumption (partners.md 2)")
    """How sharp the gate is."""
    quality_a: float = quantity(3.0, "1", (0.1, 50.0), "assumption")
    """First shape of the quality of makers' items."""
    quality_b: float = quantity(3.0, "1", (0.1, 50.0), "assumption")
    """Second shape of quality."""
    item_value_cents: float = quantity(2_000.0, "cents/item", (0.0, 1e8), "assumption")
    """Worth to the host of an item that is let in; the first of a month most."""
    item_cost_cents: float = quantity(500.0, "cents/item", (0.0, 1e8), "assumption")
    """Cost to the maker of an item."""
    click: float = quantity(0.0002, "1/follower and item", (0.0, 1.0), "assumption")
    """Of a maker's audience, who come to look for an item that is let in."""


def is_on(policy, world):
    """Whether the platform is open."""
    return bool(policy.partnership.form in (Form.OPEN_PLATFORM, Form.PORTFOLIO))


@compiled()
def offered(lever, p):
    """Items a week that a maker offers."""
    return p.items_week * (1.0 + p.access_gain * lever.platform_access)


@compiled()
def passes(quality, gate, p):
    """Chance that an item is let in."""
    return 1.0 / (1.0 + exp(-(quality - gate) / p.gate_width))


@compiled()
def variety(items):
    """Worth of some items in a month, in first items (diminishing: log of 1 and their number)."""
    return log(1.0 + items)


@compiled()
def expected(t, day, k, fit, p):
    """What the platform would bring a month, see :func:`co_marketing.expected`."""
    own = t.params[0].open_platform
    lever = t.policy[0].partnership
    partner = t.partners[k]
    items = 4.0 * offered(lever, own)
    usual = own.quality_a / (own.quality_a + own.quality_b)
    let_in = items * passes(usual, lever.platform_gate, own)
    effort = deals.effort_by(t, lever.split, k)
    visits = let_in * own.click * f8(partner.audience) * (1.0 - f8(partner.overlap)) * effort
    visits *= exp(p.fit_weight * (fit - 0.5))
    host = variety(let_in) * own.item_value_cents + visits * p.gate_share * p.join_value_cents
    seen = let_in * deals.active(t, day) * p.view_value_cents * deals.host_looks(t, day, k)
    return host, 4.0 * f8(partner.goals[Goal.IMAGE.value]) * seen, 0.0, items * own.item_cost_cents


_promise = reckoning.promises(Form.OPEN_PLATFORM, expected)


@kernel()
def step(t, day):
    """Let makers offer items, and let some in."""
    if not deals.is_asked(t, Form.OPEN_PLATFORM):
        return
    _promise(t, day)
    for d in range(t.deals.shape[0]):
        if deals.runs(t, d, Form.OPEN_PLATFORM):
            _offer(t, day, d)


@compiled()
def _offer(t, day, d):
    """A maker's items of the day."""
    deal = t.deals[d]
    p = t.params[0].open_platform
    lever = t.policy[0].partnership
    shared = t.params[0].partnership
    partner = t.partners[deal.partner]
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.OFFERED, day), partner.uid)
    n = poisson(uniform(key, U64(0)), offered(lever, p) * f8(deal.effort) / 7.0)
    deal.stock *= 1.0 - 1.0 / 28.0  # what came in lately
    for number in range(n):
        quality = beta(mix(key + U64(10 + number)), p.quality_a, p.quality_b)
        deals.charge(t, deal, int(p.item_cost_cents))
        t.daily[day, mt.PLATFORM_ITEMS] += 1.0
        if uniform(key, U64(1000 + number)) >= passes(quality, lever.platform_gate, p):
            t.daily[day, mt.PLATFORM_REFUSED] += 1.0
            continue
        deals.publish(t, day, deal, quality, 0, 64 * (number + 1) + d)
        new = variety(deal.stock + 1.0) - variety(deal.stock)
        deals.credit_host(t, deal, new * p.item_value_cents)
        deal.stock += 1.0
        lift = shared.fit_weight * (f8(partner.fit) - 0.5)
        click = p.click * exp(lift + deals.data_lift(t, deal.scope, shared))
        deals.expect(t, deal, click * f8(partner.audience) * (1.0 - f8(partner.overlap)))
