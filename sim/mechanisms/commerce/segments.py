"""Segments: members are sorted, offers go to segments, and aims shift when health falls."""

from __future__ import annotations

import enum

from plaza_lab.agents.decisions.buying import BUY
from plaza_lab.agents.decisions.visiting import VISIT, visit_hazard
from plaza_lab.agents.member import Contact, Segment, Status
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.state import buyers, fund, places, profiles, traits, trial
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M93; E02, T30, T43"
METRICS = (
    Metric("segment_ordinary", "members", "members sorted as ordinary", "T30", True),
    Metric("segment_core", "members", "members sorted as core", "T30", True),
    Metric("segment_vip", "members", "members sorted as VIP", "T30", True),
    Metric("segment_at_risk", "members", "members sorted as at risk", "T30", True),
    Metric("targeting_accuracy", "share", "members sorted where they belong", "T30", True),
    Metric("offers_ordinary", "offers", "offers to ordinary members", "T30"),
    Metric("offers_core", "offers", "offers to core members", "T30"),
    Metric("offers_vip", "offers", "offers to VIPs", "T30"),
    Metric("offers_at_risk", "offers", "offers to members at risk", "T30"),
)
STATE: tuple[Var, ...] = (Var("retarget", "f8", "1", "weight moved toward members at risk", "M93"),)


class Scheme(enum.IntEnum):
    """How members are sorted into segments (M93)."""

    NONE = 0
    QUANTILE = 1
    CLUSTER = 2


