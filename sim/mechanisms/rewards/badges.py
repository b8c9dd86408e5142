"""Badges: the best answerers of a week are honoured; honours for many honour nobody."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.member import Stance, Status
from plaza_lab.agents.packed import part
from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim.levers import levers
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric

SOURCE = "M41; science.md A.10 (Restivo & van de Rijt 2012)"
METRICS = (Metric("badges", "badges", "badges awarded", "M41"),)
STATE: tuple[Var, ...] = (
    Var("badge_flood", "f8", "share", "active members honoured a week, lately", "M41"),
)


@levers("incentive")
class Levers:
    """Honours for the best answerers of a week."""

    has_badges: bool = quantity(False, "flag", source="M41")
    """The best answerers of a week are honoured."""
    badge_share: float = quantity(
        0.05, "share", (0.0, 1.0), "science A.10 (Restivo & van de Rijt 2012: top 1 %)"
    )
    """Answerers of a week who are honoured; the fewer, the more it means."""


BINS = 64
"""Classes of quality by which the best are found."""


@dataclass(frozen=True)
class Params:
    """What an honour does."""

    motive: float = quantity(
        0.3, "1", (0.0, 1.0), "science A.10 (Restivo & van de Rijt 2012: +60 % output)"
    )
    """Motive a rare badge adds, as claimed."""
    belonging: float = quantity(0.05, "1", (0.0, 1.0), "assumption (M41: identity)")
    """Belonging a rare badge adds, as claimed."""
    flood: float = quantity(
        0.03, "share", (0.0001, 1.0), "assumption (M41: value falls with inflation)"
    )
    """Share of active members honoured a week at which a badge has lost two thirds."""
    memory: float = quantity(0.25, "1/week", (0.0, 1.0), "assumption")
    """Speed at which members notice how common badges are."""


def is_on(policy, world):
    """Whether badges are awarded."""
    return bool(policy.incentive.has_badges)


@kernel()
def step(t, day):
    """Honour the best answerers of the week on its last day.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    lever = t.policy[0].incentive
    if not lever.has_badges or day % 7 != 6:
        return
    state = t.badges_state[0]
    p = t.params[0].badges
    lowest, n = _lowest_honoured(t, lever.badge_share)
    value = t.params[0].calibration.scale * math.exp(-state.badge_flood / p.flood)
    active = 1.0
    if day > 0:
        active = max(1.0, t.daily[day - 1, mt.ACTIVE_28D])
    if n > 0:
        n = _honour(t, lowest, value, p)
    state.badge_flood += p.memory * (n / active - state.badge_flood)
    t.daily[day, mt.BADGES] += n


@compiled()
def _bin_of(score):
    return min(BINS - 1, i8(score * BINS))


@compiled()
def _may_be_honoured(t, i):
    m = t.members[i]
    is_here = t.fate[i].status != Status.LEFT and not m.stance & Stance.CAUGHT
    return is_here and m.week_score > 0


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
def _honour(t, lowest, value, p):
    n = 0
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        if not _may_be_honoured(t, i) or _bin_of(part(m.week_score)) < lowest:
            continue
        m.badges = min(120, m.badges + 1)
        m.motive = f8(m.motive) + p.motive * value * (1.0 - f8(m.motive))
        m.belonging = f8(m.belonging) + p.belonging * value * (1.0 - f8(m.belonging))
        n += 1
    return n
