"""Arrival: who comes to the gate today, by which route.

How a route turns expected arrivals into persons is in ``sim/state/prospects.py``.
"""

from __future__ import annotations

from plaza_lab.agents.member import Route
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.state import deals, fund, people, prospects
from plaza_lab.sim.stepping import compiled, f8, kernel, mt

SOURCE = "science.md A.1 (Bass 1969); M01, M02, M05; R05"
METRICS = (Metric("prospects", "persons", "persons of the market who have not come yet", "E05"),)
STATE: tuple[Var, ...] = (
    Var("word", "f8", "1", "mood of active members, as their reviews show it", "M01"),
)


@levers("acquisition")
class Levers:
    """Paid reach."""

    media_week_cents: int = quantity(0, "cents/week", (0, 1_000_000_000), "M01")
    """Paid reach a week."""
    media_cost_cents: int = quantity(1_500, "cents/visit", (1, 1_000_000), "assumption")
    """Price of one interested visitor."""
    targeting_accuracy: float = quantity(0.5, "share", (0.5, 1.0), "M01 (0.5: chance)")
    """Paid messages that land on persons of more than median interest."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        has_money = policy.fund.has_brand_money
        yield (
            self.media_week_cents > 0 and not has_money,
            "paid media need a brand budget; choose fund=brand_funded",
        )
        yield (
            self.targeting_accuracy > 0.5 and self.media_week_cents == 0,
            "targeting aims paid media; set acquisition.media_week_cents above 0",
        )


@params()
class Params:
    """The market outside."""

    market_size: float = quantity(20_000.0, "persons", (0.0, 1e10), "assumption")
    """Persons who might ever join (Bass market potential)."""
    p_external: float = quantity(
        1.45e-4,
        "1/day",
        (0.0, 0.1),
        "science A.1 (1e-5..1e-3; Sultan, Farley & Lehmann 1990: 8e-5), where those "
        "who come make up for those who go: writers a year later .76-1.28 of now, four logs",
    )
    """Hazard of finding by oneself a community of ``usual_share`` of the market."""
    usual_share: float = quantity(0.025, "share", (1e-9, 1.0), "F02 (500) of the market's default")
    """Members, as part of the market, at which a community is found with that hazard."""
    visibility: float = quantity(
        0.6, "1", (0.0, 1.0), "science A.1 (growth falls with size, slope -.39: 905 subreddits)"
    )
    """How the hazard rises with the size of the community: power of its part of the market."""
    q_imitation: float = quantity(
        3.7e-3,
        "1/day",
        (0.0, 1.0),
        "science A.1 (5e-4..1e-2; Sultan, Farley & Lehmann 1990: .38 a year for every adopter, of "
        "whom .28 are active here)",
    )
    """Hazard of following word of mouth when everybody were an active, advocating member."""
    trend: float = quantity(0.0, "1/day", (-0.05, 0.05), "assumption")
    """Log growth of the external hazard."""
    advocacy_neutral: float = quantity(0.4, "1", (0.01, 1.0), "assumption")
    """Mean of satisfaction, trust and belonging at which word of mouth has weight 1."""
    quality_pull: float = quantity(0.5, "1", (0.0, 10.0), "M05")
    """Extra external arrivals when every request is solved."""


@kernel()
def step(t, day):
    """Let today's applicants arrive at the gate."""
    p = t.params[0].arrival
    partnership_state = t.partnership_state[0]
    prospects.replenish(t, day)
    left = prospects.left(t, day) * prospects.willing(t, day)
    paid = _paid_visits(t, day) * prospects.response(t, Route.PAID.value, day)
    partner = partnership_state.pending_exposure * prospects.response(t, Route.PARTNER.value, day)
    t.arrival_state[0].word = _mood(t, day, p)
    pull = 1.0 + p.quality_pull * t.settlement_state[0].answered_share
    pull *= prospects.visibility_of(t.people_state[0].n_members, p)
    surge = 1.0 + t.shocks_state[0].surge
    found = left * p.p_external * pull * exp(p.trend * day) * surge
    believed = 1.0 - t.insiders_state[0].disbelief
    heard = left * p.q_imitation * _advocates(t, day, p) * surge * believed
    t.prospects_state[0].by_themselves = found + heard
    aim = 2.0 * t.policy[0].acquisition.targeting_accuracy - 1.0
    fits = prospects.Aim.INTERESTED.value
    prospects.come(t, Route.ORGANIC.value, found, day, 0.0, fits)
    prospects.come(t, Route.WORD_OF_MOUTH.value, heard, day, 0.0, fits)
    prospects.come(t, Route.PAID.value, paid, day, aim, fits)
    waiting = t.prospects_state[0].n_applicants
    prospects.come(t, Route.PARTNER.value, partner, day, 0.0, fits)
    for k in range(waiting, t.prospects_state[0].n_applicants):
        t.applicants[k].inviter = -2 - deals.source(t, t.applicants[k].uid)
    partnership_state.pending_exposure = 0.0
    t.daily[day, mt.PROSPECTS] = prospects.left(t, day)


@compiled()
def _mood(t, day, p):
    """Mean of belonging, satisfaction and trust of yesterday."""
    if day == 0:
        return p.advocacy_neutral
    before = t.daily[day - 1]
    return (before[mt.BELONGING] + before[mt.SATISFACTION] + before[mt.TRUST]) / 3.0


@compiled()
def _advocates(t, day, p):
    """Active members per head of the market, weighted by how willing they are to recommend."""
    if p.market_size <= 0.0:
        return 0.0
    if day == 0:
        return _active_before(t) / p.market_size
    return t.daily[day - 1, mt.ACTIVE_28D] / p.market_size * _mood(t, day, p) / p.advocacy_neutral


@compiled()
def _active_before(t):
    """Members with an act in the 28 days before day 0; all of them in a newborn community."""
    if t.run_state[0].age_days <= 0.0:
        return f8(t.people_state[0].n_members)
    active = 0
    for back in range(MONTH):
        active += t.acts[people.HISTORY - 1 - back]
    return f8(active)


@compiled()
def _paid_visits(t, day):
    """Interested visitors that this day's part of the media budget buys."""
    lever = t.policy[0].acquisition
    if lever.media_week_cents <= 0:
        return 0.0
    wanted = fund.share_of(lever.media_week_cents, day % 7, 7)
    paid = fund.pay(t, day, fund.MEDIA, fund.BRAND_POOL, fund.OUTSIDE, wanted, fund.NOBODY)
    return paid / lever.media_cost_cents
