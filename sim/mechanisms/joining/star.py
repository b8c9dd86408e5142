"""Star: once the seed has proved itself, a known expert is asked, comes, draws others, and goes.

The community must live without one: nothing here is needed by any other process. A star who comes
is a member like others, only more able, more often there, and followed by many.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.member import Kind, Route, Status
from plaza_lab.agents.packed import as_part
from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.star import Fame, star_accepts, star_loop
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim import decisions
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, lineage, normal, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import people, prospects

SOURCE = "M08, M52; mechanisms.md 1.2"
READS = (
    "clock.n_members",
    "clock.n_rows",
    "clock.n_founders",
    "clock.told_here",
    "clock.answered_share",
    "daily.active_28d",
    "first_row",
    "fate.uid",
    "members.load",
    "members.last_act",
)
WRITES = (
    *people.LEAVING,
    "stars",
    "clock.star_asked",
    "clock.star_cohesion",
    "clock.star_calm",
    "clock.star_gone",
    "clock.exposure",
    "clock.threshold",
    "clock.slots",
    "clock.n_applicants",
    "applicants",
    "fate.kind",
    "members.visit_rate",
    "members.post_rate",
    "members.quit",
    "members.attention",
    "daily.stars",
)
ASKING_DAY = 3
STARS = U64(1_000_007)
"""Line of the persons who are known outside."""


@dataclass(frozen=True)
class Params:
    """Whether stars come, what they draw, and whether they stay."""

    accept_base: float = quantity(
        -1.5,
        unit="log-odds",
        low=-20.0,
        high=20.0,
        source="assumption (M08)",
        doc="A star who is asked comes, at 40 % active members and a loop of 0.3.",
    )
    activity_weight: float = quantity(
        3.0,
        unit="log-odds",
        low=0.0,
        high=20.0,
        source="assumption (M08: odds rise in demonstrated activity)",
        doc="Per unit of the active share.",
    )
    loop_weight: float = quantity(
        3.0,
        unit="log",
        low=0.0,
        high=20.0,
        source="assumption (M08, M52)",
        doc="Per unit of what the star gets: log-odds of coming, log-hazard of going.",
    )
    audience_value: float = quantity(
        0.5,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (mechanisms.md 1.2: new followers)",
        doc="Value of a large community to a star.",
    )
    audience_members: float = quantity(
        200.0,
        unit="members",
        low=1.0,
        high=1e7,
        source="assumption",
        doc="Members of whom most of that value comes.",
    )
    insight_value: float = quantity(
        0.4,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (mechanisms.md 1.2: insight)",
        doc="Value of a community that solves every problem.",
    )
    time_cost: float = quantity(
        0.5,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M120: busy experts leave first)",
        doc="Value lost to a star at full overload.",
    )
    going_week: float = quantity(
        0.01,
        unit="1/week",
        low=0.0,
        high=1.0,
        source="assumption (M52)",
        doc="Hazard that a star withdraws, at a loop of 0.3.",
    )
    followers_ln_sd: float = quantity(
        0.8, unit="1", low=0.0, high=3.0, source="assumption", doc="Spread of the log following."
    )
    follow_share: float = quantity(
        0.02,
        unit="share",
        low=0.0,
        high=1.0,
        source="assumption (M08: bulk inflow)",
        doc="Part of the following that comes to the gate, sooner or later.",
    )
    follow_day: float = quantity(
        0.05,
        unit="1/day",
        low=0.0,
        high=1.0,
        source="assumption",
        doc="Hazard at which these come.",
    )
    follower_loss: float = quantity(
        0.7,
        unit="log-hazard",
        low=0.0,
        high=10.0,
        source="assumption (follower tie, mechanisms.md 1.5)",
        doc="Exit hazard of those who followed a star, once the star has gone.",
    )
    visit_weight: float = quantity(
        0.3,
        unit="1",
        low=0.0,
        high=10.0,
        source="assumption (M08)",
        doc="Visiting that a star moves, as part of the hold on membership.",
    )
    visit_rate: float = quantity(
        0.5,
        unit="1/day",
        low=0.0,
        high=3.0,
        source="assumption",
        doc="Base hazard of a star's visits.",
    )
    skill: float = quantity(
        0.95, unit="1", low=0.0, high=1.0, source="assumption (E07)", doc="Skill of a star."
    )


def is_on(policy, world):
    """Whether stars are asked."""
    return bool(policy.acquisition.star_attempts > 0)


@kernel()
def step(t, day):
    """Ask a star, let one in, let followers come, let one go.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    lever = t.policy[0].acquisition
    if lever.star_attempts <= 0:
        return
    p = t.params[0].star
    present = 0
    for k in range(min(t.clock[0].star_asked, t.stars.shape[0])):
        star = t.stars[k]
        if star.fame == Fame.COMING:
            _find(t, star, day, p)
        if star.fame == Fame.PRESENT:
            _shine(t, star, day, p)
        present += i8(star.fame == Fame.PRESENT)
    if day % 7 == ASKING_DAY and day > 0:
        _ask(t, day, lever, p)
    _hold(t, day, present, lever)


