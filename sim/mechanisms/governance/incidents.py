"""Incidents: members' data leak, published risks become scandals; protection costs accuracy."""

from __future__ import annotations

import enum

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import shift_probability
from plaza_lab.agents.deal import Form, Scope
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.agents.member import Status
from plaza_lab.agents.partner import LEAKINESS
from plaza_lab.engine.elementary import exp, log, power
from plaza_lab.sim.calendar import YEAR
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, U64, day_key, uniform
from plaza_lab.sim.state import deals, fund, items, trial
from plaza_lab.sim.state.offering import Feed
from plaza_lab.sim.stepping import compiled, draw_ids, f8, kernel, mt

SOURCE = "M72, M60; F97, F99; mechanisms.md 6.3; C24"
METRICS = (
    Metric("privacy_incidents", "incidents", "leaks of members' data", "T66"),
    Metric("public_incidents", "incidents", "published risks that became scandals", "T66"),
    Metric("encrypted_share", "share", "encrypted transfers", "T66", True),
    Metric("days_since_audit", "days", "since the last audit", "T66"),
)
STATE: tuple[Var, ...] = (
    Var("feed_accuracy", "f8", "1", "accuracy of the feed under the data policy", "M72"),
)


class Consent(enum.IntEnum):
    """How members agree to the use of their data."""

    NOT_ASKED = 0
    OPT_OUT = 1
    OPT_IN = 2


@levers("data_policy")
class Levers:
    """Masking, encryption, audits and consent."""

    masking: float = quantity(0.5, "share", (0.0, 1.0), "assumption (M72: de-identification)")
    """Personal data that are masked before use."""
    encryption: float = quantity(0.9, "share", (0.0, 1.0), "assumption (F97 asks for 0.99)")
    """Data transfers that are encrypted."""
    audit_months: int = quantity(12, "months", (0, 60), "F99 asks for 6")
    """Between audits; 0: none."""
    consent: Consent = quantity(Consent.OPT_OUT, "consent", source="M72")
    """Not asked, opt-out or opt-in."""
    is_certified: bool = quantity(False, "flag", source="F98 (grade-3 certificate)")
    """Protection of shared data is certified by a third party."""


MONTH_DAYS = YEAR / 12.0


@params()
class Params:
    """How often what happens, what it costs, and what protection takes."""

    happen: bool = quantity(False, "flag", source="M72, M60")
    """Incidents can happen."""
    yearly: float = quantity(
        0.02, "1/year", (0.0, 1.0), "mechanisms.md 6.3 (lax 8 %, standard 2 %, strict 0.5 %)"
    )
    """Chance of a leak in a year under the standard data policy."""
    masking_weight: float = quantity(
        1.6, "log-hazard", (0.0, 10.0), "fitted to mechanisms.md 6.3 (a factor 4 a level)"
    )
    """Protection, per share of data masked beyond half."""
    encryption_weight: float = quantity(
        1.5, "log-hazard", (0.0, 20.0), "fitted to mechanisms.md 6.3 (a factor 4 a level)"
    )
    """Protection, per share of transfers encrypted beyond nine tenths."""
    audit_weight: float = quantity(
        0.25, "log-hazard", (0.0, 10.0), "fitted to mechanisms.md 6.3 (a factor 4 a level)"
    )
    """Protection, per audit a year beyond one."""
    consent_weight: float = quantity(
        0.2, "log-hazard", (0.0, 10.0), "fitted to mechanisms.md 6.3 (a factor 4 a level)"
    )
    """Protection, per step of consent beyond the right to object."""
    leak_trust: float = quantity(0.5, "1", (0.0, 5.0), "assumption (M72)")
    """Log of the trust everybody loses in a leak of unencrypted data."""
    encrypted_relief: float = quantity(0.6, "share", (0.0, 1.0), "assumption (M72: loss)")
    """Part of the loss that full encryption prevents."""
    scandal: float = quantity(5e-5, "1/item and day", (0.0, 1.0), "assumption (M60)")
    """Daily chance that a published violating item becomes a public incident."""
    scandal_trust: float = quantity(0.3, "1", (0.0, 5.0), "assumption (M60)")
    """Log of the trust everybody loses in a public incident."""
    aggregate_surface: float = quantity(0.2, "1/deal", (0.0, 10.0), "assumption (partners.md 1)")
    """Hazard that a partner with aggregate data adds, relative to the community's own."""
    user_surface: float = quantity(1.0, "1/deal", (0.0, 10.0), "assumption (partners.md 1)")
    """The same of a partner with user-level data, of usual care."""
    late_audit: float = quantity(1.5, "1", (1.0, 10.0), "assumption (partners.md 1; F99)")
    """Factor on partners' hazard where the last audit is more than half a year old."""
    weak_transfer: float = quantity(2.0, "1", (1.0, 10.0), "assumption (partners.md 1; F97)")
    """Factor on partners' hazard where less than 99 % of transfers are encrypted."""
    certified: float = quantity(0.7, "1", (0.0, 1.0), "assumption (partners.md 1; F98)")
    """Factor on partners' hazard under a certificate."""
    audit_cents: float = quantity(500_000.0, "cents", (0.0, 1e9), "assumption (M72: fixed cost)")
    """Cost of an audit, borne by the brand outside the community's funds."""
    consent_visits: float = quantity(
        0.05,
        "log-hazard",
        (0.0, 5.0),
        "Schmitt et al. 2021 (visits -4.9 % at 3 months; Goldberg et al. 2024: not by asking)",
    )
    """Visits lost to being asked for consent beyond the right to object."""
    accuracy_masking: float = quantity(
        0.8, "log-odds", (0.0, 10.0), "assumption (M72: accuracy loss)"
    )
    """Accuracy of the personalised feed, per share of data not masked beyond half."""
    accuracy_consent: float = quantity(
        0.3, "log-odds", (0.0, 10.0), "assumption (M72: accuracy loss)"
    )
    """Accuracy of the personalised feed, per step of consent not asked for."""


