"""Programme: which stage the community has come to, and which package of tools is open.

Packages: talk and simple events from the start; experts, meetings, virtual spaces, co-creation and
lotteries with growth; rituals and charity with maturity. A tool that comes before the community is
ripe for it confuses: fewer come, and what is done costs the same.
"""

from __future__ import annotations

from plaza_lab.agents.decisions.attending import REGISTER
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.state.dashboard import total
from plaza_lab.sim.state.events import Schedule, Stage
from plaza_lab.sim.state.people import HISTORY
from plaza_lab.sim.stepping import compiled, kernel, mt

SOURCE = "M71; T29"
METRICS = (
    Metric("stage", "Stage", "stage of the programme", "M71"),
    Metric("conversion", "share", "conversion of the target group so far", "T29"),
)
STATE: tuple[Var, ...] = (
    Var("stage", "i8", "Stage", "stage of the programme", "M71"),
    Var("stage_since", "i8", "day", "day this stage began", "M71"),
    Var("ripeness", "i8", "Stage", "stage the community itself has reached", "M71"),
    Var("conversion", "f8", "share", "conversion of the target group so far", "T29"),
)


@levers("programme")
class Levers:
    """Everything at once, or stage by stage."""

    schedule: Schedule = quantity(Schedule.FIXED, "schedule", source="M71")
    """fixed, staged_by_time or staged_by_metric."""
    incubation_weeks: int = quantity(
        13, "weeks", (1, 260), "assumption (F96: one review a quarter)"
    )
    """Length of incubation when time decides; its shortest length when a metric does."""
    growth_weeks: int = quantity(26, "weeks", (1, 520), "assumption (M71)")
    """Length of growth when time decides; its shortest length when a metric does."""
    conversion_goal: float = quantity(0.10, "share", (0.0, 1.0), "F56")
    """Conversion of the target group that ends incubation when a metric decides."""
    active_goal: float = quantity(0.40, "share", (0.0, 1.0), "F102")
    """Active share that ends growth when a metric decides."""


ACTIVATION_DAYS = 14


@params()
class Params:
    """What ripeness does."""

    confusion: float = quantity(
        0.5, "log-odds", (0.0, 10.0), "assumption (M71: too early confuses)"
    )
    """Cost to taking part, per stage that a tool comes too early."""


@REGISTER.term("too early", source="M71")
def too_early_confuses(early, world):
    """Log-odds lost by what comes stages too early for the community."""
    return -world.programme.confusion * early


@kernel()
def step(t, day):
    """Measure where the community stands, weekly, and open the next package when its time comes."""
    state = t.programme_state[0]
    if day % 7 == 0 and day > 0:
        state.conversion = _conversion(t, day)
        active = _active_share(t, day)
        _ripen(t, active)
        _switch(t, day, active)
    t.daily[day, mt.STAGE] = state.stage
    t.daily[day, mt.CONVERSION] = state.conversion


@compiled()
def _conversion(t, day):
    """Newcomers who became active within 14 days, of all persons reached that long ago (T29)."""
    active = total(t, mt.ACTIVATED, 0, day)
    reached = total(t, mt.APPLICANTS, 0, day - ACTIVATION_DAYS)
    return active / reached if reached > 0.0 else 0.0


@compiled()
def _active_share(t, day):
    """Members with an act in the 28 days up to yesterday, of all members (T07)."""
    active = 0
    for back in range(1, 29):
        active += t.acts[day + HISTORY - back]
    return active / max(1, t.people_state[0].n_members)


@compiled()
def _ripen(t, active):
    """The community itself grows out of a stage when its goals are reached, and does not return."""
    state = t.programme_state[0]
    lever = t.policy[0].programme
    if state.ripeness == Stage.INCUBATION and state.conversion >= lever.conversion_goal:
        state.ripeness = Stage.GROWTH.value
    elif state.ripeness == Stage.GROWTH and active >= lever.active_goal:
        state.ripeness = Stage.MATURITY.value


@compiled()
def _switch(t, day, active):
    """Open the next package: by the calendar, or when time and metric agree."""
    state = t.programme_state[0]
    lever = t.policy[0].programme
    if lever.schedule == Schedule.FIXED or state.stage == Stage.MATURITY:
        return
    weeks = lever.incubation_weeks
    is_ready = state.conversion >= lever.conversion_goal
    if state.stage == Stage.GROWTH:
        weeks = lever.growth_weeks
        is_ready = active >= lever.active_goal
    if day - state.stage_since < 7 * weeks:
        return
    if lever.schedule == Schedule.STAGED_BY_TIME or is_ready:
        state.stage += 1
        state.stage_since = day
