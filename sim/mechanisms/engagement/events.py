"""Events: online, expert, offline, immersive and charity events; who comes, and what it does.

Who is invited and within reach may register, and those who registered may turn up. Guests gain
belonging, meet others, and at expert sessions learn something. Whoever organises pays at once.
"""

from __future__ import annotations

import numpy as np

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.decisions.attending import REGISTER, SHOW
from plaza_lab.agents.member import Status
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.state import central, fund, items, people
from plaza_lab.sim.state import events as book
from plaza_lab.sim.state.events import Kind, Stage
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M17, M18, M22, M26, M71; T54"
METRICS = (
    Metric("events_held", "events", "events held; a contest counts on its last day", "T54"),
    Metric("event_guests", "members", "members who took part", "T54"),
    Metric("member_event_guests", "members", "of these: at events that members hosted", "M88"),
    Metric("event_contacts", "contacts", "meetings of two guests, and votes", "T11"),
    Metric("event_hours", "hours", "staff hours of events", "M17"),
    Metric("event_yuan", "yuan", "cost of events", "M17"),
    Metric("donated_yuan", "yuan", "proceeds that went to a public-benefit partner", "M26"),
)
STATE: tuple[Var, ...] = (
    Var("n_events", "i8", "rows", "event rows in use", "T54"),
    Var("space_since", "i8", "day", "day the virtual space opened, -1 before", "M22", -1),
)


@levers("events")
class Levers:
    """Online, expert, offline, immersive and charity events."""

    online_month: float = quantity(0.0, "events/28 days", (0.0, 28.0), "M17")
    """Online events: draws, contests, quizzes, live shows, talks."""
    expert_share: float = quantity(0.3, "share", (0.0, 1.0), "assumption (M17)")
    """Online events that are expert sessions."""
    offline_month: float = quantity(0.0, "events/28 days", (0.0, 28.0), "M18")
    """Meetings face to face."""
    immersive_month: float = quantity(0.0, "events/28 days", (0.0, 28.0), "M22")
    """Sessions in a virtual space, filter and voice tasks."""
    charity_month: float = quantity(0.0, "events/28 days", (0.0, 28.0), "M26")
    """Events whose proceeds go to a public-benefit partner."""
    has_reminder: bool = quantity(True, "flag", source="M17")
    """Whether those registered are reminded."""
    online_cost_cents: int = quantity(20_000, "cents", (0, 100_000_000), "assumption (M17)")
    """Cost of an online event besides staff."""
    expert_fee_cents: int = quantity(100_000, "cents", (0, 100_000_000), "assumption (M17)")
    """Fee of an expert."""
    offline_cost_cents: int = quantity(200_000, "cents", (0, 100_000_000), "assumption (M18)")
    """Room and equipment of a meeting."""
    offline_head_cents: int = quantity(3000, "cents/guest", (0, 1_000_000), "assumption (M18)")
    """Cost of a guest of a meeting."""
    offline_places: int = quantity(120, "guests", (2, 100_000), "assumption (M18)")
    """Places at a meeting."""
    immersive_capex_cents: int = quantity(
        2_000_000, "cents", (0, 1_000_000_000), "assumption (M22)"
    )
    """Set-up cost of the virtual space, paid before the first session."""
    immersive_cost_cents: int = quantity(20_000, "cents", (0, 100_000_000), "assumption (M22)")
    """Running cost of a session."""
    charity_price_cents: int = quantity(3000, "cents/guest", (0, 1_000_000), "assumption (M26)")
    """What a guest of a charity event spends."""
    share_donated: float = quantity(1.0, "share", (0.0, 1.0), "M26")
    """Part of these proceeds that members pay straight to the partner."""
    hour_cents: int = quantity(5000, "cents/hour", (0, 1_000_000), "assumption")
    """Pay of an hour of staff."""

    @property
    def has_meetings(self) -> bool:
        """Whether anything is organised that members attend."""
        return (
            self.online_month
            + self.offline_month
            + self.immersive_month
            + self.cocreation_year  # type: ignore[attr-defined]  # of another slice
            + self.charity_month
            > 0.0
        )

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        has_money = policy.fund.has_any_money
        costs = self.hour_cents + self.online_cost_cents + self.offline_cost_cents
        yield (
            self.has_meetings and costs > 0 and not has_money,
            "events cost money and staff hours; choose a fund other than none, "
            "or set hour_cents, online_cost_cents and offline_cost_cents to 0",
        )


