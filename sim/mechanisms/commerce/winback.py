"""Win-back: who is likely to be lost is scored, some are contacted, some held out to compare."""

from __future__ import annotations

import enum

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import shift_probability, sigmoid
from plaza_lab.agents.member import Contact, Status
from plaza_lab.engine.elementary import exp, log, log2
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.declaring import Metric, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, normal, uniform
from plaza_lab.sim.state import fetching, fund, people, trial, weekly
from plaza_lab.sim.stepping import as_part, compiled, draw_ids, f8, i8, kernel, mt, part

SOURCE = "M94; F92, T24, T25, A06"
METRICS = (
    Metric("churn_scored", "members", "members with a churn score above the cut", "A06"),
    Metric("winback_contacts", "contacts", "members contacted to win them back", "T25"),
    Metric(
        "winback_false_alarms", "contacts", "contacts of members who had no cause to leave", "T25"
    ),
    Metric("churn_auc", "1", "chance that the score ranks one lost above one kept", "T24", True),
    Metric("churn_error", "1", "mean gap of score and frequency of loss", "T24", True),
    Metric("winback_treated", "members", "contacted 28 days ago", "T25"),
    Metric("winback_treated_kept", "members", "of these, still active", "T25"),
    Metric("winback_control", "members", "held out 28 days ago", "T25"),
    Metric("winback_control_kept", "members", "of these, still active", "T25"),
    Metric("won_back", "members", "silent members whom a contact brought back", "T25"),
)


class Offer(enum.IntEnum):
    """What a member at risk is offered (M94)."""

    MATCHED = 0
    REASON_TO_COME = 1
    ATTENTION = 2
    INTRODUCTION = 3


@levers("crm")
class Levers:
    """Who is won back, and how."""

    has_winback: bool = quantity(False, "flag", source="M94")
    """Members at risk are scored and contacted."""
    winback_cut: float = quantity(70.0, "score of 100", (0.0, 101.0), "F92")
    """Churn score from which a member is contacted."""
    winback_month_cents: int = quantity(
        50_000, "cents/28 days", (0, 1_000_000_000), "assumption (M94)"
    )
    """Budget of contacts every 28 days."""
    contact_cents: int = quantity(500, "cents/contact", (1, 1_000_000), "assumption (M94)")
    """Cost of one contact, false alarms included."""
    winback_offer: Offer = quantity(Offer.MATCHED, "offer", source="M94")
    """matched: by the cause the score sees; or the same for everybody: reason_to_come, attention,
    introduction."""
    holdout_share: float = quantity(0.2, "share", (0.0, 1.0), "assumption (T25: matched untreated)")
    """Scored members left alone by lot, to compare with."""
    score_noise: float = quantity(0.15, "1", (0.0, 5.0), "assumption (M94: model quality)")
    """Error of the mood that the score sees."""


MOST_TIES = 7
"""Strong ties the score remembers at most."""

VALUE_BINS = 32


@params()
class Params:
    """The score, and what a contact does."""

    score_base: float = quantity(-1.6, "log-odds", (-20.0, 20.0), "assumption (M94)")
    """Log-odds of being lost of a member who comes as usual, in a middling mood."""
    usual_gap_days: float = quantity(15.0, "days", (1.0, 365.0), "assumption (a fortnight)")
    """Days since the last visit, and one, beyond which a member counts as staying away."""
    decline_weight: float = quantity(
        1.3, "log-odds per log-gap", (0.0, 20.0), "assumption (M94: activity decline)"
    )
    """Per e-fold of the days since the last visit over a fortnight."""
    mood_weight: float = quantity(1.5, "log-odds", (0.0, 20.0), "assumption (M94: sentiment)")
    """Per unit of satisfaction below the middle, as seen."""
    tie_weight: float = quantity(0.3, "log-odds/tie", (0.0, 20.0), "assumption (M94: tie loss)")
    """Per strong tie lost since the contacts before."""
    least_cause: float = quantity(0.15, "1", (0.0, 1.0), "assumption")
    """Below this every cause is too weak: the contact is a false alarm."""
    pull: float = quantity(1.5, "log-hazard", (0.0, 10.0), "assumption (M94)")
    """On visiting in the days after a contact that fits the cause."""
    mend: float = quantity(0.2, "1", (0.0, 1.0), "assumption (M94: attention)")
    """Part of the way to full satisfaction, or belonging, that a fitting contact mends."""
    come_back: float = quantity(0.4, "log-odds", (0.0, 5.0), "Kumar et al. 2015 (+.4, .1 to .8)")
    """On coming back within 28 days, of a silent member, by an offer that fits the cause."""
    second_life: float = quantity(
        0.3, "log-hazard", (0.0, 5.0), "Kumar et al. 2015 (those won back are lost sooner)"
    )
    """On falling silent and leaving again, of who was won back."""
    misfit: float = quantity(0.25, "1", (0.0, 1.0), "assumption (M94: cause fit)")
    """Effect of an offer that does not fit the cause."""
    irritation: float = quantity(0.05, "1", (0.0, 1.0), "assumption (M94: false alarms irritate)")
    """Satisfaction lost to a false alarm."""