@VISIT.term("consent", source="Schmitt et al. 2021")
def consent_keeps_away(policy, world):
    """Who must agree first comes by less often."""
    is_asked = policy.data_policy.consent == Consent.OPT_IN
    return -world.incidents.consent_visits if is_asked else 0.0


@kernel()
def step(t, day):
    """Set what the feed may know today, and draw whether something happened."""
    lever = t.policy[0].data_policy
    p = t.params[0].incidents
    known = p.accuracy_masking * (0.5 - lever.masking) + p.accuracy_consent * (1.0 - lever.consent)
    ordered = t.policy[trial.with_feed(t)].distribution
    accuracy = ordered.accuracy
    is_asked = ordered.feed == Feed.PERSONALISED
    if is_asked and known != 0.0:
        accuracy = shift_probability(accuracy, known)
    t.incidents_state[0].feed_accuracy = accuracy if is_asked else 0.0
    if not p.happen:
        return
    _audit(t, day, lever, p)
    key = day_key(t.run_state[0].seed_key, draw_ids.INCIDENT, ALWAYS)
    hazard = -log(1.0 - min(0.999999, p.yearly)) / YEAR * exp(_exposure(lever, p))
    surface = _partners_surface(t, lever, p)
    if uniform(key, U64(2 * day)) < 1.0 - exp(-hazard * (1.0 + surface)):
        t.daily[day, mt.PRIVACY_INCIDENTS] += 1.0
        _blame(t, day, surface, p)
        _shake(t, p.leak_trust * (1.0 - p.encrypted_relief * lever.encryption))
    risks = _published_risks(t)
    if uniform(key, U64(2 * day + 1)) < 1.0 - power(1.0 - p.scandal, risks):
        t.daily[day, mt.PUBLIC_INCIDENTS] += 1.0
        _shake(t, p.scandal_trust)


@compiled()
def _exposure(lever, p):
    """Log-hazard of a leak relative to the standard data policy."""
    audits = 12.0 / lever.audit_months if lever.audit_months > 0 else 0.0
    exposure = p.masking_weight * (0.5 - lever.masking)
    exposure += p.encryption_weight * (0.9 - lever.encryption)
    exposure += p.audit_weight * (1.0 - audits)
    return exposure + p.consent_weight * (1.0 - lever.consent)


@compiled()
def _surface(t, d, p):
    """Hazard that one deal adds by the data it shares, relative to the community's own."""
    deal = t.deals[d]
    if deal.partner < 0 or not deals.is_live(deal.state) or deal.scope == Scope.NONE:
        return 0.0
    partner = t.partners[deal.partner]
    if deal.scope == Scope.AGGREGATE:
        return p.aggregate_surface
    return p.user_surface * LEAKINESS[partner.kind] * 2.0 * (1.0 - f8(partner.security))


@compiled()
def _partners_surface(t, lever, p):
    """Hazard that all partners add; none while their data may not flow."""
    if t.policy[0].partnership.form == Form.NONE or t.partnership_state[0].is_blocked:
        return 0.0
    total = 0.0
    for d in range(t.deals.shape[0]):
        total += _surface(t, d, p)
    if lever.audit_months == 0 or lever.audit_months > 6:
        total *= p.late_audit
    if lever.encryption < 0.99:
        total *= p.weak_transfer
    return total * (p.certified if lever.is_certified else 1.0)


@compiled()
def _blame(t, day, surface, p):
    """Tell partners of a leak, and on whose side it was: one draw for all."""
    state = t.partnership_state[0]
    state.leak_day = day
    state.leak_by = -1
    u = uniform(day_key(t.run_state[0].seed_key, draw_ids.LEAK_SIDE, day), U64(0))
    left = u * (1.0 + surface) - 1.0
    if left < 0.0 or surface <= 0.0:
        return
    total = 0.0
    for d in range(t.deals.shape[0]):
        total += _surface(t, d, p)
    left *= total / surface
    for d in range(t.deals.shape[0]):
        left -= _surface(t, d, p)
        if left < 0.0:
            state.leak_by = t.deals[d].partner
            return


@compiled()
def _audit(t, day, lever, p):
    """Audits fall due, and the brand pays for them."""
    since = f8(day)
    if lever.audit_months > 0:
        gap = max(1.0, lever.audit_months * MONTH_DAYS)
        since = day % gap
        if since < 1.0:
            cents = int(p.audit_cents)
            fund.transfer(t, day, fund.AUDIT, fund.BRAND, fund.OUTSIDE, cents, fund.NOBODY)
    t.daily[day, mt.DAYS_SINCE_AUDIT] = since
    t.daily[day, mt.ENCRYPTED_SHARE] = lever.encryption


@compiled()
def _published_risks(t):
    """Violating items in the feed that got past filter and review."""
    risks = 0
    for number in range(t.items_state[0].item_tail, t.items_state[0].item_head):
        item = t.items[number & (t.items.shape[0] - 1)]
        if item.is_violation and item.shown == items.Shown.PUBLISHED:
            risks += 1
    return risks


@compiled()
def _shake(t, loss):
    """Everybody loses trust; who leaves over it is a matter of the exit hazard."""
    for i in range(t.people_state[0].n_rows):
        if t.fate[i].status != Status.LEFT:
            feelings.fade_trust(t.members[i], exp(-loss))
