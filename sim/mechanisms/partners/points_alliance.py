"""Points alliance: members use points at partners, partners' customers theirs here (M108).

Whoever issued the points owes who honours them. What is owed is netted and settled every few weeks;
a side that cannot pay has broken its word, and the alliance is frozen.
"""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.deal import Form, Gift
from plaza_lab.agents.partner import Deal, Goal
from plaza_lab.engine.elementary import exp, log
from plaza_lab.sim.declaring import Clashes, Metric, Policy, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, poisson, uniform
from plaza_lab.sim.state import deals, fund, reckoning
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "partners.md 2 (5); M108; F75"
METRICS = (
    Metric("points_abroad", "points", "points that members used at partners", "T65"),
    Metric("points_honoured", "points", "points of partners used here, at a point's worth", "T65"),
    Metric("clearing_yuan", "yuan", "owed to partners for points, less owed by them", "T65", True),
)


@levers("partnership")
class Levers:
    """Points that are worth something at partners."""

    alliance_rate: float = quantity(1.0, "1", (0.0, 100.0), "F75 (1)")
    """Worth of a point at a partner, relative to its worth here."""
    alliance_cap_cents: int = quantity(5_000, "cents", (0, 100_000_000), "assumption")
    """Most that one use can be worth; 0 for no cap."""
    alliance_settle_weeks: int = quantity(4, "weeks", (1, 52), "assumption")
    """Weeks between settlements."""
    alliance_discount: float = quantity(
        0.05, "share", (0.0, 0.5), "Stourm et al. (the operator repays 90 %); assumption (0-.1)"
    )
    """Of what is owed, what the one who honours points forgoes."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        points = policy.incentive.has_points and policy.incentive.point_value_cents > 0
        yield (
            policy.partnership.form == Form.POINTS_ALLIANCE and not points,
            "a points alliance needs points that are worth money; choose incentive=points and "
            "incentive.point_value_cents above 0",
        )


@params()
class Params:
    """Who uses points where."""

    use_base: float = quantity(-6.0, "log-odds/day", (-20.0, 5.0), "assumption (partners.md 2)")
    """Using points at a partner on a visit, at fit 0 and a balance that buys one reward here."""
    balance_weight: float = quantity(1.5, "1", (0.0, 10.0), "assumption (partners.md 2)")
    """Effect of the log of the balance."""
    arbitrage: float = quantity(0.05, "1/day", (0.0, 1.0), "assumption (partners.md 2)")
    """Chance a visit of changing all points where the rate is far above 1."""
    arbitrage_at: float = quantity(1.3, "1", (0.1, 100.0), "assumption (partners.md 2)")
    """Rate at which half of that happens."""
    inbound: float = quantity(2e-5, "1/person and day", (0.0, 1.0), "assumption")
    """Of a partner's audience, who use its points here in a day, at a rate of 1."""
    inbound_cents: float = quantity(2_000.0, "cents", (0.0, 1e8), "assumption")
    """Worth of such a use."""
    inbound_margin: float = quantity(0.4, "share", (0.0, 1.0), "assumption (as of all sales)")
    """What the host gains of goods it gives for a partner's points."""
    partner_margin: float = quantity(0.4, "share", (0.0, 1.0), "assumption (as of all sales)")
    """The same at the partner."""
    visit: float = quantity(0.02, "1/use", (0.0, 1.0), "assumption")
    """Chance that who uses a partner's points here comes to look."""
    satisfaction: float = quantity(0.02, "1", (0.0, 1.0), "assumption (as of a reward here)")
    """Satisfaction of a member who used points."""


def is_on(policy, world):
    """Whether points can be used at partners."""
    asked = policy.partnership.form in (Form.POINTS_ALLIANCE, Form.PORTFOLIO)
    return bool(asked and policy.incentive.has_points)


@compiled()
def use_chance(balance, reward, fit, rate, p):
    """Chance that a visitor uses points at a partner, and that she changes all she has."""
    if balance <= 0.0 or rate <= 0.0:
        return 0.0, 0.0
    lift = p.use_base + p.balance_weight * log(balance / reward) + fit
    change = p.arbitrage / (1.0 + exp(-(rate - p.arbitrage_at) / 0.1))
    return 1.0 / (1.0 + exp(-lift)), change


@compiled()
def expected(t, day, k, fit, p):
    """What an alliance would bring a month, see :func:`co_marketing.expected`."""
    own = t.params[0].points_alliance
    lever = t.policy[0].partnership
    partner = t.partners[k]
    incentive = t.policy[0].incentive
    if not incentive.has_points or incentive.point_value_cents <= 0:
        return 0.0, 0.0, 0.0, 0.0
    uses = 28.0 * own.inbound * f8(partner.audience) * exp(p.fit_weight * (fit - 0.5))
    host = uses * own.inbound_cents * (own.inbound_margin - lever.alliance_discount)
    come = uses * own.visit * (1.0 - f8(partner.overlap)) * p.gate_share * p.join_value_cents
    held = t.points_state[0].points_held * incentive.point_value_cents
    use, _ = use_chance(f8(incentive.points_reward), incentive.points_reward, fit, 1.0, own)
    abroad = 28.0 * use * held * lever.alliance_rate
    gain = abroad * (own.partner_margin - lever.alliance_discount) * deals.host_looks(t, day, k)
    lost = abroad * (1.0 - 1.0 / max(1.0, lever.alliance_rate))
    return host + come, 4.0 * f8(partner.goals[Goal.SALES.value]) * gain, lost, 0.0


