"""Culture: rituals bring members' values closer, and shared values turn contact into belonging.

A hostile climate undoes it, and it needs some use behind it: see how
:mod:`plaza_lab.sim.mechanisms.visiting.belonging` weighs culture by the worth of the visit.
"""

from __future__ import annotations

from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import day_key, uniform
from plaza_lab.sim.state import events as book
from plaza_lab.sim.state.events import Stage
from plaza_lab.sim.stepping import draw_ids, f8, i8, kernel, mt

SOURCE = "M24, M71"
METRICS = (
    Metric("rituals", "rituals", "rituals held", "M24"),
    Metric("ritual_guests", "members", "members who took part in them", "M24"),
    Metric("culture", "1", "how close members' values have come", "M24"),
)
STATE: tuple[Var, ...] = (
    Var("culture", "f8", "1", "how close members' values have come, 0 to 1", "M24"),
)


@levers("culture")
class Levers:
    """Rituals and shared values."""

    ritual_week: float = quantity(0.0, "rituals/week", (0.0, 7.0), "M24")
    """Rituals: greetings, anniversaries, member stories."""
    value_alignment: float = quantity(0.7, "1", (0.0, 1.0), "assumption (M24)")
    """How consistently the brand lives the values that the rituals celebrate."""


@params()
class Params:
    """How values come closer, and what that does."""

    join: float = quantity(0.5, "1", (0.0, 1.0), "assumption (M24)")
    """Visitors who take part in a ritual."""
    closeness_gain: float = quantity(0.15, "1/ritual", (0.0, 1.0), "assumption (M24)")
    """How much closer a ritual of half the members brings their values."""
    closeness_decay: float = quantity(0.005, "1/day", (0.0, 1.0), "assumption (M24)")
    """Values drifting apart again."""
    hostility: float = quantity(0.5, "1/day", (0.0, 10.0), "assumption (M24: hostile climate)")
    """Closeness lost a day per share of posts that break the rules."""
    conversion: float = quantity(0.6, "1", (0.0, 10.0), "assumption (M24)")
    """Added rate of belonging from contact in a fully shared culture, before calibration."""
    identity: float = quantity(
        0.25,
        "log-hazard",
        (0.0, 5.0),
        "Ren et al. 2012 (RCT: group identity, visits; effects.md 3: .25, .1-.69)",
    )
    """Visits that a fully shared culture adds."""
    utility_floor: float = quantity(
        0.25,
        "value",
        (0.0, 1.0),
        "assumption (M24: emotional bonds are fragile unless backed by utility)",
    )
    """Worth of a visit below which culture holds only in part."""


@VISIT.term("identity", source="Ren et al. 2012")
def identity_draws(t, world):
    """Who shares in a group's identity comes by more often."""
    return world.culture.identity * t.culture_state[0].culture


def is_on(policy, world):
    """Whether there are rituals."""
    return bool(policy.culture.ritual_week > 0.0)


@kernel()
def step(t, day):
    """Hold the ritual that is due and let values drift."""
    lever = t.policy[0].culture
    if lever.ritual_week <= 0.0:
        return
    state = t.culture_state[0]
    people_state = t.people_state[0]
    p = t.params[0].culture
    lost = p.closeness_decay
    posts = t.daily[day, mt.POSTS]
    if posts > 0.0:
        lost += p.hostility * t.daily[day, mt.VIOLATIONS] / posts
    closeness = state.culture * exp(-lost)
    if book.is_due(day, 4.0 * lever.ritual_week, 0.0) and book.is_open(t, Stage.MATURITY.value):
        key = day_key(t.run_state[0].seed_key, draw_ids.RITUAL, day)
        n = 0
        for k in range(people_state.n_visitors):
            if uniform(key, t.fate[i8(t.visitors[k])].uid) < p.join:
                n += 1
        # a ritual that half of those who take part in anything in a week attend reaches everybody
        regulars = t.daily[day - 1, mt.ACTIVE_7D] if day > 0 else f8(people_state.n_members)
        reach = min(1.0, 2.0 * n / max(1.0, regulars))
        early = book.too_early(t, Stage.MATURITY.value)
        sense = lever.value_alignment * exp(-t.params[0].programme.confusion * early)
        closeness += p.closeness_gain * sense * reach * (1.0 - closeness)
        t.daily[day, mt.RITUALS] += 1.0
        t.daily[day, mt.RITUAL_GUESTS] += n
    state.culture = min(1.0, closeness)
    t.daily[day, mt.CULTURE] = state.culture