@levers("crm")
class Levers:
    """Segments, and what each is offered."""

    scheme: Scheme = quantity(Scheme.NONE, "scheme", source="M93")
    """none; quantile: ranks in recency, frequency, spend and contribution; cluster: groups found in
    them."""
    refresh_weeks: int = quantity(4, "weeks", (1, 52), "assumption (M93)")
    """Weeks between sortings."""
    accuracy: float = quantity(
        0.85, "share", (0.0, 1.0), "assumption (M93: accuracy limits benefit)"
    )
    """Chance that a member is put where she belongs, and that a cause is seen rightly."""
    offer_week_cents: int = quantity(0, "cents/week", (0, 1_000_000_000), "M93")
    """Budget of offers to segments a week."""
    offer_cents: int = quantity(500, "cents/offer", (1, 1_000_000), "assumption")
    """Cost of one offer."""
    ordinary_weight: float = quantity(1.0, "1", (0.0, 100.0), "M93")
    """Offers per ordinary member."""
    core_weight: float = quantity(1.0, "1", (0.0, 100.0), "M93")
    """Offers per core member."""
    vip_weight: float = quantity(1.0, "1", (0.0, 100.0), "M93")
    """Offers per VIP."""
    at_risk_weight: float = quantity(1.0, "1", (0.0, 100.0), "M93")
    """Offers per member at risk."""
    retarget_trigger: float = quantity(0.4, "share", (0.0, 1.0), "F102")
    """Active share below which offers move toward members at risk."""
    retarget_step: float = quantity(0.0, "1", (0.0, 10.0), "M93")
    """Weight moved at each sorting below the trigger, and back above it."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        has_money = policy.fund.has_brand_money or policy.monetisation.feeds_the_fund
        offers = self.offer_week_cents > 0
        contacts = policy.crm.has_winback and policy.crm.winback_month_cents > 0
        yield (
            offers and self.scheme == Scheme.NONE,
            "offers to segments need members sorted into segments; choose "
            "crm.scheme=quantile or cluster",
        )
        yield (
            (offers or contacts) and not has_money,
            "offers and win-back contacts need a brand budget; choose fund=brand_funded or mixed",
        )


@params()
class Params:
    """How members are sorted."""

    vip_share: float = quantity(0.05, "share", (0.0, 1.0), "assumption (E02: VIP, core, ordinary)")
    """Members in the best segment, where ranks decide."""
    core_share: float = quantity(0.15, "share", (0.0, 1.0), "assumption (E02)")
    """Members in the second segment, where ranks decide."""
    idle_days: int = quantity(28, "days", (1, 364), "assumption (E02: likely to leave)")
    """Days without a visit from which a member of some value counts as at risk."""
    least_value: float = quantity(0.4, "1", (0.0, 1.0), "assumption")
    """Mean rank from which an idle member is worth an own segment."""
    offer_visit: float = quantity(
        0.59,
        "log-hazard",
        (0.0, 5.0),
        "science A.15 (Hillstrom: visits 10.6 % in two weeks, +7.3 and +8.2 points where it fits)",
    )
    """Visits of a member who holds an offer of what she cares for."""
    offer_misfit: float = quantity(
        0.56, "1", (0.0, 1.0), "science A.15 (Hillstrom: +1.1 and +7.1 points where it does not)"
    )
    """The same of an offer that does not fit, relative to one that does."""
    rounds: int = quantity(6, "rounds", (1, 50), "assumption")
    """Rounds of finding clusters."""


@BUY.term("offer", source="M93; science.md A.15 (Hillstrom)")
def offer_sells(m, world):
    """Log-hazard of buying of those who hold an offer."""
    return world.purchase.offer_pull if m.contact & Contact.OFFERED else 0.0


@VISIT.term("offer", source="science.md A.15 (Hillstrom)")
def offer_brings(m, policy, world):
    """Log-hazard of coming by of those who hold an offer; less where it misses what they want."""
    if not m.contact & Contact.OFFERED:
        return 0.0
    p = world.segments
    hit = policy.crm.accuracy + (1.0 - policy.crm.accuracy) * p.offer_misfit
    return p.offer_visit * hit


def is_on(policy, world):
    """Whether members are sorted into segments."""
    return bool(policy.crm.scheme != Scheme.NONE)


@kernel()
def step(t, day):
    """Sort members every few weeks, send offers every week."""
    lever = t.policy[0].crm
    if lever.scheme == Scheme.NONE or day % WEEK != WEEK - 1:
        return
    if (day // WEEK) % lever.refresh_weeks == 0:
        _retarget(t, day, lever)
        _sort(t, day, lever)
    if lever.offer_week_cents > 0:
        _send_offers(t, day, lever)


@compiled()
def _retarget(t, day, lever):
    """Move weight toward members at risk while the active share lies below the trigger."""
    state = t.segments_state[0]
    if t.daily[day - 1, mt.ACTIVE_SHARE] < lever.retarget_trigger:
        state.retarget += lever.retarget_step
    else:
        state.retarget = max(0.0, state.retarget - lever.retarget_step)


@compiled()
def _sort(t, day, lever):
    """Put every member into a segment; some are put wrongly."""
    p = t.params[0].segments
    profiles.learn_ranks(t, day)
    core, vip = 0.0, 0.0
    if lever.scheme == Scheme.CLUSTER:
        profiles.learn_clusters(t, day, p.rounds)
    else:
        core, vip = profiles.learn_cuts(t, day, p.vip_share, p.core_share)
    key = day_key(t.run_state[0].seed_key, draw_ids.MISLABEL, day)
    row = t.daily[day]
    for s in range(4):
        row[_heads(s)] = 0.0
    right = 0
    n = 0
    for i in range(t.people_state[0].n_rows):
        if t.fate[i].status == Status.LEFT:
            continue
        true = _belongs_to(t, i, day, core, vip, lever, p)
        draws = agent_key(key, t.fate[i].uid)
        said = true
        if uniform(draws, U64(0)) >= places.accuracy(t):
            said = 1 + i8(4.0 * uniform(draws, U64(1)))
        t.members[i].segment = said
        row[_heads(said - 1)] += 1.0
        right += 1 if said == true else 0
        n += 1
    if n > 0:
        row[mt.TARGETING_ACCURACY] = right / n


@compiled()
def _belongs_to(t, i, day, core, vip, lever, p):
    profiles.draw_up(t, i, day)
    value = profiles.value(t)
    if day - t.members[i].last_visit >= p.idle_days and value >= p.least_value:
        return Segment.AT_RISK.value
    if lever.scheme == Scheme.CLUSTER:
        return 1 + profiles.nearest(t)
    return profiles.segment_from(value, core, vip)


@compiled()
def _weight(t, segment, lever):
    """Offers per member of a segment, relative to the others."""
    if segment == Segment.ORDINARY:
        return lever.ordinary_weight
    if segment == Segment.CORE:
        return lever.core_weight
    if segment == Segment.VIP:
        return lever.vip_weight
    return lever.at_risk_weight + t.segments_state[0].retarget


@compiled()
def _send_offers(t, day, lever):
    """Share the week's budget out by segment and draw who gets an offer."""
    wanted = 0.0
    for segment in range(1, 5):
        heads = t.daily[day, _heads(segment - 1)]
        wanted += heads * _weight(t, segment, lever)
    money = min(lever.offer_week_cents, fund.available(t, fund.BRAND_POOL, fund.OFFER))
    if wanted <= 0.0:
        return
    per_weight = money / lever.offer_cents / wanted
    key = day_key(t.run_state[0].seed_key, draw_ids.OFFER, day)
    most = money // lever.offer_cents
    hours = t.params[0].staffing.contact_hours
    sent = fund.NOTHING
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        had = m.contact & Contact.OFFERED
        m.contact &= 127 - Contact.OFFERED
        if t.fate[i].status != Status.LEFT and m.segment > 0 and sent < most:
            chance = per_weight * _weight(t, m.segment, lever)
            if uniform(key, t.fate[i].uid) < chance and fund.takes_staff(t, hours):
                m.contact |= Contact.OFFERED
                sent += 1
                t.daily[day, _offers(m.segment - 1)] += 1.0
        if had != m.contact & Contact.OFFERED and t.fate[i].status != Status.LEFT:
            t.fate[i].buy_hazard = buyers.hazard_of(t, i)
            _set_visits(t, i)
    cents = sent * lever.offer_cents
    fund.pay(t, day, fund.OFFER, fund.BRAND_POOL, fund.OUTSIDE, cents, fund.NOBODY)
    short = lever.offer_week_cents - money
    if short > 0:
        fund.stop(t, day, fund.BRAND_POOL, fund.OUTSIDE, short, fund.NOBODY)


@compiled()
def _set_visits(t, i):
    """Let an offer that has just come or gone show in her visits; the silent see it too."""
    fate = t.fate[i]
    m = t.members[i]
    if fate.status == Status.ENGAGED:
        pace = traits.pace_of(t, i)
        fate.visit_hazard = pace * visit_hazard(m, t, t.policy[trial.arm(t, i)], t.params[0])
    elif m.contact & Contact.OFFERED:
        pull = offer_brings(m, t.policy[0], t.params[0])
        fate.visit_hazard = f8(fate.visit_hazard) * exp(pull)


@compiled()
def _heads(k):
    """Column of the members of a segment, counted from 0."""
    return (mt.SEGMENT_ORDINARY, mt.SEGMENT_CORE, mt.SEGMENT_VIP, mt.SEGMENT_AT_RISK)[k]


@compiled()
def _offers(k):
    """Column of the offers to a segment, counted from 0."""
    return (mt.OFFERS_ORDINARY, mt.OFFERS_CORE, mt.OFFERS_VIP, mt.OFFERS_AT_RISK)[k]