_promise = reckoning.promises(Form.POINTS_ALLIANCE, expected)


@kernel()
def step(t, day):
    """Use points at partners, and settle when it is due."""
    if not deals.is_asked(t, Form.POINTS_ALLIANCE) or not t.policy[0].incentive.has_points:
        return
    _promise(t, day)
    owed = 0.0
    for d in range(t.deals.shape[0]):
        if deals.runs(t, d, Form.POINTS_ALLIANCE):
            _use(t, day, d)
            _honour(t, day, d)
            weeks = t.policy[0].partnership.alliance_settle_weeks
            age = day - t.deals[d].signed
            if age > 0 and age % (7 * weeks) == 0:
                _settle(t, day, d)
            owed += t.deals[d].owed_cents
    t.daily[day, mt.CLEARING_YUAN] = owed / 100.0


@compiled()
def _use(t, day, d):
    """Yesterday's visitors use points at the partner; what backed them is free for clearing."""
    deal = t.deals[d]
    p = t.params[0].points_alliance
    lever = t.policy[0].partnership
    incentive = t.policy[0].incentive
    partner = t.partners[deal.partner]
    base = day_key(t.run_state[0].seed_key, draw_ids.POINTS_ABROAD, day)
    key = agent_key(base, partner.uid)
    value = incentive.point_value_cents
    worth = max(0.01, value * lever.alliance_rate)
    most = i8(1) << 40
    if lever.alliance_cap_cents > 0:
        most = i8(lever.alliance_cap_cents / worth)
    used = i8(0)
    for v in range(t.people_state[0].n_visitors):
        i = i8(t.visitors[v])
        m = t.members[i]
        use, change = use_chance(f8(m.points), incentive.points_reward, f8(partner.fit),
                                 lever.alliance_rate, p)  # fmt: skip
        u = uniform(key, t.fate[i].uid)
        if u >= use + change:
            continue
        points = min(i8(m.points), most)
        m.points -= points
        used += points
        feelings.raise_satisfaction(m, p.satisfaction)
    if used <= 0:
        return
    t.points_state[0].points_held -= used
    fund.transfer(t, day, fund.POINTS_BACKING, fund.POINTS_RESERVE, fund.BRAND_POOL, used * value,
                  fund.NOBODY)  # fmt: skip
    cents = used * worth
    deal.owed_cents += i8(cents * (1.0 - lever.alliance_discount))
    deals.credit(t, deal, Goal.SALES.value, cents * (p.partner_margin - lever.alliance_discount))
    t.daily[day, mt.POINTS_ABROAD] += used


@compiled()
def _honour(t, day, d):
    """The partner's customers use its points here; it owes the host for that."""
    deal = t.deals[d]
    p = t.params[0].points_alliance
    shared = t.params[0].partnership
    lever = t.policy[0].partnership
    partner = t.partners[deal.partner]
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.POINTS_HERE, day), partner.uid)
    pull = exp(shared.fit_weight * (f8(partner.fit) - 0.5)) * f8(deal.effort)
    uses = poisson(uniform(key, U64(0)), p.inbound * f8(partner.audience) * pull)
    if uses <= 0:
        return
    cents = uses * p.inbound_cents
    t.daily[day, mt.POINTS_HONOURED] += cents / max(1, t.policy[0].incentive.point_value_cents)
    deal.owed_cents -= i8(cents * (1.0 - lever.alliance_discount))
    deals.credit_host(t, deal, cents * (p.inbound_margin - lever.alliance_discount))
    deals.expect(t, deal, uses * p.visit * (1.0 - f8(partner.overlap)))


@compiled()
def _settle(t, day, d):
    """Pay what is owed, net; who cannot has broken its word, and the alliance is frozen."""
    deal = t.deals[d]
    k = i8(deal.partner)
    owed = i8(deal.owed_cents)
    if owed > 0:
        paid = deals.host_pays(t, day, fund.POINTS_REDEMPTION, k, owed)
        deal.promised_cents += owed
        deal.kept_cents += paid
        deals.bear(t, deal, 0, paid)
        deal.host_gave[Gift.MONEY.value] += paid / 100.0
        deal.owed_cents -= paid
    elif owed < 0:
        back = deals.spend(t, day, fund.POINTS_REDEMPTION, k, fund.BRAND_POOL, -owed)
        deal.gave[Gift.MONEY.value] += back / 100.0
        deal.owed_cents += back
    if deal.owed_cents > 0:
        deals.put(t, d, Deal.FROZEN, day)