STAGE_OF = np.array([0, 1, 1, 1, 2])
"""Package of the programme that each kind of event belongs to (M71)."""

PHASES = np.array([0.5, 0.5, 0.25, 0.75, 0.0])
"""Where in its interval each kind of event starts, so that they do not fall together."""


@params()
class Params:
    """Attendance and effects; lists are by kind: online, expert, offline, immersive, charity."""

    pull: list[float] = quantity(
        (-1.5, -1.5, -1.5, -2.0, -1.5), "log-odds", (-20.0, 20.0), "assumption (M17)"
    )
    """Willingness to register, for a theme of middling fit and belonging of 0.3."""
    show_base: list[float] = quantity(
        (0.4, 0.4, 1.39, 0.4, 1.0),
        "log-odds",
        (-20.0, 20.0),
        "mechanisms.md 6.3 (offline 80 % of registered); others assumption",
    )
    """Turning up after registering, with a reminder and no load."""
    fit_weight: float = quantity(1.5, "log-odds", (0.0, 20.0), "assumption (M17)")
    """Per unit of fit of the theme."""
    taste_weight: float = quantity(
        1.5, "log-odds", (0.0, 20.0), "assumption (some come whenever they can, most never)"
    )
    """Per standard deviation of a person's taste for events."""
    belonging_weight: float = quantity(1.0, "log-odds", (0.0, 20.0), "assumption (M15)")
    """Per unit of belonging."""
    reminder_weight: float = quantity(0.8, "log-odds", (0.0, 20.0), "assumption (M17)")
    """What a missing reminder costs."""
    load_weight: float = quantity(1.0, "log-odds", (0.0, 20.0), "assumption (M17)")
    """Per unit of overload at the last visit."""
    novelty_weight: float = quantity(1.0, "log-odds", (0.0, 20.0), "assumption (M22)")
    """Pull of an immersive form while it is new."""
    novelty_halflife: float = quantity(
        56.0, "days", (1.0, 3000.0), "assumption (M22: novelty decay)"
    )
    """Days in which that novelty halves."""
    invited_days: int = quantity(14, "days", (1, 364), "assumption")
    """Days before the event on which a visit shows the invitation."""
    near_share: float = quantity(0.3, "share", (0.0, 1.0), "assumption (M18: geography)")
    """Members who live near enough for a meeting."""
    tech_share: float = quantity(
        0.4, "share", (0.0, 1.0), "assumption (M22: tech-friendly segment)"
    )
    """Members who use a virtual space."""
    hours: list[float] = quantity(
        (6.0, 10.0, 20.0, 8.0, 15.0), "hours/event", (0.0, 1000.0), "assumption (M17)"
    )
    """Staff hours of an event."""
    meets: list[float] = quantity(
        (3.0, 1.0, 6.0, 5.0, 2.0), "guests", (0.0, 50.0), "assumption (M17, M18, M22)"
    )
    """Other guests each guest gets to talk to."""
    contact: float = quantity(0.6, "contacts", (0.0, 100.0), "assumption (M17: weak ties)")
    """Contact such a talk makes, where it is not face to face."""
    strong_tie_meetings: int = quantity(4, "meetings", (1, 52), "F19, C26")
    """Meetings of a pair face to face, four weeks apart, that make a tie strong."""
    belonging_gain: list[float] = quantity(
        (0.02, 0.01, 0.05, 0.03, 0.04), "1/event", (0.0, 1.0), "assumption (M17, science A.9)"
    )
    """Belonging a guest gains."""
    trust_gain: list[float] = quantity(
        (0.0, 0.0, 0.02, 0.0, 0.04), "1/event", (0.0, 1.0), "assumption (M26: brand image)"
    )
    """Trust a guest gains."""
    knowledge: float = quantity(0.9, "value", (0.0, 1.0), "assumption (M17: knowledge value)")
    """Value of an expert session whose theme fits."""
    usual_fit: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """Fit that moves nobody."""


