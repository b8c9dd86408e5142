"""Badges: the best answerers of a week are honoured; honours for many honour nobody."""

from __future__ import annotations

import math

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.answering import ANSWER
from plaza_lab.agents.decisions.leaving import EXIT, QUIT
from plaza_lab.agents.member import Stance, Status
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.calendar import MONTH, WEEK
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.state import people, trial
from plaza_lab.sim.stepping import as_part, compiled, draw_ids, i8, kernel, mt, part

SOURCE = "M41; science.md A.10 (Restivo & van de Rijt 2012); Gallus 2017"
METRICS = (
    Metric("badges", "badges", "badges awarded", "M41"),
    Metric("newcomer_awards", "awards", "newcomers awarded", "M41"),
)
STATE: tuple[Var, ...] = (
    Var("badge_flood", "f8", "share", "active members honoured a week, lately", "M41"),
)


@levers("incentive")
class Levers:
    """Honours for the best answerers of a week."""

    has_badges: bool = quantity(False, "flag", source="M41")
    """The best answerers of a week are honoured."""
    has_newcomer_award: bool = quantity(False, "flag", source="Gallus 2017")
    """Some of the newcomers who contribute are awarded in public, once each."""
    badge_share: float = quantity(
        0.05, "share", (0.0, 1.0), "science A.10 (Restivo & van de Rijt 2012: top 1 %)"
    )
    """Answerers of a week who are honoured; the fewer, the more it means."""


BINS = 64
"""Classes of quality by which the best are found."""


@params()
class Params:
    """What an honour does."""

    motive: float = quantity(
        0.3, "1", (0.0, 1.0), "science A.10 (Restivo & van de Rijt 2012: +60 % output)"
    )
    """Motive a rare badge adds, as claimed."""
    belonging: float = quantity(0.05, "1", (0.0, 1.0), "assumption (M41: identity)")
    """Belonging a rare badge adds, as claimed."""
    honour_acts: float = quantity(
        0.3, "log-rate", (0.0, 5.0), "Restivo & van de Rijt 2012 (+60 % output; shrunk)"
    )
    """Log number of messages, and log-odds of answering, that a rare award adds to its holder."""
    honour_holds: float = quantity(
        0.25, "log-odds", (0.0, 5.0), "Gallus 2017 (newcomer award: +20 % active)"
    )
    """Log-odds of falling silent, and log-hazard of leaving, that a rare award takes away."""
    honour_days: float = quantity(
        525.0, "days", (1.0, 1e5), "Gallus 2017 (seen after four quarters; halves in a year)"
    )
    """Days over which an award is forgotten, e-fold."""
    award_returns: float = quantity(
        0.09,
        "share",
        (0.0, 1.0),
        "Gallus 2017 (log-odds of .25 at 34.8 % active: 5.7 of the 65.2 points that were not)",
    )
    """Awarded newcomers who had fallen silent and whom the award brings back."""
    newcomer_share: float = quantity(
        0.2, "share", (0.0, 1.0), "assumption (Gallus 2017: some of those who contributed)"
    )
    """Contributing newcomers of a week who are awarded, where newcomers are."""
    flood: float = quantity(
        0.03, "share", (0.0001, 1.0), "assumption (M41: value falls with inflation)"
    )
    """Share of active members honoured a week at which a badge has lost two thirds."""
    memory: float = quantity(0.25, "1/week", (0.0, 1.0), "assumption")
    """Speed at which members notice how common badges are."""


@ANSWER.term("honour", source="Restivo & van de Rijt 2012")
def honour_obliges(m, world):
    """Log-odds of answering that an award adds, while it is remembered."""
    return world.badges.honour_acts * part(m.honour)


@QUIT.term("honour", source="Gallus 2017")
@EXIT.term("honour", source="Gallus 2017")
def honour_holds(m, world):
    """Log-odds of falling silent, and log-hazard of leaving, that an award takes away."""
    return -world.badges.honour_holds * part(m.honour)


def is_on(policy, world):
    """Whether badges or awards to newcomers are given."""
    return bool(policy.incentive.has_badges or policy.incentive.has_newcomer_award)


@kernel()
def step(t, day):
    """Honour the best answerers of the week on its last day."""
    if day % 7 != 6:
        return
    usual, last = t.policy[0].incentive, t.policy[trial.last(t)].incentive
    if usual.has_newcomer_award or last.has_newcomer_award:
        _award_newcomers(t, day, t.params[0].badges)
    lever = usual if usual.has_badges else last
    if not lever.has_badges:
        return
    state = t.badges_state[0]
    p = t.params[0].badges
    lowest, n = _lowest_honoured(t, lever.badge_share)
    value = t.params[0].calibration.scale * exp(-state.badge_flood / p.flood)
    active = 1.0
    if day > 0:
        active = max(1.0, t.daily[day - 1, mt.ACTIVE_28D])
    if n > 0:
        n = _honour(t, lowest, value, exp(-state.badge_flood / p.flood), p)
    state.badge_flood += p.memory * (n / active - state.badge_flood)
    t.daily[day, mt.BADGES] += n


@compiled()
def _award_newcomers(t, day, p):
    """Award some of the newcomers who contributed this week, once each (Gallus 2017)."""
    key = day_key(t.run_state[0].seed_key, draw_ids.AWARD, day)
    first = i8(t.first_row[max(0, day - MONTH)])
    for i in range(first, t.people_state[0].n_rows):
        m = t.members[i]
        is_new = m.joined > day - MONTH and t.fate[i].status != Status.LEFT
        has_contributed = m.posts + m.answers > 0 and m.last_act > day - WEEK
        is_asked = t.policy[trial.arm(t, i)].incentive.has_newcomer_award
        if not is_asked or not is_new or not has_contributed or m.badges > 0:
            continue
        if uniform(key, t.fate[i].uid) < p.newcomer_share:
            m.badges = 1
            m.honour = as_part(1.0)
            is_moved = uniform(agent_key(key, t.fate[i].uid), U64(0)) < p.award_returns
            if t.fate[i].status == Status.SILENT and is_moved:
                people.rouse(t, i)
            t.daily[day, mt.NEWCOMER_AWARDS] += 1.0


@compiled()
def _bin_of(score):
    return min(BINS - 1, i8(score * BINS))


@compiled()
def _may_be_honoured(t, i):
    m = t.members[i]
    if m.week_score == 0:  # first, as it is so of nearly everybody
        return False
    is_here = t.fate[i].status != Status.LEFT and not m.stance & Stance.CAUGHT
    return is_here and t.policy[trial.arm(t, i)].incentive.has_badges


@compiled()
def _lowest_honoured(t, share):
    """Lowest class of quality that is honoured, and how many answerers there were."""
    count = t.scratch
    count[:BINS] = 0.0
    n = 0
    for i in range(t.people_state[0].n_rows):
        if _may_be_honoured(t, i):
            count[_bin_of(part(t.members[i].week_score))] += 1.0
            n += 1
    wanted = math.ceil(share * n)
    lowest = BINS
    taken = 0.0
    while lowest > 0 and taken < wanted:
        lowest -= 1
        taken += count[lowest]
    return lowest, n


@compiled()
def _honour(t, lowest, value, rarity, p):
    n = 0
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        if not _may_be_honoured(t, i) or _bin_of(part(m.week_score)) < lowest:
            continue
        m.badges = min(120, m.badges + 1)
        m.honour = max(i8(m.honour), as_part(rarity))
        feelings.raise_motive(m, p.motive * value)
        feelings.raise_belonging(m, p.belonging * value)
        n += 1
    return n
