"""Outreach: items shared outside, shops and events, and posts of influencers bring visitors."""

from __future__ import annotations

from plaza_lab.agents.member import Route
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, beta, day_key, lineage, mix, normal, uniform
from plaza_lab.sim.state import fund, prospects
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M05, M06, M07; F51; science.md A.12"
METRICS = (
    Metric("outside_visits", "visits", "outside visits from shared items", "T38"),
    Metric("influencer_posts", "posts", "posts bought from influencers", "M07"),
)
STATE: tuple[Var, ...] = (
    Var("outside_visits", "f8", "visits", "visits from shared items, not yet counted", "M05"),
    Var("pending_reach", "f8", "persons", "arrivals still to come from posts elsewhere", "M07"),
)


@levers("acquisition")
class Levers:
    """Items shared outside, shops, and influencers."""

    content_share: float = quantity(0.0, "shares/reaction", (0.0, 10.0), "assumption (M05)")
    """Shares outside that sharing tools bring, for each reaction of the day before."""
    offline_traffic_week: float = quantity(0.0, "persons/week", (0.0, 1e8), "M06")
    """Visitors of shops and events who are asked in."""
    offline_capture: float = quantity(0.1, "1", (0.0, 1.0), "assumption (M06)")
    """Part of these who come to the gate."""
    offline_saving: float = quantity(0.6, "1", (0.0, 0.9), "F51 (scaled by the calibration switch)")
    """What bringing in a visitor of a shop saves against the price of a media visitor."""
    influencer_posts_week: float = quantity(0.0, "posts/week", (0.0, 100.0), "M07")
    """Posts bought from influencers."""
    influencer_fee_cents: int = quantity(
        50_000, "cents/post", (0, 1_000_000_000), "assumption (M07)"
    )
    """Fee of a post."""
    influencer_min_fit: float = quantity(0.5, "1", (0.0, 1.0), "assumption (M07)")
    """Least fit of an influencer, 0 to 1."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        has_money = policy.fund.has_brand_money
        yield (
            self.offline_traffic_week > 0 and not has_money,
            "bringing in visitors of shops needs a brand budget; choose fund=brand_funded",
        )
        yield (
            self.influencer_posts_week > 0 and self.influencer_fee_cents > 0 and not has_money,
            "influencers need a brand budget; choose fund=brand_funded, or set "
            "acquisition.influencer_fee_cents=0 for barter",
        )


POSTING_DAY = 2
CANDIDATES = 8
"""Influencers looked at for each post (assumption)."""
RELEASE = 0.5
"""Part of those whom posts moved who come on the next day (assumption: half within a day)."""


@params()
class Params:
    """What outside visits turn into, and the market of influencers."""

    share_visits: float = quantity(4.0, "visits/share", (0.0, 10_000.0), "assumption (M05)")
    """Outside visits that one share brings."""
    share_to_register: float = quantity(0.03, "1", (0.0, 1.0), "assumption (T38)")
    """Outside visits from shared items that come to the gate."""
    good_pull: float = quantity(
        0.8, "1", (0.0, 1.0), "assumption (M05: visibly good answers attract good members)"
    )
    """Part of these visitors who come for the answers, when every request is solved."""
    influencer_audience: float = quantity(20_000.0, "persons", (1.0, 1e9), "assumption (M07)")
    """Median audience of an influencer's post."""
    audience_ln_sd: float = quantity(
        1.0, "1", (0.0, 3.0), "assumption (science A.12: concentrated)"
    )
    """Spread of the log audience."""
    influencer_conversion: float = quantity(0.001, "1", (0.0, 1.0), "assumption (M07)")
    """Audience that comes to the gate, at fit 0.5 and credibility 0.5."""
    influencer_fit: float = quantity(
        1.0, "log", (0.0, 20.0), "science A.15 (Hillstrom: visit lift x1.15 and x6.6 with fit)"
    )
    """Log effect of fit from 0 to 1."""