@REGISTER.term("fit", source="M17")
def theme_registers(fit, world):
    """Log-odds that the theme's fit with one's interest adds."""
    return world.events.fit_weight * (fit - world.events.usual_fit)


@REGISTER.term("novelty", source="M22")
def novelty_registers(novelty, world):
    """Log-odds that a form still new adds."""
    return world.calibration.scale * world.events.novelty_weight * novelty


@SHOW.term("reminder", source="M17")
def reminder_reminds(has_reminder, world):
    """Log-odds of turning up that are lost without a reminder."""
    return 0.0 if has_reminder else -world.events.reminder_weight


def is_on(policy, world):
    """Whether any event is planned."""
    e = policy.events
    return bool(e.online_month + e.offline_month + e.immersive_month + e.charity_month > 0.0)


@kernel()
def step(t, day):
    """Hold the events that are due today."""
    lever = t.policy[0].events
    if book.is_due(day, lever.online_month, PHASES[Kind.ONLINE.value]):
        key = day_key(t.run_state[0].seed_key, draw_ids.EVENT_THEME, day)
        is_expert = uniform(key, U64(0)) < lever.expert_share
        if is_expert and book.is_open(t, Stage.GROWTH.value):
            _hold(t, day, Kind.EXPERT.value, lever.online_cost_cents + lever.expert_fee_cents)
        else:
            _hold(t, day, Kind.ONLINE.value, lever.online_cost_cents)
    if _is_due(t, day, lever.offline_month, Kind.OFFLINE.value):
        _hold(t, day, Kind.OFFLINE.value, lever.offline_cost_cents)
    if _is_due(t, day, lever.immersive_month, Kind.IMMERSIVE.value):
        cost = lever.immersive_cost_cents
        if t.events_state[0].space_since < 0:
            cost += lever.immersive_capex_cents
        _hold(t, day, Kind.IMMERSIVE.value, cost)
    if _is_due(t, day, lever.charity_month, Kind.CHARITY.value):
        _hold(t, day, Kind.CHARITY.value, lever.online_cost_cents)


@compiled()
def _is_due(t, day, a_month, kind):
    return book.is_due(day, a_month, PHASES[kind]) and book.is_open(t, STAGE_OF[kind])


@compiled()
def _hold(t, day, kind, fixed_cents):
    """Hold one event, if a pool can pay for it."""
    p = t.params[0].events
    state = t.events_state[0]
    pool = fund.richest_pool(t)
    is_members = central.is_member_hosted(t, day, kind)
    hours = 0.0 if is_members else p.hours[kind]
    cost = i8(fixed_cents + hours * t.policy[0].events.hour_cents)
    if t.balances[pool] < cost:
        fund.stop(t, day, pool, fund.OUTSIDE, cost, fund.NOBODY)
        return
    if kind == Kind.IMMERSIVE and state.space_since < 0:
        state.space_since = day
    number = book.add(t, kind, _theme(t, day, kind), day)
    if number < 0:
        return
    event = t.events[number]
    _gather(t, day, kind, event, p)
    is_offline = i8(kind == Kind.OFFLINE)
    contact = p.contact
    if is_offline:
        contact = book.face_to_face(t, p.strong_tie_meetings)
    book.meet_again(t, day, event, contact, p.meets[kind], is_offline)
    book.meet_others(t, day, event, contact, p.meets[kind], is_offline)
    _affect(t, kind, event, p)
    if kind == Kind.OFFLINE:
        cost += event.attended * t.policy[0].events.offline_head_cents
    if kind == Kind.CHARITY:
        _donate(t, day, event)
    event.cost_cents = fund.pay(t, day, fund.EVENT, pool, fund.OUTSIDE, cost, fund.NOBODY)
    event.hours = hours
    t.daily[day, mt.EVENTS_HELD] += 1.0
    t.daily[day, mt.EVENT_GUESTS] += event.attended
    if is_members:
        t.daily[day, mt.MEMBER_EVENT_GUESTS] += event.attended
    t.daily[day, mt.EVENT_CONTACTS] += event.contacts
    t.daily[day, mt.EVENT_HOURS] += event.hours
    t.daily[day, mt.EVENT_YUAN] += event.cost_cents / 100.0


