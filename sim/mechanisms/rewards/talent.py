"""Talent pool: answers are on record, and strong contributors are matched with openings.

A record must be built first and matches must be seen before anybody hopes for one, so the effect
comes late and stays.
"""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.answering import ANSWER
from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.agents.member import Stance, Status
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import day_key, uniform
from plaza_lab.sim.stepping import compiled, draw_ids, f8, kernel, mt

SOURCE = "M47"
METRICS = (Metric("matches", "members", "contributors matched with an opening", "M47"),)
STATE: tuple[Var, ...] = (
    Var("talent_hope", "f8", "1", "hope of being matched, from matches seen", "M47"),
)


@levers("incentive")
class Levers:
    """Openings for those who contribute."""

    has_talent: bool = quantity(False, "flag", source="M47")
    """Contributors are matched with openings."""
    talent_share: float = quantity(0.03, "share/week", (0.0, 1.0), "assumption (M47)")
    """Strong contributors who are matched in a week."""
    talent_needs_star: bool = quantity(False, "flag", source="M47")
    """Openings come through the star."""


@params()
class Params:
    """Who is matched, and what it does."""

    record: float = quantity(8.0, "answers", (1.0, 1000.0), "assumption (M47: strong contributors)")
    """Answers on record from which a member can be recommended."""
    match_belonging: float = quantity(0.1, "1", (0.0, 1.0), "assumption (M47)")
    """Belonging that an opening adds, as claimed."""
    match_hold: float = quantity(2.0, "log-hazard", (0.0, 10.0), "assumption (M47: more than cash)")
    """By how much openings found hold a member, as claimed."""
    hope_hold: float = quantity(1.0, "log-hazard", (0.0, 10.0), "assumption (M47)")
    """By how much full hope of an opening holds a member on record, as claimed."""
    hope_pull: float = quantity(0.8, "log-odds", (0.0, 10.0), "assumption (M47)")
    """Effect of full hope on answering, as claimed."""
    hope_share: float = quantity(0.02, "share/week", (0.0001, 1.0), "assumption")
    """Share of those on record whose matching in a week gives two thirds of hope."""
    hope_speed: float = quantity(
        0.08, "1/week", (0.0, 1.0), "assumption (M47: word spreads slowly)"
    )
    """Speed at which hope follows the matches one hears of."""


@ANSWER.term("talent", source="M47")
def talent_hope(m, t, policy, world):
    """Log-odds of answering from hope of being matched, for those on the record (M47)."""
    lever = policy.incentive
    if not lever.has_talent:
        return 0.0
    p = world.talent
    record = min(1.0, f8(m.answers) / p.record)
    return world.calibration.scale * p.hope_pull * t.talent_state[0].talent_hope * record


@EXIT.term("talent", source="M47")
def talent_hold(m, t, policy, world):
    """Log-hazard of leaving that openings found, or in sight, take away (M47)."""
    lever = policy.incentive
    if not lever.has_talent:
        return 0.0
    p = world.talent
    found = f8(m.matches) / (1.0 + f8(m.matches))
    record = min(1.0, f8(m.answers) / p.record)
    hold = p.match_hold * found + p.hope_hold * t.talent_state[0].talent_hope * record
    return -world.calibration.scale * hold


def is_on(policy, world):
    """Whether talent is matched with tasks."""
    return bool(policy.incentive.has_talent)


@kernel()
def step(t, day):
    """Match the week's share of those on record."""
    lever = t.policy[0].incentive
    if not lever.has_talent or day % 7 != 6:
        return
    state = t.talent_state[0]
    p = t.params[0].talent
    share = lever.talent_share
    if lever.talent_needs_star and not t.roles_state[0].has_star:
        share = 0.0
    on_record, matched = _match(t, day, share, p)
    seen = 0.0
    if on_record > 0:
        seen = 1.0 - exp(-matched / (p.hope_share * on_record))
    state.talent_hope += p.hope_speed * (seen - state.talent_hope)
    t.daily[day, mt.MATCHES] += matched


@compiled()
def _match(t, day, share, p):
    """Match members on record, the more skilled the likelier; returns how many, of how many."""
    key = day_key(t.run_state[0].seed_key, draw_ids.MATCHING, day)
    gain = t.params[0].calibration.scale * p.match_belonging
    on_record = 0
    matched = 0
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        if m.answers < p.record or t.fate[i].status == Status.LEFT or m.stance & Stance.CAUGHT:
            continue
        on_record += 1
        if uniform(key, t.fate[i].uid) < 2.0 * share * f8(m.skill):
            m.matches = min(120, m.matches + 1)
            feelings.raise_belonging(m, gain)
            matched += 1
    return on_record, matched
