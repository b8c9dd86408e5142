"""Shocks: what befalls a community on a set day, how long it lasts, and what an answer saves.

A shock sets no outcome. It moves causes that are there anyway: how many come by themselves, what
the brand pays in, the hours of helpers, trust and belonging, visits, purchases. Each is at full
size while it lasts, then halves again and again. Several may hold at once.

It comes before everything else of a day, so that the whole day is lived under it.
"""

from __future__ import annotations

import math
from typing import Any

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.buying import BUY
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.agents.member import Channel, Status
from plaza_lab.engine.elementary import exp, log, power
from plaza_lab.engine.plain import plain
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, U64, day_key, normal, uniform
from plaza_lab.sim.stepping import compiled, draw_ids, kernel, mt

SOURCE = "partners.md 4; M124, M125, M126, M128, M131, M119; E36"
METRICS = (
    Metric("shocks", "shocks", "shocks that last", "E36"),
    Metric("alarm", "1", "what leak, offence and public event weigh, as lost trust", "M128"),
    Metric("demand_swing", "log-hazard", "demand from outside against the usual", "M131"),
)
STATE: tuple[Var, ...] = (
    Var("surge", "f8", "1", "more who come by themselves, as a part of the usual", "M119"),
    Var("budget_cut", "f8", "share", "of the brand's weekly budget that is withheld", "M131"),
    Var("strike", "f8", "share", "of the hours of helpers that are withheld", "M131"),
    Var("alarm", "f8", "1", "what leak, offence and public event weigh, as lost trust", "M128"),
    Var("platform_loss", "f8", "share", "of contacts that a platform rule cuts off", "M126"),
    Var("demand", "f8", "log-hazard", "demand from outside against the usual", "M131"),
)

LAST_DAY = 3640
LONGEST = 520.0
SWING_DAYS = 28
"""Days for which demand from outside keeps its level (partners.md 4)."""


@levers("feedback")
class Levers:
    """The answer to what stirs up everybody."""

    pr_response_hours: float = quantity(
        0.0, "hours", (0.0, 720.0), "M128 (loss grows with the delay)"
    )
    """Until the brand answers a leak, an offence, a public event or a platform's new rule in
    public; 0 for never."""


def _day() -> Any:
    return quantity(0, "day", (0, LAST_DAY), "E36")


def _weeks(weeks: float) -> Any:
    return quantity(weeks, "weeks", (0.1, LONGEST), "partners.md 4")


def _size(size: float, unit: str, bounds: tuple[float, float]) -> Any:
    return quantity(size, unit, bounds, "assumption (partners.md 4)")


def _half_life(days: float) -> Any:
    return quantity(days, "days", (0.0, 10_000.0), "assumption (partners.md 4)")


@params()
class Params:
    """What happens when, how large it is and how long it lasts; day 0 for never."""

    surge_day: int = _day()
    """First day of a surge of arrivals."""
    surge_size: float = _size(4.0, "1", (1.0, 12.0))
    """Those who come by themselves, relative to the usual."""
    surge_weeks: float = _weeks(4.0)
    """Length of a surge."""
    privacy_leak_day: int = _day()
    """Day of a leak of members' data."""
    privacy_leak_size: float = _size(0.3, "share", (0.0, 0.95))
    """Trust lost by those whose data leaked."""
    privacy_leak_weeks: float = _weeks(0.143)
    """How long a leak is news; the trust is lost over these days."""
    platform_rule_day: int = _day()
    """First day of a platform's new rule."""
    platform_rule_size: float = _size(0.5, "share", (0.0, 0.95))
    """Reach that the rule takes."""
    platform_rule_weeks: float = _weeks(LONGEST)
    """How long the rule holds."""
    public_event_day: int = _day()
    """First day of a public event that speaks against the brand."""
    public_event_size: float = _size(0.15, "share", (0.0, 0.95))
    """Trust that everybody loses."""
    public_event_weeks: float = _weeks(1.0)
    """How long it is news; the trust is lost over these days."""
    culture_offence_day: int = _day()
    """First day of an offence against one culture."""
    culture_offence_size: float = _size(0.2, "share", (0.0, 0.95))
    """Trust lost by those of that culture."""
    culture_offence_weeks: float = _weeks(0.43)
    """How long it is news; the trust is lost over these days."""
    budget_cut_day: int = _day()
    """First day of a cut of the brand's weekly budget."""
    budget_cut_size: float = _size(0.3, "share", (0.0, 1.0))
    """Budget that is withheld."""
    budget_cut_weeks: float = _weeks(13.0)
    """Length of the cut."""
    steward_strike_day: int = _day()
    """First day of a strike of all who serve beside the founder."""
    steward_strike_size: float = _size(0.8, "share", (0.0, 1.0))
    """Hours that are withheld."""
    steward_strike_weeks: float = _weeks(2.0)
    """Length of the strike."""
    demand_swing_day: int = _day()
    """First day of a time in which demand swings."""
    demand_swing_size: float = _size(0.2, "log-hazard", (0.0, 2.0))
    """Standard deviation of the log of demand from outside."""
    demand_swing_weeks: float = _weeks(26.0)
    """Length of that time."""
    leak_half_life: float = _half_life(120.0)
    """In which the alarm over a leak halves (60 to 180)."""
    event_half_life: float = _half_life(60.0)
    """In which the alarm over a public event halves (14 to 450)."""
    offence_half_life: float = _half_life(90.0)
    """In which the alarm over an offence halves."""
    strike_half_life: float = _half_life(7.0)
    """In which the hours still withheld after a strike halve."""
    leak_share: float = quantity(0.3, "share", (0.0, 1.0), "assumption (science A.16)")
    """Members whose data leak."""
    offence_share: float = quantity(0.3, "share", (0.0, 1.0), "assumption (M124)")
    """Members of the culture that is offended."""
    offence_belonging: float = quantity(0.5, "1", (0.0, 1.0), "assumption (M124)")
    """Belonging they lose, relative to the trust."""
    answer_saves: float = quantity(0.5, "share", (0.0, 1.0), "assumption (partners.md 4)")
    """Part of the harm that an answer at once prevents."""
    answer_hours: float = quantity(24.0, "hours", (0.1, 1000.0), "assumption (partners.md 4)")
    """Delay at which an answer prevents e times less."""
    visit_weight: float = quantity(
        0.67, "log-hazard", (0.0, 10.0), "effects.md 7 (breach: log-rate -.2 at .3 of trust)"
    )
    """Visits that alarm keeps away, per unit of it."""
    buy_weight: float = quantity(
        1.19, "log-hazard", (0.0, 10.0), "partners.md 4 (leak: spend x.7 at .3 of trust)"
    )
    """Purchases that alarm keeps away, per unit of it."""
    dependence: float = quantity(
        0.9, "share", (0.0, 1.0), "assumption (partners.md 3: contacts not exportable)"
    )
    """Contacts that are held on the platform alone by members who are on no other channel."""
    demand_memory: float = quantity(0.7, "1", (0.0, 0.99), "assumption (partners.md 4: AR(.7))")
    """Part of demand's deviation that stays from four weeks to the next."""


