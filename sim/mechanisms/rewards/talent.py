"""Talent pool: answers are on record, and strong contributors are matched with openings.

A record must be built first and matches must be seen before anybody hopes for one, so the effect
comes late and stays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy import float64 as f8

from plaza_lab.agents.member import Stance, Status
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim import decisions
from plaza_lab.sim.randomness import day_key, uniform
from plaza_lab.sim.recording import metrics as mt

SOURCE = "M47"
READS = (
    "clock.n_rows",
    "clock.has_star",
    "fate.uid",
    "fate.status",
    "members.answers",
    "members.skill",
    "members.stance",
)
WRITES = ("members.matches", "members.belonging", "clock.talent_hope", "daily.matches")


@dataclass(frozen=True)
class Params:
    """Who is matched, and what it does."""

    record: float = quantity(
        8.0,
        unit="answers",
        low=1.0,
        high=1000.0,
        source="assumption (M47: strong contributors)",
        doc="Answers on record from which a member can be recommended.",
    )
    match_belonging: float = quantity(
        0.1,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M47)",
        doc="Belonging that an opening adds, as claimed.",
    )
    match_hold: float = quantity(
        2.0,
        unit="log-hazard",
        low=0.0,
        high=10.0,
        source="assumption (M47: more than cash)",
        doc="By how much openings found hold a member, as claimed.",
    )
    hope_hold: float = quantity(
        1.0,
        unit="log-hazard",
        low=0.0,
        high=10.0,
        source="assumption (M47)",
        doc="By how much full hope of an opening holds a member on record, as claimed.",
    )
    hope_pull: float = quantity(
        0.8,
        unit="log-odds",
        low=0.0,
        high=10.0,
        source="assumption (M47)",
        doc="Effect of full hope on answering, as claimed.",
    )
    hope_share: float = quantity(
        0.02,
        unit="share/week",
        low=0.0001,
        high=1.0,
        source="assumption",
        doc="Share of those on record whose matching in a week gives two thirds of hope.",
    )
    hope_speed: float = quantity(
        0.08,
        unit="1/week",
        low=0.0,
        high=1.0,
        source="assumption (M47: word spreads slowly)",
        doc="Speed at which hope follows the matches one hears of.",
    )


def is_on(policy, world):
    """Whether talent is matched with tasks."""
    return bool(policy.incentive.has_talent)


@kernel()
def step(t, day):
    """Match the week's share of those on record.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    lever = t.policy[0].incentive
    if not lever.has_talent or day % 7 != 6:
        return
    clock = t.clock[0]
    p = t.params[0].talent
    share = lever.talent_share
    if lever.talent_needs_star and not clock.has_star:
        share = 0.0
    on_record, matched = _match(t, day, share, p)
    seen = 0.0
    if on_record > 0:
        seen = 1.0 - math.exp(-matched / (p.hope_share * on_record))
    clock.talent_hope += p.hope_speed * (seen - clock.talent_hope)
    t.daily[day, mt.MATCHES] += matched


@compiled()
def _match(t, day, share, p):
    """Match members on record, the more skilled the likelier; returns how many, of how many."""
    key = day_key(t.clock[0].seed_key, decisions.MATCHING, day)
    gain = t.params[0].calibration.scale * p.match_belonging
    on_record = 0
    matched = 0
    for i in range(t.clock[0].n_rows):
        m = t.members[i]
        if m.answers < p.record or t.fate[i].status == Status.LEFT or m.stance & Stance.CAUGHT:
            continue
        on_record += 1
        if uniform(key, t.fate[i].uid) < 2.0 * share * f8(m.skill):
            m.matches = min(120, m.matches + 1)
            m.belonging = f8(m.belonging) + gain * (1.0 - f8(m.belonging))
            matched += 1
    return on_record, matched
