"""Joint events: several communities meet on one topic and invite their own people (M111).

Nothing is spent on it. Guests meet others by chance, some of the others look in afterwards, and
some of one's own look in there.
"""

from __future__ import annotations

from plaza_lab.agents.deal import Form, Gift
from plaza_lab.agents.member import Status
from plaza_lab.agents.partner import Goal
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Metric, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, poisson, uniform
from plaza_lab.sim.state import deals, reckoning, ties
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "partners.md 2 (7); M111; F20, F21"
METRICS = (
    Metric("joint_guests", "members", "members who came to joint events", "T54"),
    Metric("joint_others", "persons", "guests of other communities at joint events", "T54"),
)


@levers("partnership")
class Levers:
    """Events of several communities."""

    joint_month: float = quantity(1.0, "events/month", (0.0, 14.0), "assumption")
    """Joint events in 28 days, a deal."""
    joint_groups: int = quantity(6, "communities", (2, 50), "F20 (6)")
    """Communities that invite, the host among them."""


@params()
class Params:
    """Who comes, whom they meet, and who looks in afterwards."""

    register_base: float = quantity(-4.0, "log-odds", (-20.0, 5.0), "assumption (F21: 100 of six)")
    """Registering, of an active member who is invited, at fit 0."""
    fit_weight: float = quantity(2.0, "log-odds", (0.0, 10.0), "assumption (partners.md 2)")
    """Effect of fit from 0 to 1."""
    shows_up: float = quantity(0.6, "share", (0.0, 1.0), "PheedLoop, trade pages (.4-.75)")
    """Of those who register for a free event: who come."""
    meets: float = quantity(3.0, "persons", (0.0, 100.0), "assumption (partners.md 2)")
    """Persons that a guest meets."""
    contact: float = quantity(0.5, "contacts", (0.0, 10.0), "assumption (a weak tie)")
    """Contact of a meeting."""
    looks_in: float = quantity(0.05, "1/guest", (0.0, 1.0), "assumption (partners.md 2)")
    """Chance that a guest looks in at another community afterwards, at fit 0.5."""


def is_on(policy, world):
    """Whether there can be joint events."""
    return bool(policy.partnership.form in (Form.JOINT_EVENT, Form.PORTFOLIO))


@compiled()
def comes(fit, p):
    """Chance that an active member who is invited comes."""
    return p.shows_up / (1.0 + exp(-(p.register_base + p.fit_weight * fit)))


@compiled()
def guests(t, day, audience, fit, groups, p):
    """Expected guests of one's own, and of all others; a community is at most the host's size."""
    own = deals.active(t, day) * comes(fit, p)
    other = min(audience, max(1.0, deals.active(t, day))) * comes(fit, p)
    return own, other * (groups - 1)


@compiled()
def expected(t, day, k, fit, p):
    """What joint events would bring a month, see :func:`co_marketing.expected`."""
    mine = t.params[0].joint_event
    lever = t.policy[0].partnership
    partner = t.partners[k]
    own, other = guests(t, day, f8(partner.audience), fit, lever.joint_groups, mine)
    chance = mine.looks_in * exp(p.fit_weight * (fit - 0.5)) * lever.joint_month
    come = other * chance * (1.0 - f8(partner.overlap)) * deals.effort_by(t, lever.split, k)
    worth = p.gate_share * p.join_value_cents
    go = own * chance / (lever.joint_groups - 1) * deals.host_looks(t, day, k)
    return come * worth, 4.0 * f8(partner.goals[Goal.MEMBERS.value]) * go * worth, 0.0, 0.0


_promise = reckoning.promises(Form.JOINT_EVENT, expected)


@kernel()
def step(t, day):
    """Hold the joint events that are due."""
    if not deals.is_asked(t, Form.JOINT_EVENT):
        return
    _promise(t, day)
    for d in range(t.deals.shape[0]):
        if deals.runs(t, d, Form.JOINT_EVENT):
            deal = t.deals[d]
            deal.items_due += t.policy[0].partnership.joint_month / 28.0
            if deal.items_due >= 1.0:
                deal.items_due -= 1.0
                _meet(t, day, d)


@compiled()
def _meet(t, day, d):
    """Guests come, meet each other and others, and some look in elsewhere."""
    deal = t.deals[d]
    p = t.params[0].joint_event
    shared = t.params[0].partnership
    lever = t.policy[0].partnership
    partner = t.partners[deal.partner]
    fit = f8(partner.fit)
    own, other = guests(t, day, f8(partner.audience), fit, lever.joint_groups, p)
    base = day_key(t.run_state[0].seed_key, draw_ids.JOINT_GUEST, day)
    key = agent_key(base, partner.uid)
    came = _bring(t, day, key, poisson(uniform(key, U64(0)), own), own + other, p)
    others = poisson(uniform(key, U64(1)), other * f8(deal.effort))
    chance = p.looks_in * exp(shared.fit_weight * (fit - 0.5))
    deals.expect(t, deal, others * chance * (1.0 - f8(partner.overlap)))
    go = came * chance / (lever.joint_groups - 1) * shared.gate_share
    deals.credit(t, deal, Goal.MEMBERS.value, go * shared.join_value_cents)
    deal.got[Gift.AUDIENCE.value] += came
    deal.host_gave[Gift.AUDIENCE.value] += came
    deal.got[Gift.MEMBERS.value] += go
    t.daily[day, mt.JOINT_GUESTS] += came
    t.daily[day, mt.JOINT_OTHERS] += others


@compiled()
def _bring(t, day, key, wanted, everybody, p):
    """Bring some members who are here; those who happen to meet begin to know each other."""
    rows = t.people_state[0].n_rows
    last = i8(-1)
    came = 0
    share = wanted / max(1.0, everybody)
    origin = ties.Origin.EVENT.value
    for attempt in range(8 * wanted):
        i = i8(rows * uniform(key, U64(100 + 2 * attempt)))
        if came >= wanted:
            break
        if t.fate[i].status != Status.ENGAGED or t.members[i].last_event == day:
            continue
        came += 1
        t.members[i].last_event = day
        is_met = uniform(key, U64(101 + 2 * attempt)) < min(1.0, p.meets * share)
        if last >= 0 and is_met:
            ties.strengthen_from(t, i, last, p.contact, day, origin)
            ties.strengthen_from(t, last, i, p.contact, day, origin)
        last = i
    return came
