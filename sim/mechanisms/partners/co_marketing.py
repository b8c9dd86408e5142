"""Co-marketing: a joint campaign reaches part of the partner's audience for some weeks (M105).

Both sides pay into one budget; reach runs into its limit, the audience that is in the market
already gives no newcomers, every week wears the message out, and the partner's items stand in the
feed. Who comes faces the gate as everybody does.
"""

from __future__ import annotations

from plaza_lab.agents.deal import Form, Gift
from plaza_lab.agents.partner import ITEMS, Goal, conversion
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Clashes, Policy, levers, quantity
from plaza_lab.sim.state import deals, fund, reckoning
from plaza_lab.sim.stepping import compiled, f8, i8, kernel

SOURCE = "partners.md 2 (common chain, 2); M105"


@levers("partnership")
class Levers:
    """A joint campaign."""

    campaign_weeks: int = quantity(8, "weeks", (1, 104), "M105")
    """Campaign weeks in a contract."""
    budget_week_cents: int = quantity(200_000, "cents/week", (0, 1_000_000_000), "assumption")
    """Joint campaign budget a week, while the campaign runs."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        group = policy.partnership
        is_asked = group.form in (Form.CO_MARKETING, Form.PORTFOLIO)
        costs = group.host_share > 0 and self.budget_week_cents > 0
        yield (
            is_asked and costs and not policy.fund.has_brand_money,
            "the host's share of the campaign needs a brand budget; "
            "choose fund=brand_funded or partnership.host_share=0",
        )


def is_on(policy, world):
    """Whether campaigns can run."""
    return bool(policy.partnership.form in (Form.CO_MARKETING, Form.PORTFOLIO))


@compiled()
def reached_by(audience, spend, price):
    """Persons of an audience that money reaches in all, each counted once.

    Parameters
    ----------
    audience : float
        Persons.
    spend, price : float
        Money, and price of reaching one person while few have been; cents.

    Returns
    -------
    float
        At most the audience (partners.md 2: ``A (1 - exp(-spend / (A cpp)))``).
    """
    if audience <= 0.0:
        return 0.0
    return audience * (1.0 - exp(-spend / (audience * price)))


@compiled()
def expected(t, day, k, fit, p):
    """What a campaign would bring a month over the term of a contract with partner ``k``.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    k : int
        Row of the partner.
    fit : float
        As the one who reckons sees it.
    p : record of ``plaza_lab.sim.mechanisms.partners.partnership.Params``
        Prices.

    Returns
    -------
    tuple of float
        Host's and partner's benefit, host's and partner's cost; cents a month.
    """
    lever = t.policy[0].partnership
    partner = t.partners[k]
    weeks = min(lever.campaign_weeks, lever.term_weeks)
    months = lever.term_weeks / 4.0
    spend = f8(weeks * lever.budget_week_cents)
    reached = reached_by(f8(partner.audience), spend, p.person_cost_cents)
    lift = deals.data_lift(t, lever.data_scope, p) - 0.5 * p.wear * weeks
    chance = conversion(partner, lift + p.fit_weight * (fit - f8(partner.fit)), p)
    visits = reached * (1.0 - f8(partner.overlap)) * chance * deals.effort_by(t, lever.split, k)
    host = visits * p.gate_share * p.join_value_cents
    views = 0.5 * ITEMS[partner.kind] * weeks * deals.active(t, day)
    own = 4.0 * f8(partner.goals[Goal.SALES.value]) * reached * p.recall_value_cents
    seen = views * p.view_value_cents * deals.host_looks(t, day, k)
    own += 4.0 * f8(partner.goals[Goal.IMAGE.value]) * seen
    cost = spend * deals.partner_part(lever)
    return host / months, own / months, (spend - cost) / months, cost / months


_promise = reckoning.promises(Form.CO_MARKETING, expected)


@kernel()
def step(t, day):
    """Run the campaigns of the day."""
    lever = t.policy[0].partnership
    if not deals.is_asked(t, Form.CO_MARKETING):
        return
    _promise(t, day)
    p = t.params[0].partnership
    for d in range(t.deals.shape[0]):
        if deals.runs(t, d, Form.CO_MARKETING):
            partner = t.partners[t.deals[d].partner]
            age = day - t.deals[d].signed
            if partner.campaigns < lever.campaign_weeks:
                if age % 7 == 0:
                    _spend(t, day, d, lever, p)
                _run(t, day, d, p)
                if age % 7 == 6:
                    partner.campaigns += 1


@compiled()
def _spend(t, day, d, lever, p):
    """Pay this week's budget: where one side pays less, so does the other."""
    deal = t.deals[d]
    k = i8(deal.partner)
    partner = t.partners[k]
    own, host = deals.pay_together(t, day, d, i8(lever.budget_week_cents), fund.CAMPAIGN)
    fresh = f8(partner.audience) - f8(partner.shown)
    full = reached_by(f8(partner.audience), f8(own + host), p.person_cost_cents)
    share = full / f8(partner.audience) if partner.audience > 0.0 else 0.0
    deal.reached_day = max(0.0, fresh) * share / 7.0


@compiled()
def _run(t, day, d, p):
    """Reach some of the audience, and publish an item of the partner now and then."""
    deal = t.deals[d]
    partner = t.partners[deal.partner]
    reached = deal.reached_day
    partner.shown = f8(partner.shown) + reached
    chance = conversion(partner, deals.data_lift(t, deal.scope, p), p) * f8(deal.effort)
    lift = deals.company(t, d, p)
    deals.expect(t, deal, reached * (1.0 - f8(partner.overlap)) * chance * lift)
    deals.credit(t, deal, Goal.SALES.value, reached * p.recall_value_cents * f8(deal.effort))
    deal.items_due += 0.5 * ITEMS[partner.kind]
    if deal.items_due >= 1.0:
        deal.items_due -= 1.0
        quality = 0.2 + 0.5 * f8(partner.fit)
        deals.publish(t, day, deal, quality, i8(deal.gave[Gift.CONTENT.value]) % 2, d)
