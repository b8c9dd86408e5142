"""Company: people come where people talk, and stay away from where they are attacked.

How much members say to each other in a week draws visits and posts, with saturation. What breaks
the rules is an example to others, and whoever is answered in that tone is hurt by it.
"""

from __future__ import annotations

from plaza_lab.agents.decisions.leaving import EXIT, QUIT
from plaza_lab.agents.decisions.posting import POST, VIOLATE
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.engine.elementary import exp, log
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Metric, Var, params, quantity
from plaza_lab.sim.state.dashboard import total
from plaza_lab.sim.stepping import compiled, f8, kernel, mt

SOURCE = "science.md A.11, A.18; Zhang & Zhu 2011; Smirnov et al. 2023; Cheng et al. 2017"
METRICS = (
    Metric("company", "1", "how lively it is: messages of a week, saturating", "science A.18"),
    Metric("broken_share", "share", "posts of a week that break the rules and stay", "T49"),
    Metric("toxic_received", "replies", "replies received that break the rules", "T49"),
)
STATE: tuple[Var, ...] = (
    Var("company", "f8", "log", "how lively it is, 0 in full company", "science A.18"),
    Var("tone", "f8", "share", "posts of 7 days that break the rules", "T49"),
    Var("broken_share", "f8", "share", "posts of 7 days that break the rules and stay", "T49"),
)


@params()
class Params:
    """What company draws, and what bad company does."""

    audience: float = quantity(
        0.3, "log-hazard", (0.0, 2.0), "science A.18 (Zhang & Zhu 2011; beta .1-.4)"
    )
    """Exponent of visits and posts in how lively it is."""
    enough: float = quantity(
        30.0, "messages/week", (0.1, 1e6), "assumption (science A.18: with saturation)"
    )
    """Messages of a week that make half of full company."""
    example: float = quantity(
        0.6, "log-odds", (0.0, 5.0), "Cheng et al. 2017 (35 -> 49 % after reading trolls: .58)"
    )
    """Log-odds of breaking the rules where everything one reads breaks them."""
    toxic_weight: float = quantity(
        0.15, "log-hazard/reply", (0.0, 2.0), "Smirnov et al. 2023 (.05-.3)"
    )
    """Leaving, and falling silent, per toxic reply received."""
    toxic_days: float = quantity(
        43.0, "days", (1.0, 1e4), "assumption (half-life 30 days; Smirnov et al. 2023: weeks)"
    )
    """Days over which a toxic reply is got over, e-fold."""
    toxic_most: float = quantity(8.0, "replies", (0.0, 1000.0), "assumption")
    """Toxic replies beyond which nothing is added."""


@POST.term("company", source="science.md A.18 (Zhang & Zhu 2011)")
@VISIT.term("company", source="science.md A.18 (Zhang & Zhu 2011)")
def company_draws(t, world):
    """Log of how lively it is, which draws visits and posts: 0 in full company."""
    return world.company.audience * t.company_state[0].company


@EXIT.term("company", source="science.md A.18; Butler 2001")
def company_holds(t, world):
    """Log-hazard of leaving a place where nobody talks, by the same exponent."""
    return -world.company.audience * t.company_state[0].company


@VIOLATE.term("example", source="Cheng et al. 2017")
def example_is_followed(t, world):
    """Log-odds of breaking the rules that the example of others adds."""
    return world.company.example * t.company_state[0].broken_share


@QUIT.term("hurt", source="Smirnov et al. 2023")
@EXIT.term("hurt", source="Smirnov et al. 2023")
def hurt_drives_out(m, world):
    """Log-hazard of leaving, and log-odds of falling silent, of who was answered with abuse."""
    p = world.company
    return p.toxic_weight * min(f8(m.hurt), p.toxic_most)


@kernel()
def step(t, day):
    """See how lively it is and what stands on the page; let hurts be got over."""
    p = t.params[0].company
    state = t.company_state[0]
    _look_around(t, day, p)
    t.daily[day, mt.COMPANY] = exp(state.company)
    t.daily[day, mt.BROKEN_SHARE] = state.broken_share


@compiled()
def _look_around(t, day, p):
    """Messages of the last week, and the part of its posts that breaks the rules and stays."""
    state = t.company_state[0]
    if day < WEEK:
        state.company = 0.0  # nobody knows yet
        return
    since = day - WEEK
    posts = total(t, mt.POSTS, since, day)
    messages = posts + total(t, mt.REPLIES, since, day)  # what fills the page is no company
    broken = total(t, mt.VIOLATIONS, since, day)
    taken = total(t, mt.REMOVED, since, day) - total(t, mt.FALSE_REMOVED, since, day)
    taken += total(t, mt.BLOCKED, since, day) - total(t, mt.FALSE_BLOCKED, since, day)
    state.company = log((1.0 + messages) / (1.0 + messages + p.enough))
    state.broken_share = 0.0
    state.tone = 0.0
    if posts > 0.0:
        state.tone = min(1.0, broken / posts)
        state.broken_share = min(1.0, max(0.0, broken - taken) / posts)
