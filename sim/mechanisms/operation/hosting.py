"""Hosting: the community lives in one place or two, each with its reach, rules, cost and data.

A contact is held in the places where the member was added. Whoever owns a place may change its
rules; that cuts the way to those who are held only there. Members add the second place as their
friends do, or as the brand can invite them where contacts may be taken along.
"""

from __future__ import annotations

from plaza_lab.agents.decisions.joining import JOIN
from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.agents.member import Channel, Status
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.calendar import MONTH, WEEK, YEAR
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, uniform
from plaza_lab.sim.state import fund, places, weekly
from plaza_lab.sim.state.dashboard import total
from plaza_lab.sim.state.people import LONG_AGO
from plaza_lab.sim.state.places import PAID, Place
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M76, M77, M98, M126; mechanisms.md 1.3; partners.md 3"
METRICS = (
    Metric("held_one_platform", "share", "members held only on one third-party place", "T67", True),
    Metric("held_twice", "share", "members held in both places", "T67", True),
    Metric("place_added", "members", "members who added the second place", "M98"),
    Metric("rule_cuts", "changes", "changes of the rules by a place's owner", "M126"),
    Metric("contacts_cut", "members", "members held only where the rules changed", "M126"),
    Metric("items_held_back", "items", "brand items that the places did not show", "M76"),
    Metric("hosting_yuan", "yuan", "paid for the places", "M77"),
)
STATE: tuple[Var, ...] = (
    Var("n_placed", "i8", "rows", "member rows whose contacts are recorded", "T67"),
    Var("left_first", "f8", "share", "reach that rule changes left of the first place", "M126", 1),
    Var("left_second", "f8", "share", "the same of the second place", "M126", 1),
    Var("coverage", "f8", "share", "brand items that are shown", "M76", 1),
    Var("held_back", "f8", "share", "promotional items that the places hold back", "M76"),
    Var("data_share", "f8", "1", "data that the places give, 0 to 1", "M77", 1),
    Var("is_paid", "i8", "flag", "whether the last bill was paid", "M77", 1),
)


