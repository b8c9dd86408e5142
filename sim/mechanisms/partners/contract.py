"""Contract: accounts, split, trust, disputes, better terms, leaks, renewal and the end of deals.

At every account the benefit is split as agreed, as far as it is money; each side looks at what the
months have brought, late and not exactly, and draws its conclusions.
"""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.deal import Form, Gift, Scope, Split
from plaza_lab.agents.decisions.partnering import stays
from plaza_lab.agents.member import Route
from plaza_lab.agents.partner import Deal
from plaza_lab.sim.declaring import Clashes, Metric, Policy, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.state import accounts, deals, fund
from plaza_lab.sim.state.alerts import RuleSet
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "partners.md 1; M103, M110, M113"
METRICS = (
    Metric("partner_trust", "1", "trust of partners with a deal at work, mean", "T63", True),
    Metric(
        "share_deviation", "points", "received share - contribution share, absolute", "T63", True
    ),
    Metric("culture_offences", "incidents", "offences that partners took", "T66"),
    Metric("partner_exits", "deals", "deals ended", "T63"),
    Metric("partners_lost", "deals", "deals ended, or not made, for what a rival offers", "M132"),
    Metric("deals_disputed", "deals", "disputes begun", "T63"),
    Metric("partner_strain", "share", "deals whose partner is strained", "A29", True),
    Metric("data_gap", "flag", "partners have data that are not protected as they should", "A18"),
)