def is_on(policy, world):
    """Whether anybody is won back."""
    return bool(policy.crm.has_winback)


@kernel()
def step(t, day):
    """Score a seventh of the members a day; every 28 days look back, and choose whom to contact."""
    lever = t.policy[i8(0) if t.policy[0].crm.has_winback else trial.last(t)].crm
    if not lever.has_winback:
        return
    p = t.params[0].winback
    key = day_key(t.run_state[0].seed_key, draw_ids.SCORE, day)
    for number in range(weekly.spans(t, day)):
        start, stop = weekly.span(t, number, day)
        for i in range(start, stop):
            fetching.looked_at(t, i)
            if t.fate[i].status != Status.LEFT and t.policy[trial.arm(t, i)].crm.has_winback:
                error = lever.score_noise * normal(uniform(key, t.fate[i].uid))
                t.members[i].risk = i8(
                    100.0 * sigmoid(_log_odds(t.members[i], day, error, p)) + 0.5
                )
    if day % MONTH == MONTH - 1:
        if day >= MONTH:
            _look_back(t, day)
        _choose(t, day, lever, p)


@compiled()
def _idle(m, day):
    """Days since the last visit, or since joining for who never came."""
    return f8(day - max(i8(m.last_visit), i8(m.joined)))


@compiled()
def _ties_lost(m):
    before = (m.contact // Contact.TIE) & MOST_TIES
    return max(0, before - min(MOST_TIES, i8(m.n_strong)))


@compiled()
def _log_odds(m, day, error, p):
    """Log-odds that a member is lost within 28 days, as the operator's model sees them."""
    decline = log((1.0 + _idle(m, day)) / p.usual_gap_days)
    mood = f8(m.satisfaction) + error
    x = p.score_base + p.decline_weight * decline + p.mood_weight * (0.5 - mood)
    return x + p.tie_weight * _ties_lost(m)


@compiled()
def _look_back(t, day):
    """Who was lost since the last contacts: quality of the score (T24), lift of contacts (T25)."""
    bins = t.risks
    bins[:] = 0.0
    since = day - MONTH
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        is_here = t.fate[i].status != Status.LEFT
        if m.risk_then <= 0 or m.joined > since:
            continue
        is_kept = is_here and m.last_act > since
        if m.contact & Contact.CONTACTED:
            t.daily[day, mt.WINBACK_TREATED] += 1.0
            t.daily[day, mt.WINBACK_TREATED_KEPT] += 1.0 if is_kept else 0.0
        else:
            # those who were contacted say nothing about what would have happened
            is_lost = not is_here or m.last_visit <= since
            bins[1 if is_lost else 0, m.risk_then] += 1.0
        if m.contact & Contact.HELD_OUT:
            t.daily[day, mt.WINBACK_CONTROL] += 1.0
            t.daily[day, mt.WINBACK_CONTROL_KEPT] += 1.0 if is_kept else 0.0
        if not is_here:
            m.risk_then = 0
    _judge_score(t, day)


@compiled()
def _judge_score(t, day):
    """Area under the curve, and mean gap of score and frequency over ten classes."""
    bins = t.risks
    kept = 0.0
    lost = 0.0
    wins = 0.0
    for b in range(bins.shape[1]):
        wins += bins[1, b] * (kept + 0.5 * bins[0, b])
        kept += bins[0, b]
        lost += bins[1, b]
    if kept <= 0.0 or lost <= 0.0:
        return
    t.daily[day, mt.CHURN_AUC] = wins / kept / lost
    gap = 0.0
    for first in range(0, 100, 10):
        n = 0.0
        said = 0.0
        found = 0.0
        for b in range(first, first + (11 if first == 90 else 10)):
            n += bins[0, b] + bins[1, b]
            said += (bins[0, b] + bins[1, b]) * b / 100.0
            found += bins[1, b]
        gap += abs(said - found)
    t.daily[day, mt.CHURN_ERROR] = gap / (kept + lost)


@compiled()
def _choose(t, day, lever, p):
    """Keep the scores, hold some out by lot, and contact the rest, largest value first (A06)."""
    key = day_key(t.run_state[0].seed_key, draw_ids.HOLD_OUT, day)
    money = min(lever.winback_month_cents, fund.available(t, fund.BRAND_POOL, fund.WIN_BACK))
    left = money // lever.contact_cents
    by_value = t.risks
    by_value[:] = 0.0
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        if t.fate[i].status == Status.LEFT or not t.policy[trial.arm(t, i)].crm.has_winback:
            continue
        # never 0: that stands for not scored
        m.risk_then = max(1, i8(m.risk))
        m.contact &= Contact.OFFERED | Contact.ARREARS | Contact.TIE * MOST_TIES
        if m.risk_then >= lever.winback_cut:
            t.daily[day, mt.CHURN_SCORED] += 1.0
            if uniform(key, t.fate[i].uid) < lever.holdout_share:
                m.contact |= Contact.HELD_OUT
            else:
                by_value[0, _value_bin(m)] += 1.0
    wanted = f8(left)
    cut = VALUE_BINS
    while cut > 0 and wanted > 0.0:
        cut -= 1
        wanted -= by_value[0, cut]
    contacted = fund.NOTHING
    contacted = _contact_all(t, day, cut + 1, VALUE_BINS, left, contacted, lever, p)
    contacted = _contact_all(t, day, cut, cut, left, contacted, lever, p)
    cents = contacted * lever.contact_cents
    fund.pay(t, day, fund.WIN_BACK, fund.BRAND_POOL, fund.OUTSIDE, cents, fund.NOBODY)
    if money < lever.winback_month_cents:
        short = lever.winback_month_cents - money
        fund.stop(t, day, fund.BRAND_POOL, fund.OUTSIDE, short, fund.NOBODY)
    for i in range(t.people_state[0].n_rows):
        if not t.policy[trial.arm(t, i)].crm.has_winback:
            continue
        m = t.members[i]
        ties = min(MOST_TIES, i8(m.n_strong))
        m.contact = (m.contact & (127 - Contact.TIE * MOST_TIES)) | ties * Contact.TIE


@compiled()
def _value_bin(m):
    return min(VALUE_BINS - 1, i8(2.0 * log2(1.0 + f8(m.spent))))


@compiled()
def _contact_all(t, day, low, high, left, contacted, lever, p):
    """Contact whom the score flags and whose value lies between two classes, while money lasts."""
    hours = t.params[0].staffing.contact_hours
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        if t.fate[i].status == Status.LEFT or m.risk_then < max(1.0, lever.winback_cut):
            continue
        if m.contact & Contact.HELD_OUT or not low <= _value_bin(m) <= high:
            continue
        if contacted >= left or not fund.takes_staff(t, hours):
            break
        contacted += 1
        _contact(t, i, day, lever, p)
    return contacted


@compiled()
def _contact(t, i, day, lever, p):
    """One contact: it works as far as the offer fits the cause; without a cause it irritates."""
    m = t.members[i]
    m.contact |= Contact.CONTACTED
    t.daily[day, mt.WINBACK_CONTACTS] += 1.0
    idle = min(1.0, max(0.0, log((1.0 + _idle(m, day)) / p.usual_gap_days)))
    mood = 2.0 * max(0.0, 0.5 - f8(m.satisfaction))
    ties = min(1.0, 0.5 * _ties_lost(m))
    cause = Offer.REASON_TO_COME.value
    strength = idle
    if mood > strength:
        cause = Offer.ATTENTION.value
        strength = mood
    if ties > strength:
        cause = Offer.INTRODUCTION.value
        strength = ties
    if strength < p.least_cause:
        t.daily[day, mt.WINBACK_FALSE_ALARMS] += 1.0
        feelings.lower_satisfaction(m, p.irritation)
        return
    draws = agent_key(day_key(t.run_state[0].seed_key, draw_ids.WIN_BACK, day), t.fate[i].uid)
    offer = lever.winback_offer
    if offer == Offer.MATCHED:
        offer = cause
        if uniform(draws, U64(0)) >= lever.accuracy:
            offer = 1 + i8(3.0 * uniform(draws, U64(1)))
    fit = 1.0 if offer == cause else p.misfit
    if t.fate[i].status == Status.SILENT:
        _win_back(t, i, day, p.come_back * fit, uniform(draws, U64(2)), p)
    else:
        t.fate[i].visit_hazard = f8(t.fate[i].visit_hazard) * exp(p.pull * fit)
    if cause == Offer.ATTENTION:
        feelings.raise_satisfaction(m, p.mend * fit)
    elif cause == Offer.INTRODUCTION:
        feelings.raise_belonging(m, p.mend * fit)


@compiled()
def _win_back(t, i, day, pull, u, p):
    """Let a silent member come back whom the contact moves, over those who would have come anyhow.

    Of those who do not come back by themselves within 28 days, the contact moves as many as raise
    the odds of coming back by ``pull``. A second life is shorter than the first.
    """
    own = 1.0 - exp(-f8(t.fate[i].visit_hazard) * MONTH)
    moved = (shift_probability(own, pull) - own) / max(1e-9, 1.0 - own)
    if u >= moved:
        return
    m = t.members[i]
    t.daily[day, mt.WON_BACK] += 1.0
    m.frailty = f8(m.frailty) * exp(p.second_life)
    m.quit = as_part(shift_probability(part(m.quit), p.second_life))
    people.rouse(t, i)