@compiled()
def _ask(t, day, lever, p):
    """One star a week is asked, while none is here, by a community that has proved itself."""
    clock = t.clock[0]
    n = clock.star_asked
    if clock.n_members < lever.star_seed or n >= min(lever.star_attempts, t.stars.shape[0]):
        return
    for k in range(n):
        if t.stars[k].fame == Fame.COMING or t.stars[k].fame == Fame.PRESENT:
            return
    star = t.stars[n]
    star.uid = lineage(STARS, n)
    star.member = -1
    star.since = day
    star.come = 0.0
    key = agent_key(day_key(clock.seed_key, decisions.STAR, ALWAYS), star.uid)
    spread = math.exp(p.followers_ln_sd * normal(uniform(key, U64(1))))
    star.followers = lever.star_followers * spread * p.follow_share
    star.loop = star_loop(clock.n_members, clock.answered_share, 0.0, p)
    activity = t.daily[day - 1, mt.ACTIVE_28D] / max(1, clock.n_members)
    clock.star_asked = n + 1
    star.fame = Fame.DECLINED
    if uniform(key, U64(0)) >= star_accepts(activity, f8(star.loop), p):
        return
    if prospects.line_up(t, star.uid, Route.STAR.value, prospects.NOBODY):
        guest = t.applicants[clock.n_applicants - 1]
        guest.guest = prospects.Guest.FREE
        guest.skill = p.skill
        star.fame = Fame.COMING


@compiled()
def _find(t, star, day, p):
    """Look whether a star who said yes has come in since."""
    for i in range(t.first_row[star.since], t.clock[0].n_rows):
        if t.fate[i].uid == star.uid:
            m = t.members[i]
            star.member = i
            star.fame = Fame.PRESENT
            star.since = day
            t.fate[i].kind = Kind.CORE
            m.visit_rate = p.visit_rate
            m.post_rate = 0.5
            m.quit = as_part(t.params[0].activity.core_dropout)
            m.attention = people.MOST_READ
            return


@compiled()
def _shine(t, star, day, p):
    """A star who is here draws followers, weighs once a week what it brings, and may go."""
    clock = t.clock[0]
    i = i8(star.member)
    if t.fate[i].status == Status.LEFT:
        _go(star, day)
        return
    waiting = max(0.0, f8(star.followers) - f8(star.come))
    now = waiting * p.follow_day
    star.come = f8(star.come) + now
    prospects.come(
        t,
        Route.STAR.value,
        now,
        prospects.room_in_pool(t, day),
        0.0,
        prospects.Aim.INTERESTED.value,
    )
    if (day - star.since) % 7 != 6:
        return
    week = star_loop(clock.n_members, clock.answered_share, f8(t.members[i].load), p)
    star.loop = 0.75 * f8(star.loop) + 0.25 * week
    hazard = p.going_week * math.exp(-p.loop_weight * (f8(star.loop) - 0.3))
    key = day_key(clock.seed_key, decisions.STAR_STAY, day)
    if uniform(key, star.uid) < 1.0 - math.exp(-hazard):
        people.leave(t, i, day)
        _go(star, day)


@compiled()
def _go(star, day):
    star.fame = Fame.GONE
    star.since = day


@compiled()
def _hold(t, day, present, lever):
    """What a star does to all others, while there is one."""
    clock = t.clock[0]
    scale = t.params[0].calibration.scale
    is_here = 1.0 if present > 0 else 0.0
    clock.star_cohesion = is_here * scale * lever.star_cohesion
    clock.star_calm = is_here * scale * lever.star_calm
    was_here = 0.0
    for k in range(min(clock.star_asked, t.stars.shape[0])):
        if t.stars[k].fame == Fame.GONE:
            was_here = 1.0
    clock.star_gone = was_here * (1.0 - is_here)
    t.daily[day, mt.STARS] = present