@levers("partnership")
class Levers:
    """Terms of a contract."""

    term_weeks: int = quantity(26, "weeks", (1, 260), "M103")
    """Length of the contract."""
    review_weeks: int = quantity(4, "weeks", (0, 52), "M103")
    """Weeks between reviews; 0 for none: then accounts are taken every quarter."""
    split: Split = quantity(Split.CONTRIBUTION, "rule", source="M113")
    """How the benefit is split."""
    fee_month_cents: int = quantity(0, "cents/month", (0, 1_000_000_000), "M113")
    """What the host pays a partner under a fixed fee."""
    is_adaptive: bool = quantity(False, "flag", source="M103")
    """Terms can be changed at any review; else only after a dispute."""
    exit_penalty: float = quantity(0.0, "share", (0.0, 1.0), "partners.md 1 (long, fixed: .25)")
    """What a partner that leaves early owes, of its contribution to the rest of the term."""
    is_open_books: bool = quantity(True, "flag", source="M103")
    """Results are reported jointly."""
    has_meetings: bool = quantity(False, "flag", source="M103")
    """The sides meet every month; it takes money and saves friction."""
    has_clear_rule: bool = quantity(False, "flag", source="M113")
    """The split was written down beforehand in so many words: more deviation is tolerated."""
    has_mediation: bool = quantity(False, "flag", source="M113")
    """Disputes are mediated."""
    has_culture_work: bool = quantity(False, "flag", source="M124")
    """Work on differences of culture; it takes money."""
    data_scope: Scope = quantity(Scope.NONE, "scope", source="M110")
    """Data on members that are shared."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        is_on = policy.partnership.form != Form.NONE
        is_asked = policy.data_policy.consent.name != "NOT_ASKED"
        yield (
            is_on and self.review_weeks > self.term_weeks,
            f"the first review, in week {self.review_weeks}, is after the end of the contract "
            f"in week {self.term_weeks}; choose review_weeks up to term_weeks, or 0",
        )
        yield (
            is_on and self.data_scope == Scope.USER_LEVEL and not is_asked,
            "user-level data need the members' consent; choose data_policy.consent=opt_in or "
            "opt_out, or data_scope=aggregate",
        )
        yield (
            is_on and self.split == Split.FIXED_FEE and self.fee_month_cents == 0,
            "a fixed fee of 0 pays the partner nothing; set fee_month_cents, "
            "or choose another split",
        )


@params()
class Params:
    """How deals work out, and what ends them."""

    transferable: float = quantity(0.5, "share", (0.0, 1.0), "assumption")
    """Part of benefit that can be settled in money."""
    coordination_cents: float = quantity(
        20_000.0, "cents/month", (0.0, 1e8), "assumption (partners.md 1: 200 yuan)"
    )
    """Cost of working together, of one department on each side."""
    host_departments: int = quantity(2, "departments", (1, 20), "assumption")
    """Departments of the host that have a say."""
    host_patience: float = quantity(0.95, "1", (0.5, 0.999), "assumption (.85-.99)")
    """Worth to the host of a round of talks later."""
    portfolio_cost: float = quantity(0.15, "1/deal", (0.0, 2.0), "assumption (partners.md 1)")
    """What every further deal adds to the cost of working together."""
    culture_relief: float = quantity(0.6, "share", (0.0, 1.0), "assumption (partners.md 3)")
    """Of distance of cultures, what work on it takes away."""
    culture_work_cents: float = quantity(20_000.0, "cents/month", (0.0, 1e8), "assumption")
    """Cost to the host of work on culture, a deal."""
    meeting_relief: float = quantity(0.5, "share", (0.0, 1.0), "assumption (partners.md 1: gov)")
    """Of the cost of working together, what regular meetings save."""
    meeting_cents: float = quantity(10_000.0, "cents/month", (0.0, 1e8), "assumption")
    """Cost to the host of the meetings, a deal."""
    trust_gain: float = quantity(0.04, "1/review", (0.0, 1.0), "assumption (M103)")
    """Trust that a kept promise adds."""
    trust_loss: float = quantity(0.4, "1", (0.0, 10.0), "science A.16 (k-/k+ 3-10)")
    """Trust lost per unit of broken promise or unfair share."""
    leak_loss: float = quantity(0.6, "share", (0.0, 1.0), "assumption (partners.md 1)")
    """Trust lost in a leak of user-level data."""
    aggregate_leak_loss: float = quantity(0.2, "share", (0.0, 1.0), "assumption")
    """Trust lost in a leak where only aggregates were shared."""
    offence_loss: float = quantity(0.2, "share", (0.0, 1.0), "assumption (partners.md 1)")
    """Trust lost in an offence against a culture."""
    offence_view: float = quantity(0.0005, "1/view", (0.0, 1.0), "assumption (partners.md 3)")
    """Chance of an offence, by distance of cultures, in a view of a partner's item."""
    tolerance: float = quantity(0.1, "share", (0.0, 1.0), "A29 (10 points)")
    """Deviation of shares that is tolerated."""
    clear_tolerance: float = quantity(0.2, "share", (0.0, 1.0), "assumption (M113)")
    """The same under a clear rule."""
    dispute_month: float = quantity(0.005, "1/month", (0.0, 1.0), "assumption (partners.md 1)")
    """Hazard of a dispute where shares are fair and trust is .5."""
    freeze_days: int = quantity(28, "days", (7, 364), "assumption (7-84)")
    """How long a disputed deal is frozen."""
    mended_trust: float = quantity(0.05, "1", (0.0, 1.0), "assumption (partners.md 1)")
    """Trust that a mended dispute adds."""
    exit_hazard_month: float = quantity(
        0.009, "1/month", (0.0, 1.0), "science A.15 (half end in 3-5 years)"
    )
    """Hazard of leaving when new, at usual surplus, trust and fit."""
    crisis_months: float = quantity(
        18.0, "months", (1.0, 240.0), "assumption (Deeds & Rothaermel 2003: honeymoon)"
    )
    """Age at which a deal is most at risk."""
    surplus_weight: float = quantity(
        1.0, "log-hazard", (0.0, 10.0), "assumption (science A.15: b1)"
    )
    """Per unit of relative surplus."""
    usual_surplus: float = quantity(0.3, "1", (-1.0, 10.0), "assumption (partners.md 1)")
    """Surplus that moves nothing."""
    surplus_cap: float = quantity(2.0, "1", (0.0, 100.0), "assumption")
    """Largest surplus that counts."""
    trust_weight: float = quantity(2.0, "log-hazard", (0.0, 10.0), "assumption (science A.15: b2)")
    """Per unit of trust."""
    usual_trust: float = quantity(0.7, "1", (0.0, 1.0), "assumption (partners.md 1)")
    """Trust that moves nothing."""
    fit_holds: float = quantity(
        1.2, "log-hazard", (0.0, 10.0), "Jensen & Cornwell 2017 (congruence -70.6 %)"
    )
    """Per unit of fit."""
    usual_fit: float = quantity(0.6, "1", (0.0, 1.0), "assumption (partners.md 1)")
    """Fit that moves nothing."""
    dispute_weight: float = quantity(1.0, "log-hazard", (0.0, 10.0), "assumption")
    """In the half year after a dispute, or once better terms were refused."""
    rival_weight: float = quantity(
        0.38, "log-hazard", (0.0, 5.0), "Jensen & Cornwell 2017 (+46.7 % a sponsor added)"
    )
    """Per later partner of the same category."""
    dying_weight: float = quantity(1.5, "log-hazard", (0.0, 10.0), "assumption (partners.md 1)")
    """Per log of active members lost since the signing."""
    cascade_weight: float = quantity(0.4, "log-hazard", (0.0, 5.0), "assumption (partners.md 1)")
    """Per partner who left in 91 days."""
    perception: float = quantity(0.4, "1", (0.0, 2.0), "assumption (.1-.8; halved by open books)")
    """Relative error of either side about what a month has brought."""
    drift: float = quantity(0.05, "1/review", (0.0, 1.0), "assumption (partners.md 1: q)")
    """Variance that time adds to a belief, of its square."""
    shrinking: float = quantity(0.3, "share", (0.0, 1.0), "assumption (partners.md 1)")
    """Loss of active members at which a partner asks for better terms."""
    away_days: int = quantity(182, "days", (0, 3640), "assumption (partners.md 1)")
    """Days until a partner that left is in the pool again."""
    insight_cents: float = quantity(
        5_000.0, "cents/month", (0.0, 1e8), "assumption (partners.md 1: 50 yuan)"
    )
    """Worth of shared aggregates; user-level data are worth three times that."""