@VISIT.term("alarm", source="effects.md 7; M125, M128")
def alarm_keeps_away(t, world):
    """Log-hazard of visiting that a leak, an offence or a public event takes."""
    return -world.shocks.visit_weight * t.shocks_state[0].alarm


@VISIT.term("platform rule", source="partners.md 3; M126")
def platform_keeps_away(m, t, policy):
    """Log-hazard of visiting lost with the contacts that a platform's rule cuts off."""
    lost = t.shocks_state[0].platform_loss
    if lost <= 0.0:
        return 0.0
    is_elsewhere = policy.crm.channels >= 2 and m.channel & (Channel.SECOND | Channel.SEVERAL)
    return 0.0 if is_elsewhere else log(1.0 - lost)


@BUY.term("alarm", source="partners.md 4; M125")
def alarm_keeps_from_buying(t, world):
    """Log-hazard of buying that a leak, an offence or a public event takes."""
    return -world.shocks.buy_weight * t.shocks_state[0].alarm


@BUY.term("demand", source="partners.md 4; M131")
def demand_moves_buying(t):
    """Log-hazard of buying that demand from outside adds or takes."""
    return t.shocks_state[0].demand


def is_on(policy, world):
    """Whether any shock has a day."""
    return bool(plain(any_day)(world.shocks))


@compiled()
def any_day(p):
    """Whether any shock has a day."""
    return (
        p.surge_day > 0
        or p.privacy_leak_day > 0
        or p.platform_rule_day > 0
        or p.public_event_day > 0
        or p.culture_offence_day > 0
        or p.budget_cut_day > 0
        or p.steward_strike_day > 0
        or p.demand_swing_day > 0
    )


@kernel()
def step(t, day):
    """Let shocks begin, last and fade."""
    p = t.params[0].shocks
    if not any_day(p):
        return
    state = t.shocks_state[0]
    felt = answered(t.policy[0].feedback.pr_response_hours, p)
    state.surge = (p.surge_size - 1.0) * force(day, p.surge_day, p.surge_weeks, 0.0)
    state.budget_cut = p.budget_cut_size * force(day, p.budget_cut_day, p.budget_cut_weeks, 0.0)
    state.strike = p.steward_strike_size * force(
        day, p.steward_strike_day, p.steward_strike_weeks, p.strike_half_life
    )
    state.platform_loss = felt * p.dependence * p.platform_rule_size
    state.platform_loss *= force(day, p.platform_rule_day, p.platform_rule_weeks, 0.0)
    state.alarm = felt * _alarm(day, p)
    state.demand = _demand(t, day, p)
    _hurt(t, day, felt, p)
    t.daily[day, mt.SHOCKS] = _lasting(day, p)
    t.daily[day, mt.ALARM] = state.alarm
    t.daily[day, mt.DEMAND_SWING] = state.demand


