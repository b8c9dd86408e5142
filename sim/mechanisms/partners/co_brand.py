"""Co-branding: a limited product with two names on it (M104).

The units are made before they are sold. Novelty fades within weeks, scarcity and collectors help,
fit counts, and success is a gamble. Some of what is sold replaces the core product. Whoever sees
both names on it thinks of one brand as of the other: images move toward each other by fit, apart
where it is low. Part of the audience gets to know the host, forgets it again, and comes to look in
between.
"""

from __future__ import annotations

from plaza_lab.agents.deal import Form, Gift
from plaza_lab.agents.partner import Goal
from plaza_lab.engine.elementary import exp, log, power
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, normal, poisson, uniform
from plaza_lab.sim.state import accounts, deals, fund, reckoning
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "partners.md 2 (1); M104"
METRICS = (
    Metric("cobrand_units", "units", "units of joint products sold", "T64"),
    Metric("cobrand_yuan", "yuan", "sales of joint products", "T64"),
    Metric("host_image", "points", "image of the host, 0 to 100", "M104", True),
    Metric("audience_aware", "persons", "of partners' audiences, who know the host by it", "M104"),
)
STATE: tuple[Var, ...] = (Var("image", "f8", "points", "host's image, 0 to 100", "M104", 50.0),)


@levers("partnership")
class Levers:
    """A joint product."""

    cobrand_units: int = quantity(0, "units", (0, 100_000_000), "M104")
    """Units that are made; 0: there is no product."""
    cobrand_price_cents: int = quantity(10_000, "cents", (1, 100_000_000), "assumption")
    """Price of a unit."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            policy.partnership.form == Form.CO_BRAND and self.cobrand_units == 0,
            "co-branding needs a product; set partnership.cobrand_units above 0",
        )


@params()
class Params:
    """Who buys a joint product, and for how long."""

    member_rate: float = quantity(0.004, "1/day", (0.0, 1.0), "assumption")
    """Chance that an active member buys in a day, on day 0, at fit 0.5 and the usual price."""
    audience_rate: float = quantity(0.0004, "1/day", (0.0, 1.0), "assumption")
    """The same of a person of the partner's audience."""
    fit_weight: float = quantity(1.0, "log", (0.0, 10.0), "assumption (partners.md 2)")
    """Effect of fit from 0 to 1."""
    price_power: float = quantity(1.5, "1", (0.0, 10.0), "assumption (partners.md 2)")
    """Fall of demand with the log of price."""
    usual_price_cents: float = quantity(10_000.0, "cents", (1.0, 1e8), "assumption")
    """Price that moves nothing."""
    novelty_days: float = quantity(14.0, "days", (1.0, 364.0), "assumption (5-40)")
    """Days in which novelty fades by e."""
    collectors: float = quantity(0.1, "share", (0.0, 1.0), "assumption (partners.md 2)")
    """Persons who collect."""
    collecting: float = quantity(0.5, "log", (0.0, 5.0), "assumption (partners.md 2)")
    """What they buy more."""
    scarcity: float = quantity(0.3, "1", (0.0, 5.0), "assumption (partners.md 2)")
    """Extra demand when nearly all is sold."""
    luck_ln_sd: float = quantity(
        0.8, "1", (0.0, 3.0), "assumption (Edited: sold out in 34 days, or 70 % left after months)"
    )
    """Spread of log success."""
    unit_cost: float = quantity(0.5, "share", (0.0, 1.0), "assumption")
    """Cost of making a unit, of the usual price."""
    replaces: float = quantity(0.3, "share", (0.0, 1.0), "assumption (.1-.6)")
    """Units sold to members that take the place of the core product."""
    core_margin_cents: float = quantity(4_000.0, "cents", (0.0, 1e8), "assumption (.4 of 100 yuan)")
    """Margin of the core product."""
    visit: float = quantity(0.03, "1/unit", (0.0, 1.0), "assumption (0-.15)")
    """Chance that a buyer who is no member comes to look."""
    again: float = quantity(0.7, "1", (0.0, 1.0), "assumption (partners.md 2)")
    """Novelty of a product within half a year of another one, relative to a first."""
    seen_unit: float = quantity(175.0, "views/unit", (1.0, 1e5), "Hillstrom (conversion .57 %)")
    """Persons who see the product for each unit that is sold."""
    image_rate: float = quantity(0.01, "1/1,000 views", (0.0, 1.0), "assumption (partners.md 2)")
    """Part of the gap between the images that a thousand views close, per unit of fit."""
    image_fit: float = quantity(0.3, "1", (0.0, 1.0), "assumption (partners.md 2)")
    """Fit at which images do not move; below it they part."""
    image_cents: float = quantity(20_000.0, "cents/point", (0.0, 1e8), "assumption (partners.md 1)")
    """Worth of a point of image to either side."""
    image_pull: float = quantity(0.5, "log", (0.0, 10.0), "assumption (M104)")
    """On coming to look, of the host's image from 0 to 100."""
    learns: float = quantity(0.3, "share", (0.0, 1.0), "assumption (partners.md 2)")
    """Of those who see the product and do not know the host: who do then."""
    known_days: float = quantity(21.0, "days", (1.0, 3640.0), "assumption (partners.md 2)")
    """Days in which half of them forget it."""
    known_visit: float = quantity(0.003, "1/person", (0.0, 1.0), "assumption (partners.md 2)")
    """Chance that one of them comes to look before forgetting, at fit 0.5 and an image of 50."""


