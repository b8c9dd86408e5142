"""Testing: forms of content run in parallel; budget moves to those whose viewers come again."""

from __future__ import annotations

from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.state import audience, fetching, items
from plaza_lab.sim.stepping import compiled, i8, kernel, mt

SOURCE = "M36; F88"
METRICS = (
    Metric(
        "audience_retention",
        "share",
        "viewers of a content type who came again within 7 days, all types",
        "T36",
        True,
    ),
)
STATE: tuple[Var, ...] = (
    Var("counts_from", "i8", "day", "first day of viewers counted in this cycle", "M36"),
    Var("counts_until", "i8", "day", "day after the last one of viewers counted", "M36"),
)


@levers("content")
class Levers:
    """The test of content forms."""

    has_testing: bool = quantity(False, "flag", source="M36")
    """Whether forms are tested against each other."""
    cycle_weeks: int = quantity(4, "weeks", (2, 52), "assumption (M36)")
    """Length of a test cycle."""
    promote_above: float = quantity(0.5, "share", (0.0, 1.0), "F88")
    """Audience retention above which a form gains budget."""
    cull_below: float = quantity(0.25, "share", (0.0, 1.0), "A10 (proposed)")
    """Audience retention below which a form is dropped."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.has_testing and self.cull_below >= self.promote_above,
            "a form cannot be dropped and promoted; cull_below must be below promote_above",
        )


@params()
class Params:
    """How far budget moves."""

    shift: float = quantity(0.5, "share", (0.0, 5.0), "assumption (M36)")
    """What a promoted form's budget gains at the end of a cycle, of what it was."""
    least_viewers: int = quantity(
        20, "visits", (1, 1_000_000), "assumption (M114: small samples are noise)"
    )
    """Fewest viewers in a cycle from which a form is judged."""


def is_on(policy, world):
    """Whether forms of content compete."""
    return bool(policy.content.has_testing or world.opening.is_on)


@kernel()
def step(t, day):
    """Count who came again, and shift the budget at the end of a cycle."""
    lever = t.policy[0].content
    if not lever.has_testing and not t.params[0].opening.is_on:
        return
    _count_returns(t, day)
    length = 7 * lever.cycle_weeks
    if day % length == 0:
        if _is_new(t):
            for k in range(items.N_FORMATS):
                t.arms[k].weight = lever.format_mix[k]
        else:
            _close_cycle(t, day, lever)
        state = t.testing_state[0]
        state.counts_from = day
        # whoever comes after that has no seven days left to come again within the cycle
        state.counts_until = day + length - audience.RETURN_DAYS
        for k in range(items.N_FORMATS):
            t.arms[k].viewers = 0
            t.arms[k].came_again = 0


@compiled()
def _is_new(t):
    """Whether no budget has been shared out yet: on day 0, or when testing begins later."""
    weight = 0.0
    for k in range(items.N_FORMATS):
        weight += t.arms[k].weight
    return weight <= 0.0


@compiled()
def _count_returns(t, day):
    """Count visitors whose last visit was within seven days, for each form they then saw."""
    state = t.testing_state[0]
    for k in range(t.people_state[0].n_visitors):
        fetching.whole_visitor(t, k)
        m = t.members[i8(t.visitors[k])]
        then = i8(m.last_visit)
        if then < state.counts_from or then >= state.counts_until:
            continue
        if day - then > audience.RETURN_DAYS:
            continue
        forms = i8(m.kinds_seen) & audience.FORMS
        for form in range(items.N_FORMATS):
            if forms >> form & 1:
                t.arms[form].came_again += 1


@compiled()
def _close_cycle(t, day, lever):
    """Measure retention by form; promote, drop, and bring the budget back to its size (M36)."""
    p = t.params[0].testing
    viewers = 0
    again = 0
    before = 0.0
    for k in range(items.N_FORMATS):
        arm = t.arms[k]
        viewers += arm.viewers
        again += arm.came_again
        before += arm.weight
        if arm.viewers > 0:
            arm.retention = arm.came_again / arm.viewers
    if viewers > 0:
        t.daily[day, mt.AUDIENCE_RETENTION] = again / viewers
    if not lever.has_testing:
        return
    kept = 0
    for k in range(items.N_FORMATS):
        arm = t.arms[k]
        is_poor = arm.viewers >= p.least_viewers and arm.retention < lever.cull_below
        if arm.weight > 0.0 and not is_poor:
            kept += 1
    after = 0.0
    for k in range(items.N_FORMATS):
        arm = t.arms[k]
        if arm.viewers >= p.least_viewers:
            if arm.retention > lever.promote_above:
                arm.weight *= 1.0 + p.shift
            elif arm.retention < lever.cull_below and kept > 0:
                arm.weight = 0.0
                arm.is_dropped = 1
        after += arm.weight
    for k in range(items.N_FORMATS):
        t.arms[k].weight *= before / after