@kernel()
def step(t, day):
    """Bring today's visitors from outside channels to the gate."""
    lever = t.policy[0].acquisition
    state = t.outreach_state[0]
    if lever.content_share > 0.0 or state.outside_visits > 0.0:
        _content(t, day, lever)
    if lever.offline_traffic_week > 0.0:
        _offline(t, day, lever)
    if lever.influencer_posts_week > 0.0 and day % 7 == POSTING_DAY:
        _influencers_post(t, day, lever)
    if state.pending_reach > 0.0:
        _followers(t, day)


@compiled()
def _content(t, day, lever):
    """Readers share what moved them; who visits may register (M05)."""
    p = t.params[0].outreach
    settlement_state = t.settlement_state[0]
    state = t.outreach_state[0]
    visits = state.outside_visits
    state.outside_visits = 0.0
    if day > 0:
        visits += lever.content_share * t.daily[day - 1, mt.REACTIONS] * p.share_visits
    t.daily[day, mt.OUTSIDE_VISITS] += visits
    pull = 1.0 + t.params[0].arrival.quality_pull * settlement_state.answered_share
    fresh = prospects.response(t, Route.CONTENT.value, day)
    come = visits * p.share_to_register * pull * fresh
    aim = p.good_pull * settlement_state.answered_share
    prospects.come(t, Route.CONTENT.value, come, day, aim, prospects.Aim.SKILLED.value)


@compiled()
def _offline(t, day, lever):
    """Shops and events capture visitors, at a part of what media would cost (M06)."""
    scale = t.params[0].calibration.scale
    price = lever.media_cost_cents * (1.0 - lever.offline_saving * scale)
    fresh = prospects.response(t, Route.OFFLINE.value, day)
    captured = lever.offline_traffic_week / 7.0 * lever.offline_capture * fresh
    wanted = i8(captured * price)
    paid = fund.pay(t, day, fund.OFFLINE, fund.BRAND_POOL, fund.OUTSIDE, wanted, fund.NOBODY)
    if wanted > 0:
        captured *= paid / wanted
    prospects.come(t, Route.OFFLINE.value, captured, day, 0.0, prospects.Aim.INTERESTED.value)


@compiled()
def _influencers_post(t, day, lever):
    """This week's posts: for each the first candidate who fits, if the fee can be paid (M07)."""
    week = day // 7
    first = i8(lever.influencer_posts_week * week)
    last = i8(lever.influencer_posts_week * (week + 1))
    for number in range(first, last):
        moved = _post(t, number, lever)
        if moved <= 0.0:
            continue
        fee = lever.influencer_fee_cents
        if t.balances[fund.BRAND_POOL] < fee:
            fund.stop(t, day, fund.BRAND_POOL, fund.OUTSIDE, fee, fund.NOBODY)
            continue
        fund.pay(t, day, fund.INFLUENCER, fund.BRAND_POOL, fund.OUTSIDE, fee, fund.NOBODY)
        t.outreach_state[0].pending_reach += moved
        t.daily[day, mt.INFLUENCER_POSTS] += 1.0


@compiled()
def _post(t, number, lever):
    """Persons whom post ``number`` would move; 0 when no candidate fits."""
    p = t.params[0].outreach
    base = day_key(t.run_state[0].seed_key, draw_ids.INFLUENCER, number)
    for k in range(CANDIDATES):
        key = agent_key(base, lineage(U64(number), k))
        fit = beta(mix(key + U64(1)), 2.0, 2.0)
        if fit < lever.influencer_min_fit:
            continue
        credibility = beta(mix(key + U64(2)), 2.0, 2.0)
        z = normal(uniform(key, U64(3)))
        audience = p.influencer_audience * exp(p.audience_ln_sd * z)
        lift = exp(p.influencer_fit * (fit - 0.5)) * 2.0 * credibility
        return audience * p.influencer_conversion * lift
    return 0.0


@compiled()
def _followers(t, day):
    """Those whom posts moved come within days; who came before is no longer reached."""
    state = t.outreach_state[0]
    now = RELEASE * f8(state.pending_reach)
    state.pending_reach -= now
    if state.pending_reach < 1e-6:
        state.pending_reach = 0.0
    fresh = prospects.response(t, Route.INFLUENCER.value, day)
    prospects.come(t, Route.INFLUENCER.value, now * fresh, day, 0.0, prospects.Aim.INTERESTED.value)
