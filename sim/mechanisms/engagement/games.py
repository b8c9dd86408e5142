"""Games: check-ins and small tasks, lotteries, missions across interests, and getting used to them.

Every check-in makes the next one a little less interesting; staying away makes it fresh again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy import int64 as i8

from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.packed import as_part, part
from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.rewards import game_pull
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.sim import decisions
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import events as book
from plaza_lab.sim.state import fund, ties
from plaza_lab.sim.state.events import Stage

SOURCE = "M19, M71"
READS = (
    "visitors",
    "clock.n_visitors",
    "clock.stage",
    "fate.uid",
    "members.last_visit",
    "members.joined",
    "members.topic",
    "fading",
)
WRITES = (
    "members.origins",
    "members.habit",
    "members.n_ties",
    "ties",
    "journal",
    "balances",
    "clock.n_journal",
    "clock.journal_lost",
    "daily.check_ins",
    "daily.bridges",
    "daily.fund_out_yuan",
    "daily.policy_stops",
)


@dataclass(frozen=True)
class Params:
    """How games draw and wear off."""

    check_in: float = quantity(
        -0.5,
        unit="log-odds",
        low=-20.0,
        high=20.0,
        source="assumption (M19)",
        doc="Willingness to check in on a visit, once the game pulls no longer.",
    )
    pull: float = quantity(
        0.6,
        unit="log-odds",
        low=0.0,
        high=10.0,
        source="assumption (M19)",
        doc="Pull of fresh games on visiting and checking in, before calibration.",
    )
    habituation: float = quantity(
        0.06,
        unit="1/check-in",
        low=0.0,
        high=1.0,
        source="assumption (M19: habituation)",
        doc="Part of the pull that is left which a check-in uses up.",
    )
    recovery: float = quantity(
        0.01,
        unit="1/day",
        low=0.0,
        high=1.0,
        source="assumption (M19)",
        doc="Rate at which the pull comes back during absence.",
    )
    join: float = quantity(
        0.5,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M19)",
        doc="Chance that somebody who checks in joins a fresh mission.",
    )
    contact: float = quantity(
        1.0,
        unit="contacts",
        low=0.0,
        high=100.0,
        source="assumption (M19: bridges)",
        doc="Contact that a mission makes between two members.",
    )


def is_on(policy, world):
    """Whether there are check-ins."""
    return bool(policy.game.has_checkins)


@kernel()
def step(t, day):
    """Let today's visitors check in, win and go on missions.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    lever = t.policy[0].game
    if not lever.has_checkins:
        return
    clock = t.clock[0]
    p = t.params[0].games
    key = day_key(clock.seed_key, decisions.CHECK_IN, day)
    lottery_key = day_key(clock.seed_key, decisions.LOTTERY, day)
    is_mission = book.is_due(day, lever.missions_month, 0.5)
    has_lottery = lever.lottery_odds > 0.0 and book.is_open(t, Stage.GROWTH.value)
    won = i8(0)
    for k in range(clock.n_visitors):
        i = i8(t.visitors[k])
        m = t.members[i]
        uid = t.fate[i].uid
        away = day - max(m.last_visit, m.joined)
        habit = part(m.habit) * math.exp(-p.recovery * max(0, away))
        m.habit = as_part(habit)
        pull = game_pull(m, t.policy[0], t.params[0])
        if uniform(key, uid) >= sigmoid(p.check_in + pull):
            continue
        t.daily[day, mt.CHECK_INS] += 1.0
        m.habit = as_part(habit + p.habituation * (1.0 - habit))
        if has_lottery and uniform(lottery_key, uid) < lever.lottery_odds:
            won += lever.lottery_cents
        if is_mission:
            _go_on_mission(t, i, day, habit, p)
    pool = fund.richest_pool(t)
    if won > 0:
        fund.pay(t, day, fund.LOTTERY, pool, fund.MEMBERS, won, fund.NOBODY)


@compiled()
def _go_on_mission(t, i, day, habit, p):
    """Solve a mission with a visitor of another interest."""
    key = agent_key(day_key(t.clock[0].seed_key, decisions.MISSION, day), t.fate[i].uid)
    if uniform(key, U64(0)) >= p.join * (1.0 - habit):
        return
    for attempt in range(4):
        j = i8(t.visitors[i8(t.clock[0].n_visitors * uniform(key, U64(1 + attempt)))])
        if t.members[j].topic != t.members[i].topic:
            ties.strengthen(t, i, j, p.contact, day)
            ties.strengthen(t, j, i, p.contact, day)
            t.daily[day, mt.BRIDGES] += 1.0
            return
