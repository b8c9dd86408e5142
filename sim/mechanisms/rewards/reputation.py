"""Reputation: acts and applause become a standing that is shown, weighs and buys perks."""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.answering import ANSWER
from plaza_lab.agents.decisions.posting import POST
from plaza_lab.agents.member import Stance
from plaza_lab.agents.rewards import standing
from plaza_lab.sim.declaring import Metric, levers, params, quantity
from plaza_lab.sim.randomness import day_key, uniform
from plaza_lab.sim.state import fetching
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M42, M123"
METRICS = (Metric("perks", "perks", "perks bought with reputation", "M42"),)


@levers("incentive")
class Levers:
    """Reputation: how it is bounded, what it buys, who vouches for it."""

    has_reputation: bool = quantity(False, "flag", source="M42")
    """Reputation is reckoned from acts and shown."""
    reputation_cap: float = quantity(0.0, "points", (0.0, 1e6), "M42")
    """Highest reputation; 0 for no bound."""
    reputation_voice: float = quantity(0.0, "1", (0.0, 5.0), "M42")
    """Weight of the author's reputation where items are ranked."""
    reputation_perk: float = quantity(0.0, "points", (0.0, 1e6), "M42")
    """Reputation that early access or a gift costs; 0 when it buys nothing."""
    is_certified: bool = quantity(False, "flag", source="M42")
    """A third party certifies reputation."""


@params()
class Params:
    """How a name is made, and what it does."""

    applause: float = quantity(0.05, "points", (0.0, 10.0), "assumption (M42)")
    """Reputation of a reaction or reply received."""
    half: float = quantity(5.0, "points", (0.01, 1e4), "assumption")
    """Reputation at which half of its effect is there."""
    pull: float = quantity(0.6, "log-odds", (0.0, 5.0), "assumption (M42: prestige)")
    """Effect of a full name on contributing, as claimed."""
    repurchase: float = quantity(
        0.3, "log-hazard", (0.0, 5.0), "assumption (M42: holders buy again)"
    )
    """Effect of a full name on buying again, as claimed."""
    certified_trust: float = quantity(
        0.01, "1/visit", (0.0, 1.0), "assumption (M42: certification)"
    )
    """Trust that a certified full name adds on a visit."""
    perk: float = quantity(0.3, "1/visit", (0.0, 1.0), "assumption")
    """Chance that who can afford a perk takes it."""
    perk_satisfaction: float = quantity(0.05, "1", (0.0, 1.0), "assumption")
    """Satisfaction a perk adds."""


@ANSWER.term("reputation", source="M42")
@POST.term("reputation", source="M42")
def standing_pull(m, policy, world):
    """Log-odds of contributing from a name to keep up, where reputation is shown (M42)."""
    if not policy.incentive.has_reputation:
        return 0.0
    return world.calibration.scale * world.reputation.pull * standing(m, world)


def is_on(policy, world):
    """Whether reputation is reckoned."""
    return bool(policy.incentive.has_reputation)


@kernel()
def step(t, day):
    """Reckon the reputation of today's visitors, and let them spend it."""
    lever = t.policy[0].incentive
    if not lever.has_reputation:
        return
    key = day_key(t.run_state[0].seed_key, draw_ids.PERK, day)
    for k in range(t.people_state[0].n_visitors):
        fetching.visitor(t, k)
        i = i8(t.visitors[k])
        m = t.members[i]
        _reckon(m, lever, t.params[0])
        cost = lever.reputation_perk
        may = cost > 0.0 and f8(m.reputation) >= cost and not m.stance & Stance.CAUGHT
        if may and uniform(key, t.fate[i].uid) < t.params[0].reputation.perk:
            m.reputation = f8(m.reputation) - cost
            gain = t.params[0].reputation.perk_satisfaction
            feelings.raise_satisfaction(m, gain)
            t.daily[day, mt.PERKS] += 1.0


@compiled()
def _reckon(m, lever, world):
    p = world.reputation
    heard = f8(m.unread_reactions) + f8(m.unread_replies)
    points = f8(m.reputation) + p.applause * heard
    if lever.reputation_cap > 0.0:
        points = min(points, lever.reputation_cap)
    m.reputation = points
    if lever.is_certified:
        feelings.raise_trust(m, p.certified_trust * standing(m, world))
