"""Groups: the founder's attention is shared out, full groups split, and fit is looked at."""

from __future__ import annotations

from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.agents.member import Status
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.state import groups, items
from plaza_lab.sim.state.groups import Kinds, Placement
from plaza_lab.sim.stepping import compiled, f8, i8, kernel, mt

SOURCE = "M14, M63; F18, E20"
METRICS = (
    Metric("groups", "groups", "groups open", "E20", True),
    Metric("founder_attention", "hours/day", "founder time for each group", "M63", True),
    Metric("group_fit", "1", "fit of a group's items with its members' interests", "M14", True),
    Metric("capacity_use", "share", "members / capacity of the groups; 0 without one", "T05", True),
)
STATE: tuple[Var, ...] = (
    Var("n_groups", "i8", "groups", "groups now", "E20", 1),
    Var("presence", "f8", "1", "how present the founder is in a group, 0 to 1", "M63"),
)
MOST_GROUPS = 16
"""Groups a community can have."""


@levers("groups")
class Levers:
    """Into which groups members are placed, and when groups split."""

    number: int = quantity(1, "groups", (1, MOST_GROUPS), "F18, E20")
    """Groups on day 0."""
    kinds: Kinds = quantity(Kinds.ALIKE, "kinds", source="E20, M14")
    """All about everything, each with its topics, or a core group with groups of adjacent and of
    other industries."""
    placement: Placement = quantity(Placement.RANDOM, "placement", source="M14")
    """How newcomers are placed."""
    tag_accuracy: float = quantity(
        0.8, "share", (0.0, 1.0), "assumption (M14: tags from survey or behaviour)"
    )
    """Newcomers whose interest tag is right; the others are placed at random."""
    capacity: int = quantity(0, "members/group", (0, 50_000_000), "E20, T05")
    """Members a group can hold; the gate closes when all are full; 0 for no limit."""
    split_above: int = quantity(0, "members/group", (0, 50_000_000), "E20, A24")
    """Size above which a group gives half of its members to a sub-group; 0 for never."""
    most: int = quantity(8, "groups", (1, MOST_GROUPS), "assumption")
    """Most groups by splits."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        is_full = self.capacity > 0 and self.split_above > self.capacity
        yield (
            self.kinds != Kinds.ALIKE and self.number > 8,
            f"number={self.number} groups cannot share 8 topics; "
            "choose number=8 or fewer, or kinds=alike",
        )
        yield (
            is_full and self.most > self.number,
            f"split_above={self.split_above} is never reached with capacity={self.capacity}; "
            "choose split_above at or below capacity",
        )


MEMBERS = 0
ITEMS = 1
"""Columns of ``t.themes``."""


@params()
class Params:
    """What being one of several groups does."""

    reach_adjacent: float = quantity(0.6, "share", (0.0, 1.0), "assumption (E20)")
    """Brand and partner items shown in a group of an adjacent industry."""
    reach_cross_industry: float = quantity(0.3, "share", (0.0, 1.0), "assumption (E20)")
    """Brand and partner items shown in a group of another industry."""
    prestige_weight: float = quantity(
        0.0, "log-hazard", (0.0, 5.0), "M63; strength is an assumption"
    )
    """Visits that the founder's full presence adds; 0 leaves prestige out."""
    presence_hours: float = quantity(0.5, "hours/day", (0.01, 24.0), "assumption (M63)")
    """Founder time for a group at which presence reaches 63 %."""


@VISIT.term("founder", source="M63")
def founder_draws(t, world):
    """Log-hazard of visiting that the founder's presence in the groups adds."""
    return world.groups.prestige_weight * t.groups_state[0].presence


@kernel()
def step(t, day):
    """Once a week, split what is too large and share out the founder's time."""
    if day % WEEK != 0:
        return
    state = t.groups_state[0]
    lever = t.policy[0].groups
    if lever.split_above > 0:
        for group in range(state.n_groups):
            if t.groups[group].n_members > lever.split_above and state.n_groups < lever.most:
                groups.split(t, i8(group), day)
    hours = groups.attention(t)
    for group in range(state.n_groups):
        t.groups[group].attention = hours
    p = t.params[0].groups
    state.presence = 1.0 - exp(-hours / p.presence_hours)
    row = t.daily[day]
    row[mt.GROUPS] = state.n_groups
    row[mt.FOUNDER_ATTENTION] = hours
    if lever.capacity > 0:
        row[mt.CAPACITY_USE] = t.people_state[0].n_members / (lever.capacity * state.n_groups)
    if state.n_groups > 1:
        row[mt.GROUP_FIT] = _fit(t)


@compiled()
def _fit(t):
    """Fit of members' items with the interests in their group, mean over members (M14)."""
    people_state = t.people_state[0]
    items_state = t.items_state[0]
    counts = t.themes
    counts[:] = 0
    for i in range(people_state.n_rows):
        if t.fate[i].status != Status.LEFT:
            m = t.members[i]
            counts[i8(m.group) * items.TOPICS + i8(m.topic), MEMBERS] += 1
    for number in range(items_state.item_tail, items_state.item_head):
        item = t.items[number & (t.items.shape[0] - 1)]
        if item.author >= 0:
            group = i8(t.members[item.author].group)
            counts[group * items.TOPICS + i8(item.topic), ITEMS] += 1
    total = 0.0
    for group in range(t.groups_state[0].n_groups):
        first = group * items.TOPICS
        here = 0.0
        written = 0.0
        alike = 0.0
        for row in range(first, first + items.TOPICS):
            here += counts[row, MEMBERS]
            written += counts[row, ITEMS]
            alike += f8(counts[row, MEMBERS]) * f8(counts[row, ITEMS])
        met = alike / (here * written) if here > 0.0 and written > 0.0 else 0.0
        fit = items.OFF_TOPIC_FIT + (1.0 - items.OFF_TOPIC_FIT) * met
        t.groups[group].fit = fit
        total += fit * here
    return total / max(1, people_state.n_members)