def is_on(policy, world):
    """Whether there can be joint products."""
    return bool(policy.partnership.form in (Form.CO_BRAND, Form.PORTFOLIO))


@compiled()
def pull_of(fit, price, sold, p):
    """Demand relative to that of a fresh product of middling fit at the usual price."""
    collect = 1.0 + p.collectors * (exp(p.collecting) - 1.0)
    worth = p.fit_weight * (fit - 0.5) - p.price_power * log(price / p.usual_price_cents)
    return exp(worth) * collect * (1.0 + p.scarcity * sold)


@compiled()
def image_step(fit, gap, views, p):
    """Points by which the host's image moves toward a partner's.

    Parameters
    ----------
    fit : float
        0 to 1; the partner's image moves as far, the other way.
    gap : float
        Partner's image less the host's, points.
    views : float
        Persons who see both names.
    p : record of Params
        Rate, and the fit at which nothing moves.

    Returns
    -------
    float
        At most half the gap, so that they meet; of the other sign below ``image_fit``. Source:
        partners.md 2; van der Lans et al. 2014, Simonin & Ruth 1998.
    """
    share = p.image_rate * (fit - p.image_fit) * views / 1000.0
    return max(-0.5, min(0.5, share)) * gap


@compiled()
def newly_aware(aware, views, people, p):
    """Part of an audience of so many people that views make aware of the host, beside ``aware``."""
    seen = min(1.0, views / people) if people > 0.0 else 0.0
    return (1.0 - aware) * p.learns * seen


@compiled()
def look_rate(fit, image, p, weight):
    """Chance that one who knows the host comes to look before forgetting it."""
    return p.known_visit * exp(weight * (fit - 0.5) + p.image_pull * (image / 100.0 - 0.5))


@compiled()
def expected(t, day, k, fit, p):
    """What a joint product would bring a month, see :func:`co_marketing.expected`."""
    own = t.params[0].co_brand
    lever = t.policy[0].partnership
    partner = t.partners[k]
    months = lever.term_weeks / 4.0
    if lever.cobrand_units == 0:
        return 0.0, 0.0, 0.0, 0.0
    people = own.member_rate * deals.active(t, day) + own.audience_rate * f8(partner.audience)
    pull = pull_of(fit, f8(lever.cobrand_price_cents), 0.5, own)
    days = own.novelty_days * (1.0 - exp(-7.0 * lever.term_weeks / own.novelty_days))
    effort = deals.effort_by(t, lever.split, k)
    sold = min(f8(lever.cobrand_units), people * pull * days * effort)
    half = 0.5 * sold * lever.cobrand_price_cents
    strangers = f8(partner.audience) * (1.0 - f8(partner.overlap))
    visits = sold * own.visit * (1.0 - f8(partner.overlap))
    views = own.seen_unit * sold
    image = t.co_brand_state[0].image
    aware = newly_aware(0.0, views * f8(partner.audience) * own.audience_rate / people, strangers,
                        own) if people > 0.0 else 0.0  # fmt: skip
    visits += aware * strangers * look_rate(fit, image, own, p.fit_weight)
    moved = own.image_cents * image_step(fit, f8(partner.image) - image, views, own)
    host = half + moved + visits * p.gate_share * p.join_value_cents
    cost = lever.cobrand_units * own.unit_cost * own.usual_price_cents
    own_cost = cost * deals.partner_part(lever)
    gain = 4.0 * (
        f8(partner.goals[Goal.SALES.value]) * half - f8(partner.goals[Goal.IMAGE.value]) * moved
    )
    return host / months, gain / months, (cost - own_cost) / months, own_cost / months


_promise = reckoning.promises(Form.CO_BRAND, expected)


@kernel()
def step(t, day):
    """Make products, and sell some of them."""
    if not deals.is_asked(t, Form.CO_BRAND):
        return
    _promise(t, day)
    for d in range(t.deals.shape[0]):
        if deals.runs(t, d, Form.CO_BRAND):
            if day == t.deals[d].signed:
                _make(t, day, d)
            _sell(t, day, d)
            _known(t, day, d)
    t.daily[day, mt.HOST_IMAGE] = t.co_brand_state[0].image