@levers("hosting")
class Levers:
    """The places of the community."""

    first: Place = quantity(Place.NONE, "place", source="mechanisms.md 1.3")
    """Place in which every newcomer is added; none leaves places out."""
    second: Place = quantity(Place.NONE, "place", source="mechanisms.md 1.3")
    """Second place."""
    second_share: float = quantity(0.0, "share", (0.0, 1.0), "M126, S07")
    """Newcomers and founders who are added in the second place too."""
    push: float = quantity(0.0, "1", (0.0, 5.0), "partners.md 3")
    """How hard the brand moves members to the second place."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        is_paid = self.first in PAID or self.second in PAID
        yield (
            self.second != Place.NONE and self.first in (Place.NONE, self.second),
            "a second place needs another first one; set hosting.first, such as open_group",
        )
        yield (
            self.second == Place.NONE and (self.second_share > 0.0 or self.push > 0.0),
            "members can be held in a second place only if there is one; set hosting.second",
        )
        yield (
            is_paid and not policy.fund.has_brand_money,
            "this place is paid for each month; choose fund=brand_funded, or an open_group, "
            "closed_group or feed",
        )


@params()
class Params:
    """What places are like.

    Lists are by place: open group, closed group, feed, short video, official account, own app,
    forum, shop floor.
    """

    owner_adds: list[float] = quantity(
        (0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0), "flag", (0.0, 1.0), "mechanisms.md 1.3"
    )
    """1 where only the owner adds members, by the hours the owner has."""
    reach: list[float] = quantity(
        (0.35, 0.35, 0.12, 0.06, 0.03, 0.26, 0.10, 0.02),
        "share",
        (0.0, 1.0),
        "partners.md 3 (PLTFRM; Acoustic: push 5 % and inbox 22 %; others assumption)",
    )
    """Contacts that an item of the brand reaches."""
    usual_reach: float = quantity(0.35, "share", (0.01, 1.0), "partners.md 3 (open group)")
    """Reach of the place that reading without hosting describes."""
    held_back: list[float] = quantity(
        (0.1, 0.1, 0.2, 0.4, 0.3, 0.0, 0.0, 0.0), "share", (0.0, 1.0), "assumption (partners.md 3)"
    )
    """Promotional items that the rules of the place hold back."""
    month_cents: list[float] = quantity(
        (0.0, 0.0, 0.0, 50_000.0, 100_000.0, 2_000_000.0, 200_000.0, 500_000.0),
        "cents/28 days",
        (0.0, 1e10),
        "assumption (partners.md 3)",
    )
    """Fixed cost."""
    sent_cents: list[float] = quantity(
        (0.0, 0.0, 0.0, 500.0, 200.0, 100.0, 0.0, 0.0),
        "cents/1,000 messages",
        (0.0, 1e8),
        "assumption (partners.md 3)",
    )
    """Cost of sending an item of the brand to a thousand contacts."""
    data_share: list[float] = quantity(
        (0.2, 0.2, 0.2, 0.1, 0.5, 1.0, 0.8, 0.6), "1", (0.0, 1.0), "assumption (partners.md 3)"
    )
    """What the brand learns of its members there, of all that it could."""
    friction: list[float] = quantity(
        (0.0, -0.1, 0.0, 0.2, -0.2, -0.6, -0.4, -0.8),
        "log-odds",
        (-20.0, 20.0),
        "assumption (partners.md 3)",
    )
    """Joining there; negative where it is harder than in an open group."""
    dependence: list[float] = quantity(
        (0.9, 0.9, 1.0, 1.0, 0.7, 0.0, 0.1, 0.0), "share", (0.0, 1.0), "assumption (partners.md 3)"
    )
    """Contacts that cannot be taken along to another place."""
    rules_year: list[float] = quantity(
        (0.3, 0.2, 0.5, 0.7, 0.3, 0.0, 0.0, 0.0),
        "1/year",
        (0.0, 100.0),
        "assumption (partners.md 3)",
    )
    """Changes of the rules by the owner of the place."""
    rules_scale: float = quantity(1.0, "1", (0.0, 100.0), "assumption")
    """Multiplies them; 0 for owners who change nothing by chance."""
    rule_day: int = quantity(-1, "day", (-1, 100_000), "S07")
    """Day of a change in the place of a third party, the first such; -1 for none."""
    rule_cut: float = quantity(
        0.5, "share", (0.0, 0.99), "partners.md 3 (page reach: EdgeRank Checker, Ogilvy)"
    )
    """Reach that a change takes from those who are held only there."""
    add_day: float = quantity(0.01, "1/day", (0.0, 1.0), "assumption (partners.md 3)")
    """Hazard of adding the second place, at a push of 1 and with all friends there."""
    quit_old: float = quantity(
        0.02, "share", (0.0, 1.0), "partners.md 3 (New Scientist: 1.6 % quit the old place)"
    )
    """Those who leave the first place when they add the second."""
    several_weight: float = quantity(
        0.1, "log-hazard", (0.0, 10.0), "partners.md 3 (0-0.2; HBR 2017, correlational)"
    )
    """On leaving, for those held in both places; as much again where rights hold in both."""


@VISIT.term("place", source="M126")
def cut_contacts_stay_away(m, t, policy):
    """Whoever is held only where the rules have changed hears less, and comes by less."""
    return places.log_left(m, t) if policy.hosting.first != 0 else 0.0


@EXIT.term("place", source="M98; partners.md 3")
def two_places_hold(m, policy, world):
    """Log-hazard of leaving that being held in two places takes away."""
    if m.channel & (Channel.HELD_FIRST | Channel.HELD_SECOND) != (
        Channel.HELD_FIRST | Channel.HELD_SECOND
    ):
        return 0.0
    synced = 2.0 if policy.crm.cross_platform else 1.0
    return -world.hosting.several_weight * synced


@JOIN.term("place", source="M76; partners.md 3")
def place_is_easy(policy, world):
    """Log-odds of joining by how easy the first place makes it."""
    first = i8(policy.hosting.first)
    return world.hosting.friction[first - 1] if first > 0 else 0.0


def is_on(policy, world):
    """Whether the community has places at all."""
    return bool(policy.hosting.first != Place.NONE)


@kernel()
def step(t, day):
    """Record where newcomers are held, let rules change, and let members add the second place."""
    lever = t.policy[0].hosting
    if lever.first == 0:
        return
    p = t.params[0].hosting
    _place(t, lever)
    _change_rules(t, day, lever, p)
    if lever.push > 0.0 and lever.second > 0:
        _add_second(t, day, lever, p)
    if day % MONTH == 0:
        _pay(t, day, lever, p)
    if day % WEEK == 0:
        _look(t, day, lever, p)


@compiled()
def _place(t, lever):
    """Record in which places those who came since yesterday are held."""
    state = t.hosting_state[0]
    trait = day_key(t.run_state[0].seed_key, draw_ids.HELD_WHERE, ALWAYS)
    while state.n_placed < t.people_state[0].n_rows:
        i = i8(state.n_placed)
        state.n_placed += 1
        m = t.members[i]
        m.channel |= Channel.HELD_FIRST
        draw = uniform(agent_key(trait, t.fate[i].uid), U64(0))
        if lever.second > 0 and draw < lever.second_share:
            m.channel |= Channel.HELD_SECOND
        t.fate[i].visit_hazard *= places.left(m, t)


@compiled()
def _change_rules(t, day, lever, p):
    """Owners of places change the rules, by chance and on the day that is set."""
    key = day_key(t.run_state[0].seed_key, draw_ids.PLACE_RULES, day)
    struck = 0 if places.is_third_party(lever.first) else 1
    state = t.hosting_state[0]
    for number in range(2):
        place = i8(lever.second if number else lever.first)
        if place == 0:
            continue
        hazard = p.rules_scale * p.rules_year[place - 1] / YEAR
        is_set = day == p.rule_day and places.is_third_party(place) and number == struck
        if not is_set and uniform(key, U64(number)) >= 1.0 - exp(-hazard):
            continue
        if number:
            state.left_second *= 1.0 - p.rule_cut
        else:
            state.left_first *= 1.0 - p.rule_cut
        _cut(t, day, i8(Channel.HELD_SECOND if number else Channel.HELD_FIRST), 1.0 - p.rule_cut)


@compiled()
def _cut(t, day, only, stays):
    """Whoever is held only there comes by less from today on."""
    t.daily[day, mt.RULE_CUTS] += 1.0
    for i in range(t.people_state[0].n_rows):
        if t.fate[i].status != Status.LEFT and places.held(t.members[i]) == only:
            t.fate[i].visit_hazard *= stays
            t.daily[day, mt.CONTACTS_CUT] += 1.0


@compiled()
def _add_second(t, day, lever, p):
    """Let a seventh of the members add the second place, as friends did or because of a call."""
    key = day_key(t.run_state[0].seed_key, draw_ids.ADD_PLACE, day)
    trait = day_key(t.run_state[0].seed_key, draw_ids.HELD_WHERE, ALWAYS)
    rate = WEEK * p.add_day * lever.push * exp(p.friction[i8(lever.second) - 1])
    dependence = p.dependence[i8(lever.first) - 1]
    for number in range(weekly.spans(t, day)):
        start, stop = weekly.span(t, number, day)
        for i in range(start, stop):
            m = t.members[i]
            if t.fate[i].status == Status.LEFT or m.channel & Channel.HELD_SECOND:
                continue
            uid = t.fate[i].uid
            is_free = uniform(agent_key(trait, uid), U64(1)) >= dependence
            pull = 1.0 if is_free else places.friends_with(t, i, Channel.HELD_SECOND, 0.0)
            draws = agent_key(key, uid)
            if uniform(draws, U64(0)) >= 1.0 - exp(-rate * pull):
                continue
            m.channel |= Channel.HELD_SECOND
            if uniform(draws, U64(1)) < p.quit_old:
                m.channel &= ~Channel.HELD_FIRST
            t.daily[day, mt.PLACE_ADDED] += 1.0


@compiled()
def _pay(t, day, lever, p):
    """Pay the month's bill: the fixed cost, and what was sent in the month before."""
    items = total(t, mt.BRAND_ITEMS, day - MONTH, day)
    messages = items * t.people_state[0].n_members / 1000.0
    cents = p.month_cents[i8(lever.first) - 1] + messages * p.sent_cents[i8(lever.first) - 1]
    if lever.second > 0:
        cents += p.month_cents[i8(lever.second) - 1]
        cents += messages * p.sent_cents[i8(lever.second) - 1]
    bill = i8(cents + 0.5)
    if bill <= 0:
        return
    paid = fund.pay(t, day, fund.HOSTING, fund.BRAND_POOL, fund.OUTSIDE, bill, fund.NOBODY)
    t.hosting_state[0].is_paid = i8(paid >= bill)
    t.daily[day, mt.HOSTING_YUAN] += paid / 100.0


