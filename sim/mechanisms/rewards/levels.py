"""Levels, or grades: contribution and spend unlock grades; grades of those who stay away sink."""

from __future__ import annotations

from plaza_lab.agents.decisions.answering import ANSWER
from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.agents.decisions.posting import POST
from plaza_lab.agents.member import Stance, Status, Tier
from plaza_lab.agents.rewards import grade_from, merit
from plaza_lab.engine.elementary import exp, log, power
from plaza_lab.sim.declaring import Clashes, Metric, Policy, levers, params, quantity
from plaza_lab.sim.state import fetching, trial
from plaza_lab.sim.stepping import compiled, f8, i8, kernel, mt

SOURCE = "M40; science.md A.10 (Anderson et al. 2013; Kivetz et al. 2006; Hoernle et al. 2022)"
METRICS = (
    Metric("grades_reached", "grades", "grades reached", "M40"),
    Metric("graded_share", "share", "members who hold a grade", "M40", True),
)


@levers("incentive")
class Levers:
    """Grades that contributing and buying unlock."""

    has_levels: bool = quantity(False, "flag", source="M40")
    """Contribution and spend unlock grades."""
    level_first: float = quantity(100.0, "merit", (1.0, 1e6), "assumption")
    """Merit of the first grade."""
    level_factor: float = quantity(2.5, "1", (1.1, 20.0), "assumption")
    """Merit of each grade relative to the one before."""
    level_count: int = quantity(5, "grades", (1, 20), "assumption")
    """Number of grades."""
    level_buy: int = quantity(0, "merit", (0, 1000), "M40 (or spend)")
    """Merit of a purchase."""
    level_idle_weeks: int = quantity(0, "weeks", (0, 520), "M40 (decay)")
    """Weeks without an act after which a grade sinks, one a week; 0 for never."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.has_levels
            and max(policy.incentive.privilege_level, policy.incentive.tier_level)
            > self.level_count
            and (policy.incentive.has_privileges or policy.incentive.tier == Tier.GRADE),
            "no member can reach a grade above incentive.level_count; lower "
            "incentive.privilege_level or incentive.tier_level",
        )


@params()
class Params:
    """How grades move members."""

    goal_gain: float = quantity(
        0.8, "1", (0.0, 5.0), "science A.10 (g .2-.6 measured, .4-1.2 as claimed)"
    )
    """Extra odds of a responder just before the next grade, as claimed."""
    goal_power: float = quantity(3.0, "1", (0.1, 20.0), "science A.10 (h 2-4)")
    """Steepness of that."""
    dip: float = quantity(
        0.4, "log-odds", (0.0, 5.0), "science A.10 (a dip of 10-30 %), before calibration"
    )
    """Odds a responder loses just after reaching a grade."""
    dip_width: float = quantity(0.1, "1", (0.001, 1.0), "science A.10 (7-14 days)")
    """Part of the way to the next grade over which the dip fades e-fold."""
    hold: float = quantity(0.6, "log-hazard", (0.0, 5.0), "assumption (M40: rights of a grade)")
    """By how much the highest grade holds a member, as claimed."""


@ANSWER.term("grade", source="M40")
@POST.term("grade", source="M40")
def grade_pull(m, policy, world):
    """Log-odds of contributing from the next grade: rising toward it, a dip just after one.

    Parameters
    ----------
    m, policy, world : records
        Member, levers, weights.

    Returns
    -------
    float
        Log-odds, 0 for those who do not respond. Source: M40; science.md A.10 (Anderson et al.
        2013; Kivetz et al. 2006; a dip of 10-30 % after the award).
    """
    lever = policy.incentive
    if not lever.has_levels or not m.stance & Stance.RESPONDER:
        return 0.0
    p = world.levels
    low = grade_from(m.level, policy)
    progress = 1.0
    pull = 0.0
    if m.level < lever.level_count:
        progress = (merit(m, policy) - low) / (grade_from(m.level + 1, policy) - low)
        progress = min(1.0, max(0.0, progress))
        pull = log(1.0 + p.goal_gain * power(progress, p.goal_power))
    if m.level > 0:
        pull -= p.dip * exp(-progress / p.dip_width)
    return world.calibration.scale * pull


@EXIT.term("grade", source="M40")
def grade_hold(m, policy, world):
    """Log-hazard of leaving that a grade takes away: its rights would be lost (M40)."""
    lever = policy.incentive
    if not lever.has_levels:
        return 0.0
    return -world.calibration.scale * world.levels.hold * f8(m.level) / lever.level_count


def is_on(policy, world):
    """Whether there are grades."""
    return bool(policy.incentive.has_levels)


@kernel()
def step(t, day):
    """Raise grades of today's visitors, and once a week look at everybody's."""
    last = t.policy[trial.last(t)].incentive
    if not (t.policy[0].incentive.has_levels or last.has_levels):
        return
    for k in range(t.people_state[0].n_visitors):
        fetching.visitor(t, k)
        i = i8(t.visitors[k])
        m = t.members[i]
        policy = t.policy[trial.arm(t, i)]
        lever = policy.incentive
        have = merit(m, policy) if lever.has_levels else 0.0
        while m.level < lever.level_count and have >= grade_from(m.level + 1, policy):
            m.level += 1
            t.daily[day, mt.GRADES_REACHED] += 1.0
    if day % 7 == 6:
        _look_at_grades(t, day)


@compiled()
def _look_at_grades(t, day):
    """Sink idle grades by one, and count who holds a grade."""
    graded = 0
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        if m.level == 0 or t.fate[i].status == Status.LEFT:
            continue
        idle_weeks = t.policy[trial.arm(t, i)].incentive.level_idle_weeks
        if idle_weeks > 0 and day - m.last_act > 7 * idle_weeks:
            m.level -= 1
        if m.level > 0:
            graded += 1
    t.daily[day, mt.GRADED_SHARE] = graded / max(1, t.people_state[0].n_members)