def is_on(policy, world):
    """Whether there can be deals."""
    return bool(policy.partnership.form != Form.NONE)


@kernel()
def step(t, day):
    """Live a day of all deals that have been signed."""
    lever = t.policy[0].partnership
    if lever.form == Form.NONE:
        return
    p = t.params[0].contract
    _attribute(t, day)
    if t.partnership_state[0].leak_day >= 0:
        _leak(t, day, p)
    for d in range(t.deals.shape[0]):
        deal = t.deals[d]
        if deal.partner < 0 or deal.signed < 0 or deal.state == Deal.ENDED:
            continue
        if deal.state == Deal.DISPUTED and day > deal.since:
            deals.put(t, d, Deal.FROZEN, day)
        elif deal.state == Deal.FROZEN and day - deal.since >= p.freeze_days:
            accounts.thaw(t, day, d, lever)
        elif deals.is_live(deal.state):
            _live(t, day, d, lever, p)
    _report(t, day, p)


@compiled()
def _attribute(t, day):
    """Count today's joins, and yesterday's purchases, for the deals that brought the people."""
    worth = t.params[0].partnership.join_value_cents
    for i in range(t.run_state[0].n_founders, t.people_state[0].n_rows):
        m = t.members[i]
        if m.route != Route.PARTNER or m.inviter > -2:
            continue
        deal = t.deals[-2 - m.inviter]
        if m.joined == day and deal.partner >= 0:
            deal.joins += 1
            t.partners[deal.partner].joins += 1
            deal.gave[Gift.MEMBERS.value] += 1.0
            deal.host_got[Gift.MEMBERS.value] += 1.0
            deals.credit_host(t, deal, worth)
        if m.last_buy == day - 1:
            deal.purchases += 1


@compiled()
def _leak(t, day, p):
    """Members' data have got out: who shared them draws the consequences."""
    state = t.partnership_state[0]
    for d in range(t.deals.shape[0]):
        deal = t.deals[d]
        if deal.partner < 0 or not deals.is_live(deal.state) or deal.scope == Scope.NONE:
            continue
        partner = t.partners[deal.partner]
        is_user = deal.scope == Scope.USER_LEVEL
        loss = p.leak_loss if is_user else p.aggregate_leak_loss
        feelings.lower_trust(partner, loss)
        if is_user or state.leak_by == deal.partner:
            accounts.end(t, day, d, False)
    state.leak_day = -1