@compiled()
def _make(t, day, d):
    """Both sides pay for the units; where one cannot, fewer are made."""
    deal = t.deals[d]
    p = t.params[0].co_brand
    lever = t.policy[0].partnership
    k = i8(deal.partner)
    cost = i8(lever.cobrand_units * p.unit_cost * p.usual_price_cents)
    rest = i8(cost * deals.partner_part(lever) + 1.0)
    short = min(rest, i8(t.partners[k].budget_cents)) - i8(t.partners[k].purse_cents)
    deals.fill(t, day, k, max(0, short))  # stock is paid for at once, out of the year's budget
    own, paid = deals.pay_together(t, day, d, cost, fund.STOCK)
    share = (own + paid) / cost if cost > 0 else 1.0
    deal.units = i8(lever.cobrand_units * share)
    deal.stock = f8(deal.units)
    deal.aware = 0.0
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.LUCK, ALWAYS), t.partners[k].uid)
    z = normal(uniform(key, U64(t.partners[k].pilots)))
    deal.luck = exp(p.luck_ln_sd * z - 0.5 * p.luck_ln_sd * p.luck_ln_sd)
    for e in range(t.deals.shape[0]):
        other = t.deals[e]
        is_one = other.partner >= 0 and other.form == Form.CO_BRAND and e != d
        if is_one and other.signed >= 0 and day - other.signed <= accounts.HALF_YEAR:
            deal.luck *= p.again
            return


@compiled()
def _sell(t, day, d):
    """Sell to members and to the audience what is wanted, as long as there is some."""
    deal = t.deals[d]
    if deal.stock < 1.0:
        return
    p = t.params[0].co_brand
    lever = t.policy[0].partnership
    k = i8(deal.partner)
    partner = t.partners[k]
    sold_share = 1.0 - deal.stock / max(1, deal.units)
    price = lever.cobrand_price_cents
    fade = exp(-(day - deal.signed) / p.novelty_days)
    pull = pull_of(f8(partner.fit), f8(price), sold_share, p) * deal.luck * fade * f8(deal.effort)
    pull *= deals.company(t, d, t.params[0].partnership)
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.JOINT_SALE, day), partner.uid)
    inside = poisson(uniform(key, U64(0)), pull * p.member_rate * deals.active(t, day))
    outside = poisson(uniform(key, U64(1)), pull * p.audience_rate * f8(partner.audience))
    inside = min(inside, i8(deal.stock))
    outside = min(outside, i8(deal.stock) - inside)
    sold = inside + outside
    if sold <= 0:
        return
    deal.stock -= f8(sold)
    own, rest = deals.parts(i8(sold * price), 0.5, 0.5)
    fund.transfer(t, day, fund.SALE, fund.OUTSIDE, fund.BRAND_POOL, rest, fund.NOBODY)
    deals.grant(t, day, fund.SALE, fund.OUTSIDE, k, own)
    deals.credit(t, deal, Goal.SALES.value, f8(own))
    deals.credit_host(t, deal, f8(rest) - p.replaces * inside * p.core_margin_cents)
    deal.got[Gift.MONEY.value] += own / 100.0
    deal.host_got[Gift.MONEY.value] += rest / 100.0
    deals.expect(t, deal, outside * p.visit * (1.0 - f8(partner.overlap)))
    _show(t, deal, f8(sold), outside / sold, p)
    t.daily[day, mt.COBRAND_UNITS] += sold
    t.daily[day, mt.COBRAND_YUAN] += sold * price / 100.0


@compiled()
def _show(t, deal, sold, outside, p):
    """What was sold has been seen: images move, and part of the audience gets to know the host."""
    state = t.co_brand_state[0]
    partner = t.partners[deal.partner]
    views = p.seen_unit * sold
    moved = image_step(f8(partner.fit), f8(partner.image) - state.image, views, p)
    before = f8(state.image)
    state.image = min(100.0, max(0.0, before + moved))
    deals.credit_host(t, deal, p.image_cents * (state.image - before))
    own = min(100.0, max(0.0, f8(partner.image) - moved)) - f8(partner.image)
    partner.image = f8(partner.image) + own
    worth = p.image_cents * own
    if worth >= 0.0:
        deals.credit(t, deal, Goal.IMAGE.value, worth)
    else:
        deals.bear(t, deal, i8(-4.0 * f8(partner.goals[Goal.IMAGE.value]) * worth), 0)
    strangers = f8(partner.audience) * (1.0 - f8(partner.overlap))
    deal.aware += newly_aware(deal.aware, views * outside, strangers, p)


@compiled()
def _known(t, day, d):
    """Some of those who know the host come to look, some forget it."""
    deal = t.deals[d]
    p = t.params[0].co_brand
    partner = t.partners[deal.partner]
    people = deal.aware * f8(partner.audience) * (1.0 - f8(partner.overlap))
    if people <= 0.0:
        return
    stays = power(0.5, 1.0 / p.known_days)
    weight = t.params[0].partnership.fit_weight
    rate = look_rate(f8(partner.fit), t.co_brand_state[0].image, p, weight)
    deals.expect(t, deal, people * (1.0 - stays) * rate)
    deal.aware *= stays
    t.daily[day, mt.AUDIENCE_AWARE] += people