@compiled()
def answered(hours, p):
    """Part of the harm that is left when the brand answers after so many hours; 0 for never.

    Parameters
    ----------
    hours : float
        From the event to the answer.
    p : record of Params
        What an answer saves.

    Returns
    -------
    float
        1 without an answer.
    """
    if hours <= 0.0:
        return 1.0
    return 1.0 - p.answer_saves * exp(-hours / p.answer_hours)


@compiled()
def lasts(weeks):
    """Whole days of a length in weeks; one at least."""
    return max(1, int(7.0 * weeks + 0.5))


@compiled()
def force(day, first, weeks, half_life):
    """How strong a shock is on a day, relative to its size.

    Parameters
    ----------
    day, first : int
        Today, and the first day of the shock, 0 for never.
    weeks : float
        How long it lasts.
    half_life : float
        Days in which it then halves; 0 where it ends at once.

    Returns
    -------
    float
        0 before, 1 while it lasts.
    """
    if first <= 0 or day < first:
        return 0.0
    after = day - first - lasts(weeks) + 1
    if after <= 0:
        return 1.0
    return power(2.0, -after / half_life) if half_life > 0.0 else 0.0


@compiled()
def _alarm(day, p):
    """Alarm over what has happened, before an answer; an offence alarms those of one culture."""
    leak = force(day, p.privacy_leak_day, p.privacy_leak_weeks, p.leak_half_life)
    event = force(day, p.public_event_day, p.public_event_weeks, p.event_half_life)
    offence = force(day, p.culture_offence_day, p.culture_offence_weeks, p.offence_half_life)
    alarm = p.privacy_leak_size * leak + p.public_event_size * event
    return alarm + p.offence_share * p.culture_offence_size * offence


@compiled()
def _demand(t, day, p):
    """Log of demand from outside: a new level every four weeks, drawn around the last one."""
    if force(day, p.demand_swing_day, p.demand_swing_weeks, 0.0) <= 0.0:
        return 0.0
    since = day - p.demand_swing_day
    before = t.shocks_state[0].demand
    if since % SWING_DAYS != 0:
        return before
    draw = normal(uniform(day_key(t.run_state[0].seed_key, draw_ids.DEMAND, day), U64(0)))
    if since == 0:
        return p.demand_swing_size * draw
    fresh = math.sqrt(1.0 - p.demand_memory * p.demand_memory)
    return p.demand_memory * before + fresh * p.demand_swing_size * draw


@compiled()
def _share_today(day, first, weeks, loss):
    """Today's part of a loss that is spread over the days of a shock; they compound to it."""
    if first <= 0 or day < first or day >= first + lasts(weeks):
        return 0.0
    return 1.0 - power(1.0 - loss, 1.0 / lasts(weeks))


@compiled()
def _hurt(t, day, felt, p):
    """Trust and belonging that leak, offence and public event cost those whom they concern."""
    leak = _share_today(day, p.privacy_leak_day, p.privacy_leak_weeks, felt * p.privacy_leak_size)
    event = _share_today(day, p.public_event_day, p.public_event_weeks, felt * p.public_event_size)
    offence = _share_today(
        day, p.culture_offence_day, p.culture_offence_weeks, felt * p.culture_offence_size
    )
    if leak + event + offence <= 0.0:
        return
    if day == p.privacy_leak_day:  # partners hear of it, as of every leak
        t.partnership_state[0].leak_day = day
        t.partnership_state[0].leak_by = -1
    leaked = day_key(t.run_state[0].seed_key, draw_ids.LEAKED, ALWAYS)
    offended = day_key(t.run_state[0].seed_key, draw_ids.OFFENDED, ALWAYS)
    for i in range(t.people_state[0].n_rows):
        if t.fate[i].status == Status.LEFT:
            continue
        m = t.members[i]
        if event > 0.0:
            feelings.lower_trust(m, event)
        if leak > 0.0 and uniform(leaked, t.fate[i].uid) < p.leak_share:
            feelings.lower_trust(m, leak)
        if offence > 0.0 and uniform(offended, t.fate[i].uid) < p.offence_share:
            feelings.lower_trust(m, offence)
            feelings.lower_belonging(m, p.offence_belonging * offence)


@compiled()
def _lasting(day, p):
    """Number of shocks that last today."""
    n = force(day, p.surge_day, p.surge_weeks, 0.0)
    n += force(day, p.privacy_leak_day, p.privacy_leak_weeks, 0.0)
    n += force(day, p.platform_rule_day, p.platform_rule_weeks, 0.0)
    n += force(day, p.public_event_day, p.public_event_weeks, 0.0)
    n += force(day, p.culture_offence_day, p.culture_offence_weeks, 0.0)
    n += force(day, p.budget_cut_day, p.budget_cut_weeks, 0.0)
    n += force(day, p.steward_strike_day, p.steward_strike_weeks, 0.0)
    return n + force(day, p.demand_swing_day, p.demand_swing_weeks, 0.0)
