"""Traffic swap: two communities show each other's message to their own people (M109).

Who comes in faces the gate as everybody does. Who goes out and likes it there has two homes, and
reads less here, or moves over for good. No money changes hands; the balance is one of people.
"""

from __future__ import annotations

from plaza_lab.agents.deal import Form, Gift
from plaza_lab.agents.member import Status
from plaza_lab.agents.partner import Goal
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Metric, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, poisson, uniform
from plaza_lab.sim.state import deals, people, reckoning
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "partners.md 2 (6); M109"
METRICS = (
    Metric("swapped_out", "members", "members who found a second home with a partner", "T65"),
    Metric("swap_leavers", "members", "of these: who moved over for good", "T65"),
)


@levers("partnership")
class Levers:
    """A swap of audiences."""

    swap_views_month: int = quantity(10_000, "views/month", (0, 100_000_000), "assumption")
    """Views of the host's message that a partner gives its audience."""
    swap_reciprocity: float = quantity(0.5, "1", (0.0, 1.0), "partners.md 2 (0-1)")
    """Views that the host gives back, relative to those."""


@params()
class Params:
    """What a view brings, and what becomes of who goes."""

    click: float = quantity(0.0028, "1/view", (0.0, 1.0), "Gameloft 2021 (139,000 of 50 m views)")
    """Chance that a view makes a visit, at fit 0.5, where audiences do not overlap."""
    keeps_home: float = quantity(0.85, "1", (0.0, 1.0), "assumption (.6-.98)")
    """Of those who join the other community: who keep their home here."""
    attention: float = quantity(0.8, "1", (0.0, 1.0), "assumption (partners.md 2)")
    """Attention left here of who has two homes."""
    views_visitor: float = quantity(4.0, "views/month", (0.0, 1000.0), "assumption (one a week)")
    """Most views of a partner's message that an active member takes in."""


def is_on(policy, world):
    """Whether swaps can run."""
    return bool(policy.partnership.form in (Form.TRAFFIC_SWAP, Form.PORTFOLIO))


@compiled()
def visits_of(views, overlap, fit, p, weight):
    """Visits that views bring: 10,000 views, overlap .3 and fit .5 make 19.6."""
    return views * (1.0 - overlap) * p.click * exp(weight * (fit - 0.5))


@compiled()
def views_in(t, partner):
    """Views a month that the partner gives; nobody takes in more than one a week."""
    most = t.params[0].traffic_swap.views_visitor * f8(partner.audience)
    return min(f8(t.policy[0].partnership.swap_views_month), most)


@compiled()
def views_out(t, day):
    """Views a month that the host gives back."""
    lever = t.policy[0].partnership
    most = t.params[0].traffic_swap.views_visitor * deals.active(t, day)
    return min(lever.swap_reciprocity * lever.swap_views_month, most)


@compiled()
def expected(t, day, k, fit, p):
    """What a swap would bring a month, see :func:`co_marketing.expected`."""
    own = t.params[0].traffic_swap
    lever = t.policy[0].partnership
    partner = t.partners[k]
    lift = deals.effort_by(t, lever.split, k)
    overlap = f8(partner.overlap)
    come = visits_of(views_in(t, partner), overlap, fit, own, p.fit_weight) * lift * p.gate_share
    gone = visits_of(views_out(t, day), overlap, fit, own, p.fit_weight) * p.gate_share
    gain = 4.0 * f8(partner.goals[Goal.MEMBERS.value]) * gone * deals.host_looks(t, day, k)
    lost = gone * (1.0 - own.keeps_home)
    worth = p.join_value_cents
    return come * worth, gain * worth, lost * worth, 0.0


_promise = reckoning.promises(Form.TRAFFIC_SWAP, expected)


@kernel()
def step(t, day):
    """Show the messages of the day."""
    if not deals.is_asked(t, Form.TRAFFIC_SWAP):
        return
    _promise(t, day)
    for d in range(t.deals.shape[0]):
        if deals.runs(t, d, Form.TRAFFIC_SWAP):
            _swap(t, day, d)


@compiled()
def _swap(t, day, d):
    """A day's part of the month's views, both ways."""
    deal = t.deals[d]
    p = t.params[0].traffic_swap
    shared = t.params[0].partnership
    partner = t.partners[deal.partner]
    lift = exp(deals.data_lift(t, deal.scope, shared)) * deals.company(t, d, shared)
    fit, overlap = f8(partner.fit), f8(partner.overlap)
    come = visits_of(views_in(t, partner) / 28.0, overlap, fit, p, shared.fit_weight)
    deals.expect(t, deal, come * lift * f8(deal.effort))
    out = views_out(t, day) / 28.0
    deal.host_gave[Gift.AUDIENCE.value] += out
    deal.got[Gift.AUDIENCE.value] += out
    gone = visits_of(out, overlap, fit, p, shared.fit_weight) * shared.gate_share
    base = day_key(t.run_state[0].seed_key, draw_ids.SWAPPED, day)
    key = agent_key(base, partner.uid)
    for number in range(poisson(uniform(key, U64(0)), gone)):
        _lose(t, day, deal, agent_key(key, U64(number + 1)), p)


@compiled()
def _lose(t, day, deal, key, p):
    """Somebody who is here now finds a second home, or moves over."""
    rows = t.people_state[0].n_rows
    for attempt in range(16):
        i = i8(rows * uniform(key, U64(attempt)))
        # who is here today finishes her visit first
        if t.fate[i].status != Status.ENGAGED or t.members[i].last_visit == day:
            continue
        worth = t.params[0].partnership.join_value_cents
        deals.credit(t, deal, Goal.MEMBERS.value, worth)
        deal.got[Gift.MEMBERS.value] += 1.0
        t.daily[day, mt.SWAPPED_OUT] += 1.0
        if uniform(key, U64(16)) < p.keeps_home:
            t.members[i].attention = max(1, i8(p.attention * t.members[i].attention + 0.5))
            return
        deal.host_gave[Gift.MEMBERS.value] += 1.0
        deals.charge_host(t, deal, worth, worth)
        t.daily[day, mt.SWAP_LEAVERS] += 1.0
        people.leave(t, i, day)
        return
