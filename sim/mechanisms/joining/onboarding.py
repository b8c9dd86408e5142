"""Onboarding: helpers meet newcomers within their hours, and newcomers file a profile."""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.member import Flag, Status
from plaza_lab.sim.declaring import Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, uniform
from plaza_lab.sim.state import ties, trial
from plaza_lab.sim.state.directory import Directory
from plaza_lab.sim.stepping import compiled, draw_ids, i8, kernel

SOURCE = "M12, M13; science.md A.3"
STATE: tuple[Var, ...] = (Var("guide_used", "f8", "newcomers", "newcomers guided today", "M13"),)


@levers("onboarding")
class Levers:
    """Guidance of newcomers."""

    guide_hours_day: float = quantity(0.0, "hours/day", (0.0, 10_000.0), "M13")
    """Time helpers give to newcomers; beyond it newcomers get none."""
    shows_rules: bool = quantity(False, "flag", source="science A.11 (Matias 2019)")
    """Rules are shown at the first post."""


@params()
class Params:
    """Effect and cost of guidance."""

    minutes_per_newcomer: float = quantity(20.0, "minutes", (0.1, 600.0), "assumption")
    """Helper time one newcomer takes."""
    welcome_days: int = quantity(7, "days", (1, 28), "assumption")
    """Days after joining within which guidance can reach a newcomer."""
    welcome_belonging: float = quantity(
        0.06, "1", (0.0, 1.0), "assumption (science A.3: b_welcome 0-.3)"
    )
    """Belonging a welcome adds."""
    welcome_trust: float = quantity(0.04, "1", (0.0, 1.0), "assumption")
    """Trust a welcome adds."""
    welcome_motive: float = quantity(
        0.25, "1", (0.0, 1.0), "assumption (M13: a first contribution sooner)"
    )
    """Motive a welcome adds for a while; it goes back to one's own."""
    helper_tie: float = quantity(1.0, "contacts", (0.0, 100.0), "assumption")
    """Strength of the tie with the helper."""
    profile_dropoff: float = quantity(
        0.25, "share", (0.0, 1.0), "assumption (M12: effort of the form)"
    )
    """Newcomers who do not file a profile."""


@kernel()
def step(t, day):
    """Guide newcomers, longest waiting first, and take profiles of today's joiners."""
    state = t.onboarding_state[0]
    p = t.params[0].onboarding
    lever = t.policy[0].onboarding
    if lever.directory > Directory.NONE:
        start = 0 if day == 0 else t.first_row[day]
        _take_profiles(t, start, p)
    state.guide_used = 0.0
    rows = trial.last(t) + 1
    for row in range(rows):
        _guide(t, day, row, rows, p)


@compiled()
def _guide(t, day, row, rows, p):
    """Guide the newcomers of one row of levers; hours are shared out by the size of the arms."""
    state = t.onboarding_state[0]
    hours = t.policy[row].onboarding.guide_hours_day
    if rows > 1:
        share = t.trial_state[0].share
        hours *= share if row > 0 else 1.0 - share
    if hours <= 0.0:
        return
    capacity = state.guide_used + hours * 60.0 / p.minutes_per_newcomer
    start = 0 if day < p.welcome_days else t.first_row[day - p.welcome_days + 1]
    for i in range(start, t.people_state[0].n_rows):
        if state.guide_used + 1.0 > capacity:
            break
        fate = t.fate[i]
        is_new = day - t.members[i].joined < p.welcome_days
        is_new = is_new and trial.arm(t, i) == row
        if is_new and fate.status != Status.LEFT and not fate.circles & Flag.WELCOMED:
            _welcome(t, i, day, p)
            state.guide_used += 1.0


@compiled()
def _take_profiles(t, start, p):
    key = day_key(t.run_state[0].seed_key, draw_ids.WELCOME, ALWAYS)
    for i in range(start, t.people_state[0].n_rows):
        if uniform(key, t.fate[i].uid) >= p.profile_dropoff:
            t.fate[i].circles |= Flag.PROFILE


@compiled()
def _welcome(t, i, day, p):
    t.fate[i].circles |= Flag.WELCOMED
    m = t.members[i]
    feelings.raise_belonging(m, p.welcome_belonging)
    feelings.raise_motive(m, p.welcome_motive)
    feelings.raise_trust(m, p.welcome_trust)
    helper = _a_helper(t, i)
    if helper >= 0 and helper != i:
        ties.strengthen_from(t, i, i8(helper), p.helper_tie, day, ties.Origin.GUIDE.value)


@compiled()
def _a_helper(t, i):
    """A moderator of flesh and blood, chosen by the newcomer's address; -1 when there is none."""
    n = t.team_state[0].n_moderators
    if n == 0:
        return -1
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.WELCOME, 1), t.fate[i].uid)
    chosen = i8(n * uniform(key, U64(0)))
    return i8(t.moderators[chosen].member)
