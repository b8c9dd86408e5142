"""Roles: each comes for something of its own; a role that is not given it withdraws.

A loop is fed by the policy, and by the other roles: who finds fewer sharers has less to read. The
star stays while her loop is fed well enough, and takes her followers along.
"""

from __future__ import annotations

from plaza_lab.agents.decisions.answering import ANSWER
from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.agents.decisions.posting import POST
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.agents.rewards import (
    ASKER,
    LOOPS,
    OBSERVER,
    SHARER,
    STAR,
    STEWARD,
    loop_of,
    role_act,
    role_of,
)
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.state import fetching
from plaza_lab.sim.stepping import compiled, kernel, mt, part

SOURCE = "M52, M08, M136; F32"
METRICS = (
    Metric("loop_star", "1", "how far the star's loop of value is fed", "M52"),
    Metric("loop_sharer", "1", "how far the sharers' loop is fed", "M52"),
    Metric("loop_asker", "1", "how far the askers' loop is fed", "M52"),
    Metric("loop_observer", "1", "how far the observers' loop is fed", "M52"),
    Metric("loop_steward", "1", "how far the stewards' loop is fed", "M52"),
)
STATE: tuple[Var, ...] = (
    Var(
        "loop",
        "(5,)f8",
        "1",
        "how far a role is fed: star, sharer, asker, observer, steward",
        "M52",
        1,
    ),
    Var("received", "(5,)f8", "1", "what a role has received lately, of what it wants", "M52", 1),
    Var("has_star", "i8", "flag", "the star is there", "M52", 1),
)


@levers("roles")
class Levers:
    """Which roles are given what they come for."""

    feeds_star: bool = quantity(True, "flag", source="M52")
    """The star finds followers, people to hire, investment and research here."""
    feeds_sharer: bool = quantity(True, "flag", source="M52")
    """Sharers find money, recognition and deals."""
    feeds_asker: bool = quantity(True, "flag", source="M52")
    """Askers find solutions and contacts."""
    feeds_observer: bool = quantity(True, "flag", source="M52")
    """Observers find ideas and contacts."""
    feeds_steward: bool = quantity(True, "flag", source="M52")
    """Stewards find money and skill."""
    has_star: bool = quantity(True, "flag", source="M08, M52")
    """A person of renown takes part."""


@params()
class Params:
    """How fast roles notice, and what they do about it."""

    speed: float = quantity(0.03, "1/day", (0.0, 1.0), "assumption (M52)")
    """Speed at which a role notices that it gets less, or more."""
    dependence: float = quantity(
        0.3, "1", (0.0, 1.0), "assumption (M52: withdrawal of one lowers the utility of others)"
    )
    """Part of what a role comes for that the other roles bring."""
    sharer_wants: float = quantity(
        0.2, "1", (0.0, 1.0), "assumption (M52: sharers come for money and deals, too)"
    )
    """Part of a substantial reward that a sharer hopes for on a visit, beside what others find."""
    star_leaves: float = quantity(0.5, "1", (0.0, 1.0), "assumption (M52: exit threshold)")
    """State of her loop below which the star goes, for good."""
    act: float = quantity(1.0, "log-odds", (0.0, 10.0), "assumption (M52)")
    """Odds of playing a role that a wholly open loop takes away."""
    visit: float = quantity(0.5, "log-hazard", (0.0, 10.0), "assumption (M52)")
    """Visits that a wholly open loop takes away from its role."""
    exit: float = quantity(0.8, "log-hazard", (0.0, 10.0), "assumption (M52)")
    """Leaving that a wholly open loop adds to its role."""
    steward_wage: float = quantity(1.0, "ln wage", (0.0, 10.0), "assumption (M52, M62)")
    """By how much a steward without a loop asks for more."""


@VISIT.term("role", source="M52")
def role_visit(m, t, world):
    """Log-hazard of visiting that a role's open loop takes away (M52)."""
    return -world.roles.visit * (1.0 - loop_of(m, t))


@EXIT.term("role", source="M52")
def role_exit(m, t, world):
    """Log-hazard of leaving that a role's open loop adds (M52)."""
    return world.roles.exit * (1.0 - loop_of(m, t))


@ANSWER.term("role", source="M52")
@POST.term("role", source="M52")
def sharers_share(t, world):
    """Log-odds of contributing that the sharers' open loop takes away (M52)."""
    return role_act(t, world, SHARER)


@kernel()
def step(t, day):
    """Let the loops follow what feeds them."""
    lever = t.policy[0].roles
    state = t.roles_state[0]
    p = t.params[0].roles
    _take_stock(t, day, p)
    everybody = 0.0
    for role in range(len(LOOPS)):
        everybody += state.loop[role]
    _follow(t, STAR, lever.feeds_star and lever.has_star, everybody, p)
    _follow(t, SHARER, lever.feeds_sharer, everybody, p)
    _follow(t, ASKER, lever.feeds_asker, everybody, p)
    _follow(t, OBSERVER, lever.feeds_observer, everybody, p)
    _follow(t, STEWARD, lever.feeds_steward, everybody, p)
    if not lever.has_star or state.loop[STAR] < p.star_leaves:
        state.has_star = 0
        state.loop[STAR] = 0.0
    t.daily[day, mt.LOOP_STAR] = state.loop[STAR]
    t.daily[day, mt.LOOP_SHARER] = state.loop[SHARER]
    t.daily[day, mt.LOOP_ASKER] = state.loop[ASKER]
    t.daily[day, mt.LOOP_OBSERVER] = state.loop[OBSERVER]
    t.daily[day, mt.LOOP_STEWARD] = state.loop[STEWARD]


@compiled()
def _take_stock(t, day, p):
    """What yesterday's visitors of each role have received lately, of what the role comes for."""
    state = t.roles_state[0]
    people_state = t.people_state[0]
    if day == 0:
        for role in range(len(LOOPS)):
            state.received[role] = 1.0
        return
    usual = t.params[0].returns.usual
    sharer = usual + p.sharer_wants * t.params[0].returns.reward
    total, n = t.scratch[: len(LOOPS)], t.scratch[len(LOOPS) : 2 * len(LOOPS)]
    total[:] = 0.0
    n[:] = 0.0
    for k in range(people_state.n_visitors):
        fetching.visitor(t, k)
        m = t.members[t.visitors[k]]
        role = role_of(m)
        total[role] += min(1.0, part(m.returns) / (sharer if role == SHARER else usual))
        n[role] += 1.0
    for role in (SHARER, ASKER, OBSERVER):
        if n[role] > 0.0:
            received = total[role] / n[role]
            state.received[role] += min(1.0, p.speed * n[role]) * (received - state.received[role])


@compiled()
def _follow(t, role, is_fed, everybody, p):
    """Move a loop toward what policy and the other roles feed it."""
    state = t.roles_state[0]
    others = (everybody - state.loop[role]) / (len(LOOPS) - 1.0)
    target = (1.0 - p.dependence) * state.received[role] + p.dependence * others
    if not is_fed:
        target = p.dependence * others
    state.loop[role] += p.speed * (target - state.loop[role])