@compiled()
def _theme(t, day, kind):
    """Theme of the event: a member's own interest where the host plans well, else any."""
    draws = agent_key(day_key(t.run_state[0].seed_key, draw_ids.EVENT_THEME, day), U64(1 + kind))
    if uniform(draws, U64(0)) < t.policy[0].events.topic_fit:
        return i8(t.members[i8(t.people_state[0].n_rows * uniform(draws, U64(1)))].topic)
    return i8(items.TOPICS * uniform(draws, U64(2)))


@compiled()
def _gather(t, day, kind, event, p):
    """Invite, register and receive guests; whom the room does not hold stays outside."""
    people_state = t.people_state[0]
    run_state = t.run_state[0]
    lever = t.policy[0].events
    register_key = agent_key(day_key(run_state.seed_key, draw_ids.REGISTER, day), U64(kind))
    show_key = agent_key(day_key(run_state.seed_key, draw_ids.SHOW_UP, day), U64(kind))
    early = book.too_early(t, STAGE_OF[kind])
    novelty = book.novelty_of(t, kind, day)
    places = book.room(people_state.n_rows)
    if kind == Kind.OFFLINE:
        places = min(places, lever.offline_places)
    n = i8(0)
    first = i8(people_state.n_rows * uniform(show_key, U64(0)))
    for step_on in range(people_state.n_rows):
        i = i8(first + step_on)
        if i >= people_state.n_rows:
            i -= people_state.n_rows
        if t.fate[i].status != Status.ENGAGED or not book.is_invited(t, i, day, kind, p):
            continue
        event.reachable += 1
        m = t.members[i]
        uid = t.fate[i].uid
        fit = items.fit(event.topic, m.topic)
        wish = REGISTER(m, p.pull[kind], fit, book.taste_of(t, uid), novelty, early, t.params[0])
        if uniform(register_key, uid) >= sigmoid(wish):
            continue
        event.registered += 1
        will = SHOW(m, p.show_base[kind], lever.has_reminder, t.params[0])
        if n < places and uniform(show_key, uid) < sigmoid(will):
            t.guests[n] = i
            n += 1
            m.last_event = day
            people.mark_act(t, i, day)
    event.attended = n


@compiled()
def _affect(t, kind, event, p):
    """What guests take home: belonging, trust, and what they learnt."""
    gain = t.params[0].belonging.satisfaction_gain
    for k in range(event.attended):
        m = t.members[t.guests[k]]
        feelings.raise_belonging(m, p.belonging_gain[kind])
        feelings.raise_trust(m, p.trust_gain[kind])
        if kind == Kind.EXPERT:
            surprise = p.knowledge * items.fit(event.topic, m.topic) - f8(m.expectation)
            feelings.shift_satisfaction(m, gain * surprise)


@compiled()
def _donate(t, day, event):
    """Members pay the partner directly; only the rest of the proceeds is income (M26)."""
    lever = t.policy[0].events
    proceeds = event.attended * lever.charity_price_cents
    event.donated_cents = i8(proceeds * lever.share_donated)
    event.income_cents = proceeds - event.donated_cents
    fund.transfer(
        t, day, fund.DONATION, fund.MEMBERS, fund.OUTSIDE, event.donated_cents, fund.NOBODY
    )
    fund.transfer(
        t, day, fund.EVENT_INCOME, fund.MEMBERS, fund.BRAND_POOL, event.income_cents, fund.NOBODY
    )
    t.daily[day, mt.DONATED_YUAN] += event.donated_cents / 100.0
