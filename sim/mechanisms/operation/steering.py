"""Steering: how much of the community is the brand's, and an operator who holds it at a target.

The central weight is measured, not set: who made what was read, who held the events that members
came to, who decided on rules. The levers of a mode move what the brand does; what members make of
it decides the weight.
"""

from __future__ import annotations

from plaza_lab.agents.member import Charter
from plaza_lab.agents.moderator import Duty, is_hired
from plaza_lab.sim.calendar import MONTH, WEEK
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.state import central
from plaza_lab.sim.state.dashboard import total
from plaza_lab.sim.stepping import compiled, f8, kernel, mt

SOURCE = "M73, M74, M75; partners.md 3"
METRICS = (
    Metric("central_content", "share", "views in 28 days that were of brand items", "M75", True),
    Metric("central_events", "share", "guests in 28 days at events of the brand", "M75", True),
    Metric("central_rules", "share", "decisions in 28 days that were the brand's", "M75", True),
    Metric("central_weight", "share", "mean of these three, without empty ones", "M75", True),
    Metric("central_effort", "share", "effort of the operator who steers", "M75", True),
)
STATE: tuple[Var, ...] = (
    Var("effort", "f8", "share", "effort of the operator who steers, 0 to 1", "M75"),
)


@levers("steering")
class Levers:
    """How much the brand does itself."""

    central_weight: float = quantity(0.5, "share", (0.0, 1.0), "M75, F47")
    """Central weight that an operator who steers aims at; the effort on day 0."""
    is_steered: bool = quantity(False, "flag", source="M75 (retune rule)")
    """An operator compares the weight with its target each month and moves brand items and hosted
    events."""
    items_week: float = quantity(
        0.0, "items/week and 1,000 members", (0.0, 1000.0), "partners.md 3"
    )
    """Brand items by the size of the community; 0 for content.brand_posts_day whatever its
    size."""
    member_hosted: float = quantity(0.0, "share", (0.0, 1.0), "M74, M88")
    """Events that members host themselves, without hours of staff."""


@params()
class Params:
    """How an operator steers."""

    gap: float = quantity(0.05, "share", (0.0, 1.0), "assumption (partners.md 3)")
    """Distance from the target that is let be."""
    gain: float = quantity(0.3, "1", (0.0, 1.0), "assumption (partners.md 3)")
    """Part of the distance by which effort changes in a month."""


@kernel()
def step(t, day):
    """Measure the central weight each week, and steer each month."""
    lever = t.policy[0].steering
    state = t.steering_state[0]
    if day == 0:
        state.effort = lever.central_weight
    if day % WEEK != WEEK - 1:
        return
    row = t.daily[day]
    content, meetings, rules = _parts(t, day)
    found = central.weight(content, meetings, rules)
    row[mt.CENTRAL_CONTENT] = max(0.0, content)
    row[mt.CENTRAL_EVENTS] = max(0.0, meetings)
    row[mt.CENTRAL_RULES] = max(0.0, rules)
    row[mt.CENTRAL_WEIGHT] = max(0.0, found)
    if lever.is_steered and day % MONTH == MONTH - 1:
        p = t.params[0].steering
        state.effort = central.tuned(state.effort, lever.central_weight, found, p.gap, p.gain)
    row[mt.CENTRAL_EFFORT] = state.effort


@compiled()
def _parts(t, day):
    """The brand's part of views, of guests and of decisions in the last 28 days."""
    first, stop = day + 1 - MONTH, day + 1
    brand = total(t, mt.BRAND_VIEWS, first, stop)
    made = total(t, mt.MEMBER_MADE_VIEWS, first, stop)
    hosted = total(t, mt.EVENT_GUESTS, first, stop)
    own = hosted - total(t, mt.MEMBER_EVENT_GUESTS, first, stop)
    removed = total(t, mt.REMOVED, first, stop)
    engine = total(t, mt.RULE_CHANGES, first, stop)
    votes = total(t, mt.CHARTERS, first, stop)
    is_own = not _is_voted(t)
    # who removes by rules the brand has set alone decides nothing of her own
    central_decisions = removed * (1.0 if is_own else _staff_share(t))
    central_decisions += engine if is_own else 0.0
    rules = central.share(central_decisions, removed + engine + votes)
    return central.share(brand, brand + made), central.share(own, hosted), rules


@compiled()
def _is_voted(t):
    """Whether members have a part in the rules."""
    charter = t.policy[0].rules.charter
    return charter == Charter.VOTED or charter == Charter.ADAPTIVE_VOTED


@compiled()
def _staff_share(t):
    """Part of the hours of those who look after posts that is the founder's or hired staff's."""
    own, whole = 0.0, 0.0
    for k in range(t.team_state[0].n_moderators):
        moderator = t.moderators[k]
        if moderator.duty == Duty.OFF or moderator.duty == Duty.SERVICE:
            continue
        whole += f8(moderator.hours_day)
        if moderator.duty == Duty.FOUNDER or is_hired(moderator.duty):
            own += f8(moderator.hours_day)
    return own / whole if whole > 0.0 else 1.0