@compiled()
def _look(t, day, lever, p):
    """Once a week, work out what the places show, hold back and tell, and whom they hold."""
    state = t.hosting_state[0]
    counts = _count(t, LONG_AGO - 1)
    n = max(1, counts[0] + counts[1] + counts[2])
    first = i8(lever.first) - 1
    second = i8(lever.second) - 1 if lever.second > 0 else first
    paid = f8(state.is_paid)
    one = p.reach[first] * state.left_first * (paid if p.month_cents[first] > 0.0 else 1.0)
    other = p.reach[second] * state.left_second * (paid if p.month_cents[second] > 0.0 else 1.0)
    both = 1.0 - (1.0 - one) * (1.0 - other)
    reached = (counts[0] * one + counts[1] * other + counts[2] * both) / n
    state.coverage = min(1.0, reached / p.usual_reach)
    back = counts[0] * p.held_back[first] + counts[1] * p.held_back[second]
    # what one place holds back, the other may show
    state.held_back = (back + counts[2] * p.held_back[first] * p.held_back[second]) / n
    data = counts[0] * p.data_share[first] + counts[1] * p.data_share[second]
    state.data_share = (data + counts[2] * max(p.data_share[first], p.data_share[second])) / n
    row = t.daily[day]
    row[mt.HELD_TWICE] = counts[2] / n
    only = counts[0] if places.is_third_party(lever.first) else 0
    if lever.second > 0 and places.is_third_party(lever.second):
        only = max(only, counts[1])
    row[mt.HELD_ONE_PLATFORM] = only / n
    # who is held in both places acts in each as much as it reaches
    acting = _count(t, day - WEEK)
    part = one / (one + other) if one + other > 0.0 else 0.5
    row[mt.CHANNEL_HERFINDAHL] = places.herfindahl(
        acting[0] + part * acting[2], acting[1] + (1.0 - part) * acting[2]
    )


@compiled()
def _count(t, since):
    """Members held in the first place only, in the second only, and in both.

    Only those are counted who have acted after day ``since``.
    """
    one, other, both = 0, 0, 0
    for i in range(t.people_state[0].n_rows):
        if t.fate[i].status == Status.LEFT or t.members[i].last_act <= since:
            continue
        where = places.held(t.members[i])
        if where == Channel.HELD_FIRST:
            one += 1
        elif where == Channel.HELD_SECOND:
            other += 1
        elif where != 0:
            both += 1
    return one, other, both