@compiled()
def _live(t, day, d, lever, p):
    """A day of a deal at work."""
    deal = t.deals[d]
    if deal.state == Deal.IN_REVIEW:
        deals.put(t, d, Deal.RENEWED if deal.is_renewed else Deal.ACTIVE, day)
    age = day - deal.signed
    if age > 0 and age % 7 == 0:
        _week(t, day, d, lever, p)
    if deals.is_live(deal.state) and day >= deal.review_day:
        accounts.review(t, day, d, lever)
    if deals.is_live(deal.state) and day >= deal.until:
        accounts.renew(t, day, d, lever)


@compiled()
def _week(t, day, d, lever, p):
    """Money of the week, and whether the partner has had enough."""
    deal = t.deals[d]
    k = i8(deal.partner)
    partner = t.partners[k]
    if day - deal.signed >= 28:
        deals.fill(t, day, k, i8(partner.budget_cents // 52))
    half = i8(deals.coordination_cents(t, k) / 8.0)
    deals.spend(t, day, fund.COORDINATION, k, fund.OUTSIDE, half)
    deals.charge(t, deal, half)  # what is not paid in money is done by their own people
    work = p.culture_work_cents * lever.has_culture_work + p.meeting_cents * lever.has_meetings
    own = half + i8(work / 4.0)
    money = min(own, fund.available(t, fund.BRAND_POOL, fund.COORDINATION))
    fund.transfer(t, day, fund.COORDINATION, fund.BRAND_POOL, fund.OUTSIDE, money, fund.NOBODY)
    deals.charge_host(t, deal, own, own)
    _pay_fee(t, day, d, lever)
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.PARTNER_REVIEW, day), partner.uid)
    surplus = accounts.surplus(t, day, d, lever)
    around = accounts.around(t, day, d)
    u = uniform(key, U64(0))
    trust, fit = f8(partner.trust), f8(partner.fit)
    if not stays(trust, surplus, fit, around, 0.25, p, u):
        offer = accounts.outside(t, day, deal) - accounts.usual_outside(t, day, deal)
        unasked = surplus + offer / accounts.stake(day, deal)
        if offer > 0.0 and stays(trust, unasked, fit, around, 0.25, p, u):
            t.daily[day, mt.PARTNERS_LOST] += 1.0  # who would have stayed but for the rival
        accounts.end(t, day, d, True)


@compiled()
def _pay_fee(t, day, d, lever):
    """What the host owes the partner this week beside the split."""
    deal = t.deals[d]
    fee = deal.fee_cents
    if deal.split == Split.FIXED_FEE:
        fee += lever.fee_month_cents
    owed = i8(fee // 4)
    if owed <= 0:
        return
    paid = deals.host_pays(t, day, fund.PARTNER_BENEFIT, i8(deal.partner), owed)
    deal.promised_cents += owed
    deal.kept_cents += paid
    deals.bear(t, deal, 0, paid)
    deals.gain(t, deal, paid, 0)
    deal.received_cents += paid
    deal.host_gave[Gift.MONEY.value] += paid / 100.0
    deal.got[Gift.MONEY.value] += paid / 100.0


@compiled()
def _report(t, day, p):
    trust = 0.0
    strained = 0.0
    shares = 0.0
    n = 0
    for d in range(t.deals.shape[0]):
        deal = t.deals[d]
        if deal.partner < 0 or not deals.is_open(deal.state) or deal.signed < 0:
            continue
        own = f8(t.partners[deal.partner].trust)
        trust += own
        n += 1
        shares += min(1, i8(deal.scope))
        if own < STRAINED or deal.deviation > p.tolerance:
            strained += 1.0
    if n > 0:
        t.daily[day, mt.PARTNER_TRUST] = trust / n
    t.daily[day, mt.PARTNER_STRAIN] = strained / n if n > 0 else 0.0
    policy = t.policy[0]
    months = policy.data_policy.audit_months
    is_gap = policy.data_policy.encryption < 0.99 or months == 0 or months > 6
    t.daily[day, mt.DATA_GAP] = 1.0 if is_gap and shares > 0.0 else 0.0
    is_watched = policy.alerts.ruleset != RuleSet.DISABLED
    t.partnership_state[0].is_blocked = 1 if is_gap and is_watched else 0


STRAINED = 0.4
"""Trust below which a partner is strained (A29)."""
