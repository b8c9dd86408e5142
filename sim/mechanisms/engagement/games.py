"""Games: check-ins and small tasks, lotteries, missions across interests, and getting used to them.

Every check-in makes the next one a little less interesting; staying away makes it fresh again.
"""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.decisions.attending import CHECK_IN
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.agents.rewards import reward_log_odds
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Clashes, Metric, Policy, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.state import events as book
from plaza_lab.sim.state import fetching, fund, ties, trial
from plaza_lab.sim.state.events import Stage
from plaza_lab.sim.stepping import as_part, compiled, draw_ids, i8, kernel, mt, part

SOURCE = "M19, M71"
METRICS = (
    Metric("check_ins", "check-ins", "check-ins and small tasks", "M19"),
    Metric("bridges", "pairs", "pairs of different interests that solved a mission", "M19"),
)


@levers("game")
class Levers:
    """Small tasks, random rewards, and missions across sub-groups."""

    has_checkins: bool = quantity(False, "flag", source="M19")
    """Whether visits bring check-ins and small tasks."""
    lottery_odds: float = quantity(0.0, "1/check-in", (0.0, 1.0), "M19")
    """Chance that a check-in wins the lottery."""
    lottery_cents: int = quantity(1000, "cents", (0, 1_000_000), "assumption (M19)")
    """What it wins."""
    missions_month: float = quantity(0.0, "missions/28 days", (0.0, 28.0), "M19")
    """Missions that members of different interests solve in pairs."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        has_money = policy.fund.has_any_money
        yield (
            not self.has_checkins and (self.lottery_odds > 0.0 or self.missions_month > 0.0),
            "lotteries and missions are played by those who check in; set game.has_checkins=true",
        )
        yield (
            self.lottery_odds > 0.0 and self.lottery_cents > 0 and not has_money,
            "a lottery pays its winners; choose a fund other than none",
        )


@params()
class Params:
    """How games draw and wear off."""

    check_in: float = quantity(-0.5, "log-odds", (-20.0, 20.0), "assumption (M19)")
    """Willingness to check in on a visit, once the game pulls no longer."""
    pull: float = quantity(0.6, "log-odds", (0.0, 10.0), "assumption (M19)")
    """Pull of fresh games on visiting and checking in, before calibration."""
    habituation: float = quantity(0.06, "1/check-in", (0.0, 1.0), "assumption (M19: habituation)")
    """Part of the pull that is left which a check-in uses up."""
    recovery: float = quantity(0.01, "1/day", (0.0, 1.0), "assumption (M19)")
    """Rate at which the pull comes back during absence."""
    join: float = quantity(0.5, "1", (0.0, 1.0), "assumption (M19)")
    """Chance that somebody who checks in joins a fresh mission."""
    contact: float = quantity(1.0, "contacts", (0.0, 100.0), "assumption (M19: bridges)")
    """Contact that a mission makes between two members."""


@CHECK_IN.base("base", source="M19")
def check_in_base(world):
    """Log-odds of checking in on a visit, once the game pulls no longer."""
    return world.games.check_in


@CHECK_IN.term("game", source="M19")
@VISIT.term("game", source="M19")
def game_pull(m, policy, world):
    """Log-odds that check-ins, tasks and lotteries add, fading as one gets used to them.

    Parameters
    ----------
    m : record of MEMBER
        The member.
    policy, world : records
        Levers and weights.

    Returns
    -------
    float
        Log-odds, or log-hazard of visiting; 0 without games. Source: M19.
    """
    lever = policy.game
    if not lever.has_checkins:
        return 0.0
    pull = world.calibration.scale * world.games.pull
    if lever.lottery_odds > 0.0:
        pull += reward_log_odds(lever.lottery_odds * lever.lottery_cents / 100.0, world)
    return pull * (1.0 - part(m.habit))


def is_on(policy, world):
    """Whether there are check-ins."""
    return bool(policy.game.has_checkins)


@kernel()
def step(t, day):
    """Let today's visitors check in, win and go on missions."""
    row = i8(0) if t.policy[0].game.has_checkins else trial.last(t)
    if not t.policy[row].game.has_checkins:
        return
    run_state = t.run_state[0]
    p = t.params[0].games
    key = day_key(run_state.seed_key, draw_ids.CHECK_IN, day)
    lottery_key = day_key(run_state.seed_key, draw_ids.LOTTERY, day)
    is_mission = book.is_due(day, t.policy[row].game.missions_month, 0.5)
    is_grown = book.is_open(t, Stage.GROWTH.value)
    won = i8(0)
    for k in range(t.people_state[0].n_visitors):
        fetching.whole_visitor(t, k)
        i = i8(t.visitors[k])
        m = t.members[i]
        uid = t.fate[i].uid
        policy = t.policy[trial.arm(t, i)]
        lever = policy.game
        if not lever.has_checkins:
            continue
        away = day - max(m.last_visit, m.joined)
        habit = part(m.habit) * exp(-p.recovery * max(0, away))
        m.habit = as_part(habit)
        if uniform(key, uid) >= sigmoid(CHECK_IN(m, policy, t.params[0])):
            continue
        t.daily[day, mt.CHECK_INS] += 1.0
        m.habit = as_part(feelings.raised(habit, p.habituation))
        if is_grown and uniform(lottery_key, uid) < lever.lottery_odds:
            won += lever.lottery_cents
        if is_mission:
            _go_on_mission(t, i, day, habit, p)
    pool = fund.richest_pool(t)
    if won > 0:
        fund.pay(t, day, fund.LOTTERY, pool, fund.MEMBERS, won, fund.NOBODY)


@compiled()
def _go_on_mission(t, i, day, habit, p):
    """Solve a mission with a visitor of another interest."""
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.MISSION, day), t.fate[i].uid)
    if uniform(key, U64(0)) >= p.join * (1.0 - habit):
        return
    for attempt in range(4):
        j = i8(t.visitors[i8(t.people_state[0].n_visitors * uniform(key, U64(1 + attempt)))])
        if t.members[j].topic != t.members[i].topic:
            ties.strengthen(t, i, j, p.contact, day)
            ties.strengthen(t, j, i, p.contact, day)
            t.daily[day, mt.BRIDGES] += 1.0
            return
